// SPDX-License-Identifier: MIT
import type { UnimplementedExit } from '../../engine/exits.js';
import { mask32, maskOf } from '../../registers/describeRegister.js';
import { lowWord } from '../../state/statePage.js';
import { FACILITIES_SLOT, FACILITY, XER_MASK_SLOT } from '../common/registers/stateLayout.js';
import { type PowerCpuModel, xerMaskOf } from './cpuModels.js';
import { WatchUnit } from './debug/watchUnit.js';
import type { PowerEngineShare } from './engineShare.js';
import { handlerEntry, INTERRUPT, PROGRAM } from './exceptions/interruptVectors.js';
import type { InterruptExit, PowerGuestExit } from './guestExit.js';
import { FSCR, HFSCR, LPCR } from './registers/controlRegisters.js';
import { GUEST_MSR, MSR_BIT, SRR1_STATUS } from './registers/machineState.js';
import { POWER_WORDS, PowerRegisterFile } from './registers/registerFile.js';
import { SPECIAL_PURPOSE_REGISTERS, specialPurposeSlot } from './registers/specialPurposeRegisters.js';
import { type TimeBaseClock, TimeFacilities } from './timeFacilities.js';
import type { PartitionScope } from './translation/partitionScope.js';
import type { ProcessScope } from './translation/processScope.js';
import { SegmentLookasideBuffer } from './translation/segmentLookasideBuffer.js';

const [SRR0, SRR1, FSCR_SLOT, HFSCR_SLOT, LPCR_SLOT] = [
  specialPurposeSlot('SRR0'),
  specialPurposeSlot('SRR1'),
  specialPurposeSlot('FSCR'),
  specialPurposeSlot('HFSCR'),
  specialPurposeSlot('LPCR'),
];
const AMOR = specialPurposeSlot('AMOR');
const ALL = 0xffff_ffff_ffff_ffffn;
const [DAR, DSISR, DPDES] = [specialPurposeSlot('DAR'), specialPurposeSlot('DSISR'), specialPurposeSlot('DPDES')];
/** MSR bits that decide how addresses are translated, beside SF. */
const CONTEXT = Number(MSR_BIT.IR | MSR_BIT.DR | MSR_BIT.PR);
/** MSR bits that decide which facilities there are. */
const UNITS = Number(MSR_BIT.FP | MSR_BIT.VEC | MSR_BIT.VSX | MSR_BIT.PR);
const LE = Number(MSR_BIT.LE);
/** What a guest has of MSR's lower and upper half; SF is the sign of the upper one. */
const { low: GUEST_LOW, high: GUEST_HIGH } = halvesOf(GUEST_MSR);
/** The status area of SRR1 lies in the lower half. */
const STATUS = halvesOf(SRR1_STATUS).low;
const [FP, VEC, VSX, PR] = [Number(MSR_BIT.FP), Number(MSR_BIT.VEC), Number(MSR_BIT.VSX), Number(MSR_BIT.PR)];
const [TAR, HTAR, HFP, HVECVSX] = [mask32(FSCR, 'TAR'), mask32(HFSCR, 'TAR'), mask32(HFSCR, 'FP'), mask32(HFSCR, 'VECVSX')];
const HAS = { FP: Number(FACILITY.FP), VEC: Number(FACILITY.VEC), VSX: Number(FACILITY.VSX), TAR: Number(FACILITY.TAR) } as const;
const FACILITIES = lowWord(FACILITIES_SLOT);
const MER = maskOf(LPCR, 'MER');
const EE = Number(MSR_BIT.EE);
const MSR = POWER_WORDS.msr;
const RESET_MSR = MSR_BIT.SF | MSR_BIT.ME;
const ALL_FACILITIES = SPECIAL_PURPOSE_REGISTERS.find(({ name }) => name === 'HFSCR')?.writable ?? 0n;
const CAUSE = maskOf(HFSCR, 'IC');

