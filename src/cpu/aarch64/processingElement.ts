// SPDX-License-Identifier: MIT
import type { Decoder } from '../decode/decisionTree.js';
import { STOP, type Stop } from '../engine/engine.js';
import { type EngineStopKinds, EngineStops } from '../engine/engineStopExits.js';
import type { EngineBreakpoint, EngineWatchpoint } from '../engine/engineStops.js';
import type { BudgetExit } from '../engine/exits.js';
import { mask32 } from '../registers/describeRegister.js';
import { Core, STEPPED, VECTOR } from './core.js';
import type { CpuModel } from './cpuModels.js';
import type { ComparedAccess } from './debug/debugUnit.js';
import type { EngineShare } from './engineShare.js';
import { returnFromEL2 } from './exceptions/exceptionReturn.js';
import { STEP_FROM_LOWER, STEP_FROM_SAME, syndrome } from './exceptions/syndromes.js';
import type { GuestExit } from './guestExit.js';
import { aarch64InstructionSet } from './instructionSet.js';
import { MemoryStops } from './memoryStops.js';
import { EXCEPTION_CLASS, HCR_EL2, SPSR_EL1 } from './registers/controlRegisters.js';
import { readSystemRegister, writeSystemRegister } from './registers/systemRegisterAccess.js';
import { systemRegisterAt, systemSlot } from './registers/systemRegisters.js';
import { MMU_REASON, pendingInterrupt, Routines } from './routines.js';
import { branchAddress, translateStage1Off } from './translation/stage1Off.js';
import type { Stage2 } from './translation/stage2.js';

const IL = mask32(SPSR_EL1, 'IL');
const AARCH32 = mask32(SPSR_EL1, 'nRW');
const ILLEGAL_STATE_SYNDROME = syndrome(EXCEPTION_CLASS.illegalState, 0);
const INTERRUPT_BITS = { IRQ: BigInt(mask32(HCR_EL2, 'VI')), FIQ: BigInt(mask32(HCR_EL2, 'VF')) } as const;
const [ELR, SPSR] = [systemSlot('ELR_EL1'), systemSlot('SPSR_EL1')];
/** The top byte of an address in its high word. */
const TAG_SHIFT_HIGH = 24;
const MAXIMUM_BUDGET = 0x7fff_ffff;
/** Instructions for one tick of the counter: 1 GHz of virtual time against CNTFRQ_EL0's 62.5 MHz. */
const INSTRUCTIONS_PER_TICK = 16;
const AARCH32_REASON = 'AArch32 is not there yet.';

/** What a processing element is made of. */
export interface ProcessingElementOptions {
  /** The engine that all processing elements of the machine share. */
  readonly share: EngineShare;
  readonly model: CpuModel;
  /** 0 for the first one; becomes MPIDR_EL1.Aff0 (and Aff1 above 15). */
  readonly index: number;
  readonly stage2: Stage2;
  /** The generic timer's physical count at this moment, exact inside a run because it may read `retired`. Default: `retired` / 16 (1 GHz, CNTFRQ_EL0 62.5 MHz). */
  readonly counterTicks?: () => bigint;
  /** Finds the row of a word; default: the A64 rows that `model` has. For syndromes and for naming what is not implemented. */
  readonly decode?: Decoder;
}

/** The virtual interrupts that HCR_EL2 makes pending: bits VI, VF. */
export type VirtualInterrupt = 'IRQ' | 'FIQ';

/** What `ProcessingElement.copyCoreRegisters` delivers: x0 to x30, the stack pointer in use, pc, pstate. */
export const CORE_REGISTER_COUNT = 34;

/**
 * One AArch64 processing element with EL0 and EL1. EL2's software is the caller: what hardware takes to
 * EL2 makes `run` return; the next `run` is the exception return from EL2.
 */
export class ProcessingElement {
  readonly index: number;
  readonly model: CpuModel;
  readonly #core: Core;
  readonly #engineStops: EngineStops<ComparedAccess>;
  readonly #memory: MemoryStops;
  readonly #routines: Routines;
  readonly #budget: BudgetExit = { kind: 'budget' };
  /** The last `run` ended in EL2 or with the caller in its role, so that the next one is an exception return. */
  #isInEL2 = true;

