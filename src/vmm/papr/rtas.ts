// SPDX-License-Identifier: MIT
import { HCALL_RESULT, type Vcpu } from '../../kvm/index.js';
import { CONTINUE, type MachineExit } from '../machines/machine.js';
import type { PaprSurroundings } from './paprSurroundings.js';
import { RtasArguments } from './rtasArguments.js';

// PAPR, Run-Time Abstraction Services, behind H_RTAS. Tokens and limits are QEMU's (hw/ppc/spapr_rtas.c).

/** Output 0 of every call. */
const STATUS = { SUCCESS: 0, HARDWARE_ERROR: -1, PARAMETER_ERROR: -3, NOT_SUPPORTED: -3, SYSTEM_PARAMETER_ERROR: -9999 } as const;

/** What an RTAS call comes to: its status, or what it does to the machine instead of answering. */
type RtasOutcome = number | MachineExit;

interface RtasCall {
  readonly vcpu: Vcpu;
  readonly arguments: RtasArguments;
  readonly surroundings: PaprSurroundings;
}

interface RtasService {
  /** Its property of the `rtas` node; the value is the token. */
  readonly name: string;
  /** Inputs, and outputs with the status. */
  readonly inputs: number;
  readonly outputs: number;
  readonly serve: (call: RtasCall) => RtasOutcome;
}

const TOKEN_BASE = 0x2000;
/** Early debug code of Linux calls display-character by the token of real machines, without a look at the device tree. */
const EARLY_DISPLAY_CHARACTER = 0xa;

const CPU_STATE = { STOPPED: 0, RUNNING: 2 } as const;

/** ibm,get-system-parameter. */
const SYSTEM_PARAMETER = { SPLPAR_CHARACTERISTICS: 20, DIAGNOSTICS_RUN_MODE: 42, UUID: 48 } as const;
const DIAGNOSTICS_DISABLED = 0;
const UUID_BYTES = 16;

function displayCharacter({ arguments: given, surroundings }: RtasCall): number {
  surroundings.terminal.write(Uint8Array.of(given.input(0) & 0xff));
  return STATUS.SUCCESS;
}

/** The first second of virtual time, 2000-01-01 00:00:00 UTC in milliseconds: runs must not depend on the day. */
const START_OF_TIME = Date.UTC(2000, 0, 1);
const [NANOSECONDS_A_SECOND, NANOSECONDS_A_MILLISECOND] = [1_000_000_000n, 1_000_000n];

function getTimeOfDay({ arguments: given, surroundings }: RtasCall): number {
  const nanoseconds = surroundings.nanoseconds();
  const now = new Date(START_OF_TIME + Number(nanoseconds / NANOSECONDS_A_MILLISECOND));
  const parts = [
    now.getUTCFullYear(),
    now.getUTCMonth() + 1,
    now.getUTCDate(),
    now.getUTCHours(),
    now.getUTCMinutes(),
    now.getUTCSeconds(),
  ];
  for (const [n, part] of [...parts, Number(nanoseconds % NANOSECONDS_A_SECOND)].entries()) given.setOutput(1 + n, part);
  return STATUS.SUCCESS;
}

function queryCpuStoppedState({ arguments: given, surroundings: { processors } }: RtasCall): number {
  const vcpu = processors.find(BigInt(given.input(0)));
  if (vcpu === undefined) return STATUS.PARAMETER_ERROR;
  given.setOutput(1, processors.isStopped(vcpu) ? CPU_STATE.STOPPED : CPU_STATE.RUNNING);
  return STATUS.SUCCESS;
}

function startCpu({ arguments: given, surroundings: { processors } }: RtasCall): number {
  const vcpu = processors.find(BigInt(given.input(0)));
  if (vcpu === undefined) return STATUS.PARAMETER_ERROR;
  if (!processors.isStopped(vcpu)) return STATUS.HARDWARE_ERROR;
  const started = processors.start(vcpu, BigInt(given.input(1)), BigInt(given.input(2)));
  return started.ok ? STATUS.SUCCESS : STATUS.HARDWARE_ERROR;
}

function stopSelf({ vcpu, surroundings }: RtasCall): MachineExit {
  surroundings.processors.stop(vcpu);
  return CONTINUE;
}

function getSystemParameter({ arguments: given, surroundings }: RtasCall): number {
  const value = systemParameter(given.input(0), surroundings);
  if (value === undefined) return STATUS.NOT_SUPPORTED;
  const [buffer, length] = [BigInt(given.input(1)), given.input(2)];
  if (length < 2) return STATUS.SYSTEM_PARAMETER_ERROR;
  const answer = new Uint8Array(2 + Math.min(length - 2, value.length));
  new DataView(answer.buffer).setUint16(0, value.length);
  answer.set(value.subarray(0, answer.length - 2), 2);
  return surroundings.memory.writePhysical(buffer, answer) ? STATUS.SUCCESS : STATUS.SYSTEM_PARAMETER_ERROR;
}

