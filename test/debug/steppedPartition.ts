// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type Endianness, virtualAddress } from '../../src/base/index.js';
import { MSR_BIT } from '../../src/cpu/index.js';
import { debugQuirks } from '../../src/debug/execution/debugQuirks.js';
import type { StopReport } from '../../src/debug/execution/stop.js';
import { GuestTarget } from '../../src/debug/guestTarget.js';
import { POWERPC } from '../../src/debug/powerpc/powerpc.js';
import { ProgramSymbols } from '../../src/debug/symbols/programSymbols.js';
import { type Fidelity, HCALL, type KvmKind } from '../../src/kvm/index.js';
import { changeRegisters, readRegisters } from '../../src/vmm/papr/vcpuRegisters.js';
import { ppc, SPR } from '../cpu/powerWords.js';
import { PseriesGuest } from '../vmm/pseriesGuest.js';
import { visible } from './traceStepper.js';

// A partition under KVM-HV in the manner of Linux: radix trees that map all memory at 0 and at 0xC000_0000_0000_0000, handlers at all vectors, LPCR by
// H_SET_MODE. What is stepped is a list of words; everything below the debugger is the real thing.

const { SF, ME, IR, DR, PR, SE, EE, LE } = MSR_BIT;
export const MSR = { SF, ME, IR, DR, PR, SE, EE, LE } as const;
/** Where Linux has its memory. */
export const LINEAR = 0xc000_0000_0000_0000n;
/** The first word, as a real address. */
export const CODE = 0x1_0000n;
/** The second vCPU's first word. */
export const SECOND_CODE = 0x1_8000n;
/** A page for data, and an address that nothing maps before `mapping` is stored at `HOLE_ENTRY`. */
export const DATA = 0x2_0000n;
export const HOLE = 0x0100_0000n;
export const PROCESS_TABLE = 0x4_0000n;
const [ROOT, SECOND, THIRD, NOTHING] = [0x5_0000n, 0x6_0000n, 0x6_1000n, 0x7_0000n];
const [VALID, LEAF, ALL_ACCESS] = [1n << 63n, 1n << 62n, 0x187n];
const LARGE_PAGE = 0x20_0000n;
const RADIX_52 = (2n << 61n) | (5n << 5n);
/** The entry of a process that has no memory. */
export const EMPTY_ROOT = RADIX_52 | NOTHING | 13n;
/** H_REGISTER_PROC_TBL: MODIFY, REGISTER, RADIX. */
const REGISTER_RADIX = 0x1cn;
/** H_SET_MODE: what it sets. */
export const RESOURCE = { LOCATION: 3n, ENDIAN: 4n } as const;

/** Where the entries of the first two large pages are. */
export const LARGE_PAGES = { first: THIRD, second: THIRD + 8n } as const;
/** The doubleword that maps HOLE to DATA's large page, and where it belongs. */
export const HOLE_ENTRY = { address: THIRD + 8n * (HOLE / LARGE_PAGE), value: VALID | LEAF | ALL_ACCESS } as const;

const MEMORY_BYTES = 0x8_0000;

export const VECTORS = [0x300, 0x380, 0x400, 0x480, 0x500, 0x600, 0x700, 0x800, 0x900, 0xa00, 0xc00, 0xd00, 0xf20, 0xf40, 0xf60];
/** First instruction of every handler. */
export const SAVE = ppc.mtspr(13, SPR.SPRG2);
export const RETURN = [SAVE, ppc.rfid()];

export interface PartitionOptions {
  readonly kvm?: KvmKind;
  readonly fidelity?: Fidelity;
  readonly cpus?: number;
  /** What a second vCPU runs, big-endian and without translation, and its GPRs; without it the others are off. */
  readonly second?: { readonly words: readonly number[]; readonly gpr: Readonly<Record<number, bigint>> };
  /** Single quirks of the debugger, switched. */
  readonly quirks?: Readonly<Record<string, boolean>>;
  readonly endianness?: Endianness;
  /** LPCR[AIL]; 3. */
  readonly ail?: 0 | 3;
  /** IR and DR at the start; both. */
  readonly translation?: bigint;
  /** Further bits of MSR at the start. */
  readonly msr?: bigint;
  readonly gpr?: Readonly<Record<number, bigint>>;
  readonly srr0?: bigint;
  readonly srr1?: bigint;
  /** Handlers by vector, instead of one that returns. */
  readonly handlers?: Readonly<Record<number, readonly number[]>>;
  /** The first instruction, if it is not the first word. */
  readonly pc?: bigint;
}