  constructor(options: ProcessingElementOptions) {
    this.index = options.index;
    this.model = options.model;
    const counterTicks = options.counterTicks ?? (() => BigInt(Math.floor(this.retired / INSTRUCTIONS_PER_TICK)));
    this.#core = new Core(options.share, options.model, options.index, options.stage2, counterTicks);
    const decode = options.decode ?? aarch64InstructionSet(options.model).decode;
    this.#engineStops = new EngineStops(this.#core, this.#core.debug);
    this.#memory = new MemoryStops(this.#core, decode, this.#engineStops, () => this.#runUntrapped());
    this.#routines = new Routines(this.#core, decode, () => this.#memory.wordAtPc());
    options.share.onSendEvent(() => {
      this.#core.isEventSet = true;
    });
    this.#core.reset();
  }

  /** Stage 2; call `flushStage2` after any change of what it answers. */
  get stage2(): Stage2 {
    return this.#core.stage2;
  }
  set stage2(stage2: Stage2) {
    this.#core.stage2 = stage2;
    this.flushStage2();
  }
  /** HLT #0xF000 makes `run` return instead of being UNDEFINED. */
  get isSemihostingEnabled(): boolean {
    return this.#core.isSemihostingEnabled;
  }
  set isSemihostingEnabled(isEnabled: boolean) {
    this.#core.isSemihostingEnabled = isEnabled;
  }
  /** VTTBR_EL2.VMID as breakpoints compare it, 0 to 255. */
  get vmid(): number {
    return this.#core.debug.vmid;
  }
  set vmid(vmid: number) {
    this.#core.debug.vmid = vmid;
  }

  /**
   * Runs until `maximumInstructions` have retired (an exception taken to EL1 counts as one too) or until
   * something else ends it. A pending software step exception to EL2 is reported even when the budget is used up.
   */
  run(maximumInstructions: number): GuestExit {
    const core = this.#core;
    const { registers, engine } = core;
    const isSwapped = core.share.enter(registers);
    if (core.debug.isStale && core.debug.refresh() && !isSwapped) {
      engine.clearTraps();
      engine.flushTranslations();
    }
    if (this.#isInEL2) {
      this.#isInEL2 = false;
      returnFromEL2(core);
    }
    const exit = this.#run(core.retired + maximumInstructions);
    if (exit.kind === 'exception') this.#isInEL2 = true;
    return exit;
  }

  #run(limit: number): GuestExit {
    const core = this.#core;
    const { registers, engine } = core;
    if (core.isMMUOn) return core.unimplemented('SCTLR_EL1.M', MMU_REASON, this.#memory.wordAtPc());
    if ((registers.status & AARCH32) !== 0) return core.unimplemented('AArch32 state', AARCH32_REASON, 0);
    for (;;) {
      if (core.debug.isStale && core.debug.refresh()) {
        engine.clearTraps();
        engine.flushTranslations();
      }
      const isStepActive = core.isSteppedNow;
      const isStepPending = isStepActive && registers.SS === 0;
      // A pending software step exception ranks before everything else, interrupts included.
      if (isStepPending && core.routesDebugToEL2) return this.#stepExit();
      if (core.retired >= limit) return this.#budget;
      if (isStepPending) {
        core.takeDebugException(STEP_FROM_LOWER[core.stepped], STEP_FROM_SAME[core.stepped]);
        continue;
      }
      core.isStepping = isStepActive;
      const exit = this.#runInstructions(isStepActive ? 1 : Math.min(limit - core.retired, MAXIMUM_BUDGET));
      if (exit !== undefined) return exit;
    }
  }

