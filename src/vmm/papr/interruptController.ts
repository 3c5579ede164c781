// SPDX-License-Identifier: MIT
import { present, type Result, success } from '../../base/index.js';
import {
  KVM_CAP,
  KVM_DEV_TYPE_XICS,
  KVM_DEV_XICS_GRP_SOURCES,
  KVM_XICS,
  type Kvm,
  type KvmFile,
  kvm_create_device,
  kvm_device_attr,
  kvm_enable_cap,
  kvm_irq_level,
  kvm_rtas_token_args,
  type Vcpu,
  type Vm,
} from '../../kvm/index.js';
import { RTAS_TOKENS } from './rtas.js';

/** RTAS calls that the kernel carries out for its interrupt controller. */
const KERNEL_CALLS = ['ibm,set-xive', 'ibm,get-xive', 'ibm,int-off', 'ibm,int-on'] as const;

/** Priority of a source that is off, and its place in the value of a source. */
const [LEAST_FAVOURED, PRIORITY_SHIFT] = [0xffn, 32n];

/** XICS in the kernel, as user space sets it up: QEMU's hw/intc/xics_kvm.c. */
export class InterruptController {
  private constructor(
    private readonly vm: Vm,
    private readonly device: KvmFile,
    private readonly descriptor: number,
  ) {}

  /** Makes the device and gives the kernel the tokens of its RTAS calls. */
  static create(kvm: Kvm, vm: Vm): Result<InterruptController> {
    const request = kvm_create_device.make({ type: KVM_DEV_TYPE_XICS });
    const created = vm.result(vm.createDevice(request));
    if (!created.ok) return created;
    const { fd } = kvm_create_device.over(request);
    for (const name of KERNEL_CALLS) {
      const token = kvm_rtas_token_args.make({ token: BigInt(RTAS_TOKENS[name] ?? 0) });
      token.set(new TextEncoder().encode(name));
      const defined = vm.result(vm.call('KVM_PPC_RTAS_DEFINE_TOKEN', token));
      if (!defined.ok) return defined;
    }
    const device = kvm.file(fd);
    return success(new InterruptController(vm, present(device, `file ${fd}`), fd));
  }

  /** KVM_CAP_IRQ_XICS: interrupts name the vCPU by its id. */
  connect(vcpu: Vcpu): Result<number> {
    const args = BigUint64Array.of(BigInt(this.descriptor), BigInt(vcpu.id), 0n, 0n);
    return vcpu.result(vcpu.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.IRQ_XICS, args })));
  }

  /** Makes the source `number`, off and of messages, for the first vCPU, which must be connected. */
  addSource(number: number): Result<number> {
    const value = new Uint8Array(8);
    new DataView(value.buffer).setBigUint64(0, KVM_XICS.MASKED | (LEAST_FAVOURED << PRIORITY_SHIFT), true);
    const attribute = kvm_device_attr.make({ group: KVM_DEV_XICS_GRP_SOURCES, attr: BigInt(number) });
    return this.device.result(this.device.call('KVM_SET_DEVICE_ATTR', attribute, value));
  }

  /** One message of the source `number`. */
  send(number: number): void {
    this.vm.irqLine(kvm_irq_level.make({ irq: number, level: 1 }));
  }
}
