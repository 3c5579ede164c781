// SPDX-License-Identifier: MIT
import { COMMON_IOCTLS, type IoctlRow } from './abi/ioctlNumbers.js';
import { STEPTRAP_IOCTLS, type steptrap_run } from './abi/steptrap.js';
import type { StructureView } from './abi/structure.js';
import type { kvm_run } from './abi/structures.js';
import type { ArchitectureVcpu, VcpuDebugState } from './architecture.js';
import type { KvmCallLog } from './callLog.js';
import { enableCapOf } from './enableCap.js';
import type { KernelWrite } from './kernelWrite.js';
import { type CallAnswer, type CallTable, callRow, type KvmFailure, KvmFile, refusal } from './kvmFile.js';
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
  readonly calls: CallTable;
  readonly scheduler: {
    /** KVM_RUN of one vCPU to its end, without looking at the others; see `Vcpu.run`. */
    runOne(vcpu: Vcpu): number;
    /** How often threads have been let run. */
    readonly runs: number;
  };
}

const CALL = callRow(COMMON_IOCTLS);
const ENGINE_CALL = callRow(STEPTRAP_IOCTLS);

/** A vCPU file descriptor. */
export class Vcpu extends KvmFile {
  /** The system call in progress, for the scheduler. */
  readonly thread: VcpuRun;
  readonly #state: VcpuState;
  readonly #log: KvmCallLog;
  readonly #scheduler: VcpuHost['scheduler'];
  #changes = 0;
  readonly #scratch = new Uint8Array(16);
  readonly #scratchView = new DataView(this.#scratch.buffer);

