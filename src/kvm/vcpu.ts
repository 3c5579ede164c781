// SPDX-License-Identifier: MIT
import { KVM_ARM_TARGET_GENERIC_V8, KVM_ARM_VCPU, KVM_MP_STATE, KVM_VCPU_MAX_FEATURES } from './abi/constants.js';
import { ARM64_IOCTLS, type IoctlRow, KVMIO } from './abi/ioctlNumbers.js';
import { STEPTRAP_IOCTLS, STEPTRAPIO, type steptrap_run } from './abi/steptrap.js';
import type { StructureView } from './abi/structure.js';
import { kvm_guest_debug, type kvm_run, kvm_vcpu_events, kvm_vcpu_init } from './abi/structures.js';
import type { KvmCallLog } from './callLog.js';
import { setGuestDebug } from './guestDebug.js';
import { injectAbort } from './injection.js';
import { callRow, callsOf, KvmFile } from './kvmFile.js';
import { missingRegister, ONE_REGISTERS, oneRegister, REGISTER_LIST, registerName } from './oneReg.js';
import { VcpuRun } from './run.js';
import type { VcpuCounters, VcpuState } from './vcpuState.js';

/** A range of bytes that the engine watches. */
export interface EngineWatch {
  readonly address: bigint;
  /** At least 1. */
  readonly bytes: number;
  /** STEPTRAP_ACCESS bits. */
  readonly access: number;
}

/** What the host gives each vCPU. */
export interface VcpuHost {
  readonly log: KvmCallLog;
  readonly scheduler: {
    /** KVM_RUN of one vCPU to its end, without looking at the others; see `Vcpu.run`. */
    runOne(vcpu: Vcpu): number;
  };
}

/** Bytes of the registers with a U32 id. */
const WORD_BYTES = 4;
const CALL = callRow(ARM64_IOCTLS);
const ENGINE_CALL = callRow(STEPTRAP_IOCTLS);
const CALLS = new Map([...callsOf('vcpu', KVMIO, ARM64_IOCTLS), ...callsOf('vcpu', STEPTRAPIO, STEPTRAP_IOCTLS)]);

/** A vCPU file descriptor. */
export class Vcpu extends KvmFile {
  /** The system call in progress, for the scheduler. */
  readonly thread: VcpuRun;
  readonly #state: VcpuState;
  readonly #log: KvmCallLog;
  readonly #scheduler: VcpuHost['scheduler'];
  readonly #scratch = new Uint8Array(16);
  readonly #scratchView = new DataView(this.#scratch.buffer);

  /** Made by `Vm.createVcpu`. `id` as KVM_CREATE_VCPU was given it; `index` counts from 0 in order of creation. */
  constructor(
    readonly id: number,
    readonly index: number,
    state: VcpuState,
    host: VcpuHost,
  ) {
    super('vcpu');
    this.#state = state;
    this.#log = host.log;
    this.#scheduler = host.scheduler;
    this.thread = new VcpuRun(state);
  }

  /** The mmapped struct kvm_run, bytes and fields. The objects stay the same for the life of the vCPU. */
  get runPage(): Uint8Array {
    return this.#state.runBytes;
  }
  get kvmRun(): StructureView<typeof kvm_run.fields> {
    return this.#state.run;
  }
  /** The mmapped struct steptrap_run of STEPTRAP_CAP_ENGINE. */
  get steptrapRun(): StructureView<typeof steptrap_run.fields> {
    return this.#state.steptrapRun.fields;
  }
  /** Whether a thread of user space is inside KVM_RUN. Other calls on this vCPU are then refused with -EDEADLK: in the kernel they would wait for the vCPU mutex. */
  get isInKvmRun(): boolean {
    return this.thread.isActive;
  }
  /** Whether its thread sleeps inside KVM_RUN and an interrupt or a signal has to come before the guest goes on (WFI, powered off). */
  get isAsleep(): boolean {
    return this.thread.isActive && !this.thread.isRunnable;
  }
  /** Guest instructions that this vCPU has retired, emulated ones and exceptions taken to EL1 included. */
  get retiredInstructions(): number {
    return this.#state.pe.retired;
  }
  /** The sentence that belongs to the last KVM_EXIT_INTERNAL_ERROR: what the emulator does not have. */
  get internalErrorSentence(): string | undefined {
    return this.#state.internalErrorSentence;
  }
  /** What the lazy debug-register switch and the exits have cost so far. */
  get counters(): Readonly<VcpuCounters> {
    return this.#state.counters;
  }

