// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../base/index.js';
import { ProcessingElement } from '../cpu/index.js';
import { KVM_ARM_IRQ, KVM_ARM_VCPU, KVM_CAP, KVM_DEV_TYPE } from './abi/constants.js';
import { ARM64_IOCTLS, type IoctlRow, KVMIO } from './abi/ioctlNumbers.js';
import {
  kvm_create_device,
  kvm_dirty_log,
  kvm_enable_cap,
  kvm_irq_level,
  kvm_userspace_memory_region,
  kvm_vcpu_init,
} from './abi/structures.js';
import { MAXIMUM_VCPUS, preferredTarget } from './extensions.js';
import type { Host } from './host.js';
import { callRow, callsOf, type KvmFailure, KvmFile } from './kvmFile.js';
import { MemorySlots } from './memorySlots.js';
import { Vcpu } from './vcpu.js';
import { VcpuState } from './vcpuState.js';
import { VmState } from './vmState.js';

const CALL = callRow(ARM64_IOCTLS);
const CALLS = callsOf('vm', KVMIO, ARM64_IOCTLS);

/** A VM file descriptor. */
export class Vm extends KvmFile {
  readonly #vcpus: Vcpu[] = [];
  readonly #state: VmState;
  readonly #memory: MemorySlots;

  /** Made by `Kvm.createVm`. */
  constructor(
    private readonly kvm: Host,
    ipaBits: number,
  ) {
    super('vm');
    const { engine } = kvm.options.share;
    this.#memory = new MemorySlots(ipaBits, () => engine.memory.length);
    this.#state = new VmState(this.#memory, ipaBits, preferredTarget(kvm.options.model));
  }

  /** In order of creation. */
  get vcpus(): readonly Vcpu[] {
    return this.#vcpus;
  }

  /** The memory slots as they are, by ascending guest address. */
  get memorySlots(): MemorySlots['slots'] {
    return this.#memory.slots;
  }

  override ioctl(number: number, argument = new Uint8Array(0), pointed = new Uint8Array(0)): number {
    const row = CALLS.get(number);
    if (row === undefined) return this.refuseUnknown(number);
    const word = new DataView(argument.buffer, argument.byteOffset, argument.length);
    const scalar = argument.length >= 4 ? word.getUint32(0, true) : 0;
    if (argument.length < row.bytes) return this.refuse('EFAULT', `${row.name} needs ${row.bytes} bytes; ${argument.length} were given.`);
    switch (row.name) {
      case 'KVM_CHECK_EXTENSION':
        return this.checkExtension(scalar);
      case 'KVM_CREATE_VCPU': {
        const created = this.createVcpu(scalar);
        return created.ok ? this.kvm.openFile(created.value) : this.refuse(created.error.code, created.error.message);
      }
      case 'KVM_SET_USER_MEMORY_REGION':
        return this.setUserMemoryRegion(argument);
      case 'KVM_GET_DIRTY_LOG':
        return this.getDirtyLog(argument, pointed);
      case 'KVM_IRQ_LINE':
        return this.irqLine(argument);
      case 'KVM_ARM_PREFERRED_TARGET':
        return this.armPreferredTarget(argument);
      case 'KVM_ENABLE_CAP':
        return this.enableCap(argument);
      case 'KVM_CREATE_DEVICE':
        return this.createDevice(argument);
      default:
        return this.#done(row, this.refuse('ENODEV', 'This host has no interrupt controller in the kernel.'));
    }
  }

  /** KVM_CHECK_EXTENSION. */
  checkExtension(capability: number): number {
    return this.kvm.checkExtension(capability);
  }

  /** KVM_CREATE_VCPU. The processing element has the vCPU's index, from which MPIDR_EL1 follows. */
  createVcpu(id: number): Result<Vcpu, KvmFailure> {
    const created = this.#createVcpu(id);
    if (this.kvm.callLog.isOn) this.kvm.callLog.recordCall(CALL.KVM_CREATE_VCPU, -1, created.ok ? 0 : -1, scalarBytes(id));
    if (!created.ok) this.lastFailure = created.error;
    return created;
  }