  #stepExit(): GuestExit {
    return this.#core.takeToEL2(STEP_FROM_LOWER[this.#core.stepped], 0n, 0n, false);
  }

  #runInstructions(budget: number): GuestExit | undefined {
    const core = this.#core;
    const { registers } = core;
    const vector = pendingInterrupt(core);
    if (vector !== undefined) {
      if (vector === VECTOR.SError) core.takeVirtualSError();
      else core.takeToEL1(vector);
      return undefined;
    }
    if (core.debug.hasContextBreakpoints || (registers.status & IL) !== 0) {
      if (!this.#memory.canFetch) return this.#memory.fetch();
      if (this.#memory.isAtBreakpoint) return this.#engineStops.atBreakpoint() ?? this.#memory.takeBreakpoint();
      if ((registers.status & IL) !== 0) return core.takeSynchronous(ILLEGAL_STATE_SYNDROME);
    }
    core.wasExclusive = core.isStepping && registers.isExclusive;
    const stop = core.engine.run(budget);
    return this.#afterEngine(stop);
  }

  /** Runs the instruction at pc although its place carries a trap. */
  #runUntrapped(): GuestExit | undefined {
    return this.#afterEngine(this.#core.engine.runUntrapped());
  }

  #afterEngine(stop: Stop): GuestExit | undefined {
    const core = this.#core;
    const { retired } = core.engine;
    core.retired += retired;
    // A branch to an address with a tag ends the engine's run, because no translation has one.
    if (core.registers.pcHigh >>> TAG_SHIFT_HIGH !== 0) core.registers.pc = branchAddress(core, core.registers.pc);
    if (core.isStepping && retired !== 0) {
      core.finishStep(core.registers.isExclusive && !core.wasExclusive ? STEPPED.loadExclusive : STEPPED.instruction);
    }
    // What the next instruction asks for waits until steps, interrupts and the budget have been looked at.
    if (stop === STOP.FETCH && retired !== 0) return undefined;
    switch (stop) {
      case STOP.BUDGET:
        return undefined;
      case STOP.LEAVE:
        return this.#routines.execute();
      case STOP.MEMORY:
        return this.#memory.access();
      case STOP.FETCH:
        return this.#memory.fetch();
      case STOP.TRAP:
        return this.#memory.trap();
    }
  }

  /** The next instruction of the next `run` is not stopped by private engine breakpoints and watchpoints (or those of one kind), once. */
  passOverEngineStops(kinds: EngineStopKinds = 'both'): void {
    this.#engineStops.passOver(kinds);
  }
  /** Replaces the private breakpoints. */
  setEngineBreakpoints(breakpoints: readonly EngineBreakpoint[]): void {
    this.#core.debug.setEngineBreakpoints(breakpoints);
  }
  /** Replaces the private watchpoints. */
  setEngineWatchpoints(watchpoints: readonly EngineWatchpoint[]): void {
    this.#core.debug.setEngineWatchpoints(watchpoints);
  }

  /** Virtual time: instructions retired plus exceptions taken to EL1 that no retired instruction caused, since creation. */
  get retired(): number {
    return this.#core.retired;
  }

  /** The instruction at pc has been emulated: pc moves on, PSTATE.SS becomes 0, one instruction retires (Linux: kvm_skip_instr). */
  advance(): void {
    const { registers } = this.#core;
    registers.nextInstruction();
    registers.SS = 0;
    this.#core.retired++;
  }

  /**
   * Takes a synchronous exception to EL1 now (Linux: enter_exception64): ELR_EL1 = pc, SPSR_EL1 = pstate, ESR_EL1 = `ESR`, FAR_EL1 = `FAR`
   * if given, pc = the vector. Counts as one retired instruction.
   */
  injectSynchronousException(ESR: number, FAR?: bigint): void {
    this.#core.takeSynchronous(ESR, FAR);
  }

  /** HCR_EL2.VI or HCR_EL2.VF. Effective at the next instruction boundary, that is before the next `run` executes anything. Taken as if HCR_EL2.IMO and FMO were 1, as KVM always sets them. */
  setVirtualInterrupt(interrupt: VirtualInterrupt, isPending: boolean): void {
    const bit = INTERRUPT_BITS[interrupt];
    this.HCR_EL2 = isPending ? this.HCR_EL2 | bit : this.HCR_EL2 & ~bit;
  }

  /** HCR_EL2, 64 bits; described by `HCR_EL2` in registers. The PE clears VSE when it takes the virtual SError interrupt. */
  get HCR_EL2(): bigint {
    return this.#core.HCR_EL2;
  }
  set HCR_EL2(value: bigint) {
    this.#core.HCR_EL2 = value;
  }
  /** MDCR_EL2; described by `MDCR_EL2` in registers. */
  get MDCR_EL2(): bigint {
    return BigInt(this.#core.mdcr >>> 0);
  }
  set MDCR_EL2(value: bigint) {
    this.#core.mdcr = Number(BigInt.asIntN(32, value));
  }

  /** To be called after any change of what `stage2` answers. */
  flushStage2(): void {
    this.#core.engine.flushTranslations();
  }

  /** Xn, n from 0 to 30; 31 reads as 0. */
  x(n: number): bigint {
    return this.#core.registers.x(n);
  }
  /** n = 31: no effect. */
  setX(n: number, value: bigint): void {
    this.#core.registers.setX(n, value);
  }
  get sp_el0(): bigint {
    return this.#core.registers.sp_el0;
  }
  set sp_el0(value: bigint) {
    this.#core.registers.sp_el0 = value;
  }
  get sp_el1(): bigint {
    return this.#core.registers.sp_el1;
  }
  set sp_el1(value: bigint) {
    this.#core.registers.sp_el1 = value;
  }
  get pc(): bigint {
    return this.#core.registers.pc;
  }
  set pc(value: bigint) {
    this.#core.registers.pc = value;
  }
  /** PSTATE in the layout of SPSR_EL2, NZCV included. 32 bits, unsigned. */
  get pstate(): number {
    return this.#core.registers.pstate;
  }
  set pstate(value: number) {
    this.#core.registers.pstate = value;
  }
  /** PSTATE.SS, 0 or 1. */
  get SS(): number {
    return this.#core.registers.SS;
  }
  set SS(value: number) {
    this.#core.registers.SS = value;
  }
  get elr_el1(): bigint {
    return this.#core.registers.read(ELR);
  }
  set elr_el1(value: bigint) {
    this.#core.registers.write(ELR, value);
  }
  /** Exceptions taken to EL1 so far: an entry to EL2 that finds it changed has SPSR_EL1 and ELR_EL1 from this stay in the guest. */
  get exceptionsTaken(): number {
    return this.#core.exceptionsTaken;
  }

  /** SPSR_EL1, 64 bits. */
  get spsr_el1(): bigint {
    return this.#core.registers.read(SPSR);
  }
  set spsr_el1(value: bigint) {
    this.#core.registers.write(SPSR, value);
  }

  /** Copies x0 to x30, the stack pointer in use, pc and pstate, in that order. `into` has `CORE_REGISTER_COUNT` elements or more. */
  copyCoreRegisters(into: BigUint64Array): void {
    this.#core.registers.copyCore(into);
  }

  /**
   * The register named by `encoding` (op0<<14 | op1<<11 | CRn<<7 | CRm<<3 | op2) as EL2 sees it: no trap and no access right is looked at.
   * `undefined`: there is none.
   */
  systemRegister(encoding: number): bigint | undefined {
    const row = systemRegisterAt(encoding);
    return row === undefined ? undefined : readSystemRegister(this.#core, row);
  }
  /** Writes storage through the register's write mask; false: no such register, or it is read-only. Debug registers take effect at the next `run`. */
  setSystemRegister(encoding: number, value: bigint): boolean {
    const row = systemRegisterAt(encoding);
    if (row === undefined || row.EL1 === 'RO') return false;
    writeSystemRegister(this.#core, row, value);
    return true;
  }

  /** The intermediate physical address of a virtual address in the current state, for debuggers; no side effect. `undefined`: it would fault. */
  translateForDebugger(va: bigint): bigint | undefined {
    return translateStage1Off(this.#core, va);
  }

  /** Architectural warm reset: registers to their reset values, EL1h with all exceptions masked, pc 0. Engine stops and EL2 controls stay. */
  reset(): void {
    this.#core.reset();
    this.#isInEL2 = true;
  }
}
