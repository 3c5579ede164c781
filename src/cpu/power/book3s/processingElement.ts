// SPDX-License-Identifier: MIT
import { STOP, type Stop } from '../../engine/engine.js';
import { type EngineStopKinds, EngineStops } from '../../engine/engineStopExits.js';
import type { EngineBreakpoint, EngineWatchpoint } from '../../engine/engineStops.js';
import type { BudgetExit } from '../../engine/exits.js';
import { PowerCore, type WatchpointMatch } from './core.js';
import type { PowerCpuModel } from './cpuModels.js';
import type { ComparedAccess } from './debug/watchUnit.js';
import { type EmulatedAccess, emulatedAccess } from './emulatedAccess.js';
import type { PowerEngineShare } from './engineShare.js';
import { finishTrace, isTracing, prepareTrace, TracedWords } from './exceptions/trace.js';
import type { PowerGuestExit } from './guestExit.js';
import { POWER_MODE_NAMES, powerInstructionSet } from './instructionSet.js';
import { PowerMemoryStops } from './memoryStops.js';
import { MSR_BIT } from './registers/machineState.js';
import { readSpecialPurpose, writeSpecialPurpose } from './registers/registerAccess.js';
import type { PowerRegisterFile } from './registers/registerFile.js';
import { specialPurposeRegisterAt } from './registers/specialPurposeRegisters.js';
import { PowerRoutines } from './routines.js';
import type { TimeBaseClock } from './timeFacilities.js';
import type { PartitionScope } from './translation/partitionScope.js';
import type { ProcessScope } from './translation/processScope.js';
import type { SegmentLookasideBuffer } from './translation/segmentLookasideBuffer.js';
import { translate } from './translation/translate.js';

const MAXIMUM_BUDGET = 0x7fff_ffff;
const EE = Number(MSR_BIT.EE);

/** What a processing element is made of. */
export interface PowerProcessingElementOptions {
  /** The engine that all processing elements of the machine share, made for `model`. */
  readonly share: PowerEngineShare;
  readonly model: PowerCpuModel;
  /** PIR. */
  readonly index: number;
  readonly partitionScope: PartitionScope;
  /** Counts the time base, 512 MHz. Default: `retired` / 2, that is 1.024 GHz of virtual time. */
  readonly clock?: TimeBaseClock;
}

/** What interrupt is injected, with the registers that it sets. */
export interface InjectedInterrupt {
  /** Bits for the status area of SRR1. */
  readonly status?: bigint;
  /** DAR. */
  readonly address?: bigint;
  readonly DSISR?: bigint;
}

/**
 * One Book3S processing element with problem state and privileged state. Hypervisor software is the caller: what hardware takes to hypervisor state
 * makes `run` return; the next `run` is the return from it.
 */
export class PowerProcessingElement {
  readonly index: number;
  readonly model: PowerCpuModel;
  readonly #core: PowerCore;
  readonly #engineStops: EngineStops<ComparedAccess>;
  readonly #memory: PowerMemoryStops;
  readonly #routines: PowerRoutines;
  readonly #words: TracedWords;
  readonly #budget: BudgetExit = { kind: 'budget' };

  constructor({ share, model, index, partitionScope, clock }: PowerProcessingElementOptions) {
    this.index = index;
    this.model = model;
    this.#core = new PowerCore(share, model, index, partitionScope, clock);
    const decoders = POWER_MODE_NAMES.map(mode => powerInstructionSet(model, mode).decode);
    this.#engineStops = new EngineStops(this.#core, this.#core.watch);
    this.#memory = new PowerMemoryStops(this.#core, decoders, this.#engineStops, () => this.#runUntrapped());
    this.#core.wordAtPc = () => this.#memory.wordAtPc();
    this.#words = new TracedWords(this.#memory);
    this.#routines = new PowerRoutines(this.#core, this.#memory);
    this.#core.reset();
  }

  /** Partition-scoped translation; call `flush` after any change of what it answers. */
  get partitionScope(): PartitionScope {
    return this.#core.partitionScope;
  }
  set partitionScope(partitionScope: PartitionScope) {
    this.#core.partitionScope = partitionScope;
    this.flush();
  }
  /** Tables behind MSR[IR] and MSR[DR]. Entries of a hashed page table may be changed at any time if `flush` follows. */
  get processScope(): ProcessScope {
    return this.#core.processScope;
  }
  set processScope(processScope: ProcessScope) {
    this.#core.processScope = processScope;
    this.flush();
  }
  /** Real addresses at and above this one fault while translation is off (the real mode area); `undefined`: no limit. */
  get realModeLimit(): bigint | undefined {
    return this.#core.realModeLimit;
  }
  set realModeLimit(limit: bigint | undefined) {
    this.#core.realModeLimit = limit;
    this.flush();
  }
  /** Vectors of the guest's interrupts that end `run` instead of being delivered, as in a guest that runs in problem state (KVM-PR). */
  get hypervisorInterrupts(): ReadonlySet<number> {
    return this.#core.hypervisorInterrupts;
  }
  set hypervisorInterrupts(vectors: ReadonlySet<number>) {
    this.#core.hypervisorInterrupts = vectors;
  }