/** A value by its halves, each signed. */
interface Halves {
  readonly low: number;
  readonly high: number;
}
function halvesOf(value: bigint): Halves {
  return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)) };
}

/** Where a handler begins and in which MSR, and what that follows from: the vector, the lower halves of MSR and LPCR. */
interface EntryWords {
  readonly vector: number;
  readonly status: number;
  readonly lpcr: number;
  readonly address: Halves;
  readonly msr: Halves;
}

/** What an interrupt brings beside its vector. */
export interface InterruptDetails {
  readonly status?: bigint;
  readonly address?: bigint;
  readonly DSISR?: bigint;
}

/** A match of DAWR0: what its Data Storage interrupt has overwritten, as it was before. */
export interface WatchpointMatch {
  /** Of the access. */
  readonly bytes: number;
  readonly srr0: bigint;
  readonly srr1: bigint;
  readonly dar: bigint;
  readonly dsisr: bigint;
}

/** How the instruction that ran last has ended: what a Trace interrupt asks. */
export type Completion = 'none' | 'completed' | 'returned';

/** The state of one Book3S processing element that its parts share, with the taking of interrupts. */
export class PowerCore {
  readonly registers = new PowerRegisterFile();
  readonly time: TimeFacilities;
  readonly slb = new SegmentLookasideBuffer();
  readonly watch = new WatchUnit(this.registers);
  /** Virtual time: see `PowerProcessingElement.retired`. */
  retired = 0;
  /** Interrupts taken by the guest so far. */
  interruptsTaken = 0;
  completion: Completion = 'none';
  /** The instruction word that the last `run` looked at last in order to trace it; 0: none. */
  tracedWord = 0;
  /** The last match of DAWR0. No processor keeps it. */
  watchpointMatch: WatchpointMatch | undefined;
  isExternalPending = false;
  /** Real addresses at and above this one fault while translation is off; `undefined`: no limit. */
  realModeLimit: bigint | undefined;
  processScope: ProcessScope = { kind: 'none' };
  /** Vectors of interrupts of the guest's that end `run` instead of being delivered. */
  hypervisorInterrupts: ReadonlySet<number> = new Set();
  /** Number of the engine's mode that MSR asks for: see `POWER_MODE_NAMES`. */
  mode = 0;
  /** Reads the instruction word at pc. */
  wordAtPc: () => number = () => 0;
  #lastEntry: EntryWords | undefined;
  readonly #exit: { -readonly [K in keyof InterruptExit]: InterruptExit[K] } = {
    kind: 'interrupt',
    vector: 0,
    status: 0n,
    instruction: 0,
    address: 0n,
    DSISR: 0n,
    realAddress: 0n,
    LEV: 0,
  };

  constructor(
    readonly share: PowerEngineShare,
    readonly model: PowerCpuModel,
    readonly index: number,
    public partitionScope: PartitionScope,
    clock: TimeBaseClock | undefined,
  ) {
    this.time = new TimeFacilities(this.registers, clock ?? retiredClock(this));
  }

  get engine() {
    return this.share.engine;
  }

  reset(): void {
    const { registers } = this;
    registers.values.fill(0n);
    registers.write(XER_MASK_SLOT, xerMaskOf(this.model));
    registers.cr = 0;
    // Linux's KVM gives a guest all facilities, and all of AMR.
    registers.write(HFSCR_SLOT, ALL_FACILITIES & ~CAUSE);
    registers.write(AMOR, ALL);
    this.slb.clear();
    this.isExternalPending = false;
    this.time.reset();
    this.setMsr(RESET_MSR);
    this.updateFacilities();
    this.watch.isStale = true;
    this.flush();
  }

  get lpcr(): bigint {
    return this.registers.read(LPCR_SLOT);
  }

  get isProblemState(): boolean {
    return (this.registers.status & PR) !== 0;
  }

  /** To be called after any change of what translation depends on. */
  flush(): void {
    this.engine.flushTranslations();
  }

  /** Sets MSR to `value`, whose other bits a guest does not have, with all that follows from it. */
  setMsr(value: bigint): void {
    this.setMsrWords(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
  }

  /** The same for the halves of a value, each signed. */
  setMsrWords(low: number, high: number): void {
    const { words } = this.registers;
    const [changedLow, changedHigh] = [(words[MSR] ?? 0) ^ (low & GUEST_LOW), (words[MSR + 1] ?? 0) ^ (high & GUEST_HIGH)];
    words[MSR] = low & GUEST_LOW;
    words[MSR + 1] = high & GUEST_HIGH;
    this.mode = (high < 0 ? 0 : 2) + ((low & LE) !== 0 ? 1 : 0);
    if ((changedLow & UNITS) !== 0) this.updateFacilities();
    if ((changedLow & CONTEXT) !== 0 || changedHigh < 0) this.flush();
  }

  /** The facilities that rows ask for, from MSR, FSCR and HFSCR. */
  updateFacilities(): void {
    const { registers } = this;
    const { words, status } = registers;
    const [fscr, hfscr] = [registers.low32(FSCR_SLOT), registers.low32(HFSCR_SLOT)];
    let facilities = 0;
    if ((status & FP) !== 0 && (hfscr & HFP) !== 0) facilities |= HAS.FP;
    if ((status & VEC) !== 0 && (hfscr & HVECVSX) !== 0) facilities |= HAS.VEC;
    if ((status & VSX) !== 0 && (hfscr & HVECVSX) !== 0) facilities |= HAS.VSX;
    // FSCR is about problem state.
    if (((status & PR) === 0 || (fscr & TAR) !== 0) && (hfscr & HTAR) !== 0) facilities |= HAS.TAR;
    words[FACILITIES] = facilities;
    words[FACILITIES + 1] = 0;
  }

  /** The instruction at pc was done by a routine: pc moves on, one instruction retires. */
  complete(): undefined {
    this.registers.nextInstruction();
    if (this.mode >= 2) this.registers.pc = BigInt.asUintN(32, this.registers.pc);
    this.retired++;
    this.completion = 'completed';
  }

  /** Takes an interrupt with pc as SRR0. Virtual time advances by one unless an instruction has caused it that completes thereby. */
  interrupt(vector: number, { status = 0n, address, DSISR: dsisr }: InterruptDetails = {}): PowerGuestExit | undefined {
    if (this.hypervisorInterrupts.has(vector)) {
      const exit = this.exit(vector, status, address, dsisr);
      return exit;
    }
    const { registers } = this;
    if (address !== undefined) registers.write(DAR, address);
    if (dsisr !== undefined) registers.write(DSISR, dsisr);
    const { words } = registers;
    words[POWER_WORDS.srr0] = registers.pcLow;
    words[POWER_WORDS.srr0 + 1] = registers.pcHigh;
    words[POWER_WORDS.srr1] = (registers.status & ~STATUS) | Number(BigInt.asIntN(32, status));
    words[POWER_WORDS.srr1 + 1] = words[MSR + 1] ?? 0;
    const entry = this.#entryOf(vector);
    words[POWER_WORDS.pc] = entry.address.low;
    words[POWER_WORDS.pc + 1] = entry.address.high;
    this.setMsrWords(entry.msr.low, entry.msr.high);
    this.retired++;
    this.interruptsTaken++;
    return undefined;
  }

  /** Where the handler of `vector` begins now. Of MSR and LPCR, bits of the lower halves decide; the same interrupt tends to come again. */
  #entryOf(vector: number): EntryWords {
    const { registers } = this;
    const { status } = registers;
    const lpcr = registers.low32(LPCR_SLOT);
    const last = this.#lastEntry;
    if (last?.vector === vector && last.status === status && last.lpcr === lpcr) return last;
    const { address, msr } = handlerEntry(vector, registers.msr, this.lpcr);
    const entry = { vector, status, lpcr, address: halvesOf(address), msr: halvesOf(msr) };
    this.#lastEntry = entry;
    return entry;
  }

  /** Takes the Data Storage interrupt of a match of DAWR0. It takes no virtual time, so that who undoes it leaves none behind. */
  watchpoint(address: bigint, bytes: number, dsisr: bigint): PowerGuestExit | undefined {
    const { registers } = this;
    this.watchpointMatch = {
      bytes,
      srr0: registers.read(SRR0),
      srr1: registers.read(SRR1),
      dar: registers.read(DAR),
      dsisr: registers.read(DSISR),
    };
    const { retired } = this;
    const { pc } = registers;
    const exit = this.interrupt(INTERRUPT.dataStorage, { address, DSISR: dsisr });
    // A handler whose first instruction matches again would go on for ever.
    if (registers.pc !== pc) this.retired = retired;
    return exit;
  }

  /** An interrupt to the hypervisor: the exit that `run` returns. */
  exit(vector: number, status = 0n, address = 0n, dsisr = 0n, realAddress = 0n): PowerGuestExit {
    const exit = this.#exit;
    exit.vector = vector;
    exit.status = status;
    exit.instruction = vector === INTERRUPT.systemCall ? 0 : this.wordAtPc();
    exit.address = address;
    exit.DSISR = dsisr;
    exit.realAddress = realAddress;
    exit.LEV = 0;
    return exit;
  }

  /** The exit for sc, which has retired: `LEV` 1 is a hypercall. */
  systemCallExit(LEV: 0 | 1): PowerGuestExit {
    const exit = this.exit(INTERRUPT.systemCall);
    this.#exit.LEV = LEV;
    return exit;
  }

  /** A Program interrupt of type `cause`. */
  program(cause: keyof typeof PROGRAM): PowerGuestExit | undefined {
    return this.interrupt(INTERRUPT.program, { status: PROGRAM[cause] });
  }

  /** What is no instruction: Hypervisor Emulation Assistance, with the word in HEIR. */
  illegal(): PowerGuestExit {
    return this.exit(INTERRUPT.hypervisorEmulationAssistance);
  }

  /** A pending interrupt that may be taken now, by priority: external, decrementer, doorbell. `undefined`: none. */
  pendingInterrupt(): number | undefined {
    if ((this.registers.status & EE) === 0) return undefined;
    if (this.isExternalPending || (this.lpcr & MER) !== 0n) return INTERRUPT.external;
    if (this.time.isDecrementerPending) return INTERRUPT.decrementer;
    if ((this.registers.low32(DPDES) & 1) !== 0) return INTERRUPT.directedPrivilegedDoorbell;
    return undefined;
  }

  /** Takes the interrupt that `pendingInterrupt` names. A doorbell is gone then; the others stay until their source is quiet. */
  takePending(vector: number): PowerGuestExit | undefined {
    if (vector === INTERRUPT.directedPrivilegedDoorbell) this.registers.write(DPDES, 0n);
    return this.interrupt(vector);
  }

  /** The exit for what this engine does not have, with the word at pc. */
  unimplemented(name: string, reason: string): UnimplementedExit {
    return { kind: 'unimplemented', name, reason, word: this.wordAtPc() >>> 0, address: this.registers.pc };
  }
}

/** Instructions for one tick of the time base: 1.024 GHz of virtual time against 512 MHz. */
const INSTRUCTIONS_PER_TICK = 2;

/** The time base of a processing element that nobody else gives one. */
const retiredClock = (core: { readonly retired: number }): TimeBaseClock => ({
  ticks: () => BigInt(Math.floor(core.retired / INSTRUCTIONS_PER_TICK)),
  instructionsUntil: ticks => Number(ticks) * INSTRUCTIONS_PER_TICK - core.retired,
});
