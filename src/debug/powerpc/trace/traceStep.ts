// SPDX-License-Identifier: MIT
import { type Result, success } from '../../../base/index.js';
import { MSR_BIT } from '../../../cpu/index.js';
import type { Vcpu } from '../../../kvm/index.js';
import type { StepParts } from '../../architecture.js';
import type { Lift } from '../../breakpoints/stopMechanisms.js';
import type { DebugExit } from '../../execution/debugExit.js';
import { armLift, restoreLift, type StepControl } from '../../stepping/lifting.js';
import type { StepAction } from '../../stepping/stepAction.js';
import type { StepDecision, StepEnding, StepMemory, StepMethod, Stray } from '../../stepping/stepMethod.js';
import type { MethodView, TrapUse } from '../../stepping/stepView.js';
import { GeneralRegisters } from '../registers/generalRegisters.js';
import { ArmingContext } from './armingContext.js';
import { borrowCiabr, canStepByCiabr, giveCiabrBack, isCiabrGuests } from './ciabr.js';
import { type FixUps, givenUpFixUps, guestTraceFixUps, interruptFixUps, isGuestsTrace, successorFixUps, traceFixUps } from './fixUps.js';
import type { InternalTraps, TrapPlace } from './internalTraps.js';
import type { PlacedTrap } from './placedTrap.js';
import { RecordedWrites } from './recordedWrites.js';
import { readLpcr, readSampled, type Sampled, writeSampled } from './savedState.js';
import { type SteppedInstruction, steppedInstruction } from './steppedInstruction.js';
import type { StepSite } from './stepSite.js';
import { type Arming, armingOf } from './stepSites.js';
import type { StepRecord, TraceState, VcpuSteps } from './traceState.js';
import { traceView, trapUses } from './traceView.js';
import { TrapPlacement } from './trapPlacement.js';
import { NO_VECTORS } from './vectorSites.js';

const { SE, LE } = MSR_BIT;
const WORD_BYTES = 4;

