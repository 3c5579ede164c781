// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { physicalAddress } from '../../../src/base/index.js';
import { LPCR, MSR_BIT, maskOf } from '../../../src/cpu/index.js';
import { debugQuirks } from '../../../src/debug/execution/debugQuirks.js';
import { GuestTarget } from '../../../src/debug/guestTarget.js';
import type { StepMethodName } from '../../../src/debug/launchOptions.js';
import { POWERPC } from '../../../src/debug/powerpc/powerpc.js';
import { ProgramSymbols } from '../../../src/debug/symbols/programSymbols.js';
import { KVM_INTERRUPT } from '../../../src/kvm/abi/powerpc/constants.js';
import { kvm_interrupt } from '../../../src/kvm/abi/powerpc/structures.js';
import { HCALL, KVM_EXIT, type PpcRegisterName, ppc_kvm_regs, ppcRegisterId, type Vcpu } from '../../../src/kvm/index.js';
import { rawImage } from '../../../src/vmm/boot/armImage.js';
import { changeRegisters, readRegisters } from '../../../src/vmm/papr/vcpuRegisters.js';
import { ppc } from '../../cpu/powerWords.js';
import { Random } from '../../vectors/random.js';
import { PseriesGuest } from '../../vmm/pseriesGuest.js';
import { FIRMWARE_WORDS, handlerWords, VECTORED_CALL_WORDS } from './handlerWords.js';
import {
  DATA,
  FIRMWARE,
  HOLE,
  IMAGE_BYTES,
  LAZY_PAGE,
  MAPPED_BYTES,
  PAGE_ENTRY,
  PROCESS_TABLE,
  REGISTER,
  REMAPPED,
  SETUP,
  STREAMS,
  TREES,
} from './streamLayout.js';
import { streamWords } from './streamUnits.js';

/** What a stream runs as. */
export interface StreamOptions {
  readonly seed: number;
  /** Byte order of the stream, and of its interrupt handlers (LPCR[ILE]). */
  readonly endianness: 'big' | 'little';
  readonly handlers: 'big' | 'little';
  /** A radix tree: translation and problem state are possible then. */
  readonly isTranslated: boolean;
  readonly AIL: 0 | 3;
  /** A second vCPU with a stream of its own. */
  readonly hasCompanion: boolean;
  /** By what steps end. */
  readonly stepMethod?: StepMethodName;
  /** Gaps of the debugger and of KVM that are switched on. */
  readonly quirks?: Readonly<Record<string, boolean>>;
}

/** What streams there are: without translation, under a radix tree, and with a second vCPU. */
export const STREAM_KINDS = ['real', 'translated', 'companion'] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

/** The one stream of its kind with this seed. */
export function streamOptions(seed: number, kind: StreamKind): StreamOptions {
  const random = new Random(seed);
  const isTranslated = kind === 'translated' || (kind === 'companion' && random.once(2));
  return {
    seed,
    endianness: random.pick(['big', 'little']),
    handlers: random.pick(['big', 'little']),
    isTranslated,
    AIL: isTranslated ? random.pick([0, 3]) : 0,
    hasCompanion: kind === 'companion',
  };
}

const { SF, ME, EE, SE, BE, IR, DR, LE } = MSR_BIT;
/** FSCR[SCV] and [TAR]. */
const FACILITIES = (1n << 12n) | (1n << 8n);
const DAWR_MATCH = 1n << 22n;
/** No status of a debug exit. */
const STALE = 0xdead;
/** Units of a stream. */
const UNITS = 100;
const WORD = 4;
const REAL_BITS = 60;

function oneReg(vcpu: Vcpu, name: PpcRegisterName): bigint {
  const value = vcpu.getOneRegValue(ppcRegisterId(name));
  assert.ok(value !== undefined, vcpu.lastFailure?.message);
  return value;
}
const setOneReg = (vcpu: Vcpu, name: PpcRegisterName, value: bigint): void =>
  assert.equal(vcpu.setOneRegValue(ppcRegisterId(name), value), 0);

const bigIntBytes = (value: bigint): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
};
const swapped = (value: bigint): bigint => new DataView(bigIntBytes(value).buffer).getBigUint64(0, true);