  #createVcpu(id: number): Result<Vcpu, KvmFailure> {
    if (id >= MAXIMUM_VCPUS) return failure('EINVAL', `vCPU id ${id} is too large; ${MAXIMUM_VCPUS} vCPUs are the limit.`);
    if (this.#vcpus.some(vcpu => vcpu.id === id)) return failure('EEXIST', `vCPU ${id} exists already.`);
    const { share, model, quirks } = this.kvm.options;
    const { scheduler } = this.kvm;
    const pe = new ProcessingElement({
      share,
      model,
      index: id,
      stage2: this.#memory,
      counterTicks: () => BigInt(Math.floor(scheduler.virtualTime / INSTRUCTIONS_PER_TICK)),
    });
    const index = this.#vcpus.length;
    const state = new VcpuState(this.#state, pe, index, quirks);
    const vcpu = new Vcpu(id, index, state, { log: this.kvm.callLog, scheduler });
    this.#state.vcpus.push(state);
    this.#vcpus.push(vcpu);
    scheduler.add(pe);
    return success(vcpu);
  }

  /** KVM_SET_USER_MEMORY_REGION: struct kvm_userspace_memory_region; `userspace_addr` is the host offset of RAM in the engine's linear memory. */
  setUserMemoryRegion(argument: Uint8Array): number {
    const changed = this.#memory.set(kvm_userspace_memory_region.over(argument));
    if (changed.ok && changed.value.isChanged) this.#state.flushStage2();
    return this.#done(CALL.KVM_SET_USER_MEMORY_REGION, changed.ok ? 0 : this.refuse(changed.error.code, changed.error.message), argument);
  }

  /** KVM_GET_DIRTY_LOG: struct kvm_dirty_log; the bitmap goes to `bitmap`, one bit a page of 4 KiB, and is cleared. */
  getDirtyLog(argument: Uint8Array, bitmap: Uint8Array): number {
    const taken = this.#memory.takeDirtyLog(kvm_dirty_log.over(argument).slot, bitmap);
    if (taken.ok) this.#state.flushStage2();
    return this.#done(CALL.KVM_GET_DIRTY_LOG, taken.ok ? 0 : this.refuse(taken.error.code, taken.error.message));
  }

  /** KVM_IRQ_LINE: struct kvm_irq_level. Allowed while vCPUs are inside KVM_RUN. Without an interrupt controller in the kernel only the CPU's own IRQ and FIQ inputs exist. */
  irqLine(argument: Uint8Array): number {
    const { irq, level } = kvm_irq_level.over(argument);
    return this.#done(CALL.KVM_IRQ_LINE, this.#irqLine(irq, level !== 0), argument);
  }

  #irqLine(irq: number, isHigh: boolean): number {
    const type = (irq >>> KVM_ARM_IRQ.TYPE_SHIFT) & KVM_ARM_IRQ.TYPE_MASK;
    const second = (irq >>> KVM_ARM_IRQ.VCPU2_SHIFT) & KVM_ARM_IRQ.VCPU2_MASK;
    const index = ((irq >>> KVM_ARM_IRQ.VCPU_SHIFT) & KVM_ARM_IRQ.VCPU_MASK) + second * (KVM_ARM_IRQ.VCPU_MASK + 1);
    const number = irq & KVM_ARM_IRQ.NUM_MASK;
    if (type === KVM_ARM_IRQ.TYPE_SPI || type === KVM_ARM_IRQ.TYPE_PPI)
      return this.refuse('ENXIO', 'SPIs and PPIs need an interrupt controller in the kernel, which this VM has not.');
    if (type !== KVM_ARM_IRQ.TYPE_CPU) return this.refuse('EINVAL', `Interrupt type ${type} does not exist.`);
    const vcpu = this.#state.vcpus[index];
    if (vcpu === undefined) return this.refuse('EINVAL', `This VM has no vCPU ${index}.`);
    if (number > KVM_ARM_IRQ.CPU_FIQ) return this.refuse('EINVAL', `A CPU has the interrupt inputs 0 (IRQ) and 1 (FIQ), not ${number}.`);
    vcpu.setInterruptLine(number === KVM_ARM_IRQ.CPU_FIQ ? 1 : 0, isHigh);
    return 0;
  }

  /** KVM_ARM_PREFERRED_TARGET: fills struct kvm_vcpu_init. */
  armPreferredTarget(argument: Uint8Array): number {
    argument.fill(0, 0, kvm_vcpu_init.bytes);
    kvm_vcpu_init.over(argument).target = this.#state.preferredTarget;
    return this.#done(CALL.KVM_ARM_PREFERRED_TARGET, 0, argument);
  }

  /** KVM_ENABLE_CAP: struct kvm_enable_cap. KVM_CAP_ARM_NISV_TO_USER is the only one. */
  enableCap(argument: Uint8Array): number {
    const { cap, flags } = kvm_enable_cap.over(argument);
    const isKnown = cap === KVM_CAP.ARM_NISV_TO_USER && flags === 0;
    if (isKnown) this.#state.returnsNisvToUser = true;
    return this.#done(CALL.KVM_ENABLE_CAP, isKnown ? 0 : this.refuse('EINVAL', `Capability ${cap} cannot be enabled on a VM.`), argument);
  }

  /** KVM_CREATE_DEVICE: struct kvm_create_device. No device exists; the interrupt controllers answer as on a host without GIC. */
  createDevice(argument: Uint8Array): number {
    const { type } = kvm_create_device.over(argument);
    const isController = Object.values(KVM_DEV_TYPE).some(known => known === type);
    const why = isController ? 'This host has no interrupt controller in the kernel.' : `There is no device type ${type}.`;
    return this.#done(CALL.KVM_CREATE_DEVICE, this.refuse('ENODEV', why), argument);
  }

  #done(call: IoctlRow, answer: number, argument?: Uint8Array): number {
    if (this.kvm.callLog.isOn) this.kvm.callLog.recordCall(call, -1, answer, argument);
    return answer;
  }
}

/** 1 GHz of virtual instructions against a generic timer of 62.5 MHz. */
const INSTRUCTIONS_PER_TICK = 16;

/** A number as the bytes of an ioctl's scalar argument. */
export function scalarBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** The features of a vCPU that boots through PSCI, as KVM_ARM_VCPU_INIT wants them; `isPoweredOff` for all but the first. */
export function vcpuInit(vm: Vm, isPoweredOff: 'poweredOff' | 'running'): Uint8Array {
  const bytes = kvm_vcpu_init.make();
  vm.armPreferredTarget(bytes);
  const { features } = kvm_vcpu_init.over(bytes);
  features[0] = (1 << KVM_ARM_VCPU.PSCI_0_2) | (isPoweredOff === 'poweredOff' ? 1 << KVM_ARM_VCPU.POWER_OFF : 0);
  return bytes;
}