/** A debugged partition that stands before the first of `words`. */
export class SteppedPartition {
  readonly partition: PseriesGuest;
  readonly target: GuestTarget;
  readonly remarks: string[] = [];
  readonly start: bigint;
  readonly #isLittle: boolean;

  constructor(words: readonly number[], options: PartitionOptions = {}) {
    const { fidelity = 'exact', endianness = 'big', ail = 3, translation = IR | DR, gpr = {}, handlers = {} } = options;
    this.#isLittle = endianness === 'little';
    this.partition = new PseriesGuest({ kvm: options.kvm ?? 'hv', cpus: options.cpus ?? (options.second ? 2 : 1), fidelity });
    const { partition } = this;
    this.#makeTables();
    assert.equal(partition.call(HCALL.REGISTER_PROC_TBL, [REGISTER_RADIX, PROCESS_TABLE, 0n, 0n]).result, 0n);
    assert.equal(partition.call(HCALL.SET_MODE, [BigInt(ail), RESOURCE.LOCATION]).result, 0n);
    assert.equal(partition.call(HCALL.SET_MODE, [this.#isLittle ? 1n : 0n, RESOURCE.ENDIAN]).result, 0n);
    if (options.second) this.#startSecond(options.second);
    this.put(CODE, words);
    for (const vector of VECTORS) this.handler(vector, handlers[vector] ?? RETURN);
    this.start = (translation & IR) !== 0n && ((options.msr ?? 0n) & PR) === 0n ? LINEAR | CODE : CODE;
    const { pc = this.start, srr0, srr1 } = options;
    const set = changeRegisters(partition.vcpu(), registers => {
      registers.pc = pc;
      registers.msr = SF | ME | translation | (this.#isLittle ? LE : 0n) | (options.msr ?? 0n);
      registers.pid = 0n;
      if (srr0 !== undefined) registers.srr0 = srr0;
      if (srr1 !== undefined) registers.srr1 = srr1;
      registers.gpr.fill(0n);
      for (const [n, value] of Object.entries(gpr)) registers.gpr[Number(n)] = value;
    });
    assert.ok(set.ok);
    this.target = new GuestTarget({
      machine: partition.machine,
      architecture: POWERPC,
      symbols: new ProgramSymbols([]),
      quirks: debugQuirks(fidelity, options.quirks),
    });
    this.target.onDidLog(line => this.remarks.push(line));
  }

  #startSecond({ words, gpr }: NonNullable<PartitionOptions['second']>): void {
    this.put(SECOND_CODE, words, false);
    assert.deepEqual(this.partition.rtas('start-cpu', [1, Number(SECOND_CODE), 0], 1).outputs, [0]);
    const set = changeRegisters(this.partition.vcpu(1), registers => {
      for (const [n, value] of Object.entries(gpr)) registers.gpr[Number(n)] = value;
    });
    assert.ok(set.ok);
  }

  #makeTables(): void {
    const poke = (address: bigint, value: bigint): void => this.#write(address, value, 8);
    poke(PROCESS_TABLE, RADIX_52 | ROOT | 13n);
    poke(ROOT, VALID | SECOND | 9n);
    poke(SECOND, VALID | THIRD | 9n);
    for (let n = 0n; n < HOLE / LARGE_PAGE; n++) poke(THIRD + 8n * n, VALID | LEAF | (n * LARGE_PAGE) | ALL_ACCESS);
  }

  #write(address: bigint, value: bigint, bytes: 4 | 8, isLittle = false): void {
    const view = new DataView(new ArrayBuffer(bytes));
    if (bytes === 8) view.setBigUint64(0, value, isLittle);
    else view.setUint32(0, Number(value), isLittle);
    this.partition.write(address, new Uint8Array(view.buffer));
  }

  /** Instruction words at a real address, in the guest's byte order. */
  put(address: bigint, words: readonly number[], isLittle = this.#isLittle): void {
    for (const [n, word] of words.entries()) this.#write(address + 4n * BigInt(n), BigInt(word), 4, isLittle);
  }

  /** `words` at `vector`, wherever LPCR[AIL] puts it. */
  handler(vector: number, words: readonly number[]): void {
    for (const base of [0n, 0x4000n]) this.put(base + BigInt(vector), words);
  }

  /** A word as it really is in memory, in the guest's byte order. */
  word(real: bigint, isLittle = this.#isLittle): number {
    const bytes = this.partition.read(real, 4);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, isLittle);
  }