/** A `pseries` under KVM-HV whose program is random: handlers that go on, tables, and a stream for each vCPU. */
export class StreamGuest {
  readonly target: GuestTarget;
  readonly #guest: PseriesGuest;

  constructor(readonly options: StreamOptions) {
    const { seed, isTranslated, AIL, hasCompanion, stepMethod, quirks = {} } = options;
    const image = new Uint8Array(IMAGE_BYTES);
    this.#write(image);
    this.#guest = new PseriesGuest({
      kvm: 'hv',
      quirks,
      cpu: 'power9',
      cpus: hasCompanion ? 2 : 1,
      image: { ...rawImage(image, physicalAddress(0n)), entry: physicalAddress(SETUP), endianness: 'big' },
    });
    const { machine } = this.#guest;
    this.target = new GuestTarget({
      machine,
      architecture: POWERPC,
      symbols: new ProgramSymbols([]),
      quirks: debugQuirks('exact', quirks),
      stepMethod,
    });
    this.target.execution.stepInterrupts = 'into';
    this.target.execution.schedulerLocking = 'off';
    // Half of the streams end their sequences of reservation by trap words.
    this.target.breakpoints.defaultMode = seed % 2 === 0 ? 'auto' : 'software';
    const RADIX_NEW_GTSE = 0x1d;
    if (isTranslated) this.#guest.call(HCALL.REGISTER_PROC_TBL, [BigInt(RADIX_NEW_GTSE), PROCESS_TABLE, 0n, 0n]);
    const lpcr = oneReg(this.vcpu(0), 'LPCR_64') & ~(maskOf(LPCR, 'AIL') | maskOf(LPCR, 'ILE'));
    const chosen = (AIL === 3 ? maskOf(LPCR, 'AIL') : 0n) | (options.handlers === 'little' ? maskOf(LPCR, 'ILE') : 0n);
    setOneReg(this.vcpu(0), 'LPCR_64', lpcr | chosen);
    for (const vcpu of machine.vcpus) {
      if (vcpu.index > 0) assert.ok(machine.processors.start(vcpu, SETUP, 0n).ok);
      this.#guest.call(HCALL.CPPR, [0xffn], vcpu.index);
      this.#begin(vcpu);
    }
  }

  vcpu(index: number): Vcpu {
    return this.#guest.vcpu(index);
  }

  registers(index: number): ReturnType<typeof readRegisters> {
    return readRegisters(this.vcpu(index));
  }

  get output(): string {
    return this.#guest.output;
  }

  /** Virtual time without what has been slept through. */
  get retired(): number {
    return this.#guest.machine.vcpus.reduce((sum, vcpu) => sum + vcpu.retiredInstructions, 0);
  }

  /** All RAM that the guest uses. */
  get memory(): Uint8Array {
    return this.#guest.read(0n, Number(MAPPED_BYTES));
  }

  /** Raises the external interrupt's line of vCPU 0, as a device would at this moment. */
  interrupt(): void {
    this.target.control.kickAll();
    assert.equal(this.vcpu(0).call('KVM_INTERRUPT', kvm_interrupt.make({ irq: KVM_INTERRUPT.SET })), 0);
  }

  /** One step of vCPU `index`; a sequence of reservation is one, or as many as it has instructions. */
  step(index = 0, stepsExclusivesAsOne = true): void {
    const { execution } = this.target;
    const { kvmRun } = this.vcpu(index);
    kvmRun.ppc_debug_status = STALE;
    const begun = execution.step({ vcpu: index, kind: 'into', granularity: 'instruction', stepsExclusivesAsOne });
    assert.ok(begun.ok, begun.ok ? '' : begun.error.message);
    const outcome = execution.runSlice(MOST_BETWEEN);
    assert.ok(kvmRun.exit_reason !== KVM_EXIT.DEBUG || kvmRun.ppc_debug_status !== STALE, 'the exit has the status of an older one');
    if (outcome.kind === 'stopped' && outcome.stop.reason === 'step') return;
    assert.fail(outcome.kind === 'stopped' ? outcome.stop.description : `The step did not end: ${outcome.kind}.`);
  }

  /** The pc of vCPU `index`, which is outside of KVM_RUN. */
  pc(index = 0): bigint {
    return this.target.control.at(index).registers.pc;
  }

  /** Whether the last Data Storage interrupt of vCPU `index` was a match of DAWR0. */
  isWatchMatch(index: number): boolean {
    return (oneReg(this.vcpu(index), 'DSISR') & DAWR_MATCH) !== 0n;
  }

  /** Both readings of a word at an effective address: big-endian, little-endian. */
  wordsAt(address: bigint): readonly [number, number] {
    const bytes = this.#guest.read(BigInt.asUintN(REAL_BITS, address), WORD);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return [view.getUint32(0), view.getUint32(0, true)];
  }

  /** Runs un-stepped until so many instructions have retired in all. */
  runTo(retired: number): void {
    const { execution } = this.target;
    if (!execution.isRunning) assert.ok(execution.resume(0).ok);
    while (this.retired < retired) {
      const outcome = execution.runSlice(retired - this.retired);
      assert.equal(outcome.kind, 'running', 'the un-stepped guest stopped');
    }
    this.#settle();
  }

  /** Ends the un-stepped run where it is. */
  pause(): void {
    this.target.execution.pause(0);
    const outcome = this.target.execution.runSlice(1);
    assert.ok(outcome.kind === 'stopped' && outcome.stop.reason === 'pause');
  }

  /** Out of KVM_RUN, with what user space has answered in the registers; nobody's turn is taken for it. */
  #settle(): void {
    const { control, machine } = this.target;
    control.kickAll();
    for (const vcpu of machine.startedVcpus) {
      vcpu.signal();
      machine.kvm.scheduler.run([vcpu], { maximumInstructions: 1 });
    }
  }

  #begin(vcpu: Vcpu): void {
    const { seed, endianness, handlers, isTranslated } = this.options;
    const random = new Random(seed ^ ((vcpu.index + 1) * 0x1357_9bdf));
    const start = STREAMS[vcpu.index] ?? STREAMS[0];
    const quadrant = isTranslated && random.once(2) ? 0xc000_0000_0000_0000n : 0n;
    const translation = isTranslated && random.below(3) > 0 ? IR | DR : 0n;
    const msr = SF | ME | translation | (endianness === 'little' ? LE : 0n);
    const inHandlers = (value: bigint): bigint => (handlers === 'little' ? swapped(value) : value);
    const values: Readonly<Record<number, bigint>> = {
      [REGISTER.DATA]: DATA | quadrant,
      [REGISTER.ODD]: DATA + 0x123n,
      [REGISTER.NOWHERE]: 0x00ff_0000_0000n,
      [REGISTER.MSR]: msr,
      [REGISTER.MSR_EE]: msr | EE,
      [REGISTER.MSR_SE]: msr | SE,
      [REGISTER.MSR_BE]: msr | BE | EE,
      [REGISTER.ENTRY]: inHandlers(PAGE_ENTRY | LAZY_PAGE),
      [REGISTER.ENTRY_ADDRESS]: TREES[1].pages + 8n * (LAZY_PAGE >> 12n),
      [REGISTER.LAZY]: LAZY_PAGE,
      [REGISTER.HOLE]: HOLE,
    };
    const done = changeRegisters(vcpu, registers => {
      registers.pc = start | (translation === 0n ? 0n : quadrant);
      registers.msr = msr;
      registers.sprg3 = BigInt(vcpu.index);
      for (let n = 0; n < registers.gpr.length; n++) registers.gpr[n] = values[n] ?? 0n;
    });
    assert.ok(done.ok);
    setOneReg(vcpu, 'FSCR', FACILITIES);
    setOneReg(vcpu, 'PID', 1n);
  }

  #write(image: Uint8Array): void {
    const { seed, endianness, handlers, isTranslated, hasCompanion } = this.options;
    const view = new DataView(image.buffer);
    const put = (address: bigint, words: readonly number[], isLittle: boolean): void => {
      for (const [n, word] of words.entries()) view.setUint32(Number(address) + WORD * n, word, isLittle);
    };
    const areHandlersLittle = handlers === 'little';
    const isLittle = endianness === 'little';
    for (const base of [0n, 0x4000n])
      for (const [address, words] of handlerWords(isTranslated, seed)) put(base + BigInt(address), words, areHandlersLittle);
    for (const address of [0x3000n, 0x1_7000n]) put(address, VECTORED_CALL_WORDS, areHandlersLittle);
    put(
      SETUP,
      Array.from({ length: 4 }, () => ppc.sc(1)),
      false,
    );
    put(FIRMWARE, FIRMWARE_WORDS, !isLittle);
    put(HOLE, [ppc.blr()], isLittle);
    for (const [n, start] of STREAMS.entries()) {
      if (n > 0 && !hasCompanion) break;
      const words = streamWords(new Random(seed + 0x10_0000 * n), UNITS, { start, isTranslated, hasCompanion });
      assert.ok(words.length * WORD <= 0x3000, `a stream of ${words.length} words`);
      put(start, words, isLittle);
      put(REMAPPED.get(start) ?? start, words, isLittle);
    }
    const random = new Random(seed);
    for (let at = Number(DATA); at < Number(DATA) + 0x1000; at += WORD) view.setUint32(at, random.word());
    if (isTranslated) this.#writeTables(view);
  }

  /** Trees of 13, 9, 9 and 9 bits. */
  #writeTables(view: DataView): void {
    const entry = (table: bigint, index: number, value: bigint): void => view.setBigUint64(Number(table) + 8 * index, value);
    const VALID = 1n << 63n;
    for (const [pid, { root, second, third, pages }] of TREES.entries()) {
      entry(PROCESS_TABLE, 2 * pid, (2n << 61n) | (5n << 5n) | root | 13n);
      entry(root, 0, VALID | second | 9n);
      entry(second, 0, VALID | third | 9n);
      entry(third, 0, VALID | pages | 9n);
      for (let at = 0n; at < MAPPED_BYTES; at += 0x1000n) {
        const real = pid === 1 ? (REMAPPED.get(at) ?? at) : at;
        if (at !== LAZY_PAGE && at !== HOLE) entry(pages, Number(at >> 12n), PAGE_ENTRY | real);
      }
    }
  }
}

