// SPDX-License-Identifier: MIT
import { assertNever } from '../../base/index.js';
import type { GuestExit, ProcessingElement } from '../../cpu/index.js';
import { KVM_ARM_TARGET_GENERIC_V8, KVM_ARM_VCPU, KVM_VCPU_MAX_FEATURES } from '../abi/arm64/constants.js';
import { kvm_vcpu_events, kvm_vcpu_init } from '../abi/arm64/structures.js';
import { KVM_EXIT, KVM_GUESTDBG, KVM_MP_STATE } from '../abi/constants.js';
import { STEPTRAP_EXIT } from '../abi/steptrap.js';
import type { ArchitectureVcpu, VcpuDebugState } from '../architecture.js';
import { reportEngineStop, reportUnimplemented } from '../engineExits.js';
import { type HandlerResult, IN_GUEST, TO_USER_SPACE } from '../handlerResult.js';
import { type CallAnswer, type KvmFailure, refusal } from '../kvmFile.js';
import { RegistersOfVcpu, type VcpuRegisters } from '../vcpuRegisters.js';
import { DebugSwitch } from './debugSwitch.js';
import { handleExit } from './exits.js';
import { setGuestDebug } from './guestDebug.js';
import { injectAbort } from './injection.js';
import { completeMmio } from './mmio.js';
import { ARM64_REGISTERS } from './oneReg.js';
import { ADVANCE, type Arm64VcpuState, NO_ADJUSTMENT } from './vcpuState.js';

const UNINITIALISED = refusal('ENOEXEC', 'The vCPU has not been initialised; call KVM_ARM_VCPU_INIT first.');
const MP_STATES = [KVM_MP_STATE.RUNNABLE, KVM_MP_STATE.STOPPED];
const EXIT_REASON_OFFSET = 8;
const FLAGS_OFFSET = 14;

/** A vCPU of arm64 (Linux 6.1: arch/arm64/kvm/arm.c). */
export class Arm64Vcpu implements ArchitectureVcpu {
  readonly pe: ProcessingElement;
  readonly registers: VcpuRegisters;
  readonly mpStates = MP_STATES;
  /** The timers' interrupts need an interrupt controller in the kernel. */
  readonly instructionsUntilWake = Number.POSITIVE_INFINITY;
  readonly #debug: DebugSwitch;

  constructor(readonly state: Arm64VcpuState) {
    this.pe = state.pe;
    this.#debug = new DebugSwitch(state);
    this.registers = new RegistersOfVcpu(ARM64_REGISTERS, state, { hasList: true, settle: () => this.settleRequests() });
  }

  get debugState(): VcpuDebugState {
    const { isDebugDirty, isStepPending, guestDebug, isOsLocked } = this.state;
    return { isDirty: isDebugDirty, isStepPending, control: guestDebug, isOsLocked };
  }

  get uninitialised(): KvmFailure | undefined {
    return this.state.features === undefined ? UNINITIALISED : undefined;
  }

  get hasPendingInterrupt(): boolean {
    return this.state.hasPendingInterrupt;
  }

  completeExit(): void {
    if (this.state.mmioSyndrome !== undefined) completeMmio(this.state);
  }

  beginRun(): void {
    const { runView } = this.state;
    this.state.stepWrites.forget();
    runView.setUint32(EXIT_REASON_OFFSET, KVM_EXIT.UNKNOWN, true);
    runView.setUint16(FLAGS_OFFSET, 0, true);
  }

  /** KVM_REQ_VCPU_RESET, which PSCI CPU_ON makes: looked at before the guest runs, and before user space touches a register (kvm_arch_vcpu_ioctl()). */
  settleRequests(): void {
    if (this.state.resetRequest === undefined) return;
    this.state.reset();
    this.#debug.forget();
  }

  enterGuest(): void {
    this.#debug.enter();
    if (this.state.adjustment !== NO_ADJUSTMENT) this.#adjust();
  }

  runGuest(budget: number): HandlerResult {
    const exit = this.pe.run(budget);
    if (exit.kind === 'budget') return IN_GUEST;
    this.#debug.leave();
    return this.#handle(exit);
  }

  abandonEntry(): void {}

  leaveGuest(): void {
    this.#debug.leave();
  }

