// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success } from '../../../base/index.js';
import { decode, MSR_BIT, SRR1_STATUS, SRR1_TRACE } from '../../../cpu/index.js';
import type { Vcpu } from '../../../kvm/index.js';
import type { Lift, StopMechanisms } from '../../breakpoints/stopMechanisms.js';
import type { DebugExit } from '../../execution/debugExit.js';
import { armLift, restoreLift } from '../../stepping/lifting.js';
import type { StepAction } from '../../stepping/stepAction.js';
import type { StepDecision, StepMemory, StepMethod } from '../../stepping/stepMethod.js';
import { GeneralRegisters } from '../registers/generalRegisters.js';
import type { InternalTraps } from './internalTraps.js';
import { readLpcr, readSampled, readTar, type Sampled, writeSampled } from './savedState.js';
import { type SteppedInstruction, steppedInstruction } from './steppedInstruction.js';
import { type StepSite, sitesOf } from './stepSites.js';

const { SE, BE, IR, LE } = MSR_BIT;
/** Without translation an address is real but for its four highest bits. */
const REAL_BITS = (1n << 60n) - 1n;
const WORD_BYTES = 4;

interface PlacedSite extends StepSite {
  readonly real: bigint;
}

/** What is set in the guest for one step, and what it was before. */
interface ArmedStep {
  readonly pc: bigint;
  readonly msr: bigint;
  readonly srr0: bigint;
  readonly srr1: bigint;
  readonly sampled: Sampled | undefined;
  readonly instruction: SteppedInstruction;
  readonly usesTrace: boolean;
  readonly sites: readonly PlacedSite[];
  /** The internal trap at pc that is lifted for this instruction. */
  readonly liftedTrap: bigint | undefined;
  isOver: boolean;
}

/** For a word that could not be read, as its fetch will fault: word 0 is illegal. */
const UNREADABLE = steppedInstruction(0);

/**
 * Single step under KVM-HV, which has none (PPC-HV, section 3): MSR[SE] makes the guest take a Trace interrupt behind the instruction, and a trap word
 * at that interrupt's vector gets the vCPU out of the guest. What never is traced, and each interrupt that may come instead, has a trap where it goes
 * on; so nothing that was borrowed is ever seen by a handler.
 */
export class TraceStep implements StepMethod {
  readonly name = 'POWER HV Trace';
  readonly writesRegisters = true;
  readonly #armed = new Map<Vcpu, ArmedStep>();
  readonly #registers = new GeneralRegisters();

  constructor(
    private readonly mechanisms: StopMechanisms,
    private readonly memory: StepMemory,
    private readonly traps: InternalTraps,
  ) {}

