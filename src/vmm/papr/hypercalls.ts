// SPDX-License-Identifier: MIT
import { HCALL, HCALL_RESULT, type Vcpu } from '../../kvm/index.js';
import { CONTINUE, type MachineExit } from '../machines/machine.js';
import type { Hypercall } from './hypercall.js';
import type { PaprSurroundings } from './paprSurroundings.js';
import { registerProcessTable, setMode } from './partitionModes.js';
import { rtasCall } from './rtas.js';
import { changeRegisters } from './vcpuRegisters.js';
import { registerVirtualProcessorArea } from './virtualProcessorArea.js';
import { TERMINAL_BURST } from './virtualTerminal.js';

// The hypercalls that KVM leaves to user space (KVM_EXIT_PAPR_HCALL), as QEMU serves them (hw/ppc/spapr_hcall.c, spapr_vty.c).

/** Answers with the value for GPR 3, or says what the call does to the machine instead of returning. */
type Handler = (call: Hypercall) => bigint | MachineExit;

const { SUCCESS, PARAMETER, HARDWARE, FUNCTION } = HCALL_RESULT;
const PAGE_BYTES = 4096;

const argument = ({ args }: Hypercall, n: number): bigint => args[n] ?? 0n;

/** H_PUT_TERM_CHAR: unit address, count, sixteen characters in two registers, the first one most significant. */
const putTermChar: Handler = call => {
  const { terminal } = call.surroundings;
  const count = argument(call, 1);
  if (!terminal.answersTo(argument(call, 0)) || count > BigInt(TERMINAL_BURST)) return PARAMETER;
  const characters = new Uint8Array(TERMINAL_BURST);
  const view = new DataView(characters.buffer);
  view.setBigUint64(0, argument(call, 2));
  view.setBigUint64(8, argument(call, 3));
  terminal.write(characters.subarray(0, Number(count)));
  return SUCCESS;
};

/** H_GET_TERM_CHAR: the count and the characters that have arrived. */
const getTermChar: Handler = call => {
  const { terminal } = call.surroundings;
  if (!terminal.answersTo(argument(call, 0))) return PARAMETER;
  const characters = new Uint8Array(TERMINAL_BURST);
  const read = terminal.read();
  characters.set(read);
  const view = new DataView(characters.buffer);
  call.args[0] = BigInt(read.length);
  call.args[1] = view.getBigUint64(0);
  call.args[2] = view.getBigUint64(8);
  return SUCCESS;
};

/** H_READ: four entries from a multiple of four on. */
const READ_4 = 1n << 37n;

/** H_READ where the kernel leaves it to user space (KVM-PR): flags, index. */
const readEntries: Handler = call => {
  const { hashTable } = call.surroundings.mmu;
  const isFour = (argument(call, 0) & READ_4) !== 0n;
  const first = isFour ? argument(call, 1) & ~3n : argument(call, 1);
  for (let n = 0; n < (isFour ? 4 : 1); n++) {
    const entry = hashTable.entry(first + BigInt(n));
    if (entry === undefined) return PARAMETER;
    call.args.set(entry, 2 * n);
  }
  return SUCCESS;
};

const setSprg0: Handler = call => {
  const value = argument(call, 0);
  const set = changeRegisters(call.vcpu, registers => {
    registers.sprg0 = value;
  });
  return set.ok ? SUCCESS : HARDWARE;
};

/** Flags of H_PAGE_INIT. */
const PAGE_INIT = { ZERO: 1n << 15n, COPY: 1n << 14n, ICACHE_INVALIDATE: 1n << 23n, ICACHE_SYNCHRONIZE: 1n << 22n } as const;
const PAGE_INIT_FLAGS = Object.values(PAGE_INIT).reduce((all, flag) => all | flag, 0n);

const pageInit: Handler = call => {
  const { memory } = call.surroundings;
  const [flags, destination, source] = [argument(call, 0), argument(call, 1), argument(call, 2)];
  const pageAt = (address: bigint): Uint8Array | undefined =>
    address % BigInt(PAGE_BYTES) === 0n ? memory.readPhysical(address, PAGE_BYTES) : undefined;
  if ((flags & ~PAGE_INIT_FLAGS) !== 0n || pageAt(destination) === undefined) return PARAMETER;
  if ((flags & PAGE_INIT.COPY) !== 0n) {
    const content = pageAt(source);
    if (content === undefined) return PARAMETER;
    memory.writePhysical(destination, content);
  } else if ((flags & PAGE_INIT.ZERO) !== 0n) {
    memory.writePhysical(destination, new Uint8Array(PAGE_BYTES));
  }
  return SUCCESS;
};

