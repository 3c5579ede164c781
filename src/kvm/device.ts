// SPDX-License-Identifier: MIT
import { COMMON_IOCTLS, type IoctlRow } from './abi/ioctlNumbers.js';
import { kvm_device_attr } from './abi/structures.js';
import type { ArchitectureDevice } from './architecture.js';
import type { KvmCallLog } from './callLog.js';
import { type CallTable, callRow, KvmFile } from './kvmFile.js';

const CALL = callRow(COMMON_IOCTLS);

/** The file descriptor of a device in the kernel, from KVM_CREATE_DEVICE. */
export class KvmDevice extends KvmFile {
  /** Made by `Vm.createDevice`. */
  constructor(
    calls: CallTable,
    private readonly device: ArchitectureDevice,
    private readonly log: KvmCallLog,
  ) {
    super(calls);
  }

  protected override perform(row: IoctlRow, argument: Uint8Array, pointed: Uint8Array): number {
    switch (row.name) {
      case 'KVM_SET_DEVICE_ATTR':
        return this.setDeviceAttr(argument, pointed);
      case 'KVM_GET_DEVICE_ATTR':
        return this.getDeviceAttr(argument, pointed);
      case 'KVM_HAS_DEVICE_ATTR':
        return this.hasDeviceAttr(argument);
      default:
        return this.refuse('ENOTTY', `A device has no ${row.name}.`);
    }
  }

  /** KVM_SET_DEVICE_ATTR: struct kvm_device_attr; `value` is what its `addr` points to. */
  setDeviceAttr(argument: Uint8Array, value: Uint8Array): number {
    const { group, attr } = kvm_device_attr.over(argument);
    return this.#done(CALL.KVM_SET_DEVICE_ATTR, this.conclude(this.device.setAttribute(group, attr, value)), argument);
  }

  /** KVM_GET_DEVICE_ATTR: the value goes to `into`. */
  getDeviceAttr(argument: Uint8Array, into: Uint8Array): number {
    const { group, attr } = kvm_device_attr.over(argument);
    return this.#done(CALL.KVM_GET_DEVICE_ATTR, this.conclude(this.device.getAttribute(group, attr, into)), argument);
  }

  /** KVM_HAS_DEVICE_ATTR: 0, or -ENXIO. */
  hasDeviceAttr(argument: Uint8Array): number {
    const { group, attr } = kvm_device_attr.over(argument);
    return this.#done(CALL.KVM_HAS_DEVICE_ATTR, this.conclude(this.device.hasAttribute(group, attr)), argument);
  }

  #done(call: IoctlRow, answer: number, argument: Uint8Array): number {
    if (this.log.isOn) this.log.recordCall(call, -1, answer, argument);
    return answer;
  }
}
