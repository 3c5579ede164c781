// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure, type Result, success } from '../../src/base/index.js';
import { CPU_MODELS } from '../../src/cpu/aarch64/cpuModels.js';
import { EngineShare } from '../../src/cpu/aarch64/engineShare.js';
import type { ExceptionExit } from '../../src/cpu/aarch64/guestExit.js';
import { AARCH64_INSTRUCTION_SET } from '../../src/cpu/aarch64/instructionSet.js';
import { CORE_REGISTER_COUNT, ProcessingElement } from '../../src/cpu/aarch64/processingElement.js';
import { buildInterpreter, Interpreter } from '../../src/cpu/interpreter/index.js';
import { QEMU } from './recorder/qemu.js';

const RAM = 0x4000_0000n;
const RAM_BYTES = 0x100_0000;
const PAGE_BYTES = 0x1000;
const TIMEOUT_MILLISECONDS = 120_000;
/** Places in `copyCoreRegisters`. */
const SP = 31;
const PC = 32;
const PSTATE = 33;

/** Machine `virt`: the UART, of which a program sees that it is idle. */
const UART = { first: 0x0900_0000n, end: 0x0900_1000n, flags: 0x18n, idle: 0x90n } as const;

// Arm DDI 0487, ESR_ELx and the ISS encoding for an exception from a Data Abort.
const ESR = { classShift: 26, WnR: 1 << 6, ISV: 1 << 24, SRTShift: 16, registerMask: 0x1f } as const;
const CLASS = { hvc: 0x16, dataAbortLower: 0x24 } as const;

