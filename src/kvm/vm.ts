// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../base/index.js';
import { KVM_CREATE_DEVICE_TEST } from './abi/constants.js';
import { COMMON_IOCTLS, type IoctlRow } from './abi/ioctlNumbers.js';
import { kvm_create_device, kvm_dirty_log, kvm_irq_level, kvm_userspace_memory_region } from './abi/structures.js';
import type { ArchitectureVm } from './architecture.js';
import { KvmDevice } from './device.js';
import { enableCapOf } from './enableCap.js';
import type { Host } from './host.js';
import { type CallAnswer, callRow, type KvmFailure, KvmFile, scalarBytes, scalarOf } from './kvmFile.js';
import type { MemorySlots } from './memorySlots.js';
import { Vcpu } from './vcpu.js';

const CALL = callRow(COMMON_IOCTLS);

/** A VM file descriptor. */
export class Vm extends KvmFile {
  readonly #vcpus: Vcpu[] = [];

  /** Made by `Kvm.createVm`. */
  constructor(
    private readonly kvm: Host,
    private readonly arch: ArchitectureVm,
  ) {
    super(kvm.vmCalls);
  }

  /** In order of creation. */
  get vcpus(): readonly Vcpu[] {
    return this.#vcpus;
  }

  /** The memory slots as they are, by ascending guest address. */
  get memorySlots(): MemorySlots['slots'] {
    return this.arch.memory.slots;
  }

  protected override perform(row: IoctlRow, argument: Uint8Array, pointed: Uint8Array): number {
    switch (row.name) {
      case 'KVM_CHECK_EXTENSION':
        return this.checkExtension(scalarOf(argument));
      case 'KVM_CREATE_VCPU': {
        const created = this.createVcpu(scalarOf(argument));
        return created.ok ? this.kvm.openFile(created.value) : this.conclude(created.error);
      }
      case 'KVM_SET_USER_MEMORY_REGION':
        return this.setUserMemoryRegion(argument);
      case 'KVM_GET_DIRTY_LOG':
        return this.getDirtyLog(argument, pointed);
      case 'KVM_IRQ_LINE':
        return this.irqLine(argument);
      case 'KVM_ENABLE_CAP':
        return this.enableCap(argument);
      case 'KVM_CREATE_DEVICE':
        return this.createDevice(argument);
      default:
        return this.#done(row, this.conclude(this.arch.call(row.name, argument)), argument);
    }
  }

  /** KVM_CHECK_EXTENSION. */
  checkExtension(capability: number): number {
    return this.kvm.checkExtension(capability);
  }

  /** KVM_CREATE_VCPU. The processing element is told the id. */
  createVcpu(id: number): Result<Vcpu, KvmFailure> {
    const created = this.#createVcpu(id);
    if (this.kvm.callLog.isOn) this.kvm.callLog.recordCall(CALL.KVM_CREATE_VCPU, -1, created.ok ? 0 : -1, scalarBytes(id));
    if (!created.ok) this.lastFailure = created.error;
    return created;
  }

  #createVcpu(id: number): Result<Vcpu, KvmFailure> {
    const { maximumVcpus } = this.arch;
    if (id >= maximumVcpus) return failure('EINVAL', `vCPU id ${id} is too large; ${maximumVcpus} vCPUs are the limit.`);
    if (this.#vcpus.some(vcpu => vcpu.id === id)) return failure('EEXIST', `vCPU ${id} exists already.`);
    const { callLog, scheduler, vcpuCalls } = this.kvm;
    const index = this.#vcpus.length;
    const arch = this.arch.createVcpu(id, index);
    const vcpu = new Vcpu(id, index, arch, { log: callLog, scheduler, calls: vcpuCalls });
    this.#vcpus.push(vcpu);
    scheduler.add(arch.pe);
    return success(vcpu);
  }

  /** KVM_SET_USER_MEMORY_REGION: struct kvm_userspace_memory_region; `userspace_addr` is the host offset of RAM in the engine's linear memory. */
  setUserMemoryRegion(argument: Uint8Array): number {
    const changed = this.arch.memory.set(kvm_userspace_memory_region.over(argument));
    if (changed.ok && changed.value.isChanged) this.arch.flushStage2();
    return this.#done(CALL.KVM_SET_USER_MEMORY_REGION, this.conclude(changed.ok ? 0 : changed.error), argument);
  }

  /** KVM_GET_DIRTY_LOG: struct kvm_dirty_log; the bitmap goes to `bitmap`, one bit a page of 4 KiB, and is cleared. */
  getDirtyLog(argument: Uint8Array, bitmap: Uint8Array): number {
    const taken = this.arch.memory.takeDirtyLog(kvm_dirty_log.over(argument).slot, bitmap);
    if (taken.ok) this.arch.flushStage2();
    return this.#done(CALL.KVM_GET_DIRTY_LOG, this.conclude(taken.ok ? 0 : taken.error));
  }

  /** KVM_IRQ_LINE: struct kvm_irq_level; what `irq` means is the architecture's. Allowed while vCPUs are inside KVM_RUN. */
  irqLine(argument: Uint8Array): number {
    const { irq, level } = kvm_irq_level.over(argument);
    return this.#done(CALL.KVM_IRQ_LINE, this.conclude(this.arch.irqLine(irq, level !== 0)), argument);
  }

  /** KVM_ENABLE_CAP: struct kvm_enable_cap. */
  enableCap(argument: Uint8Array): number {
    return this.#done(CALL.KVM_ENABLE_CAP, this.conclude(this.arch.enableCap(enableCapOf(argument))), argument);
  }

  /** KVM_CREATE_DEVICE: struct kvm_create_device; its `fd` is the device's file then. With KVM_CREATE_DEVICE_TEST nothing is made. */
  createDevice(argument: Uint8Array): number {
    return this.#done(CALL.KVM_CREATE_DEVICE, this.conclude(this.#createDevice(argument)), argument);
  }

  #createDevice(argument: Uint8Array): CallAnswer {
    const request = kvm_create_device.over(argument);
    const maker = this.arch.deviceMaker(request.type);
    if (!maker.ok) return maker.error;
    if ((request.flags & KVM_CREATE_DEVICE_TEST) !== 0) return 0;
    const made = maker.value();
    if (!made.ok) return made.error;
    const descriptor = this.kvm.openFile(new KvmDevice(this.kvm.deviceCalls, made.value, this.kvm.callLog));
    made.value.descriptor = descriptor;
    request.fd = descriptor;
    return 0;
  }

  #done(call: IoctlRow, answer: number, argument?: Uint8Array): number {
    if (this.kvm.callLog.isOn) this.kvm.callLog.recordCall(call, -1, answer, argument);
    return answer;
  }
}