  /** For views: whether the guest's use of the debug registers is known (DEBUG_DIRTY) and whether a step is done but not reported. */
  get debugState(): { readonly isDirty: boolean; readonly isStepPending: boolean; readonly control: number; readonly isOsLocked: boolean } {
    const { isDebugDirty, isStepPending, guestDebug, isOsLocked } = this.#state;
    return { isDirty: isDebugDirty, isStepPending, control: guestDebug, isOsLocked };
  }

  /** KVM_RUN as a system call that blocks until it returns: 0, or a negated errno. Other vCPUs do not run meanwhile (use `Scheduler.run`); where it would sleep for ever it returns -EINTR as for a signal. */
  run(): number {
    return this.#scheduler.runOne(this);
  }

  /** Sends the thread a signal whose handler does nothing: its KVM_RUN returns -EINTR with KVM_EXIT_INTR before another instruction runs. Outside KVM_RUN it stays pending for the next one. */
  signal(): void {
    this.thread.isSignalled = true;
  }

  /** Records the return of KVM_RUN; for the scheduler. */
  logRun(): void {
    const { run, exitUnion } = this.#state;
    this.#log.recordRun(this.index, this.thread.result, run.exit_reason, run.flags, exitUnion);
  }

  override ioctl(number: number, argument = new Uint8Array(0), pointed = new Uint8Array(0)): number {
    const row = CALLS.get(number);
    if (row === undefined) return this.refuseUnknown(number);
    const list = row.name === 'STEPTRAP_SET_ENGINE_BREAKPOINTS' || row.name === 'STEPTRAP_SET_ENGINE_WATCHPOINTS';
    if (!list && argument.length < row.bytes)
      return this.refuse('EFAULT', `${row.name} needs ${row.bytes} bytes; ${argument.length} were given.`);
    const view = new DataView(argument.buffer, argument.byteOffset, argument.length);
    switch (row.name) {
      case 'KVM_RUN':
        return this.run();
      case 'KVM_SET_GUEST_DEBUG':
        return this.setGuestDebug(argument);
      case 'KVM_GET_ONE_REG':
        return this.getOneReg(view.getBigUint64(0, true), pointed);
      case 'KVM_SET_ONE_REG':
        return this.setOneReg(view.getBigUint64(0, true), pointed);
      case 'KVM_ARM_VCPU_INIT':
        return this.armVcpuInit(argument);
      case 'KVM_GET_REG_LIST':
        return this.getRegList(argument);
      case 'KVM_GET_MP_STATE':
        return this.getMpState(argument);
      case 'KVM_SET_MP_STATE':
        return this.setMpState(argument);
      case 'KVM_GET_VCPU_EVENTS':
        return this.getVcpuEvents(argument);
      case 'KVM_SET_VCPU_EVENTS':
        return this.setVcpuEvents(argument);
      case 'KVM_ENABLE_CAP':
        return this.enableCap(argument);
      case 'STEPTRAP_SET_ENGINE_BREAKPOINTS':
        return this.#breakpointsFrom(row, view);
      case 'STEPTRAP_SET_ENGINE_WATCHPOINTS':
        return this.#watchpointsFrom(row, view);
      case 'STEPTRAP_SET_SEMIHOSTING':
        return this.setSemihosting(view.getUint32(0, true) !== 0);
      default:
        // KVM_GET_REGS and KVM_SET_REGS exist as numbers only: arm64 has ONE_REG instead.
        return this.#done(row, this.refuse('EINVAL', `${row.name} is not for arm64; use KVM_GET_ONE_REG and KVM_SET_ONE_REG.`));
    }
  }

