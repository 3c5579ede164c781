// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { physicalAddress, virtualAddress } from '../../src/base/index.js';
import { AARCH64_INSTRUCTION_SET, buildInterpreter, CPU_MODELS, EngineShare, Interpreter } from '../../src/cpu/index.js';
import { ARM64 } from '../../src/debug/arm64/arm64.js';
import { debugQuirks } from '../../src/debug/execution/debugQuirks.js';
import type { SliceOutcome, StopReport } from '../../src/debug/execution/stop.js';
import { GuestTarget } from '../../src/debug/guestTarget.js';
import { ProgramSymbols } from '../../src/debug/symbols/programSymbols.js';
import { kvmQuirks } from '../../src/kvm/index.js';
import { rawImage, VirtMachine } from '../../src/vmm/index.js';

// A debugged machine `virt` whose program is a list of A64 words: the whole stack under `debug`, without ELF or symbols.

/** Where the first word is. */
export const CODE = 0x4008_0000n;
/** A page for the guest's data. */
export const DATA = 0x4010_0000n;
/** A vector table, if the guest sets VBAR_EL1. */
export const VECTORS = 0x4009_0000n;

const { rows, routines } = AARCH64_INSTRUCTION_SET;
const image = buildInterpreter(rows, routines, AARCH64_INSTRUCTION_SET);

/** A64 words that the tests spell: opcodes by the assembler's text. */
export const A64 = {
  nop: 0xd503201f,
  brk: (immediate = 0): number => (0xd4200000 | (immediate << 5)) >>> 0,
  svc: 0xd4000001,
  eret: 0xd69f03e0,
  /** b . */
  here: 0x14000000,
  branch: (words: number): number => (0x14000000 | (words & 0x3ffffff)) >>> 0,
  movz: (register: number, immediate: number, shift = 0): number => (0xd2800000 | ((shift / 16) << 21) | (immediate << 5) | register) >>> 0,
  movk: (register: number, immediate: number, shift = 0): number => (0xf2800000 | ((shift / 16) << 21) | (immediate << 5) | register) >>> 0,
  addImmediate: (to: number, from: number, immediate: number): number => (0x91000000 | (immediate << 10) | (from << 5) | to) >>> 0,
  /** str xN, [xM, #offset] */
  str: (from: number, base: number, offset = 0): number => (0xf9000000 | ((offset / 8) << 10) | (base << 5) | from) >>> 0,
  strWord: (from: number, base: number, offset = 0): number => (0xb9000000 | ((offset / 4) << 10) | (base << 5) | from) >>> 0,
  strByte: (from: number, base: number, offset = 0): number => (0x39000000 | (offset << 10) | (base << 5) | from) >>> 0,
  ldr: (to: number, base: number, offset = 0): number => (0xf9400000 | ((offset / 8) << 10) | (base << 5) | to) >>> 0,
  ldxr: (to: number, base: number): number => (0xc85f7c00 | (base << 5) | to) >>> 0,
  stxr: (status: number, from: number, base: number): number => (0xc8007c00 | (status << 16) | (base << 5) | from) >>> 0,
  cbnzWord: (register: number, words: number): number => (0x35000000 | ((words & 0x7ffff) << 5) | register) >>> 0,
  cbz: (register: number, words: number): number => (0xb4000000 | ((words & 0x7ffff) << 5) | register) >>> 0,
  /** msr <system register>, xN; `packed` as op0 op1 CRn CRm op2. */
  msr: (op1: number, CRn: number, CRm: number, op2: number, register: number, op0 = 3): number =>
    (0xd5100000 | ((op0 - 2) << 19) | (op1 << 16) | (CRn << 12) | (CRm << 8) | (op2 << 5) | register) >>> 0,
  mrs: (op1: number, CRn: number, CRm: number, op2: number, register: number, op0 = 3): number =>
    (0xd5300000 | ((op0 - 2) << 19) | (op1 << 16) | (CRn << 12) | (CRm << 8) | (op2 << 5) | register) >>> 0,
} as const;

