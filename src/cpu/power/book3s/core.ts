// SPDX-License-Identifier: MIT
import type { UnimplementedExit } from '../../engine/exits.js';
import { maskOf } from '../../registers/describeRegister.js';
import { FACILITIES_SLOT, FACILITY, XER_MASK_SLOT } from '../common/registers/stateLayout.js';
import { type PowerCpuModel, xerMaskOf } from './cpuModels.js';
import { WatchUnit } from './debug/watchUnit.js';
import type { PowerEngineShare } from './engineShare.js';
import { handlerEntry, INTERRUPT, PROGRAM } from './exceptions/interruptVectors.js';
import type { InterruptExit, PowerGuestExit } from './guestExit.js';
import { FSCR, HFSCR, LPCR } from './registers/controlRegisters.js';
import { GUEST_MSR, MSR_BIT, SRR1_STATUS } from './registers/machineState.js';
import { PowerRegisterFile } from './registers/registerFile.js';
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
/** MSR bits that decide how addresses are translated. */
const CONTEXT = MSR_BIT.IR | MSR_BIT.DR | MSR_BIT.PR | MSR_BIT.SF;
/** MSR bits that decide which facilities there are. */
const UNITS = MSR_BIT.FP | MSR_BIT.VEC | MSR_BIT.VSX | MSR_BIT.PR;
const [TAR, HTAR, HFP, HVECVSX] = [maskOf(FSCR, 'TAR'), maskOf(HFSCR, 'TAR'), maskOf(HFSCR, 'FP'), maskOf(HFSCR, 'VECVSX')];
const MER = maskOf(LPCR, 'MER');
const EE = Number(MSR_BIT.EE);
const RESET_MSR = MSR_BIT.SF | MSR_BIT.ME;
const ALL_FACILITIES = SPECIAL_PURPOSE_REGISTERS.find(({ name }) => name === 'HFSCR')?.writable ?? 0n;
const CAUSE = maskOf(HFSCR, 'IC');

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
    return (this.registers.status & Number(MSR_BIT.PR)) !== 0;
  }

  /** To be called after any change of what translation depends on. */
  flush(): void {
    this.engine.flushTranslations();
  }

  /** Sets MSR to `value`, whose other bits a guest does not have, with all that follows from it. */
  setMsr(value: bigint): void {
    const { registers } = this;
    const before = registers.msr;
    registers.msr = value & GUEST_MSR;
    this.mode = ((value & MSR_BIT.SF) !== 0n ? 0 : 2) + ((value & MSR_BIT.LE) !== 0n ? 1 : 0);
    if (((before ^ value) & UNITS) !== 0n) this.updateFacilities();
    if (((before ^ value) & CONTEXT) !== 0n) this.flush();
  }

  /** The facilities that rows ask for, from MSR, FSCR and HFSCR. */
  updateFacilities(): void {
    const { registers } = this;
    const [msr, fscr, hfscr] = [registers.msr, registers.read(FSCR_SLOT), registers.read(HFSCR_SLOT)];
    let facilities = 0n;
    if ((msr & MSR_BIT.FP) !== 0n && (hfscr & HFP) !== 0n) facilities |= FACILITY.FP;
    if ((msr & MSR_BIT.VEC) !== 0n && (hfscr & HVECVSX) !== 0n) facilities |= FACILITY.VEC;
    if ((msr & MSR_BIT.VSX) !== 0n && (hfscr & HVECVSX) !== 0n) facilities |= FACILITY.VSX;
    // FSCR is about problem state.
    if (((msr & MSR_BIT.PR) === 0n || (fscr & TAR) !== 0n) && (hfscr & HTAR) !== 0n) facilities |= FACILITY.TAR;
    registers.write(FACILITIES_SLOT, facilities);
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
    const { msr } = registers;
    registers.write(SRR0, registers.pc);
    registers.write(SRR1, (msr & ~SRR1_STATUS) | status);
    const entry = handlerEntry(vector, msr, this.lpcr);
    registers.pc = entry.address;
    this.setMsr(entry.msr);
    this.retired++;
    this.interruptsTaken++;
    return undefined;
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