/** The registers before each instruction, as QEMU logged them: X0 to X30, SP, pc, PSTATE, one program point after the other. */
function qemuLog(image: string): Result<BigUint64Array> {
  const folder = mkdtempSync(join(tmpdir(), 'steptrap-oracle-'));
  try {
    // prettier-ignore
    const { status, error, stderr } = spawnSync(
      QEMU,
      [
        '-M',
        'virt',
        '-cpu',
        'cortex-a57',
        '-m',
        '128M',
        '-display',
        'none',
        '-monitor',
        'none',
        '-serial',
        'null',
        '-nodefaults',
        '-kernel',
        image,
        '-singlestep',
        '-d',
        'cpu,nochain',
        '-D',
        'log',
      ],
      { cwd: folder, encoding: 'utf8', timeout: TIMEOUT_MILLISECONDS },
    );
    if (error !== undefined || status !== 0) return failure('EIO', `${QEMU} failed on ${image}: ${error?.message ?? stderr.trim()}`);
    return success(parseLog(readFileSync(join(folder, 'log'), 'latin1')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function parseLog(text: string): BigUint64Array {
  const values: bigint[] = [];
  for (const entry of text.split(/^ PC=/m).slice(1)) {
    const pc = BigInt(`0x${entry.slice(0, 16)}`);
    for (const match of entry.matchAll(/(?:X\d\d|SP)=([0-9a-f]{16})/g)) values.push(BigInt(`0x${match[1]}`));
    values.push(pc, BigInt(`0x${/PSTATE=([0-9a-f]{8})/.exec(entry)?.[1] ?? '0'}`));
  }
  return BigUint64Array.from(values);
}

/** RAM with the loadable segments of the ELF file `image`, and a processing element at its entry. */
function load(image: string): ProcessingElement {
  const file = readFileSync(image);
  const engine = new Interpreter(
    AARCH64_INSTRUCTION_SET,
    buildInterpreter(AARCH64_INSTRUCTION_SET.rows, AARCH64_INSTRUCTION_SET.routines, AARCH64_INSTRUCTION_SET),
  );
  const ram = engine.allocateRam(RAM_BYTES);
  if (ram === undefined) throw new Error('No memory for the program.');
  // System V ABI, ELF-64 header and program headers.
  const [headers, size, count] = [Number(file.readBigUInt64LE(0x20)), file.readUInt16LE(0x36), file.readUInt16LE(0x38)];
  for (let header = headers; header < headers + size * count; header += size) {
    if (file.readUInt32LE(header) !== 1) continue;
    const [offset, address, bytes] = [0x08, 0x18, 0x20].map(field => file.readBigUInt64LE(header + field));
    if (offset === undefined || address === undefined || bytes === undefined) continue;
    ram.bytes.set(file.subarray(Number(offset), Number(offset + bytes)), Number(address - RAM));
  }
  const stage2 = {
    translate: (ipa: bigint) =>
      ipa >= RAM && ipa < RAM + BigInt(RAM_BYTES)
        ? { hostOffset: ram.hostOffset + Math.floor(Number(ipa - RAM) / PAGE_BYTES) * PAGE_BYTES, writable: true }
        : undefined,
  };
  return new ProcessingElement({ share: new EngineShare(engine), model: CPU_MODELS['cortex-a57'], index: 0, stage2 });
}

/** x0 to x3 take the answer of a hypercall. */
const HYPERCALL_ANSWERS = 4;

/**
 * Does what the machine would do for `exit`; `end`: the program powers off, `undefined`: it went on. A sentence: nobody knows what to do.
 * `after` has QEMU's registers behind the instruction, from which the answer of a hypercall (PSCI) is taken; without, there is none.
 */
function serve(pe: ProcessingElement, exit: ExceptionExit, after: BigUint64Array): 'end' | string | undefined {
  const { ESR: syndrome, IPA } = exit;
  const exceptionClass = syndrome >>> ESR.classShift;
  if (exceptionClass === CLASS.hvc) {
    if (after.length === 0) return 'end';
    for (let n = 0; n < HYPERCALL_ANSWERS; n++) pe.setX(n, after[n] ?? 0n);
    return undefined;
  }
  if (exceptionClass !== CLASS.dataAbortLower || (syndrome & ESR.ISV) === 0 || IPA < UART.first || IPA >= UART.end)
    return `left with ESR 0x${syndrome.toString(16)}, IPA 0x${IPA.toString(16)}`;
  if ((syndrome & ESR.WnR) === 0) pe.setX((syndrome >>> ESR.SRTShift) & ESR.registerMask, IPA - UART.first === UART.flags ? UART.idle : 0n);
  pe.advance();
  return undefined;
}

/** A value that QEMU's machine has otherwise; it is taken over, and the comparison goes on. */
interface ValueDeviation {
  readonly reason: string;
  readonly concerns: (difference: {
    readonly register: number;
    readonly ours: bigint;
    readonly theirs: bigint;
    readonly pc: bigint;
  }) => boolean;
}

const NZCV = 0xf000_0000n;
const RES1_OF_SCTLR = 0x3010_0000n;
/** Entries of the exception vectors lie at multiples of this. */
const VECTOR_BYTES = 0x80n;

/** All known ones; one that no program meets fails. */
export const VALUE_DEVIATIONS: readonly ValueDeviation[] = [
  {
    reason: 'SCTLR_EL1 bits 29, 28 and 20 are RES1 in Armv8.0; QEMU resets it to the value of the TRM, where they are 0.',
    concerns: ({ register, ours, theirs }) => register < SP && (ours ^ theirs) === RES1_OF_SCTLR,
  },
  {
    reason: 'AArch64.TakeException() leaves NZCV as it was; QEMU 7.2 clears it.',
    concerns: ({ register, ours, theirs, pc }) => register === PSTATE && pc % VECTOR_BYTES === 0n && theirs === (ours & ~NZCV),
  },
];

const registerName = (index: number): string => (index === PC ? 'pc' : index === PSTATE ? 'pstate' : index === SP ? 'sp' : `x${index}`);

/** What a whole program came to. */
export interface ProgramReport {
  readonly instructions: number;
  /** The deviations that were met. */
  readonly used: ReadonlySet<ValueDeviation>;
  /** The first difference in words; `undefined` if there is none. */
  readonly difference: string | undefined;
}

/**
 * Runs the ELF file `image` from reset to power-off in QEMU and here, one instruction at a time, and compares all
 * general registers, SP, pc and PSTATE before each.
 */
export function programLockstep(image: string): Result<ProgramReport> {
  const log = qemuLog(image);
  if (!log.ok) return log;
  const wanted = log.value;
  const pe = load(image);
  for (let n = 0; n < SP; n++) pe.setX(n, wanted[n] ?? 0n);
  pe.sp_el1 = wanted[SP] ?? 0n;
  pe.pc = wanted[PC] ?? 0n;
  pe.pstate = Number(wanted[PSTATE] ?? 0n);
  const used = new Set<ValueDeviation>();
  const registers = new BigUint64Array(CORE_REGISTER_COUNT);
  const points = wanted.length / CORE_REGISTER_COUNT;
  for (let point = 0; point < points; point++) {
    pe.copyCoreRegisters(registers);
    for (let n = 0; n < CORE_REGISTER_COUNT; n++) {
      const expected = wanted[point * CORE_REGISTER_COUNT + n] ?? 0n;
      if (registers[n] === expected) continue;
      const ours = registers[n] ?? 0n;
      const deviation = VALUE_DEVIATIONS.find(({ concerns }) => concerns({ register: n, ours, theirs: expected, pc: pe.pc }));
      if (deviation !== undefined) {
        used.add(deviation);
        if (n === PSTATE) pe.pstate = Number(expected);
        else pe.setX(n, expected);
        continue;
      }
      const before = wanted[(point - 1) * CORE_REGISTER_COUNT + PC] ?? 0n;
      const text = `after ${point} instructions, the last one at 0x${before.toString(16)}, ${registerName(n)} is 0x${ours.toString(16)} instead of 0x${expected.toString(16)}`;
      return success({ instructions: point, used, difference: text });
    }
    const exit = pe.run(1);
    if (exit.kind === 'budget') continue;
    const served = exit.kind === 'exception' ? serve(pe, exit, wanted.subarray((point + 1) * CORE_REGISTER_COUNT)) : `left by ${exit.kind}`;
    if (served === undefined) continue;
    const isEnd = served === 'end' && point === points - 1;
    return success({
      instructions: point + 1,
      used,
      difference: isEnd ? undefined : `after ${point} instructions of ${points}: ${served}`,
    });
  }
  return success({ instructions: points, used, difference: 'it has not powered off where QEMU has' });
}