  #handle(exit: Exclude<GuestExit, { kind: 'budget' }>): HandlerResult {
    const { state } = this;
    switch (exit.kind) {
      case 'exception':
        state.counters.guestExits++;
        return handleExit(state, exit);
      case 'engine':
        return reportEngineStop(state, exit, this.pe.pc);
      case 'semihosting':
        state.run.exit_reason = STEPTRAP_EXIT.SEMIHOSTING;
        state.adjustment = ADVANCE;
        return TO_USER_SPACE;
      case 'unimplemented':
        return reportUnimplemented(state, exit);
      default:
        return assertNever(exit, 'guest exit');
    }
  }

  /** __kvm_adjust_pc(). After the debug switch, so that a completed emulation uses up the host's step. */
  #adjust(): void {
    const { adjustment } = this.state;
    this.state.adjustment = NO_ADJUSTMENT;
    if (adjustment.kind === 'advance') this.pe.advance();
    else if (adjustment.kind === 'exception') this.pe.injectSynchronousException(adjustment.ESR, adjustment.FAR);
  }

  finishRun(): void {
    const { state } = this;
    if (state.adjustment === NO_ADJUSTMENT) return;
    const isStep = (state.guestDebug & KVM_GUESTDBG.SINGLESTEP) !== 0;
    this.#adjust();
    // The committed instruction was the one to step; Linux 6.1 forgets that here.
    if (isStep && !state.quirks.activePendingLostByImmediateExit) state.isStepPending = true;
  }

  setGuestDebug(argument: Uint8Array): CallAnswer {
    if (setGuestDebug(this.state, argument)) return 0;
    return refusal('EINVAL', 'The control word has bits that arm64 does not know; KVM_CAP_SET_GUEST_DEBUG2 names the ones it knows.');
  }

  enableCap(): CallAnswer {
    return refusal('EINVAL', 'arm64 has no capability to enable on a vCPU.');
  }

  /** HLT #0xF000; x0 takes the answer. */
  setSemihosting(isOn: boolean): CallAnswer {
    this.pe.isSemihostingEnabled = isOn;
    return 0;
  }

  call(name: string, argument: Uint8Array): CallAnswer {
    switch (name) {
      case 'KVM_ARM_VCPU_INIT': {
        const { target, features } = kvm_vcpu_init.over(argument);
        return this.#initialise(target, features);
      }
      case 'KVM_GET_VCPU_EVENTS':
        return this.#getVcpuEvents(argument);
      case 'KVM_SET_VCPU_EVENTS':
        return this.#setVcpuEvents(argument);
      default:
        // KVM_GET_REGS and KVM_SET_REGS exist as numbers only: arm64 has ONE_REG instead.
        return refusal('EINVAL', `${name} is not for arm64; use KVM_GET_ONE_REG and KVM_SET_ONE_REG.`);
    }
  }

  /** KVM_ARM_VCPU_INIT: also resets. A second call must ask for the same. */
  #initialise(target: number, features: Uint32Array): CallAnswer {
    const { state } = this;
    const word = features[0] ?? 0;
    if (target !== KVM_ARM_TARGET_GENERIC_V8 && target !== state.vm.preferredTarget)
      return refusal('EINVAL', `Target ${target} is not this host's.`);
    if (word >>> KVM_VCPU_MAX_FEATURES !== 0 || features.subarray(1).some(value => value !== 0))
      return refusal('ENOENT', 'A vCPU feature was asked for that KVM does not know.');
    if ((word & ~((1 << KVM_ARM_VCPU.POWER_OFF) | (1 << KVM_ARM_VCPU.PSCI_0_2))) !== 0)
      return refusal('EINVAL', 'Only the vCPU features POWER_OFF and PSCI_0_2 can be had here.');
    if (state.features !== undefined && (state.features !== word || state.target !== target))
      return refusal('EINVAL', 'This vCPU has been made with another target or other features.');
    state.features = word;
    state.target = target;
    state.reset();
    this.#debug.forget();
    state.mmioSyndrome = undefined;
    state.mpState = state.hasFeature(KVM_ARM_VCPU.POWER_OFF) ? KVM_MP_STATE.STOPPED : KVM_MP_STATE.RUNNABLE;
    return 0;
  }

  /** KVM_GET_VCPU_EVENTS. An external data abort is never reported: it is already queued. */
  #getVcpuEvents(argument: Uint8Array): CallAnswer {
    argument.fill(0, 0, kvm_vcpu_events.bytes);
    kvm_vcpu_events.over(argument).exception_serror_pending = this.state.isSErrorPending ? 1 : 0;
    return 0;
  }

  /** KVM_SET_VCPU_EVENTS: an SError without syndrome (these cores have no RAS), an external data abort at the address of the last abort. */
  #setVcpuEvents(argument: Uint8Array): CallAnswer {
    const events = kvm_vcpu_events.over(argument);
    const isBad = events.exception_serror_pending > 1 || events.exception_serror_has_esr !== 0 || events.exception_ext_dabt_pending > 1;
    if (isBad) return refusal('EINVAL', 'These events cannot be had: an SError with syndrome needs the RAS extension.');
    if (events.exception_ext_dabt_pending !== 0) injectAbort(this.state, 'data', this.state.FAR_EL2);
    if (events.exception_serror_pending !== 0) this.state.injectSError();
    return 0;
  }
}