const random: Handler = call => {
  call.args[0] = call.surroundings.random();
  return SUCCESS;
};

const isAccessSize = (size: bigint): boolean => size === 1n || size === 2n || size === 4n || size === 8n;

/** H_LOGICAL_CI_LOAD: size, address. Where nothing answers, 0 is read. */
const logicalLoad: Handler = call => {
  const [size, address] = [argument(call, 0), argument(call, 1)];
  if (!isAccessSize(size)) return PARAMETER;
  const bytes = call.surroundings.memory.readPhysical(address, Number(size)) ?? new Uint8Array(Number(size));
  call.args[0] = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return SUCCESS;
};

/** H_LOGICAL_CI_STORE: size, address, value. Where nothing answers, the value vanishes. */
const logicalStore: Handler = call => {
  const [size, address, value] = [argument(call, 0), argument(call, 1), argument(call, 2)];
  if (!isAccessSize(size)) return PARAMETER;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  call.surroundings.memory.writePhysical(address, bytes.subarray(8 - Number(size)));
  return SUCCESS;
};

/** H_SET_DABR and H_SET_XDABR where the kernel leaves them to user space: no model has DABR, and KVM-PR gives user space no DAWR0 in its place. */
const withoutDabr: Handler = () => HARDWARE;

/** H_PROD where the kernel leaves it to user space: the target's wait ends. */
const prod: Handler = call => {
  const target = call.surroundings.processors.find(argument(call, 0));
  if (target === undefined) return PARAMETER;
  target.signal();
  return SUCCESS;
};

/** H_CONFER where the kernel leaves it to user space: slices are fair without it. */
const confer: Handler = call => {
  const ANYBODY = 0xffff_ffff_ffff_ffffn;
  const id = argument(call, 0);
  return id === ANYBODY || call.surroundings.processors.find(id) !== undefined ? SUCCESS : PARAMETER;
};

// biome-ignore format: a table
const HYPERCALLS: ReadonlyMap<bigint, Handler> = new Map<bigint, Handler>(([
  [HCALL.READ,              readEntries],
  [HCALL.SET_SPRG0,         setSprg0],
  [HCALL.SET_DABR,          withoutDabr],
  [HCALL.PAGE_INIT,         pageInit],
  [HCALL.LOGICAL_CI_LOAD,   logicalLoad],
  [HCALL.LOGICAL_CI_STORE,  logicalStore],
  [HCALL.GET_TERM_CHAR,     getTermChar],
  [HCALL.PUT_TERM_CHAR,     putTermChar],
  [HCALL.REGISTER_VPA,      registerVirtualProcessorArea],
  [HCALL.PROD,              prod],
  [HCALL.CONFER,            confer],
  [HCALL.SET_XDABR,         withoutDabr],
  [HCALL.RANDOM,            random],
  [HCALL.SET_MODE,          setMode],
  [HCALL.REGISTER_PROC_TBL, registerProcessTable],
  [HCALL.RTAS,              call => rtasCall(call.vcpu, argument(call, 0), call.surroundings)],
] satisfies [number, Handler][]).map(([number, handler]) => [BigInt(number), handler]));

/** Serves KVM_EXIT_PAPR_HCALL of `vcpu`: the answer lies in the run page for the next KVM_RUN. */
export function serveHypercall(vcpu: Vcpu, surroundings: PaprSurroundings): MachineExit {
  const run = vcpu.kvmRun;
  const handler = HYPERCALLS.get(run.papr_hcall_nr);
  if (handler === undefined) {
    surroundings.log(`vCPU ${vcpu.index} made hypercall 0x${run.papr_hcall_nr.toString(16)}, which machine pseries does not have.`);
    run.papr_hcall_ret = BigInt.asUintN(64, FUNCTION);
    return CONTINUE;
  }
  const lent = surroundings.debugRegisters.serve(vcpu, Number(run.papr_hcall_nr), run.papr_hcall_args);
  if (lent !== undefined) {
    run.papr_hcall_ret = BigInt.asUintN(64, lent);
    return CONTINUE;
  }
  // stop-self completes the call before it returns.
  run.papr_hcall_ret = SUCCESS;
  const outcome = handler({ vcpu, args: run.papr_hcall_args, surroundings });
  if (typeof outcome !== 'bigint') return outcome;
  run.papr_hcall_ret = BigInt.asUintN(64, outcome);
  return CONTINUE;
}