  /** Made by `Vm.createVcpu`. `id` as KVM_CREATE_VCPU was given it; `index` counts from 0 in order of creation. */
  constructor(
    readonly id: number,
    readonly index: number,
    private readonly arch: ArchitectureVcpu,
    host: VcpuHost,
  ) {
    super(host.calls);
    this.#state = arch.state;
    this.#log = host.log;
    this.#scheduler = host.scheduler;
    this.thread = new VcpuRun(arch);
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
  /** Whether its thread sleeps inside KVM_RUN and an interrupt or a signal has to come before the guest goes on (WFI, H_CEDE, powered off). */
  get isAsleep(): boolean {
    return this.thread.isActive && !this.thread.isRunnable;
  }
  /** Guest instructions that this vCPU has retired, emulated ones and exceptions taken to the guest included. */
  get retiredInstructions(): number {
    return this.arch.pe.retired;
  }
  /** The sentence that belongs to the last KVM_EXIT_INTERNAL_ERROR: what the emulator does not have. */
  get internalErrorSentence(): string | undefined {
    return this.#state.internalErrorSentence;
  }
  /** What the lazy debug-register switch and the exits have cost so far. */
  get counters(): Readonly<VcpuCounters> {
    return this.#state.counters;
  }

  /**
   * Grows with whatever may have changed registers of this vCPU: calls that do not only read, and KVM_RUN of any vCPU. Who has read registers outside of
   * KVM_RUN knows by it whether they are still the same.
   */
  get registersVersion(): number {
    return this.#changes + this.#scheduler.runs;
  }

  /** For views: what the kernel knows of this vCPU's debugging. */
  get debugState(): VcpuDebugState {
    return this.arch.debugState;
  }

  /** For views: what the kernel has written for KVM_GUESTDBG_SINGLESTEP in the last KVM_RUN. */
  get stepWrites(): readonly KernelWrite[] {
    return this.arch.state.stepWrites.records;
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
    this.#log.recordRun(this.index, this.thread.result, run.exit_reason, run.flags, exitUnion, this.arch.pe.pc);
  }

  protected override perform(row: IoctlRow, argument: Uint8Array, pointed: Uint8Array): number {
    if (row.direction !== 'read') this.#changes++;
    switch (row.name) {
      case 'KVM_RUN':
        return this.run();
      case 'KVM_SET_GUEST_DEBUG':
        return this.isInKvmRun ? this.#refuseBusy() : this.#answer(row, this.arch.setGuestDebug(argument), argument);
      case 'KVM_GET_ONE_REG':
        return this.getOneReg(viewOf(argument).getBigUint64(0, true), pointed);
      case 'KVM_SET_ONE_REG':
        return this.setOneReg(viewOf(argument).getBigUint64(0, true), pointed);
      case 'KVM_GET_REG_LIST':
        return this.getRegList(argument);
      case 'KVM_GET_MP_STATE':
        return this.getMpState(argument);
      case 'KVM_SET_MP_STATE':
        return this.setMpState(argument);
      case 'KVM_ENABLE_CAP':
        return this.enableCap(argument);
      case 'STEPTRAP_SET_ENGINE_BREAKPOINTS':
        return this.#breakpointsFrom(row, viewOf(argument));
      case 'STEPTRAP_SET_ENGINE_WATCHPOINTS':
        return this.#watchpointsFrom(row, viewOf(argument));
      case 'STEPTRAP_SET_SEMIHOSTING':
        return this.setSemihosting(viewOf(argument).getUint32(0, true) !== 0);
      default:
        if (this.isInKvmRun) return this.#refuseBusy();
        return this.#answer(row, this.arch.call(row.name, argument), argument);
    }
  }

  /** KVM_SET_GUEST_DEBUG: struct kvm_guest_debug of the architecture. */
  setGuestDebug(argument: Uint8Array): number {
    return this.call('KVM_SET_GUEST_DEBUG', argument);
  }

  /** KVM_GET_ONE_REG: fills `value`, which must hold the register's bytes. */
  getOneReg(id: bigint, value: Uint8Array): number {
    const answer = this.conclude(this.#whyNoRegisters() ?? this.arch.registers.get(id, value));
    if (this.#log.isOn) this.#log.recordRegister(CALL.KVM_GET_ONE_REG, this.index, answer, id, value, this.arch.registers.nameOf);
    return answer;
  }

  /** KVM_SET_ONE_REG. */
  setOneReg(id: bigint, value: Uint8Array): number {
    this.#changes++;
    const answer = this.conclude(this.#whyNoRegisters() ?? this.arch.registers.set(id, value));
    if (this.#log.isOn) this.#log.recordRegister(CALL.KVM_SET_ONE_REG, this.index, answer, id, value, this.arch.registers.nameOf);
    return answer;
  }

  #whyNoRegisters(): KvmFailure | undefined {
    return this.isInKvmRun ? this.#busy() : this.arch.uninitialised;
  }

  /** KVM_GET_ONE_REG of a register of at most 64 bits as a number; `undefined` if refused (see `lastFailure`). */
  getOneRegValue(id: bigint): bigint | undefined {
    if (!this.#log.isOn && !this.isInKvmRun && this.arch.uninitialised === undefined) {
      const value = this.arch.registers.value(id);
      if (value !== undefined) return value;
    }
    this.#scratch.fill(0);
    return this.getOneReg(id, this.#scratch) < 0 ? undefined : this.#scratchView.getBigUint64(0, true);
  }

  /** KVM_SET_ONE_REG of a register of at most 64 bits. */
  setOneRegValue(id: bigint, value: bigint): number {
    if (!this.#log.isOn && !this.isInKvmRun && this.arch.uninitialised === undefined) {
      const answer = this.arch.registers.setValue(id, value);
      if (answer !== undefined) {
        this.#changes++;
        return this.conclude(answer);
      }
    }
    this.#scratch.fill(0);
    this.#scratchView.setBigUint64(0, value, true);
    return this.setOneReg(id, this.#scratch);
  }

  /** KVM_GET_REG_LIST: struct kvm_reg_list {u64 n; u64 reg[n]}. -E2BIG writes the true n. */
  getRegList(list: Uint8Array): number {
    const refused = this.#whyNoRegisters();
    if (refused !== undefined) return this.conclude(refused);
    return this.#answer(CALL.KVM_GET_REG_LIST, this.#getRegList(list));
  }

  #getRegList(list: Uint8Array): CallAnswer {
    const ids = this.arch.registers.list;
    if (ids === undefined) return refusal('EINVAL', 'This architecture has no list of registers.');
    const view = viewOf(list);
    const room = view.getBigUint64(0, true);
    view.setBigUint64(0, BigInt(ids.length), true);
    if (room < BigInt(ids.length)) return refusal('E2BIG', `The list has ${ids.length} registers; room was given for ${room}.`);
    if (list.length < 8 * (ids.length + 1)) return refusal('EFAULT', 'The list is shorter than its n says.');
    for (const [n, id] of ids.entries()) view.setBigUint64(8 * (n + 1), id, true);
    return 0;
  }

  /** KVM_GET_MP_STATE: struct kvm_mp_state. */
  getMpState(argument: Uint8Array): number {
    if (this.isInKvmRun) return this.#refuseBusy();
    if (this.arch.mpStates.length === 0) return this.#answer(CALL.KVM_GET_MP_STATE, NO_MP_STATE);
    new DataView(argument.buffer, argument.byteOffset).setUint32(0, this.#state.mpState, true);
    return this.#answer(CALL.KVM_GET_MP_STATE, 0, argument);
  }

  /** KVM_SET_MP_STATE: one of the states that the architecture takes. */
  setMpState(argument: Uint8Array): number {
    this.#changes++;
    if (this.isInKvmRun) return this.#refuseBusy();
    if (this.arch.mpStates.length === 0) return this.#answer(CALL.KVM_SET_MP_STATE, NO_MP_STATE);
    const state = new DataView(argument.buffer, argument.byteOffset).getUint32(0, true);
    const isKnown = this.arch.mpStates.includes(state);
    if (isKnown) this.#state.mpState = state;
    return this.#answer(CALL.KVM_SET_MP_STATE, isKnown ? 0 : refusal('EINVAL', `This vCPU has no state ${state}.`), argument);
  }

  /** KVM_ENABLE_CAP: struct kvm_enable_cap. */
  enableCap(argument: Uint8Array): number {
    this.#changes++;
    if (this.isInKvmRun) return this.#refuseBusy();
    return this.#answer(CALL.KVM_ENABLE_CAP, this.arch.enableCap(enableCapOf(argument)), argument);
  }

  /** STEPTRAP_SET_ENGINE_BREAKPOINTS: the whole set of virtual addresses. `hits` of struct steptrap_run are indices in it. */
  setEngineBreakpoints(addresses: readonly bigint[]): number {
    if (this.isInKvmRun) return this.#refuseBusy();
    if (addresses.some(address => (address & 3n) !== 0n)) return this.refuse('EINVAL', 'An engine breakpoint must be at a multiple of 4.');
    this.arch.pe.setEngineBreakpoints(addresses.map((address, id) => ({ id, address })));
    if (this.#log.isOn) this.#done(ENGINE_CALL.STEPTRAP_SET_ENGINE_BREAKPOINTS, 0, new Uint8Array(BigUint64Array.from(addresses).buffer));
    return 0;
  }

  /** STEPTRAP_SET_ENGINE_WATCHPOINTS: the whole set. */
  setEngineWatchpoints(watchpoints: readonly EngineWatch[]): number {
    if (this.isInKvmRun) return this.#refuseBusy();
    const isGood = ({ address, bytes, access }: EngineWatch) =>
      bytes >= 1 && address + BigInt(bytes) <= 1n << 64n && access >= 1 && access <= 3;
    if (!watchpoints.every(isGood))
      return this.refuse('EINVAL', 'An engine watchpoint needs at least one byte, an access and a range that does not wrap.');
    this.arch.pe.setEngineWatchpoints(
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

  /** STEPTRAP_SET_SEMIHOSTING: whether the architecture's semihosting call leaves to user space (STEPTRAP_EXIT.SEMIHOSTING, pc already behind it) instead of being an undefined instruction. */
  setSemihosting(isOn: boolean): number {
    return this.#answer(ENGINE_CALL.STEPTRAP_SET_SEMIHOSTING, this.arch.setSemihosting(isOn), new Uint8Array([isOn ? 1 : 0, 0, 0, 0]));
  }

  #breakpointsFrom(row: IoctlRow, view: DataView): number {
    return this.setEngineBreakpoints(Array.from({ length: view.byteLength / row.bytes }, (_, n) => view.getBigUint64(row.bytes * n, true)));
  }

  #watchpointsFrom(row: IoctlRow, view: DataView): number {
    return this.setEngineWatchpoints(
      Array.from({ length: view.byteLength / row.bytes }, (_, n) => ({
        address: view.getBigUint64(row.bytes * n, true),
        bytes: Number(view.getBigUint64(row.bytes * n + 8, true)),
        access: view.getUint32(row.bytes * n + 16, true),
      })),
    );
  }

  #busy(): KvmFailure {
    return refusal('EDEADLK', `vCPU ${this.index} is inside KVM_RUN; send its thread a signal and let it return first.`);
  }

  #refuseBusy(): number {
    return this.conclude(this.#busy());
  }

  #answer(call: IoctlRow, given: CallAnswer, argument?: Uint8Array): number {
    return this.#done(call, this.conclude(given), argument);
  }

  #done(call: IoctlRow, answer: number, argument?: Uint8Array): number {
    if (this.#log.isOn) this.#log.recordCall(call, this.index, answer, argument);
    return answer;
  }
}

const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView => new DataView(buffer, byteOffset, length);
const NO_MP_STATE = refusal('EINVAL', 'This architecture has no vCPU states.');