/** The word with its bytes in the other order, unsigned. */
const reversed = (word: number): number => (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;

const CONTROL: StepControl = { isStepping: false, why: 'KVM leaves the guest at a trap word' };

/** For a word that could not be read, as its fetch will fault: word 0 is illegal. */
const UNREADABLE = steppedInstruction(0);

const WHY_SE = {
  msr: 'the guest takes a Trace interrupt after the instruction',
  srr1: 'the guest takes a Trace interrupt after the first instruction that the return leads to',
} as const;

const FIX_UPS = { interrupt: interruptFixUps, successor: successorFixUps } as const;

const isTraceSite = ({ role }: StepSite): boolean => role === 'trace';

function siteAt(traps: readonly PlacedTrap[], pc: bigint): StepSite | undefined {
  for (const { site } of traps) if (site.address === pc) return site;
  return undefined;
}

/** An index of -1 would be slow. */
const lastOf = (records: readonly StepRecord[]): StepRecord | undefined => (records.length === 0 ? undefined : records[records.length - 1]);

/** SIAR and SDAR: as the last step has left them, if nothing has run or changed since. */
const sampledOf = (vcpu: Vcpu, { sampled, sampledVersion }: VcpuSteps): Sampled =>
  sampled !== undefined && sampledVersion === vcpu.registersVersion ? sampled : readSampled(vcpu);

/** What the method works with. */
export interface TraceParts extends StepParts {
  readonly memory: StepMemory;
  /** All trap words of steps. */
  readonly traps: InternalTraps;
}

/**
 * Single step under KVM-HV, which has none: the state machine of PPC-HV section 3. MSR[SE] makes the guest take a Trace interrupt after the instruction,
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
  readonly #steps = new Map<Vcpu, VcpuSteps>();
  /** vCPUs that cannot be stepped by CIABR, which has been said. */
  readonly #toldOfCiabr = new Set<Vcpu>();
  readonly #registers = new GeneralRegisters();
  readonly #writes = new RecordedWrites(this.#registers);
  readonly #context: ArmingContext;

  constructor(private readonly parts: TraceParts) {
    const { traps, memory, mechanisms, quirks, warn, stepMethod } = parts;
    this.name = stepMethod === 'ciabr' ? 'POWER HV Trace by CIABR' : 'POWER HV Trace';
    this.#traps = new TrapPlacement(traps, memory, quirks, warn);
    this.#context = new ArmingContext({
      registers: this.#registers,
      traps: this.#traps,
      quirks,
      hasBreakpointAt: address => mechanisms.mechanismsAt(address).length > 0,
      instructionIn: (place, msr) => this.#instructionIn(place, msr),
    });
  }

  #stepsOf(vcpu: Vcpu): VcpuSteps {
    let steps = this.#steps.get(vcpu);
    if (steps === undefined) {
      steps = { armed: undefined, pending: [], word: undefined, lastVector: undefined, sampled: undefined, sampledVersion: 0 };
      this.#steps.set(vcpu, steps);
    }
    return steps;
  }

  /** The state of the step of `vcpu`, IDLE without one. */
  stateOf(vcpu: Vcpu): TraceState | 'IDLE' {
    return this.#shownOf(vcpu)?.state ?? 'IDLE';
  }

  isPending(vcpu: Vcpu): boolean {
    return this.#pendingOf(vcpu) !== undefined;
  }

  #pendingOf(vcpu: Vcpu): StepRecord | undefined {
    return lastOf(this.#stepsOf(vcpu).pending);
  }

  #shownOf(vcpu: Vcpu): StepRecord | undefined {
    return this.#stepsOf(vcpu).armed ?? this.#pendingOf(vcpu);
  }

  arm(vcpu: Vcpu, lift: Lift, actions: StepAction[]): Result<undefined> {
    const { mechanisms, quirks } = this.parts;
    mechanisms.usesTrapWord = true;
    const lifted = armLift(mechanisms, vcpu, lift, actions, CONTROL);
    if (!lifted.ok) return lifted;
    const registers = this.#registers.load(vcpu);
    const { pc: nip, msr, srr0, srr1 } = registers;
    const here = this.#traps.placeOf(vcpu, { address: nip, msr }, msr);
    const instruction = this.#instructionIn(here, msr) ?? UNREADABLE;
    // PENDING, and this is the return that SE sleeps behind: the pending step ends it.
    const steps = this.#stepsOf(vcpu);
    steps.word = instruction === UNREADABLE ? undefined : instruction.word;
    if (this.#returnsToPending(steps, instruction, actions)) return success(undefined);
    const liftedTrap = here !== undefined && here.users > 0 ? here.real : undefined;
    const context = this.#context.standAt(vcpu, here, instruction);
    const arming = armingOf(instruction, context);
    const { state, isGuests } = arming;
    const usesCiabr = this.parts.stepMethod === 'ciabr' && this.#ciabrServes(vcpu, instruction, arming, msr);
    const injected = usesCiabr ? undefined : arming.injected;
    this.#traps.lift(liftedTrap);
    const placed = this.#traps.placeAll(vcpu, arming, { msr, here }, actions);
    if (!placed.ok) {
      this.#traps.putBack(liftedTrap);
      restoreLift(mechanisms, vcpu, lift, actions);
      return placed;
    }
    const sampled = arming.injected === undefined ? undefined : sampledOf(vcpu, steps);
    const saved = { nip, msr, srr0, srr1, sampled };
    const pending = lastOf(steps.pending);
    if (pending !== undefined && quirks.nestedStepOverwritesPending) pending.saved = saved;
    const vector = arming.vectors.sites[0] ?? arming.sites.find(isTraceSite);
    if (vector !== undefined) steps.lastVector = vector.address;
    const ciabr = usesCiabr ? borrowCiabr(vcpu, nip, msr, actions) : undefined;
    steps.armed = { state, saved, instruction, injected, ciabr, isGuests, sites: placed.value, lpcr: context.lpcr, actions, liftedTrap };
    if (arming.injected !== undefined)
      actions.push(
        { kind: 'saveRegister', register: 'srr0', value: srr0 },
        { kind: 'saveRegister', register: 'srr1', value: srr1 },
        { kind: 'saveRegister', register: 'msr', value: msr },
      );
    if (injected !== undefined) {
      const writes = this.#writes.begin(actions);
      writes.write(injected, (injected === 'msr' ? msr : srr1) | SE, WHY_SE[injected]);
      writes.end(vcpu);
    }
    return success(undefined);
  }

  #ciabrServes(vcpu: Vcpu, instruction: SteppedInstruction, arming: Arming, msr: bigint): boolean {
    if (!isCiabrGuests(vcpu)) return canStepByCiabr(instruction, arming, msr);
    if (!this.#toldOfCiabr.has(vcpu)) this.parts.warn(`The guest itself uses CIABR on vCPU ${vcpu.index}; it is stepped by MSR[SE] there.`);
    this.#toldOfCiabr.add(vcpu);
    return false;
  }

  wordOf(vcpu: Vcpu): number | undefined {
    return this.#stepsOf(vcpu).word;
  }

  hasLifted(vcpu: Vcpu): boolean {
    return this.#stepsOf(vcpu).armed?.liftedTrap !== undefined;
  }

  hasPassed(vcpu: Vcpu): boolean {
    const record = this.#stepsOf(vcpu).armed;
    if (record?.state !== 'GUEST' || record.injected !== undefined) return false;
    const { pc } = this.#registers.load(vcpu);
    return pc !== record.saved.nip && siteAt(record.sites, pc) === undefined;
  }

  decide(vcpu: Vcpu, exit: DebugExit, actions: StepAction[]): StepDecision {
    // The interrupt of a slot of the debugger's: it is undone, and the step is made again.
    if (exit.kind === 'watchpoint') return { kind: 'toDebugger', isCompleted: false };
    const { armed: record } = this.#stepsOf(vcpu);
    return { kind: 'toDebugger', isCompleted: record !== undefined && this.#endAtTrap(vcpu, record, actions) };
  }

  /** PENDING → DONE: whether `vcpu`, which no step is armed for, has come to the trap of its pending step. */
  endPending(vcpu: Vcpu, actions: StepAction[]): boolean {
    const record = this.#pendingOf(vcpu);
    if (record === undefined || !this.#isAtTrap(vcpu, record)) return false;
    actions.push(...record.actions);
    this.#endAtTrap(vcpu, record, actions);
    this.#stepsOf(vcpu).pending.pop();
    this.#traps.releaseAll(record.sites, actions);
    return true;
  }

  disarm(vcpu: Vcpu, lift: Lift, ending: StepEnding, actions: StepAction[]): void {
    const steps = this.#stepsOf(vcpu);
    const record = steps.armed;
    if (record !== undefined) {
      steps.armed = undefined;
      // It may have come to its trap, and not have executed it yet.
      if (record.state !== 'DONE') this.#endAtTrap(vcpu, record, actions);
      if (record.ciabr !== undefined) giveCiabrBack(vcpu, record.ciabr, actions);
      this.#traps.putBack(record.liftedTrap);
      if (record.state !== 'DONE' && ending !== 'detached' && this.#sleepsElsewhere(vcpu, record)) this.#becomePending(vcpu, record);
      else {
        if (record.state !== 'DONE') this.#fix(givenUpFixUps, vcpu, record, actions);
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
    const msr = this.#registers.load(vcpu).msr;
    const real = this.#traps.realOf(vcpu, { address: pc, msr }, msr);
    if (real === undefined || !this.#traps.table.has(real)) return undefined;
    if (quirks.vectorHitComparesOwnSavedAddress && this.#stepsOf(vcpu).lastVector !== pc) return 'report';
    return quirks.reentersAtForeignTrap ? 'reenter' : 'pass';
  }

  view(vcpu: Vcpu): MethodView {
    return traceView(this.#shownOf(vcpu), this.#registers.load(vcpu).msr, readLpcr(vcpu));
  }

  traps(): readonly TrapUse[] {
    const all = [...this.#steps];
    return [
      ...all.flatMap(([{ index }, { armed }]) => (armed === undefined ? [] : trapUses(index, armed))),
      ...all.flatMap(([{ index }, { pending }]) => pending.flatMap(record => trapUses(index, record))),
    ];
  }

  /** H_SET_MODE has moved the vectors, which LPCR places for all vCPUs: the traps of all steps follow (PPC-HV-37). `vcpu`: who called. */
  machineServed(vcpu: Vcpu): void {
    if (this.#traps.table.size === 0) return;
    const lpcr = readLpcr(vcpu);
    const all = [...this.#steps.values()];
    for (const record of [...all.map(({ armed }) => armed), ...all.flatMap(({ pending }) => pending)])
      if (record !== undefined && record.lpcr !== lpcr) this.#follow(vcpu, record, lpcr);
  }

  #isAtTrap(vcpu: Vcpu, { sites }: StepRecord): boolean {
    return siteAt(sites, this.#registers.load(vcpu).pc) !== undefined;
  }

  /** IDLE → ARMED … → DONE, if `vcpu` stands at one of the traps of `record`. */
  #endAtTrap(vcpu: Vcpu, record: StepRecord, actions: StepAction[]): boolean {
    const { quirks } = this.parts;
    const registers = this.#registers.load(vcpu);
    const pc = registers.pc;
    const site = siteAt(record.sites, pc);
    if (site === undefined) return false;
    const isGuests = site.role === 'trace' && isGuestsTrace(registers.srr1, record, quirks);
    this.#fix(site.role === 'trace' ? (isGuests ? guestTraceFixUps : traceFixUps) : FIX_UPS[site.role], vcpu, record, actions);
    if (site.role === 'trace' && !isGuests) this.#restoreSampled(vcpu, record, actions);
    record.state = 'DONE';
    return true;
  }

  /** SIAR and SDAR tell where the last Trace interrupt came from; ours is to leave none. */
  #restoreSampled(vcpu: Vcpu, { saved: { sampled } }: StepRecord, actions: StepAction[]): void {
    if (sampled === undefined) return;
    const { siar, sdar } = readSampled(vcpu);
    const why = 'as before the interrupt';
    actions.push(
      { kind: 'writeRegister', register: 'siar', before: siar, after: sampled.siar, why },
      { kind: 'writeRegister', register: 'sdar', before: sdar, after: sampled.sdar, why },
    );
    writeSampled(vcpu, sampled);
    const steps = this.#stepsOf(vcpu);
    steps.sampled = sampled;
    steps.sampledVersion = vcpu.registersVersion;
  }

  /** Whether the instruction has begun and SE is not where it was put: a handler's SRR1, or what it has saved of it, has it. */
  #sleepsElsewhere(vcpu: Vcpu, { injected, saved }: StepRecord): boolean {
    if (injected === undefined) return false;
    const registers = this.#registers.load(vcpu);
    return registers.pc !== saved.nip || (registers.get(injected) & SE) === 0n;
  }

  /** ARMED → PENDING: traps and saved state stay. */
  #becomePending(vcpu: Vcpu, record: StepRecord): void {
    record.state = 'PENDING';
    record.actions = [];
    this.#stepsOf(vcpu).pending.push(record);
  }

  /** PENDING, and the return is the one to the interrupted context: the pending step is what ends this one. */
  #returnsToPending(steps: VcpuSteps, { shape }: SteppedInstruction, actions: StepAction[]): boolean {
    const pending = lastOf(steps.pending);
    if (pending === undefined || shape.kind !== 'returnFromInterrupt' || shape.from !== 'srr') return false;
    const { quirks } = this.parts;
    const [target, status] = [this.#registers.srr0, this.#registers.srr1];
    const { nip } = pending.saved;
    const isThere = (status & SE) !== 0n && (target === nip || target === nip + BigInt(WORD_BYTES));
    if (!isThere && !quirks.anyReturnEndsPending) return false;
    steps.pending.pop();
    steps.armed = pending;
    actions.push(...pending.actions);
    pending.actions = actions;
    return true;
  }

  #forgetPending(vcpu: Vcpu, actions: StepAction[]): void {
    const { pending } = this.#stepsOf(vcpu);
    for (const { saved, sites } of pending) {
      const registers = this.#registers.load(vcpu);
      const writes = this.#writes.begin(actions);
      for (const register of ['msr', 'srr1'] as const)
        if ((registers.get(register) & SE) !== 0n && (saved.msr & SE) === 0n)
          writes.write(register, registers.get(register) & ~SE, 'the bit was ours; what handlers have saved of it cannot be found');
      writes.end(vcpu);
      this.#traps.releaseAll(sites, actions);
    }
    pending.length = 0;
  }

  /** The traps of `record` are put where the vectors are now. `vcpu` translates: the one that steps may be inside KVM_RUN. */
  #follow(vcpu: Vcpu, record: StepRecord, lpcr: bigint): void {
    const { actions } = record;
    const msr = this.#registers.load(vcpu).msr;
    const moved = record.sites.map(({ site }) => site.siteUnder?.(lpcr) ?? site);
    this.#traps.releaseAll(record.sites, actions);
    const placed = this.#traps.placeAll(vcpu, { vectors: NO_VECTORS, sites: moved }, { msr, here: undefined }, actions);
    if (!placed.ok) this.parts.warn(placed.error.message);
    record.sites = placed.ok ? placed.value : [];
    record.lpcr = lpcr;
  }

  #fix(fixUps: FixUps, vcpu: Vcpu, record: StepRecord, actions: StepAction[]): void {
    const writes = this.#writes.begin(actions);
    fixUps(record, this.#registers, this.parts.quirks, writes);
    writes.end(vcpu);
  }

  /** The guest's own word at `place`, in the byte order of `msr`; `undefined`: there is none. */
  #instructionIn(place: TrapPlace | undefined, msr: bigint): SteppedInstruction | undefined {
    if (place === undefined) return undefined;
    const word = this.#traps.table.wordBeneath(place);
    return steppedInstruction((msr & LE) !== 0n ? word >>> 0 : reversed(word));
  }
}
