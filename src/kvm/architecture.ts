// SPDX-License-Identifier: MIT
import type { Result } from '../base/index.js';
import type { Engine, EngineBreakpoint, EngineWatchpoint } from '../cpu/index.js';
import type { IoctlCoding, IoctlRow } from './abi/ioctlNumbers.js';
import type { CallTexts } from './callLogText.js';
import type { EnableCap } from './enableCap.js';
import type { HandlerResult } from './handlerResult.js';
import type { CallAnswer, KvmFailure, KvmFile } from './kvmFile.js';
import type { MemorySlots } from './memorySlots.js';
import type { KvmQuirks } from './quirks.js';
import type { VcpuRegisters } from './vcpuRegisters.js';
import type { VcpuState } from './vcpuState.js';

/**
 * What an architecture brings to the emulated KVM, as a value: in Linux the `kvm_arch_…` functions and what they keep in
 * struct kvm_arch and struct kvm_vcpu_arch. One folder each: `arm64/`, `powerpc/`. Nothing else asks which architecture it is.
 */
export interface Architecture {
  /** The kernel's name, as in arch/. */
  readonly name: string;
  /** The engine that all vCPUs of the host share. Its RAM is user space's memory: `userspace_addr` is an offset in it. */
  readonly engine: Engine;
  readonly coding: IoctlCoding;
  readonly calls: readonly IoctlRow[];
  /** How the call log prints what only this architecture has. */
  readonly texts: CallTexts;
  /** KVM_CHECK_EXTENSION; `undefined`: nothing of this architecture's own, see `extension` of extensions.ts. */
  extension(capability: number): number | undefined;
  /** kvm_arch_init_vm(): `type` is KVM_CREATE_VM's argument. */
  createVm(type: number, host: ArchitectureHost): Result<ArchitectureVm, KvmFailure>;
}

/** What the host gives to a VM's architecture. */
export interface ArchitectureHost {
  readonly quirks: KvmQuirks;
  /** Virtual time: instructions retired by all vCPUs. */
  readonly scheduler: { readonly virtualTime: number };
  /** Gives a file that a call has made a number. */
  openFile(file: KvmFile): number;
}

/** struct kvm_arch: the architecture's side of one VM. */
export interface ArchitectureVm {
  readonly memory: MemorySlots;
  /** KVM_MAX_VCPUS. */
  readonly maximumVcpus: number;
  /** kvm_arch_vcpu_create(). `index` counts from 0 in order of creation. */
  createVcpu(id: number, index: number): ArchitectureVcpu;
  /** Forgets what the vCPUs have cached of the second stage of translation. */
  flushStage2(): void;
  /** KVM_ENABLE_CAP on a VM. */
  enableCap(request: EnableCap): CallAnswer;
  /** KVM_IRQ_LINE. */
  irqLine(irq: number, isHigh: boolean): CallAnswer;
  /** KVM_CREATE_DEVICE: whether there are devices of this type; the value makes one. */
  deviceMaker(type: number): Result<() => Result<ArchitectureDevice, KvmFailure>, KvmFailure>;
  /** kvm_arch_vm_ioctl(): a call of the architecture's own. `argument` has the bytes that its row asks for. */
  call(name: string, argument: Uint8Array): CallAnswer;
}

/** struct kvm_device: a device in the kernel. */
export interface ArchitectureDevice {
  /** Its file descriptor, by which KVM_ENABLE_CAP names it; `undefined` until it has one. */
  descriptor: number | undefined;
  /** KVM_SET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR. */
  setAttribute(group: number, attr: bigint, value: Uint8Array): CallAnswer;
  getAttribute(group: number, attr: bigint, into: Uint8Array): CallAnswer;
  hasAttribute(group: number, attr: bigint): CallAnswer;
}

/** What the shared part asks of a processing element. */
export interface SteppedProcessor {
  /** Virtual time: see the processing element. */
  readonly retired: number;
  readonly pc: bigint;
  passOverEngineStops(kinds: 'breakpoint' | 'watchpoints' | 'both'): void;
  setEngineBreakpoints(breakpoints: readonly EngineBreakpoint[]): void;
  setEngineWatchpoints(watchpoints: readonly EngineWatchpoint[]): void;
}

/** For views: what the kernel knows of a vCPU's debugging. Marks that an architecture does not have are false. */
export interface VcpuDebugState {
  /** The guest's use of the debug registers is known (DEBUG_DIRTY). */
  readonly isDirty: boolean;
  /** A step is done but not reported. */
  readonly isStepPending: boolean;
  /** KVM_GUESTDBG bits in force. */
  readonly control: number;
  readonly isOsLocked: boolean;
}

/** struct kvm_vcpu_arch: the architecture's side of one vCPU, as KVM_RUN and the vCPU's calls drive it. */
export interface ArchitectureVcpu {
  readonly state: VcpuState;
  readonly pe: SteppedProcessor;
  readonly registers: VcpuRegisters;
  readonly debugState: VcpuDebugState;
  /** Why KVM_RUN and the registers are refused until user space has initialised the vCPU; `undefined`: it has. */
  readonly uninitialised: KvmFailure | undefined;
  /** The vCPU states that KVM_SET_MP_STATE takes; none: the architecture has neither that call nor KVM_GET_MP_STATE. */
  readonly mpStates: readonly number[];

  /** The work that the last exit left for this KVM_RUN: data of a load, the return of a hypercall. Before immediate_exit is looked at. */
  completeExit(): void;
  /** The head of a real run: what is reset of the run page. */
  beginRun(): void;
  /** kvm_arch_vcpu_runnable(), the part that ends a wait. */
  readonly hasPendingInterrupt: boolean;
  /** How many more instructions must retire until a timer ends a wait; Infinity: none will. */
  readonly instructionsUntilWake: number;
  /** Requests to the vCPU that its thread carries out before it enters the guest and before user space sees a register. */
  settleRequests(): void;
  enterGuest(): void;
  /**
   * Runs in the guest until about `budget` instructions have retired (IN_GUEST) or it has left it: the host's state is back then,
   * and the exit has been handled.
   */
  runGuest(budget: number): HandlerResult;
  leaveGuest(): void;
  /** A signal waits, so that the guest is not entered in this KVM_RUN though everything has been made ready for it. */
  abandonEntry(): void;
  /** The end of KVM_RUN: what emulation has queued is committed, so that user space reads final registers. */
  finishRun(): void;

  /** KVM_SET_GUEST_DEBUG. */
  setGuestDebug(argument: Uint8Array): CallAnswer;
  /** KVM_ENABLE_CAP on a vCPU. */
  enableCap(request: EnableCap): CallAnswer;
  /** STEPTRAP_SET_SEMIHOSTING. */
  setSemihosting(isOn: boolean): CallAnswer;
  /** kvm_arch_vcpu_ioctl(): a call of the architecture's own. */
  call(name: string, argument: Uint8Array): CallAnswer;
}