  /** KVM_ARM_VCPU_INIT: struct kvm_vcpu_init. Also resets. A second call must ask for the same. */
  armVcpuInit(argument: Uint8Array): number {
    if (this.#isBusy) return this.#refuseBusy();
    const init = kvm_vcpu_init.over(argument);
    return this.#done(CALL.KVM_ARM_VCPU_INIT, this.#init(init.target, init.features), argument);
  }

  #init(target: number, features: Uint32Array): number {
    const word = features[0] ?? 0;
    if (target !== KVM_ARM_TARGET_GENERIC_V8 && target !== this.#state.vm.preferredTarget)
      return this.refuse('EINVAL', `Target ${target} is not this host's.`);
    if (word >>> KVM_VCPU_MAX_FEATURES !== 0 || features.subarray(1).some(value => value !== 0))
      return this.refuse('ENOENT', 'A vCPU feature was asked for that KVM does not know.');
    if ((word & ~((1 << KVM_ARM_VCPU.POWER_OFF) | (1 << KVM_ARM_VCPU.PSCI_0_2))) !== 0)
      return this.refuse('EINVAL', 'Only the vCPU features POWER_OFF and PSCI_0_2 can be had here.');
    const state = this.#state;
    if (state.features !== undefined && (state.features !== word || state.target !== target))
      return this.refuse('EINVAL', 'This vCPU has been made with another target or other features.');
    state.features = word;
    state.target = target;
    state.reset();
    this.thread.debug.forget();
    state.mmioSyndrome = undefined;
    state.mpState = state.hasFeature(KVM_ARM_VCPU.POWER_OFF) ? KVM_MP_STATE.STOPPED : KVM_MP_STATE.RUNNABLE;
    return 0;
  }

  /** KVM_SET_GUEST_DEBUG: struct kvm_guest_debug, 520 bytes. */
  setGuestDebug(argument: Uint8Array): number {
    if (this.#isBusy) return this.#refuseBusy();
    const length = kvm_guest_debug.bytes;
    if (argument.length < length) return this.refuse('EFAULT', `KVM_SET_GUEST_DEBUG needs ${length} bytes; ${argument.length} were given.`);
    const isTaken = setGuestDebug(this.#state, argument);
    const answer = isTaken
      ? 0
      : this.refuse('EINVAL', 'The control word has bits that arm64 does not know; KVM_CAP_SET_GUEST_DEBUG2 names the ones it knows.');
    if (this.#log.isOn) this.#log.recordCall(CALL.KVM_SET_GUEST_DEBUG, this.index, answer, argument);
    return answer;
  }

  /** KVM_GET_ONE_REG: fills `value`, which must hold the register's bytes. */
  getOneReg(id: bigint, value: Uint8Array): number {
    const answer = this.#getOneReg(id, value);
    if (this.#log.isOn) this.#log.recordRegister(CALL.KVM_GET_ONE_REG, this.index, answer, id, value, registerName);
    return answer;
  }

  #getOneReg(id: bigint, value: Uint8Array): number {
    const register = ONE_REGISTERS.get(id);
    if (register === undefined || this.#isBusy || this.#state.features === undefined || value.length < register.bytes)
      return this.#refuseRegister(id);
    this.thread.settleReset();
    if (register.raw !== undefined) value.set(register.raw(this.#state));
    else if (register.bytes === WORD_BYTES)
      new DataView(value.buffer, value.byteOffset).setUint32(0, Number(register.get(this.#state)), true);
    else new DataView(value.buffer, value.byteOffset).setBigUint64(0, register.get(this.#state), true);
    return 0;
  }

  /** KVM_SET_ONE_REG. */
  setOneReg(id: bigint, value: Uint8Array): number {
    const answer = this.#setOneReg(id, value);
    if (this.#log.isOn) this.#log.recordRegister(CALL.KVM_SET_ONE_REG, this.index, answer, id, value, registerName);
    return answer;
  }

  #setOneReg(id: bigint, value: Uint8Array): number {
    const register = ONE_REGISTERS.get(id);
    if (register === undefined || this.#isBusy || this.#state.features === undefined || value.length < register.bytes)
      return this.#refuseRegister(id);
    this.thread.settleReset();
    if (register.raw !== undefined) {
      register.raw(this.#state).set(value.subarray(0, register.bytes));
      return 0;
    }
    const view = new DataView(value.buffer, value.byteOffset);
    const content = register.bytes === WORD_BYTES ? BigInt(view.getUint32(0, true)) : view.getBigUint64(0, true);
    const refusal = register.set(this.#state, content);
    return refusal === undefined ? 0 : this.refuse(refusal, `${register.name} does not take this value.`);
  }

  #refuseRegister(id: bigint): number {
    if (this.#isBusy) return this.#refuseBusy();
    if (this.#state.features === undefined)
      return this.refuse('ENOEXEC', 'The vCPU has not been initialised; call KVM_ARM_VCPU_INIT first.');
    if (ONE_REGISTERS.has(id)) return this.refuse('EFAULT', `The buffer is smaller than ${registerName(id)}.`);
    return this.refuse(missingRegister(id), `This vCPU has no ${registerName(id)}. KVM_GET_REG_LIST names the ones it has.`);
  }

  /** KVM_GET_ONE_REG of a register of at most 64 bits as a number; `undefined` if refused (see `lastFailure`). */
  getOneRegValue(id: bigint): bigint | undefined {
    if (!this.#log.isOn && !this.#isBusy && this.#state.features !== undefined) {
      const register = oneRegister(id);
      if (register !== undefined && register.raw === undefined) {
        this.thread.settleReset();
        return register.get(this.#state);
      }
    }
    this.#scratch.fill(0);
    return this.getOneReg(id, this.#scratch) < 0 ? undefined : this.#scratchView.getBigUint64(0, true);
  }

  /** KVM_SET_ONE_REG of a register of at most 64 bits. */
  setOneRegValue(id: bigint, value: bigint): number {
    this.#scratch.fill(0);
    this.#scratchView.setBigUint64(0, value, true);
    return this.setOneReg(id, this.#scratch);
  }

  /** KVM_GET_REG_LIST: struct kvm_reg_list {u64 n; u64 reg[n]}. -E2BIG writes the true n. */
  getRegList(list: Uint8Array): number {
    if (this.#isBusy) return this.#refuseBusy();
    if (this.#state.features === undefined) return this.#refuseRegister(0n);
    const view = new DataView(list.buffer, list.byteOffset, list.length);
    const room = view.getBigUint64(0, true);
    view.setBigUint64(0, BigInt(REGISTER_LIST.length), true);
    if (room < BigInt(REGISTER_LIST.length)) {
      return this.#done(
        CALL.KVM_GET_REG_LIST,
        this.refuse('E2BIG', `The list has ${REGISTER_LIST.length} registers; room was given for ${room}.`),
      );
    }
    if (list.length < 8 * (REGISTER_LIST.length + 1))
      return this.#done(CALL.KVM_GET_REG_LIST, this.refuse('EFAULT', 'The list is shorter than its n says.'));
    for (const [n, id] of REGISTER_LIST.entries()) view.setBigUint64(8 * (n + 1), id, true);
    return this.#done(CALL.KVM_GET_REG_LIST, 0);
  }

  /** KVM_GET_MP_STATE: struct kvm_mp_state. */
  getMpState(argument: Uint8Array): number {
    if (this.#isBusy) return this.#refuseBusy();
    new DataView(argument.buffer, argument.byteOffset).setUint32(0, this.#state.mpState, true);
    return this.#done(CALL.KVM_GET_MP_STATE, 0, argument);
  }

  /** KVM_SET_MP_STATE: RUNNABLE or STOPPED. */
  setMpState(argument: Uint8Array): number {
    if (this.#isBusy) return this.#refuseBusy();
    const state = new DataView(argument.buffer, argument.byteOffset).getUint32(0, true);
    const isKnown = state === KVM_MP_STATE.RUNNABLE || state === KVM_MP_STATE.STOPPED;
    if (isKnown) this.#state.mpState = state;
    return this.#done(CALL.KVM_SET_MP_STATE, isKnown ? 0 : this.refuse('EINVAL', `arm64 has no vCPU state ${state}.`), argument);
  }

  /** KVM_GET_VCPU_EVENTS: struct kvm_vcpu_events. An external data abort is never reported: it is already queued. */
  getVcpuEvents(argument: Uint8Array): number {
    if (this.#isBusy) return this.#refuseBusy();
    argument.fill(0, 0, kvm_vcpu_events.bytes);
    kvm_vcpu_events.over(argument).exception_serror_pending = this.#state.isSErrorPending ? 1 : 0;
    return this.#done(CALL.KVM_GET_VCPU_EVENTS, 0, argument);
  }

  /** KVM_SET_VCPU_EVENTS: an SError without syndrome (these cores have no RAS), an external data abort at the address of the last abort. */
  setVcpuEvents(argument: Uint8Array): number {
    if (this.#isBusy) return this.#refuseBusy();
    const events = kvm_vcpu_events.over(argument);
    const isBad = events.exception_serror_pending > 1 || events.exception_serror_has_esr !== 0 || events.exception_ext_dabt_pending > 1;
    if (isBad)
      return this.#done(
        CALL.KVM_SET_VCPU_EVENTS,
        this.refuse('EINVAL', 'These events cannot be had: an SError with syndrome needs the RAS extension.'),
        argument,
      );
    if (events.exception_ext_dabt_pending !== 0) injectAbort(this.#state, 'data', this.#state.FAR_EL2);
    if (events.exception_serror_pending !== 0) this.#state.injectSError();
    return this.#done(CALL.KVM_SET_VCPU_EVENTS, 0, argument);
  }

  /** KVM_ENABLE_CAP: arm64 has none for a vCPU. */
  enableCap(argument: Uint8Array): number {
    return this.#done(CALL.KVM_ENABLE_CAP, this.refuse('EINVAL', 'arm64 has no capability to enable on a vCPU.'), argument);
  }

  /** STEPTRAP_SET_ENGINE_BREAKPOINTS: the whole set of virtual addresses. `hits` of struct steptrap_run are indices in it. */
  setEngineBreakpoints(addresses: readonly bigint[]): number {
    if (this.#isBusy) return this.#refuseBusy();
    if (addresses.some(address => (address & 3n) !== 0n)) return this.refuse('EINVAL', 'An engine breakpoint must be at a multiple of 4.');
    this.#state.pe.setEngineBreakpoints(addresses.map((address, id) => ({ id, address })));
    if (this.#log.isOn) this.#done(ENGINE_CALL.STEPTRAP_SET_ENGINE_BREAKPOINTS, 0, new Uint8Array(BigUint64Array.from(addresses).buffer));
    return 0;
  }

  /** STEPTRAP_SET_ENGINE_WATCHPOINTS: the whole set. */
  setEngineWatchpoints(watchpoints: readonly EngineWatch[]): number {
    if (this.#isBusy) return this.#refuseBusy();
    const isGood = ({ address, bytes, access }: EngineWatch) =>
      bytes >= 1 && address + BigInt(bytes) <= 1n << 64n && access >= 1 && access <= 3;
    if (!watchpoints.every(isGood))
      return this.refuse('EINVAL', 'An engine watchpoint needs at least one byte, an access and a range that does not wrap.');
    this.#state.pe.setEngineWatchpoints(
      watchpoints.map(({ address, bytes, access }, id) => ({
        id,
        start: address,
        bytes,
        onRead: (access & 1) !== 0,
        onWrite: (access & 2) !== 0,
      })),
    );
    if (this.#log.isOn) {
      const words = watchpoints.flatMap(({ address, bytes, access }) => [address, BigInt(bytes), BigInt(access)]);
      this.#done(ENGINE_CALL.STEPTRAP_SET_ENGINE_WATCHPOINTS, 0, new Uint8Array(BigUint64Array.from(words).buffer));
    }
    return 0;
  }

  /** STEPTRAP_SET_SEMIHOSTING: whether HLT #0xF000 leaves to user space (STEPTRAP_EXIT.SEMIHOSTING, pc already behind the HLT, x0 takes the answer) instead of being UNDEFINED. */
  setSemihosting(isOn: boolean): number {
    this.#state.pe.isSemihostingEnabled = isOn;
    return this.#done(ENGINE_CALL.STEPTRAP_SET_SEMIHOSTING, 0, new Uint8Array([isOn ? 1 : 0, 0, 0, 0]));
  }

  #breakpointsFrom(row: IoctlRow, view: DataView): number {
    if (view.byteLength % row.bytes !== 0) return this.refuse('EINVAL', `${row.name} takes elements of ${row.bytes} bytes.`);
    return this.setEngineBreakpoints(Array.from({ length: view.byteLength / row.bytes }, (_, n) => view.getBigUint64(row.bytes * n, true)));
  }

  #watchpointsFrom(row: IoctlRow, view: DataView): number {
    if (view.byteLength % row.bytes !== 0) return this.refuse('EINVAL', `${row.name} takes elements of ${row.bytes} bytes.`);
    return this.setEngineWatchpoints(
      Array.from({ length: view.byteLength / row.bytes }, (_, n) => ({
        address: view.getBigUint64(row.bytes * n, true),
        bytes: Number(view.getBigUint64(row.bytes * n + 8, true)),
        access: view.getUint32(row.bytes * n + 16, true),
      })),
    );
  }

  get #isBusy(): boolean {
    return this.thread.isActive;
  }

  #refuseBusy(): number {
    return this.refuse('EDEADLK', `vCPU ${this.index} is inside KVM_RUN; send its thread a signal and let it return first.`);
  }

  #done(call: IoctlRow, answer: number, argument?: Uint8Array): number {
    if (this.#log.isOn) this.#log.recordCall(call, this.index, answer, argument);
    return answer;
  }
}
