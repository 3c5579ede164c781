// SPDX-License-Identifier: MIT
import { type Result, success } from '../../../base/index.js';
import { MSR_BIT } from '../../../cpu/index.js';
import type { Vcpu } from '../../../kvm/index.js';
import type { StepParts } from '../../architecture.js';
import type { Lift } from '../../breakpoints/stopMechanisms.js';
import type { DebugExit } from '../../execution/debugExit.js';
import { armLift, restoreLift } from '../../stepping/lifting.js';
import type { StepAction } from '../../stepping/stepAction.js';
import type { StepDecision, StepEnding, StepMemory, StepMethod, Stray } from '../../stepping/stepMethod.js';
import type { MethodView, TrapUse } from '../../stepping/stepView.js';
import { GeneralRegisters } from '../registers/generalRegisters.js';
import { accessedSites } from './accessedSites.js';
import { borrowCiabr, canStepByCiabr, giveCiabrBack, isCiabrGuests } from './ciabr.js';
import {
  givenUpFixUps,
  guestTraceFixUps,
  interruptFixUps,
  isGuestsTrace,
  type RegisterWrite,
  successorFixUps,
  traceFixUps,
} from './fixUps.js';
import type { InternalTraps, TrapPlace } from './internalTraps.js';
import { readLpcr, readSampled, readTar, writeSampled } from './savedState.js';
import { type SteppedInstruction, steppedInstruction } from './steppedInstruction.js';
import { type Arming, armingOf } from './stepSites.js';
import type { StepRecord, TraceState } from './traceState.js';
import { traceView, trapUses } from './traceView.js';
import { TrapPlacement } from './trapPlacement.js';
import { VectorSites } from './vectorSites.js';

const { SE, LE } = MSR_BIT;
const WORD_BYTES = 4;