  arm(vcpu: Vcpu, lift: Lift, actions: StepAction[]): Result<undefined> {
    this.mechanisms.usesTrapWord = true;
    const lifted = armLift(this.mechanisms, vcpu, lift, actions, { isStepping: false, why: 'KVM leaves the guest at a trap word' });
    if (!lifted.ok) return lifted;
    const registers = this.#registers.load(vcpu);
    const [pc, msr] = [registers.get('pc'), registers.get('msr')];
    const here = this.memory.translate(vcpu, pc);
    const instruction = this.#instructionAt(here, msr);
    const liftedTrap = here !== undefined && this.traps.has(here) ? here : undefined;
    const { usesTrace, sites } = sitesOf(instruction, {
      registers,
      lpcr: readLpcr(vcpu),
      tar: () => readTar(vcpu),
      isAtSite: all => here !== undefined && all.some(site => site.role === 'trace' && this.#realOf(vcpu, site, msr) === here),
    });
    if (liftedTrap !== undefined) this.traps.lift(liftedTrap);
    const placed: PlacedSite[] = [];
    for (const site of sites) {
      const real = this.#realOf(vcpu, site, msr);
      // An instruction that goes on at itself ends its step at another site, or never.
      if (real !== undefined && real === here) continue;
      if (real !== undefined && this.#place(real, site, actions)) placed.push({ ...site, real });
      else if (site.role !== 'interrupt') {
        this.#release(placed, actions);
        if (liftedTrap !== undefined) this.traps.putBack(liftedTrap);
        restoreLift(this.mechanisms, vcpu, lift, actions);
        const why = real === undefined ? 'the debugger cannot translate' : 'there is no memory for a trap at';
        return failure('EFAULT', `The step cannot be made: ${why} ${hex(site.address)}, where the guest goes on.`);
      }
    }
    const [srr0, srr1] = [registers.get('srr0'), registers.get('srr1')];
    const sampled = usesTrace ? readSampled(vcpu) : undefined;
    this.#armed.set(vcpu, { pc, msr, srr0, srr1, sampled, instruction, usesTrace, sites: placed, liftedTrap, isOver: false });
    if (usesTrace) {
      for (const [register, value] of [
        ['srr0', srr0],
        ['srr1', srr1],
        ['msr', msr],
      ] as const)
        actions.push({ kind: 'saveRegister', register, value });
      this.#set('msr', msr | SE, 'the guest takes a Trace interrupt behind the instruction', actions);
      registers.store(vcpu);
    }
    return success(undefined);
  }

  decide(vcpu: Vcpu, _exit: DebugExit, actions: StepAction[]): StepDecision {
    const armed = this.#armed.get(vcpu);
    const registers = this.#registers.load(vcpu);
    const pc = registers.get('pc');
    const site = armed?.sites.find(({ address }) => address === pc);
    if (armed === undefined || site === undefined) return { kind: 'toDebugger', isCompleted: false };
    armed.isOver = true;
    if (site.role === 'trace') this.#afterTrace(vcpu, armed, actions);
    else if (armed.usesTrace && site.role === 'interrupt') this.#afterInterrupt(armed, actions);
    else if (armed.usesTrace) this.#set('msr', this.#withSEOfBefore(registers.get('msr'), armed), 'the bit was ours', actions);
    registers.store(vcpu);
    return { kind: 'toDebugger', isCompleted: true };
  }

  disarm(vcpu: Vcpu, lift: Lift, actions: StepAction[]): void {
    const armed = this.#armed.get(vcpu);
    if (armed !== undefined) {
      this.#armed.delete(vcpu);
      this.#release(armed.sites, actions);
      if (armed.liftedTrap !== undefined) this.traps.putBack(armed.liftedTrap);
      if (!armed.isOver && armed.usesTrace) {
        const registers = this.#registers.load(vcpu);
        this.#set('msr', this.#withSEOfBefore(registers.get('msr'), armed), 'the step has been given up', actions);
        registers.store(vcpu);
      }
    }
    restoreLift(this.mechanisms, vcpu, lift, actions);
  }

  /** Whether a trap word at `pc` of `vcpu` is there for a step, its own or another vCPU's. */
  ownsTrapAt(vcpu: Vcpu, pc: bigint): boolean {
    if (this.traps.size === 0) return false;
    const real = this.memory.translate(vcpu, pc);
    return real !== undefined && this.traps.has(real);
  }

  /** The instruction has completed. Where the guest steps itself, the interrupt stays as it is: it is the guest's, too (PPC-HV-28). */
  #afterTrace(vcpu: Vcpu, armed: ArmedStep, actions: StepAction[]): void {
    const registers = this.#registers;
    const status = registers.get('srr1');
    const isGuests =
      (armed.msr & SE) !== 0n ||
      ((armed.msr & BE) !== 0n && armed.instruction.branch !== undefined) ||
      decode(SRR1_TRACE, status).CIABR !== 0;
    if (isGuests) {
      this.#set('srr1', this.#withSEOfAfter(status, armed), "the Trace interrupt is the guest's own, too", actions);
      return;
    }
    const { shape, register } = armed.instruction;
    this.#set('pc', registers.get('srr0'), 'SRR0 is where the guest goes on', actions);
    this.#set(
      'msr',
      this.#withSEOfAfter(status & ~SRR1_STATUS, armed),
      'SRR1 without its status and without the bit that was ours',
      actions,
    );
    const isWritten = (name: 'srr0' | 'srr1'): boolean => shape.kind === 'moveToSaveRestore' && shape.register === name;
    // The move has happened before the interrupt overwrote the register; its value is still in RS.
    const source = registers.gpr(register);
    this.#set('srr0', isWritten('srr0') ? source : armed.srr0, 'as before the interrupt', actions);
    this.#set('srr1', isWritten('srr1') ? source : armed.srr1, 'as before the interrupt', actions);
    if (shape.kind === 'moveFromMsr') registers.setGpr(register, registers.gpr(register) & ~SE);
    if (armed.sampled !== undefined) writeSampled(vcpu, armed.sampled);
  }

