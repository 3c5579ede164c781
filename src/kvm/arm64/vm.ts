// SPDX-License-Identifier: MIT
import { failure } from '../../base/index.js';
import { type CpuModel, type EngineShare, ProcessingElement } from '../../cpu/index.js';
import { KVM_ARM_IRQ, KVM_DEV_TYPE } from '../abi/arm64/constants.js';
import { kvm_vcpu_init } from '../abi/arm64/structures.js';
import { KVM_CAP } from '../abi/constants.js';
import type { ArchitectureHost, ArchitectureVm } from '../architecture.js';
import type { EnableCap } from '../enableCap.js';
import { type CallAnswer, refusal } from '../kvmFile.js';
import { MemorySlots } from '../memorySlots.js';
import { DebugRegisterSet } from './debugRegisterSet.js';
import { MAXIMUM_VCPUS, preferredTarget } from './extensions.js';
import { Arm64Vcpu } from './vcpu.js';
import { Arm64VcpuState } from './vcpuState.js';
import { Arm64VmState } from './vmState.js';

/** 1 GHz of virtual instructions against a generic timer of 62.5 MHz. */
const INSTRUCTIONS_PER_TICK = 16;

/** The host's processor. */
export interface Arm64Processor {
  readonly share: EngineShare;
  readonly model: CpuModel;
  /** What the host itself has in its breakpoint and watchpoint registers; absent: it uses none. */
  readonly hostDebugRegisters?: DebugRegisterSet;
}

/** A VM of arm64 (Linux 6.1: arch/arm64/kvm/arm.c). */
export class Arm64Vm implements ArchitectureVm {
  readonly memory: MemorySlots;
  readonly maximumVcpus = MAXIMUM_VCPUS;
  readonly #state: Arm64VmState;

  /** `ipaBits`: bits of a guest physical address. */
  constructor(
    private readonly processor: Arm64Processor,
    private readonly host: ArchitectureHost,
    ipaBits: number,
  ) {
    const { share, model, hostDebugRegisters = new DebugRegisterSet() } = processor;
    this.memory = new MemorySlots(ipaBits, share.engine);
    this.#state = new Arm64VmState(this.memory, ipaBits, preferredTarget(model), hostDebugRegisters);
  }

  /** MPIDR_EL1 follows from the id. */
  createVcpu(id: number, index: number): Arm64Vcpu {
    const { share, model } = this.processor;
    const { quirks, scheduler } = this.host;
    const pe = new ProcessingElement({
      share,
      model,
      index: id,
      stage2: this.memory,
      counterTicks: () => BigInt(Math.floor(scheduler.virtualTime / INSTRUCTIONS_PER_TICK)),
    });
    const state = new Arm64VcpuState(this.#state, pe, index, quirks);
    this.#state.vcpus.push(state);
    return new Arm64Vcpu(state);
  }

  flushStage2(): void {
    this.#state.flushStage2();
  }

  /** KVM_CAP_ARM_NISV_TO_USER is the only one. */
  enableCap({ capability, flags }: EnableCap): CallAnswer {
    if (capability !== KVM_CAP.ARM_NISV_TO_USER || flags !== 0)
      return refusal('EINVAL', `Capability ${capability} cannot be enabled on a VM.`);
    this.#state.returnsNisvToUser = true;
    return 0;
  }

  /** Without an interrupt controller in the kernel only the CPU's own IRQ and FIQ inputs exist. */
  irqLine(irq: number, isHigh: boolean): CallAnswer {
    const type = (irq >>> KVM_ARM_IRQ.TYPE_SHIFT) & KVM_ARM_IRQ.TYPE_MASK;
    const second = (irq >>> KVM_ARM_IRQ.VCPU2_SHIFT) & KVM_ARM_IRQ.VCPU2_MASK;
    const index = ((irq >>> KVM_ARM_IRQ.VCPU_SHIFT) & KVM_ARM_IRQ.VCPU_MASK) + second * (KVM_ARM_IRQ.VCPU_MASK + 1);
    const number = irq & KVM_ARM_IRQ.NUM_MASK;
    if (type === KVM_ARM_IRQ.TYPE_SPI || type === KVM_ARM_IRQ.TYPE_PPI)
      return refusal('ENXIO', 'SPIs and PPIs need an interrupt controller in the kernel, which this VM has not.');
    if (type !== KVM_ARM_IRQ.TYPE_CPU) return refusal('EINVAL', `Interrupt type ${type} does not exist.`);
    const vcpu = this.#state.vcpus[index];
    if (vcpu === undefined) return refusal('EINVAL', `This VM has no vCPU ${index}.`);
    if (number > KVM_ARM_IRQ.CPU_FIQ) return refusal('EINVAL', `A CPU has the interrupt inputs 0 (IRQ) and 1 (FIQ), not ${number}.`);
    vcpu.setInterruptLine(number === KVM_ARM_IRQ.CPU_FIQ ? 1 : 0, isHigh);
    return 0;
  }

  /** No device exists; the interrupt controllers answer as on a host without GIC. */
  deviceMaker(type: number): ReturnType<ArchitectureVm['deviceMaker']> {
    const isController = Object.values(KVM_DEV_TYPE).some(known => known === type);
    return failure('ENODEV', isController ? 'This host has no interrupt controller in the kernel.' : `There is no device type ${type}.`);
  }

  call(name: string, argument: Uint8Array): CallAnswer {
    if (name !== 'KVM_ARM_PREFERRED_TARGET') return refusal('ENODEV', 'This host has no interrupt controller in the kernel.');
    argument.fill(0, 0, kvm_vcpu_init.bytes);
    kvm_vcpu_init.over(argument).target = this.#state.preferredTarget;
    return 0;
  }
}