/** The word with its bytes in the other order, unsigned. */
const reversed = (word: number): number => (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;

/** For a word that could not be read, as its fetch will fault: word 0 is illegal. */
const UNREADABLE = steppedInstruction(0);

const WHY_SE = {
  msr: 'the guest takes a Trace interrupt behind the instruction',
  srr1: 'the guest takes a Trace interrupt behind the first instruction that the return leads to',
} as const;

const FIX_UPS = { interrupt: interruptFixUps, successor: successorFixUps } as const;

/** What the method works with. */
export interface TraceParts extends StepParts {
  readonly memory: StepMemory;
  /** All trap words of steps. */
  readonly traps: InternalTraps;
}

/**
 * Single step under KVM-HV, which has none: the state machine of PPC-HV section 3. MSR[SE] makes the guest take a Trace interrupt behind the instruction,
 * and a trap word at that interrupt's vector gets the vCPU out of the guest. What never is traced, and each interrupt that may come instead, has a
 * trap where it goes on; so nothing that was borrowed is ever seen by a handler, and the only state between two calls is ARMED in one of its forms.
 * The quirks leave traps out, as the posted series does: then handlers run with SE in their SRR1, and a step can be PENDING.
 *
 * | event | method | from | to |
 * | --- | --- | --- | --- |
 * | step request | `arm` | IDLE, PENDING | ARMED, ARMED_RFID, ARMED_DISPLACED, GUEST |
 * | DEBUG exit at a trap of its own | `decide`, `endPending` | these and PENDING | DONE |
 * | another stop first | `disarm` | ARMED in any form | PENDING if SE sleeps somewhere, or else IDLE |
 * | the report is made | `disarm` | DONE | IDLE |
 * | detach | `disarm` | any | IDLE |
 * | the vectors have moved | `machineServed` | any | the same |
 */
export class TraceStep implements StepMethod {
  readonly name: string;
  readonly #traps: TrapPlacement;
  readonly #armed = new Map<Vcpu, StepRecord>();
  /** Steps that another stop came before, the innermost last; one that is made meanwhile has a record of its own. */
  readonly #pending = new Map<Vcpu, StepRecord[]>();
  /** Where the last step of each vCPU had its trap for the Trace interrupt. */
  readonly #lastVectors = new Map<Vcpu, bigint>();
  /** vCPUs that cannot be stepped by CIABR, which has been said. */
  readonly #toldOfCiabr = new Set<Vcpu>();
  readonly #registers = new GeneralRegisters();
  readonly #vectors = new VectorSites();

  constructor(private readonly parts: TraceParts) {
    const { traps, memory, quirks, warn, stepMethod } = parts;
    this.name = stepMethod === 'ciabr' ? 'POWER HV Trace by CIABR' : 'POWER HV Trace';
    this.#traps = new TrapPlacement(traps, memory, quirks, warn);
  }

  /** The state of the step of `vcpu`, IDLE without one. */
  stateOf(vcpu: Vcpu): TraceState | 'IDLE' {
    return (this.#armed.get(vcpu) ?? this.#pendingOf(vcpu))?.state ?? 'IDLE';
  }

  isPending(vcpu: Vcpu): boolean {
    return this.#pendingOf(vcpu) !== undefined;
  }

  #pendingOf(vcpu: Vcpu): StepRecord | undefined {
    return this.#pending.get(vcpu)?.at(-1);
  }

  arm(vcpu: Vcpu, lift: Lift, actions: StepAction[]): Result<undefined> {
    const { mechanisms, quirks } = this.parts;
    mechanisms.usesTrapWord = true;
    const lifted = armLift(mechanisms, vcpu, lift, actions, { isStepping: false, why: 'KVM leaves the guest at a trap word' });
    if (!lifted.ok) return lifted;
    const registers = this.#registers.load(vcpu);
    const [nip, msr, srr0, srr1] = [registers.get('pc'), registers.get('msr'), registers.get('srr0'), registers.get('srr1')];
    const here = this.#traps.placeOf(vcpu, { address: nip, msr }, msr);
    const instruction = this.#instructionAt(here, msr) ?? UNREADABLE;
    // PENDING, and this is the return that SE sleeps behind: the pending step ends it.
    if (this.#returnsToPending(vcpu, instruction)) return success(undefined);
    const liftedTrap = here !== undefined && here.users > 0 ? here.real : undefined;
    const lpcr = readLpcr(vcpu);
    const arming = armingOf(instruction, {
      pc: nip,
      msr,
      registers,
      lpcr,
      quirks,
      vectors: this.#vectors,
      tar: () => readTar(vcpu),
      isAtSite: all => here !== undefined && all.some(site => site.role === 'trace' && this.#traps.realOf(vcpu, site, msr) === here.real),
      isAccessed: accessedSites(vcpu, instruction, { registers, msr }, this.#traps),
      hasBreakpointAt: address => mechanisms.mechanismsAt(address).length > 0,
      instructionAt: (address, under) => this.#instructionAt(this.#traps.placeOf(vcpu, { address, msr: under }, msr), under),
    });
    const { state, isGuests, sites } = arming;
    const usesCiabr = this.parts.stepMethod === 'ciabr' && this.#ciabrServes(vcpu, instruction, arming, msr);
    const injected = usesCiabr ? undefined : arming.injected;
    this.#traps.lift(liftedTrap);
    const placed = this.#traps.placeAll(vcpu, sites, { msr, here }, actions);
    if (!placed.ok) {
      this.#traps.putBack(liftedTrap);
      restoreLift(mechanisms, vcpu, lift, actions);
      return placed;
    }
    const sampled = arming.injected === undefined ? undefined : readSampled(vcpu);
    const saved = { nip, msr, srr0, srr1, sampled };
    const pending = this.#pendingOf(vcpu);
    if (pending !== undefined && quirks.nestedStepOverwritesPending) pending.saved = saved;
    const vector = sites.find(({ role }) => role === 'trace');
    if (vector !== undefined) this.#lastVectors.set(vcpu, vector.address);
    const ciabr = usesCiabr ? borrowCiabr(vcpu, nip, msr, actions) : undefined;
    this.#armed.set(vcpu, { state, saved, instruction, injected, ciabr, isGuests, sites: placed.value, lpcr, liftedTrap });
    if (arming.injected !== undefined)
      actions.push(
        { kind: 'saveRegister', register: 'srr0', value: srr0 },
        { kind: 'saveRegister', register: 'srr1', value: srr1 },
        { kind: 'saveRegister', register: 'msr', value: msr },
      );
    if (injected !== undefined) {
      const value = (injected === 'msr' ? msr : srr1) | SE;
      this.#write(vcpu, [{ register: injected, value, why: WHY_SE[injected] }], actions);
    }
    return success(undefined);
  }

  #ciabrServes(vcpu: Vcpu, instruction: SteppedInstruction, arming: Arming, msr: bigint): boolean {
    if (!isCiabrGuests(vcpu)) return canStepByCiabr(instruction, arming, msr);
    if (!this.#toldOfCiabr.has(vcpu)) this.parts.warn(`The guest itself uses CIABR on vCPU ${vcpu.index}; it is stepped by MSR[SE] there.`);
    this.#toldOfCiabr.add(vcpu);
    return false;
  }

  decide(vcpu: Vcpu, exit: DebugExit, actions: StepAction[]): StepDecision {
    // The interrupt of a slot of the debugger's: it is undone, and the step is made again.
    if (exit.kind === 'watchpoint') return { kind: 'toDebugger', isCompleted: false };
    const record = this.#armed.get(vcpu);
    return { kind: 'toDebugger', isCompleted: record !== undefined && this.#endAtTrap(vcpu, record, actions) };
  }

  /** PENDING → DONE: whether `vcpu`, which no step is armed for, has come to the trap of its pending step. */
  endPending(vcpu: Vcpu, actions: StepAction[]): boolean {
    const record = this.#pendingOf(vcpu);
    if (record === undefined || !this.#endAtTrap(vcpu, record, actions)) return false;
    this.#pending.get(vcpu)?.pop();
    this.#traps.releaseAll(record.sites, actions);
    return true;
  }

  disarm(vcpu: Vcpu, lift: Lift, ending: StepEnding, actions: StepAction[]): void {
    const record = this.#armed.get(vcpu);
    if (record !== undefined) {
      this.#armed.delete(vcpu);
      // It may have come to its trap, and not have executed it yet.
      if (record.state !== 'DONE') this.#endAtTrap(vcpu, record, actions);
      if (record.ciabr !== undefined) giveCiabrBack(vcpu, record.ciabr, actions);
      this.#traps.putBack(record.liftedTrap);
      if (record.state !== 'DONE' && ending !== 'detached' && this.#sleepsElsewhere(vcpu, record)) this.#becomePending(vcpu, record);
      else {
        if (record.state !== 'DONE') this.#write(vcpu, givenUpFixUps(record, this.#registers, this.parts.quirks), actions);
        this.#traps.releaseAll(record.sites, actions);
      }
    }
    if (ending === 'detached') this.#forgetPending(vcpu, actions);
    restoreLift(this.parts.mechanisms, vcpu, lift, actions);
  }

  /** Looked up in the table of all traps, whoever has placed them (PPC-HV-22). */
  strayInto(vcpu: Vcpu, pc: bigint): Stray | undefined {
    const { quirks } = this.parts;
    if (this.#traps.table.size === 0) return undefined;
    const msr = this.#registers.load(vcpu).get('msr');
    const real = this.#traps.realOf(vcpu, { address: pc, msr }, msr);
    if (real === undefined || !this.#traps.table.has(real)) return undefined;
    if (quirks.vectorHitComparesOwnSavedAddress && this.#lastVectors.get(vcpu) !== pc) return 'report';
    return quirks.reentersAtForeignTrap ? 'reenter' : 'pass';
  }

  view(vcpu: Vcpu): MethodView {
    return traceView(this.#armed.get(vcpu) ?? this.#pendingOf(vcpu), this.#registers.load(vcpu).get('msr'), readLpcr(vcpu));
  }

  traps(): readonly TrapUse[] {
    return [
      ...[...this.#armed].flatMap(([{ index }, record]) => trapUses(index, record)),
      ...[...this.#pending].flatMap(([{ index }, records]) => records.flatMap(record => trapUses(index, record))),
    ];
  }

  /** H_SET_MODE has moved the vectors, which LPCR places for all vCPUs: the traps of all steps follow (PPC-HV-37). `vcpu`: who called. */
  machineServed(vcpu: Vcpu, actions: StepAction[]): void {
    if (this.#traps.table.size === 0) return;
    const lpcr = readLpcr(vcpu);
    for (const record of [...this.#armed.values(), ...[...this.#pending.values()].flat()])
      if (record.lpcr !== lpcr) this.#follow(vcpu, record, lpcr, actions);
  }

  /** IDLE → ARMED … → DONE, if `vcpu` stands at one of the traps of `record`. */
  #endAtTrap(vcpu: Vcpu, record: StepRecord, actions: StepAction[]): boolean {
    const { quirks } = this.parts;
    const registers = this.#registers.load(vcpu);
    const pc = registers.get('pc');
    const site = record.sites.find(({ site: { address } }) => address === pc)?.site;
    if (site === undefined) return false;
    const isGuests = isGuestsTrace(registers.get('srr1'), record, quirks);
    const fixUps = site.role === 'trace' ? (isGuests ? guestTraceFixUps : traceFixUps) : FIX_UPS[site.role];
    this.#write(vcpu, fixUps(record, registers, quirks), actions);
    if (site.role === 'trace' && !isGuests) this.#restoreSampled(vcpu, record, actions);
    record.state = 'DONE';
    return true;
  }

  /** SIAR and SDAR tell where the last Trace interrupt came from; ours is to leave none. */
  #restoreSampled(vcpu: Vcpu, { saved: { sampled } }: StepRecord, actions: StepAction[]): void {
    if (sampled === undefined) return;
    const now = readSampled(vcpu);
    for (const register of ['siar', 'sdar'] as const)
      actions.push({ kind: 'writeRegister', register, before: now[register], after: sampled[register], why: 'as before the interrupt' });
    writeSampled(vcpu, sampled);
  }

  /** Whether the instruction has begun and SE is not where it was put: a handler's SRR1, or what it has saved of it, has it. */
  #sleepsElsewhere(vcpu: Vcpu, { injected, saved }: StepRecord): boolean {
    if (injected === undefined) return false;
    const registers = this.#registers.load(vcpu);
    return registers.get('pc') !== saved.nip || (registers.get(injected) & SE) === 0n;
  }

  /** ARMED → PENDING: traps and saved state stay. */
  #becomePending(vcpu: Vcpu, record: StepRecord): void {
    record.state = 'PENDING';
    this.#pending.set(vcpu, [...(this.#pending.get(vcpu) ?? []), record]);
  }

  /** PENDING, and the return is the one to the interrupted context: the pending step is what ends this one. */
  #returnsToPending(vcpu: Vcpu, { shape }: SteppedInstruction): boolean {
    const pending = this.#pendingOf(vcpu);
    if (pending === undefined || shape.kind !== 'returnFromInterrupt' || shape.from !== 'srr') return false;
    const { quirks } = this.parts;
    const [target, status] = [this.#registers.get('srr0'), this.#registers.get('srr1')];
    const { nip } = pending.saved;
    const isThere = (status & SE) !== 0n && (target === nip || target === nip + BigInt(WORD_BYTES));
    if (!isThere && !quirks.anyReturnEndsPending) return false;
    this.#pending.get(vcpu)?.pop();
    this.#armed.set(vcpu, pending);
    return true;
  }

  #forgetPending(vcpu: Vcpu, actions: StepAction[]): void {
    for (const { saved, sites } of this.#pending.get(vcpu) ?? []) {
      const registers = this.#registers.load(vcpu);
      const found = (['msr', 'srr1'] as const).filter(register => (registers.get(register) & SE) !== 0n && (saved.msr & SE) === 0n);
      const why = 'the bit was ours; what handlers have saved of it cannot be found';
      this.#write(
        vcpu,
        found.map(register => ({ register, value: registers.get(register) & ~SE, why })),
        actions,
      );
      this.#traps.releaseAll(sites, actions);
    }
    this.#pending.delete(vcpu);
  }

  /** The traps of `record` are put where the vectors are now. `vcpu` translates: the one that steps may be inside KVM_RUN. */
  #follow(vcpu: Vcpu, record: StepRecord, lpcr: bigint, actions: StepAction[]): void {
    const msr = this.#registers.load(vcpu).get('msr');
    const moved = record.sites.map(({ site }) => (site.entryUnder === undefined ? site : { ...site, ...site.entryUnder(lpcr) }));
    this.#traps.releaseAll(record.sites, actions);
    const placed = this.#traps.placeAll(vcpu, moved, { msr, here: undefined }, actions);
    if (!placed.ok) this.parts.warn(placed.error.message);
    record.sites = placed.ok ? placed.value : [];
    record.lpcr = lpcr;
  }

  #write(vcpu: Vcpu, writes: readonly RegisterWrite[], actions: StepAction[]): void {
    const registers = this.#registers;
    for (const { register, value, why } of writes) {
      const isGpr = typeof register === 'number';
      const before = isGpr ? registers.gpr(register) : registers.get(register);
      if (isGpr) registers.setGpr(register, value);
      else registers.set(register, value);
      actions.push({ kind: 'writeRegister', register: isGpr ? `r${register}` : register, before, after: value, why });
    }
    if (writes.length > 0) registers.store(vcpu);
  }

  /** The guest's own word at `place`, in the byte order of `msr`; `undefined`: there is none. */
  #instructionAt(place: TrapPlace | undefined, msr: bigint): SteppedInstruction | undefined {
    if (place === undefined) return undefined;
    const word = this.#traps.table.wordBeneath(place);
    return steppedInstruction((msr & LE) !== 0n ? word >>> 0 : reversed(word));
  }
}