  /**
   * Runs until `maximumInstructions` have retired (an interrupt that no completed instruction caused counts as one too) or until something else
   * ends it.
   */
  run(maximumInstructions: number): PowerGuestExit {
    const core = this.#core;
    core.share.enter(core.registers);
    core.tracedWord = 0;
    const limit = core.retired + maximumInstructions;
    for (;;) {
      if (core.watch.isStale) {
        core.watch.isStale = false;
        core.engine.clearTraps();
        core.flush();
      }
      if (core.retired >= limit) return this.#budget;
      const pending = core.pendingInterrupt();
      const exit = pending === undefined ? this.#runInstructions(limit - core.retired) : core.takePending(pending);
      if (exit !== undefined) return exit;
    }
  }

  #runInstructions(budget: number): PowerGuestExit | undefined {
    const core = this.#core;
    core.engine.selectMode(core.mode);
    if (isTracing(core)) return this.#runTraced('trapped');
    // Where no interrupt may be taken, none is waited for: what enables them leaves the engine.
    const isWaited = (core.registers.status & EE) !== 0;
    const untilDecrementer = isWaited ? core.time.instructionsUntilDecrementer : MAXIMUM_BUDGET;
    return this.#afterEngine(core.engine.run(Math.min(budget, untilDecrementer, MAXIMUM_BUDGET)));
  }

  /** Runs the instruction at pc and takes the Trace interrupt that it asks for. */
  #runTraced(how: 'trapped' | 'untrapped'): PowerGuestExit | undefined {
    const core = this.#core;
    const traced = prepareTrace(core, this.#words);
    core.completion = 'none';
    const exit = this.#afterEngine(how === 'trapped' ? core.engine.run(1) : core.engine.runUntrapped());
    return exit ?? finishTrace(core, traced);
  }

  /** Runs the instruction at pc although its place carries a trap. */
  #runUntrapped(): PowerGuestExit | undefined {
    return this.#afterEngine(this.#core.engine.runUntrapped());
  }

  #afterEngine(stop: Stop): PowerGuestExit | undefined {
    const core = this.#core;
    const { retired } = core.engine;
    core.retired += retired;
    if (retired !== 0) core.completion = 'completed';
    // What the next instruction asks for waits until interrupts and the budget have been looked at.
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
        return this.#trap();
    }
  }

  /** STOP.TRAP: the trap belongs to a real address; whether anything matches is decided here. */
  #trap(): PowerGuestExit | undefined {
    const core = this.#core;
    const exit = this.#engineStops.atBreakpoint();
    if (exit !== undefined) return exit;
    if (isTracing(core) || !core.watch.matchesCIABR(core.registers.pc, core.isProblemState)) return this.#runUntrapped();
    return this.#runTraced('untrapped');
  }

  /** The next instruction of the next `run` is not stopped by private engine breakpoints and watchpoints (or those of one kind), once. */
  passOverEngineStops(kinds: EngineStopKinds = 'both'): void {
    this.#engineStops.passOver(kinds);
  }
  /** Replaces the private breakpoints. */
  setEngineBreakpoints(breakpoints: readonly EngineBreakpoint[]): void {
    this.#core.watch.setEngineBreakpoints(breakpoints);
  }
  /** Replaces the private watchpoints. */
  setEngineWatchpoints(watchpoints: readonly EngineWatchpoint[]): void {
    this.#core.watch.setEngineWatchpoints(watchpoints);
  }

  /** Virtual time: instructions retired plus interrupts taken that no completed instruction caused, since creation. */
  get retired(): number {
    return this.#core.retired;
  }
  /** Interrupts that the guest has taken so far: who finds it changed knows that SRR0 and SRR1 are from this stay in the guest. */
  get interruptsTaken(): number {
    return this.#core.interruptsTaken;
  }

  /** The last match of DAWR0 with what its interrupt has overwritten; `undefined`: there has been none. */
  get watchpointMatch(): WatchpointMatch | undefined {
    return this.#core.watchpointMatch;
  }

  /** The load or store at pc, for a hypervisor that carries it out; `undefined`: the instruction accesses nothing, or more than a row says. */
  emulatedAccess(): EmulatedAccess | undefined {
    this.#core.share.enter(this.#core.registers);
    const word = this.#memory.wordAtPc();
    const row = this.#memory.rowOf(word);
    return row === undefined ? undefined : emulatedAccess(this.#core, row, word);
  }

  /** The instruction word that the last `run` has run last with a Trace interrupt asked for; 0: none. */
  get tracedWord(): number {
    return this.#core.tracedWord;
  }

  /** The instruction at pc has been emulated: pc moves on, one instruction retires. It is not traced. */
  advance(): void {
    this.#core.complete();
  }

  /** Delivers an interrupt to the guest now: SRR0 = pc, SRR1 = MSR and `status`, pc = the vector by LPCR[AIL]. Counts as one retired instruction. */
  injectInterrupt(vector: number, details: InjectedInterrupt = {}): void {
    const core = this.#core;
    const asked = core.hypervisorInterrupts;
    core.hypervisorInterrupts = NO_VECTORS;
    core.interrupt(vector, details);
    core.hypervisorInterrupts = asked;
  }

  /** What a hypervisor does that gives the core to somebody else: the next store conditional fails. */
  dropReservation(): void {
    this.#core.registers.clearReservation();
  }

  /** The external interrupt's line (LPCR[MER] has the same effect). Effective before the next `run` executes anything. */
  setExternalInterrupt(isPending: boolean): void {
    this.#core.isExternalPending = isPending;
  }
  /** The vector of the interrupt that is pending and enabled now; `undefined`: none. */
  get takeableInterrupt(): number | undefined {
    return this.#core.pendingInterrupt();
  }
  /** Whether DEC's interrupt exists, enabled or not. */
  get isDecrementerPending(): boolean {
    return this.#core.time.isDecrementerPending;
  }
  /** How many more instructions must retire until DEC's interrupt exists: when a waiting vCPU wakes. 0 or less: it exists. */
  get instructionsUntilDecrementer(): number {
    const { time } = this.#core;
    return time.isDecrementerPending ? 0 : time.instructionsUntilDecrementer;
  }

  /** To be called after any change of what `partitionScope` answers, or of the hashed page table. */
  flush(): void {
    this.#core.flush();
  }

  /** General registers, CR, XER, LR, CTR, FPRs, vectors. pc and MSR have setters here. */
  get registers(): PowerRegisterFile {
    return this.#core.registers;
  }
  get slb(): SegmentLookasideBuffer {
    return this.#core.slb;
  }
  get pc(): bigint {
    return this.#core.registers.pc;
  }
  /** NIP; its last two bits are ignored. */
  set pc(value: bigint) {
    this.#core.registers.pc = value & ~3n;
  }
  get msr(): bigint {
    return this.#core.registers.msr;
  }
  /** Bits that a guest does not have are dropped. */
  set msr(value: bigint) {
    this.#core.setMsr(value);
  }
  /** `msr` by its halves, each signed. */
  setMsrWords(low: number, high: number): void {
    this.#core.setMsrWords(low, high);
  }

  /**
   * A special purpose register by its number, as the hypervisor sees it: no trap and no access right is looked at. `undefined`: this model has none.
   */
  specialPurposeRegister(number: number): bigint | undefined {
    const register = specialPurposeRegisterAt(number, this.model);
    return register === undefined ? undefined : readSpecialPurpose(this.#core, register);
  }
  /** Writes the bits that stick; false: no such register. */
  setSpecialPurposeRegister(number: number, value: bigint): boolean {
    const register = specialPurposeRegisterAt(number, this.model);
    if (register === undefined) return false;
    writeSpecialPurpose(this.#core, register, value);
    return true;
  }

  /** The guest real address of an effective address in the current state, for debuggers; no side effect. `undefined`: it would fault. */
  translateForDebugger(ea: bigint, kind: 'fetch' | 'load' = 'load'): bigint | undefined {
    const translated = translate(this.#core, ea, { kind, isProblemState: this.#core.isProblemState, records: false });
    return translated.kind === 'real' ? translated.address : undefined;
  }

  /** Registers to their reset values: 64-bit mode, big-endian, privileged, translation off, pc 0. Engine stops and tables stay. */
  reset(): void {
    this.#core.reset();
  }
}
const NO_VECTORS: ReadonlySet<number> = new Set();