export interface WordGuestOptions {
  readonly fidelity?: 'exact' | 'kernel';
  readonly cpus?: number;
  readonly cpu?: keyof typeof CPU_MODELS;
  /** Registers of vCPU 0 at the start. */
  readonly registers?: Readonly<Record<string, bigint>>;
  /** More words, by address. */
  readonly more?: readonly (readonly [address: bigint, words: readonly number[]])[];
}

const bytesOfWords = (words: readonly number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word, true);
  return new Uint8Array(view.buffer);
};

/** A guest that stands before the first of `words`. */
export class WordGuest {
  readonly target: GuestTarget;

  constructor(words: readonly number[], options: WordGuestOptions = {}) {
    const fidelity = options.fidelity ?? 'exact';
    const machine = VirtMachine.create({
      share: new EngineShare(new Interpreter(AARCH64_INSTRUCTION_SET, image)),
      model: CPU_MODELS[options.cpu ?? 'cortex-a57'],
      quirks: kvmQuirks(fidelity),
      cpus: options.cpus ?? 1,
      memoryBytes: 16 << 20,
      image: rawImage(bytesOfWords(words), physicalAddress(CODE)),
      writeConsole: () => undefined,
    });
    assert.ok(machine.ok, machine.ok ? '' : machine.error.message);
    this.target = new GuestTarget({
      machine: machine.value,
      architecture: ARM64,
      symbols: new ProgramSymbols([]),
      quirks: debugQuirks(fidelity),
    });
    for (const [address, more] of options.more ?? []) this.put(address, more);
    for (const [name, value] of Object.entries(options.registers ?? {})) this.set(name, value);
  }

  put(address: bigint, words: readonly number[]): void {
    assert.ok(this.target.machine.writePhysical(address, bytesOfWords(words)));
  }

  set(name: string, value: bigint, vcpu = 0): void {
    assert.ok(this.target.control.at(vcpu).registers.write(name, value).ok, name);
  }

  get(name: string, vcpu = 0): bigint {
    this.target.control.kickAll();
    const register = this.target.control.at(vcpu).registers.read(name);
    assert.ok(register, name);
    return register.value;
  }

  read64(address: bigint): bigint {
    const bytes = this.target.machine.readPhysical(address, 8);
    assert.ok(bytes);
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  }

  /** Runs the request under way until it stops, at most `budget` instructions. */
  run(budget = 100_000): SliceOutcome {
    return this.target.execution.runSlice(budget);
  }

  /** Runs on to a stop, which there must be. */
  continue(budget = 100_000): StopReport {
    assert.deepEqual(this.target.execution.resume(0), { ok: true, value: undefined });
    return this.stop(budget);
  }

  stop(budget = 100_000): StopReport {
    const outcome = this.run(budget);
    assert.equal(
      outcome.kind,
      'stopped',
      JSON.stringify(outcome, (_, value) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value)),
    );
    assert.ok(outcome.kind === 'stopped');
    return outcome.stop;
  }

  step(kind: 'into' | 'over' | 'out' = 'into', vcpu = 0, stepsExclusivesAsOne = false): StopReport {
    assert.deepEqual(this.target.execution.step({ vcpu, kind, granularity: 'instruction', stepsExclusivesAsOne }), {
      ok: true,
      value: undefined,
    });
    return this.stop();
  }

  breakAt(mode: 'hardware' | 'software' | 'engine', ...addresses: readonly bigint[]) {
    return this.target.breakpoints.setInstructions(addresses.map(address => ({ address: virtualAddress(address), mode })));
  }

  watch(
    mode: 'hardware' | 'engine',
    ...watches: readonly (readonly [address: bigint, bytes: number, access: 'read' | 'write' | 'readWrite'])[]
  ) {
    return this.target.breakpoints.setData(
      watches.map(([address, bytes, access]) => ({ address: virtualAddress(address), bytes, access, mode })),
    );
  }
}