  /** Another interrupt came: its handler has not begun. SRR1 must not show it the bit (PPC-HV-40). */
  #afterInterrupt(armed: ArmedStep, actions: StepAction[]): void {
    this.#set('srr1', this.#withSEOfBefore(this.#registers.get('srr1'), armed), 'the handler must not see the bit that was ours', actions);
  }

  /** `msr` with MSR[SE] as the guest had it before the step. */
  #withSEOfBefore(msr: bigint, { msr: before }: ArmedStep): bigint {
    return (msr & ~SE) | (before & SE);
  }

  /** `msr` with MSR[SE] as the guest has it behind the instruction, which may itself have set it (PPC-HV-18). */
  #withSEOfAfter(msr: bigint, armed: ArmedStep): bigint {
    const { shape } = armed.instruction;
    return shape.kind === 'moveToMsr' && shape.move !== 'set EE and RI' ? msr : this.#withSEOfBefore(msr, armed);
  }

  #set(name: 'pc' | 'msr' | 'srr0' | 'srr1', after: bigint, why: string, actions: StepAction[]): void {
    const before = this.#registers.get(name);
    this.#registers.set(name, after);
    actions.push({ kind: 'writeRegister', register: name, before, after, why });
  }

  #instructionAt(real: bigint | undefined, msr: bigint): SteppedInstruction {
    if (real === undefined) return UNREADABLE;
    const bytes = this.traps.original(real) ?? this.memory.readPhysical(real, WORD_BYTES);
    if (bytes === undefined) return UNREADABLE;
    return steppedInstruction(new DataView(bytes.buffer, bytes.byteOffset, WORD_BYTES).getUint32(0, (msr & LE) !== 0n));
  }

  /** Where a site lies: by rule, whatever the context is now (PPC-HV-35). */
  #realOf(vcpu: Vcpu, { address, msr }: StepSite, now: bigint): bigint | undefined {
    if ((msr & IR) === 0n) return address & REAL_BITS;
    if ((now & IR) !== 0n) return this.memory.translate(vcpu, address);
    // Translation will be on there, and is not on now.
    return undefined;
  }

  #place(real: bigint, { role, address }: StepSite, actions: StepAction[]): boolean {
    const isNew = !this.traps.has(real);
    if (!this.traps.place(real)) return false;
    const before = this.traps.original(real);
    if (isNew && before !== undefined)
      actions.push({
        kind: 'writeMemory',
        address: real,
        before,
        after: this.traps.trapWord,
        why: `trap at ${hex(address)}, ${PLACES[role]}`,
      });
    return true;
  }

  #release(sites: readonly PlacedSite[], actions: StepAction[]): void {
    for (const { real } of sites) {
      const original = this.traps.original(real);
      const release = this.traps.release(real);
      if (release === 'removed' && original !== undefined)
        actions.push({
          kind: 'writeMemory',
          address: real,
          before: this.traps.trapWord,
          after: original,
          why: "the guest's own word again",
        });
    }
  }
}

/** What a trap is for, in words. */
const PLACES: Readonly<Record<StepSite['role'], string>> = {
  trace: 'the vector of the Trace interrupt',
  interrupt: 'the vector of an interrupt that may come instead',
  successor: 'where the instruction goes on untraced',
};