  /** All 32 words at vectors that hold the trap. */
  get traps(): readonly bigint[] {
    const places = [0n, 0x4000n].flatMap(base => VECTORS.map(vector => base + BigInt(vector)));
    return places.filter(place => this.word(place, false) === 0x00dd_dd00);
  }

  /** Sets registers behind the debugger's back. */
  change(values: Partial<Readonly<Record<'pc' | 'msr' | 'srr0' | 'srr1' | 'ctr' | 'lr' | 'pid', bigint>>>): void {
    this.target.control.kickAll();
    const set = changeRegisters(this.partition.vcpu(), registers => Object.assign(registers, values));
    assert.ok(set.ok);
  }

  get registers() {
    this.target.control.kickAll();
    return readRegisters(this.partition.vcpu());
  }

  gpr(n: number): bigint {
    return this.registers.gpr[n] ?? 0n;
  }

  /** Whether registers have the given values. */
  has(values: Partial<Readonly<Record<'pc' | 'msr' | 'srr0' | 'srr1' | 'ctr' | 'lr', bigint>>>): void {
    const { pc, msr, srr0, srr1, ctr, lr } = this.registers;
    const now = { pc, msr, srr0, srr1, ctr, lr };
    const hex = (value: bigint): string => `0x${value.toString(16)}`;
    for (const name of Object.keys(values) as (keyof typeof now)[]) assert.equal(hex(now[name]), hex(values[name] ?? 0n), name);
  }

  /** pc, from the first word on. */
  get at(): bigint {
    return this.registers.pc - this.start;
  }

  run(budget = 100_000): StopReport | 'running' {
    const outcome = this.target.execution.runSlice(budget);
    if (outcome.kind === 'running') return 'running';
    assert.equal(outcome.kind, 'stopped', outcome.kind === 'ended' ? outcome.end.description : outcome.kind);
    assert.ok(outcome.kind === 'stopped');
    return outcome.stop;
  }

  stop(): StopReport {
    const stop = this.run();
    assert.notEqual(stop, 'running', `still running at 0x${this.registers.pc.toString(16)}`);
    assert.ok(stop !== 'running');
    return stop;
  }

  /** As far as a step's one instruction: it has retired, and what the step has put into the guest is there. */
  halfway(kind: 'into' | 'over' = 'into'): void {
    this.begin(kind);
    for (const _turn of ['arm', 'run']) assert.equal(this.run(1), 'running');
  }

  begin(kind: 'into' | 'over' = 'into'): void {
    const begun = this.target.execution.step({ vcpu: 0, kind, granularity: 'instruction', stepsExclusivesAsOne: false });
    assert.ok(begun.ok, begun.ok ? '' : begun.error.message);
  }

  step(kind: 'into' | 'over' = 'into'): StopReport {
    this.begin(kind);
    return this.stop();
  }

  resume(): void {
    assert.deepEqual(this.target.execution.resume(0), { ok: true, value: undefined });
  }

  continue(): StopReport {
    this.resume();
    return this.stop();
  }

  /** Runs on, un-stepped, up to a count of retired instructions. */
  runUntil(retired: bigint): void {
    const { execution } = this.target;
    this.resume();
    for (let left = 1; left > 0; ) {
      left = Number(retired - execution.retiredInstructions);
      if (left > 0) assert.equal(this.run(left), 'running');
    }
    execution.pause();
    this.stop();
  }

  /** All that the guest can see of its first vCPU, and of memory up to behind its tables. */
  visible(): Readonly<Record<string, string | number>> {
    this.target.control.kickAll();
    return { ...visible(this.partition.vcpu()), memory: createHash('sha256').update(this.partition.read(0n, MEMORY_BYTES)).digest('hex') };
  }

  breakAt(...addresses: readonly bigint[]): void {
    this.target.breakpoints.setInstructions(addresses.map(address => ({ address: virtualAddress(address), mode: 'software' })));
  }
}
