// SPDX-License-Identifier: MIT
import { INTERRUPT, type InterruptExit, MSR_BIT, type PowerInstruction, powerInstruction } from '../../cpu/index.js';
import { KVM_GUESTDBG } from '../abi/constants.js';
import { type HandlerResult, IN_GUEST, TO_GUEST, WAIT, YIELD } from '../handlerResult.js';
import type { KernelWrite } from '../kernelWrite.js';
import { debugExit } from './exits.js';
import type { PowerpcVcpuState } from './vcpuState.js';

// The step of KVM-PR: MSR[SE] is forced while the guest runs (Linux 6.1: arch/powerpc/kvm/book3s_pr.c kvmppc_setup_debug(), kvmppc_clear_debug()).

const { SE } = MSR_BIT;
const [SRR1, SIAR] = [27, 796];
const [NOTHING, TRACED] = [new Set<number>(), new Set<number>([INTERRUPT.trace])];
const WRITES_MSR: ReadonlySet<string | undefined> = new Set(['mtmsr', 'mtmsr (L=1)', 'mtmsrd', 'mtmsrd (L=1)']);
const setsMsr = ({ name, isReturn }: PowerInstruction): boolean => isReturn || WRITES_MSR.has(name);

/** The host's step in a guest of KVM-PR. `exact` closes its gaps: the guest's own SE, what is not traced, and where the forced bit shows. */
export class HostStep {
  #isArmed = false;
  /** MSR[SE] of the guest's own. */
  #guestSE = 0n;
  #interrupts = 0;
  /** The stepped instruction has retired and nothing has been reported: it was a hypercall that sleeps, or something for user space. */
  #isOwed = false;

  constructor(
    private readonly vcpu: PowerpcVcpuState,
    /** The instruction word at an effective address, 0 if it cannot be read. */
    private readonly wordAt: (address: bigint) => number,
  ) {}

  enter(): void {
    const { vcpu } = this;
    const { pe } = vcpu;
    this.#isArmed = vcpu.vm.kind === 'pr' && (vcpu.guestDebug & KVM_GUESTDBG.SINGLESTEP) !== 0;
    if (!this.#isArmed) {
      this.#isOwed = false;
      pe.hypervisorInterrupts = NOTHING;
      return;
    }
    this.#guestSE = pe.msr & SE;
    this.#interrupts = pe.interruptsTaken;
    pe.hypervisorInterrupts = TRACED;
    this.#write('entering', 'msr', pe.msr, pe.msr | SE);
    pe.msr |= SE;
  }

  #write(when: KernelWrite['when'], register: string, before: bigint, after: bigint): void {
    this.vcpu.stepWrites.note({ when, register, before, after });
  }

  /** How many instructions may run in one go. */
  limit(budget: number): number {
    if (!this.#isArmed || this.vcpu.quirks.guestStepLost) return budget;
    return this.#isOwed ? 0 : Math.min(budget, 1);
  }

  /** After a run that no exit has ended; `retired`: how many instructions it had. IN_GUEST: go on. */
  atBudget(retired: number): HandlerResult {
    const { vcpu } = this;
    const isDone = this.#isArmed && !vcpu.quirks.guestStepLost && (retired > 0 || this.#isOwed);
    if (!isDone) return IN_GUEST;
    this.#isOwed = false;
    return debugExit(vcpu, 'all');
  }

  /** The Trace interrupt. */
  traced(exit: InterruptExit): HandlerResult {
    const { vcpu } = this;
    // What a guest in problem state cannot execute KVM has carried out, and nothing is traced.
    const traced = (): PowerInstruction => powerInstruction(this.wordAt(vcpu.pe.specialPurposeRegister(SIAR) ?? 0n));
    if (vcpu.quirks.guestStepLost && traced().isPrivileged) return TO_GUEST;
    if (this.#guestSE !== 0n && !vcpu.quirks.guestStepLost) vcpu.owedTrace = { status: exit.status };
    return debugExit(vcpu, vcpu.quirks.staleTraceRecord ? 'nothing' : 'all');
  }

  /** After another exit has been handled: an instruction that the kernel has carried out is a step, too. */
  handled(result: HandlerResult): HandlerResult {
    if (!this.#isArmed || this.vcpu.quirks.guestStepLost) return result;
    if (result === TO_GUEST) return debugExit(this.vcpu, 'all');
    this.#isOwed = result === WAIT || result === YIELD || this.vcpu.isHcallPending || this.vcpu.mmio !== undefined;
    return result;
  }

  /** kvmppc_vcpu_run_pr() forces SE before it looks for a signal, and returns without taking it away. */
  abandon(): void {
    const { vm, guestDebug, quirks, pe } = this.vcpu;
    if (vm.kind === 'pr' && quirks.stepBitLeftBySignal && (guestDebug & KVM_GUESTDBG.SINGLESTEP) !== 0) pe.msr |= SE;
  }

  leave(): void {
    if (!this.#isArmed) return;
    const { vcpu } = this;
    const { pe, quirks } = vcpu;
    if (quirks.guestStepLost) {
      this.#setMsr(pe.msr & ~SE);
      return;
    }
    const instruction = powerInstruction(pe.tracedWord);
    const isInterrupted = pe.interruptsTaken !== this.#interrupts;
    if (isInterrupted) this.#cleanSavedState(instruction);
    else if (!setsMsr(instruction)) this.#setMsr((pe.msr & ~SE) | this.#guestSE);
    if (instruction.name === 'mfmsr' && this.#guestSE === 0n) this.#cleanRegister(instruction);
  }

  /** An interrupt of this stay has saved the forced bit: the guest had its own. scv saves MSR in CTR. */
  #cleanSavedState({ name }: PowerInstruction): void {
    const { pe } = this.vcpu;
    const before = name === 'scv' ? pe.registers.ctr : (pe.specialPurposeRegister(SRR1) ?? 0n);
    const after = (before & ~SE) | this.#guestSE;
    this.#write('leaving', name === 'scv' ? 'ctr' : 'srr1', before, after);
    if (name === 'scv') pe.registers.ctr = after;
    else pe.setSpecialPurposeRegister(SRR1, after);
  }

  #setMsr(after: bigint): void {
    const { pe } = this.vcpu;
    this.#write('leaving', 'msr', pe.msr, after);
    pe.msr = after;
  }

  #cleanRegister({ register }: PowerInstruction): void {
    const { registers } = this.vcpu.pe;
    const before = registers.gpr(register);
    this.#write('leaving', `r${register}`, before, before & ~SE);
    registers.setGpr(register, before & ~SE);
  }
}
