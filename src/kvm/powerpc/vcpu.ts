// SPDX-License-Identifier: MIT
import { assertNever } from '../../base/index.js';
import { INTERRUPT, type PowerGuestExit, type PowerProcessingElement } from '../../cpu/index.js';
import { KVM_CAP } from '../abi/constants.js';
import { KVM_INTERRUPT } from '../abi/powerpc/constants.js';
import { kvm_interrupt } from '../abi/powerpc/structures.js';
import type { ArchitectureVcpu, VcpuDebugState } from '../architecture.js';
import type { EnableCap } from '../enableCap.js';
import { reportEngineStop, reportUnimplemented } from '../engineExits.js';
import { type HandlerResult, IN_GUEST } from '../handlerResult.js';
import { type CallAnswer, refusal } from '../kvmFile.js';
import { RegistersOfVcpu, type VcpuRegisters } from '../vcpuRegisters.js';
import { completeHypercall } from './devices/hypercalls.js';
import { handleInterrupt, tellWatchpoint } from './exits.js';
import { HostStep } from './hostStep.js';
import { completeMmio } from './mmio.js';
import { POWERPC_REGISTERS } from './oneReg.js';
import { getFpu, getRegs, getSregs, setFpu, setRegs, setSregs } from './registerCalls.js';
import type { PowerpcVcpuState } from './vcpuState.js';

/** A vCPU of Book3S (Linux 6.1: arch/powerpc/kvm/powerpc.c, book3s.c). */
export class PowerpcVcpu implements ArchitectureVcpu {
  readonly pe: PowerProcessingElement;
  readonly registers: VcpuRegisters;
  /** powerpc needs no initialisation, and has no KVM_GET_MP_STATE. */
  readonly uninitialised = undefined;
  readonly mpStates = [];
  readonly #step: HostStep;

  constructor(
    readonly state: PowerpcVcpuState,
    wordAt: (address: bigint) => number,
  ) {
    this.pe = state.pe;
    this.registers = new RegistersOfVcpu(POWERPC_REGISTERS[state.vm.kind], state, { hasList: false, settle: () => undefined });
    this.#step = new HostStep(state, wordAt);
  }

  get debugState(): VcpuDebugState {
    return { isDirty: false, isStepPending: false, control: this.state.guestDebug, isOsLocked: false };
  }

  get hasPendingInterrupt(): boolean {
    return this.state.isProdded || !this.state.isCeded || this.pe.takeableInterrupt !== undefined;
  }

  get instructionsUntilWake(): number {
    return this.pe.instructionsUntilDecrementer;
  }

  completeExit(): void {
    completeHypercall(this.state);
    completeMmio(this.state);
  }

  /** exit_reason is reset by each exit, not here. */
  beginRun(): void {
    const { state } = this;
    state.isRunning = true;
    state.stepWrites.forget();
    if (!state.vm.hasProcessScope && state.vm.kind === 'hv') state.vm.useHashTable();
    if (state.isHashTableStale) state.findHashTable();
  }

  settleRequests(): void {}

  enterGuest(): void {
    const { state } = this;
    if (state.isCeded) {
      state.isCeded = false;
      state.isProdded = false;
    }
    const { owedTrace } = state;
    if (owedTrace !== undefined) {
      state.owedTrace = undefined;
      this.pe.injectInterrupt(INTERRUPT.trace, owedTrace);
    }
    this.#step.enter();
  }

  runGuest(budget: number): HandlerResult {
    const before = this.pe.retired;
    const exit = this.pe.run(this.#step.limit(budget));
    if (exit.kind === 'budget') {
      const result = this.#step.atBudget(this.pe.retired - before);
      if (result !== IN_GUEST) this.#step.leave();
      return result;
    }
    this.#step.leave();
    return this.#handle(exit);
  }

  #handle(exit: Exclude<PowerGuestExit, { kind: 'budget' }>): HandlerResult {
    const { state } = this;
    switch (exit.kind) {
      case 'interrupt':
        state.counters.guestExits++;
        return exit.vector === INTERRUPT.trace ? this.#step.traced(exit) : this.#step.handled(handleInterrupt(state, exit));
      case 'engine':
        tellWatchpoint(state);
        return reportEngineStop(state, exit, this.pe.pc);
      case 'unimplemented':
        return reportUnimplemented(state, exit);
      default:
        return assertNever(exit, 'guest exit');
    }
  }

  abandonEntry(): void {
    this.#step.abandon();
  }

  leaveGuest(): void {
    this.#step.leave();
  }

  /** Nothing is queued: what KVM gives to the guest, it gives at once. */
  finishRun(): void {
    const { state } = this;
    state.isRunning = false;
    if (state.quirks.exitDropsReservation) this.pe.dropReservation();
  }

  /** Book3S stores the control word as it is, without ENABLE too; the entries for breakpoints are BookE's. */
  setGuestDebug(argument: Uint8Array): CallAnswer {
    this.state.guestDebug = new DataView(argument.buffer, argument.byteOffset).getUint32(0, true);
    return 0;
  }

  enableCap({ capability, flags, values }: EnableCap): CallAnswer {
    const { state } = this;
    if (flags !== 0) return refusal('EINVAL', `Capability ${capability} has no flags.`);
    switch (capability) {
      case KVM_CAP.PPC_PAPR:
        state.isPapr = true;
        state.findHashTable();
        return 0;
      case KVM_CAP.IRQ_XICS:
        return this.#connectXics(values);
      default:
        return refusal('EINVAL', `Capability ${capability} cannot be enabled on a vCPU.`);
    }
  }

  /** kvmppc_xics_connect_vcpu(): args are the device's file and the number by which interrupts name this vCPU. */
  #connectXics([descriptor, server]: EnableCap['values']): CallAnswer {
    const { state } = this;
    const { xics } = state.vm;
    if (xics?.descriptor === undefined || BigInt(xics.descriptor) !== descriptor)
      return refusal('EPERM', `The file ${descriptor} is not the XICS of this VM.`);
    if (state.presentation !== undefined) return refusal('EBUSY', 'The vCPU is connected to XICS already.');
    const presentation = xics.connect(Number(server), isHigh => state.setExternal(isHigh));
    if (presentation === undefined) return refusal('EEXIST', `Another vCPU is the server ${server}.`);
    state.presentation = presentation;
    return 0;
  }

  setSemihosting(isOn: boolean): CallAnswer {
    return isOn ? refusal('EINVAL', 'powerpc has no semihosting.') : 0;
  }

  call(name: string, argument: Uint8Array): CallAnswer {
    switch (name) {
      case 'KVM_GET_REGS':
        return getRegs(this.state, argument);
      case 'KVM_SET_REGS':
        return setRegs(this.state, argument);
      case 'KVM_GET_SREGS':
        return getSregs(this.state, argument);
      case 'KVM_SET_SREGS':
        return setSregs(this.state, argument);
      case 'KVM_GET_FPU':
        return getFpu(this.state, argument);
      case 'KVM_SET_FPU':
        return setFpu(this.state, argument);
      case 'KVM_INTERRUPT': {
        const { irq } = kvm_interrupt.over(argument);
        if (irq !== KVM_INTERRUPT.SET && irq !== KVM_INTERRUPT.SET_LEVEL && irq !== KVM_INTERRUPT.UNSET)
          return refusal('EINVAL', `KVM_INTERRUPT takes SET, UNSET and SET_LEVEL, not 0x${irq.toString(16)}.`);
        this.state.setExternal(irq !== KVM_INTERRUPT.UNSET);
        return 0;
      }
      default:
        return refusal('EINVAL', `${name} is not for powerpc.`);
    }
  }
}