/** More instructions than any step takes: a wait of another vCPU's slice is among them. */
const MOST_BETWEEN = 100_000;

const SPRS = [
  'DAR',
  'DSISR',
  'SIAR',
  'SDAR',
  'FSCR',
  'CIABR',
  'DAWR',
  'DAWRX',
  'LPCR_64',
  'DEC_EXPIRY',
] as const satisfies readonly PpcRegisterName[];
const SCALARS = ['pc', 'cr', 'ctr', 'lr', 'xer', 'msr', 'srr0', 'srr1', 'pid', 'sprg0', 'sprg1', 'sprg2', 'sprg3'] as const;

/** All that the guest can see of its vCPUs, and their shares of virtual time. */
export function visibleIn(guest: StreamGuest): Readonly<Record<string, string | number>> {
  const { vcpus } = guest.target.machine;
  return Object.fromEntries(
    vcpus.flatMap(vcpu => {
      const registers = readRegisters(vcpu);
      const hexadecimal = (value: bigint): string => `0x${value.toString(16)}`;
      const named = [
        ...SCALARS.map(name => [name, hexadecimal(registers[name])] as const),
        ...[...registers.gpr].map((value, n) => [`r${n}`, hexadecimal(value)] as const),
        ...SPRS.map(name => [name, hexadecimal(oneReg(vcpu, name))] as const),
        ['retired', vcpu.retiredInstructions] as const,
      ];
      return named.map(([name, value]) => [vcpus.length === 1 ? name : `vCPU ${vcpu.index} ${name}`, value]);
    }),
  );
}

const [ours, theirs] = [ppc_kvm_regs.make(), ppc_kvm_regs.make()];

/** Whether two guests look the same from inside: as `visibleIn`, but quick. */
export function looksTheSame(one: StreamGuest, other: StreamGuest): boolean {
  return one.target.machine.vcpus.every((vcpu, n) => {
    const twin = other.vcpu(n);
    vcpu.call('KVM_GET_REGS', ours);
    twin.call('KVM_GET_REGS', theirs);
    return (
      Buffer.compare(ours, theirs) === 0 &&
      vcpu.retiredInstructions === twin.retiredInstructions &&
      SPRS.every(name => oneReg(vcpu, name) === oneReg(twin, name))
    );
  });
}
