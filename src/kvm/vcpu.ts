// SPDX-License-Identifier: MIT
import type { StructureView } from './abi/structure.js';
import { kvm_run } from './abi/structures.js';
import { steptrap_run } from './abi/steptrap.js';
import { KvmFile } from './kvmFile.js';

/** A vCPU file descriptor. */
export class Vcpu extends KvmFile {
  /** The mmapped struct kvm_run, bytes and fields. The object stays the same for the life of the vCPU. */
  readonly runPage = new Uint8Array(kvm_run.bytes);
  readonly kvmRun: StructureView<typeof kvm_run.fields> = kvm_run.over(this.runPage);
  /** The mmapped struct steptrap_run of STEPTRAP_CAP_ENGINE. */
  readonly steptrapRun: StructureView<typeof steptrap_run.fields> = steptrap_run.over(new Uint8Array(steptrap_run.bytes));

  /** `id` as KVM_CREATE_VCPU was given it; `index` counts from 0 in order of creation. */
  constructor(readonly id: number, readonly index: number) { super('vcpu'); }

  override ioctl(number: number, argument?: Uint8Array, pointed?: Uint8Array): number { void argument; void pointed; return this.refuseUnknown(number); }

  /** Whether a thread of user space is inside KVM_RUN. Other calls on this vCPU are then refused with -EDEADLK: in the kernel they would wait for the vCPU mutex. */
  get isInKvmRun(): boolean { return false; }
  /** KVM_RUN as a system call that blocks until it returns: 0, or -EINTR (signal, immediate_exit; also when it would wait for ever). Other vCPUs do not run meanwhile: use `Scheduler.run` for several. */
  run(): number { return 0; }
  /** Sends the thread a signal whose handler does nothing: its KVM_RUN returns -EINTR with KVM_EXIT_INTR before another instruction runs. Outside KVM_RUN it stays pending for the next one. */
  signal(): void {}
  /** Guest instructions that this vCPU has retired, emulated ones included. */
  get retiredInstructions(): number { return 0; }
  /** The sentence that belongs to the last KVM_EXIT_INTERNAL_ERROR: which instruction the emulator does not have. */
  get internalErrorSentence(): string | undefined { return undefined; }

  /** KVM_ARM_VCPU_INIT: struct kvm_vcpu_init. */
  armVcpuInit(argument: Uint8Array): number { void argument; return 0; }
  /** KVM_SET_GUEST_DEBUG: struct kvm_guest_debug, 520 bytes. */
  setGuestDebug(argument: Uint8Array): number { void argument; return 0; }
  /** KVM_GET_ONE_REG: fills `value`, whose length must be the register's size. */
  getOneReg(id: bigint, value: Uint8Array): number { void id; void value; return 0; }
  /** KVM_SET_ONE_REG. */
  setOneReg(id: bigint, value: Uint8Array): number { void id; void value; return 0; }
  /** KVM_GET_ONE_REG of a register of at most 64 bits as a number; `undefined` if refused (see `lastFailure`). */
  getOneRegValue(id: bigint): bigint | undefined { void id; return undefined; }
  /** KVM_SET_ONE_REG of a register of at most 64 bits. */
  setOneRegValue(id: bigint, value: bigint): number { void id; void value; return 0; }
  /** KVM_GET_REG_LIST: struct kvm_reg_list {u64 n; u64 reg[n]}. -E2BIG writes the true n. */
  getRegList(list: Uint8Array): number { void list; return 0; }
  /** KVM_GET_MP_STATE and KVM_SET_MP_STATE: struct kvm_mp_state. */
  getMpState(argument: Uint8Array): number { void argument; return 0; }
  setMpState(argument: Uint8Array): number { void argument; return 0; }
  /** KVM_GET_VCPU_EVENTS and KVM_SET_VCPU_EVENTS: struct kvm_vcpu_events. */
  getVcpuEvents(argument: Uint8Array): number { void argument; return 0; }
  setVcpuEvents(argument: Uint8Array): number { void argument; return 0; }
  /** KVM_ENABLE_CAP: struct kvm_enable_cap. */
  enableCap(argument: Uint8Array): number { void argument; return 0; }

  /** STEPTRAP_SET_ENGINE_BREAKPOINTS: the whole set, virtual addresses. */
  setEngineBreakpoints(addresses: readonly bigint[]): number { void addresses; return 0; }
  /** STEPTRAP_SET_ENGINE_WATCHPOINTS: the whole set. */
  setEngineWatchpoints(watchpoints: readonly EngineWatchpoint[]): number { void watchpoints; return 0; }
  /** STEPTRAP_SET_SEMIHOSTING: whether HLT #0xF000 leaves to user space (STEPTRAP_EXIT.SEMIHOSTING; x0 takes the answer, the next KVM_RUN goes on behind it) instead of being UNDEFINED. */
  setSemihosting(isOn: boolean): number { void isOn; return 0; }
}

/** A range of bytes that the engine watches. */
export interface EngineWatchpoint {
  readonly address: bigint;
  readonly bytes: bigint;
  /** STEPTRAP_ACCESS bits. */
  readonly access: number;
}