function systemParameter(number: number, { processors, memoryBytes }: PaprSurroundings): Uint8Array | undefined {
  switch (number) {
    case SYSTEM_PARAMETER.SPLPAR_CHARACTERISTICS: {
      const count = processors.count;
      return new TextEncoder().encode(`MaxEntCap=${count},DesMem=${memoryBytes / 2 ** 20},DesProcs=${count},MaxPlatProcs=${count}\0`);
    }
    case SYSTEM_PARAMETER.DIAGNOSTICS_RUN_MODE:
      return Uint8Array.of(DIAGNOSTICS_DISABLED);
    case SYSTEM_PARAMETER.UUID:
      return new Uint8Array(UUID_BYTES);
    default:
      return undefined;
  }
}

/** The kernel carries these out for its interrupt controller; what comes here is malformed. */
const inKernel = (): number => STATUS.PARAMETER_ERROR;

/** The services; the place in the list gives the token. */
// biome-ignore format: a table
const SERVICES: readonly RtasService[] = [
  { name: 'display-character',        inputs: 1, outputs: 1, serve: displayCharacter },
  { name: 'get-time-of-day',          inputs: 0, outputs: 8, serve: getTimeOfDay },
  { name: 'set-time-of-day',          inputs: 7, outputs: 1, serve: () => STATUS.NOT_SUPPORTED },
  { name: 'power-off',                inputs: 2, outputs: 1, serve: () => ({ kind: 'ended', how: 'powerOff', status: 0 }) },
  { name: 'system-reboot',            inputs: 0, outputs: 1, serve: () => ({ kind: 'ended', how: 'reset', status: 0 }) },
  { name: 'query-cpu-stopped-state',  inputs: 1, outputs: 2, serve: queryCpuStoppedState },
  { name: 'start-cpu',                inputs: 3, outputs: 1, serve: startCpu },
  { name: 'stop-self',                inputs: 0, outputs: 1, serve: stopSelf },
  { name: 'ibm,get-system-parameter', inputs: 3, outputs: 1, serve: getSystemParameter },
  { name: 'ibm,set-system-parameter', inputs: 2, outputs: 1, serve: () => STATUS.NOT_SUPPORTED },
  { name: 'ibm,set-xive',             inputs: 3, outputs: 1, serve: inKernel },
  { name: 'ibm,get-xive',             inputs: 1, outputs: 3, serve: inKernel },
  { name: 'ibm,int-off',              inputs: 1, outputs: 1, serve: inKernel },
  { name: 'ibm,int-on',               inputs: 1, outputs: 1, serve: inKernel },
];

/** The services by name, each with its token. */
export const RTAS_TOKENS: Readonly<Record<string, number>> = Object.fromEntries(
  SERVICES.map(({ name }, index) => [name, TOKEN_BASE + index]),
);

/** The instructions that the `rtas` node points to, big-endian: `mr r4,r3; lis r3,0; ori r3,r3,0xf000; sc 1; blr`. H_RTAS takes the arguments' real address in GPR 4. */
export const RTAS_ENTRY_CODE: readonly number[] = [0x7c64_1b78, 0x3c60_0000, 0x6063_f000, 0x4400_0022, 0x4e80_0020];

/** H_RTAS: serves the call whose arguments lie at `address`. */
export function rtasCall(vcpu: Vcpu, address: bigint, surroundings: PaprSurroundings): bigint | MachineExit {
  const given = RtasArguments.read(surroundings.memory, address);
  if (given === undefined) return HCALL_RESULT.PARAMETER;
  const { token, inputCount, outputCount } = given;
  const service = SERVICES[token === EARLY_DISPLAY_CHARACTER ? 0 : token - TOKEN_BASE];
  if (service === undefined) {
    surroundings.log(`vCPU ${vcpu.index} made RTAS call 0x${token.toString(16)}, which machine pseries does not have.`);
    given.setOutput(0, STATUS.PARAMETER_ERROR);
    return HCALL_RESULT.PARAMETER;
  }
  const isWellFormed = inputCount === service.inputs && outputCount >= service.outputs;
  const outcome = isWellFormed ? service.serve({ vcpu, arguments: given, surroundings }) : STATUS.PARAMETER_ERROR;
  if (typeof outcome !== 'number') return outcome;
  given.setOutput(0, outcome);
  return HCALL_RESULT.SUCCESS;
}
