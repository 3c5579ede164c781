// SPDX-License-Identifier: MIT
import { failure, success } from '../../base/index.js';
import { MSR_BIT, type PowerCpuModel, type PowerEngineShare, PowerProcessingElement } from '../../cpu/index.js';
import { KVM_CAP } from '../abi/constants.js';
import { KVM_DEV_TYPE_XICS } from '../abi/powerpc/constants.js';
import { POWERPC_IOCTL_CODING } from '../abi/powerpc/ioctls.js';
import { KVM_GET_HTAB, KVM_PPC_PVINFO_FLAGS, kvm_get_htab_fd, kvm_ppc_pvinfo } from '../abi/powerpc/structures.js';
import type { ArchitectureHost, ArchitectureVm } from '../architecture.js';
import type { EnableCap } from '../enableCap.js';
import { type CallAnswer, CallTable, refusal } from '../kvmFile.js';
import { MemorySlots } from '../memorySlots.js';
import { isKernelHypercall } from './devices/hypercalls.js';
import { Xics } from './devices/xics/xics.js';
import { MAXIMUM_VCPUS } from './extensions.js';
import { HtabFile } from './htabFile.js';
import { allocateHtab, configureMmu, getRmmuInfo, getSmmuInfo } from './mmuCalls.js';
import { TIME_BASE } from './timeBase.js';
import { PowerpcVcpu } from './vcpu.js';
import { PowerpcVcpuState } from './vcpuState.js';
import { type KvmKind, PowerpcVmState } from './vmState.js';

const { instructionsPerTick: INSTRUCTIONS_PER_TICK } = TIME_BASE;
const PAGE_OFFSET = 0xfffn;
/** Bits of a guest real address. */
const REAL_ADDRESS_BITS = 52;

/** The host's processor. */
export interface PowerpcProcessor {
  readonly share: PowerEngineShare;
  readonly model: PowerCpuModel;
  /** Which KVM is loaded. */
  readonly kind: KvmKind;
}

/** A VM of Book3S. */
export class PowerpcVm implements ArchitectureVm {
  readonly memory: MemorySlots;
  readonly maximumVcpus = MAXIMUM_VCPUS;
  readonly #state: PowerpcVmState;
  /** The engine's memory, as long as it has not grown. */
  #memoryView: DataView = new DataView(new ArrayBuffer(0));

  constructor(
    private readonly processor: PowerpcProcessor,
    private readonly host: ArchitectureHost,
  ) {
    const { share, model, kind } = processor;
    this.memory = new MemorySlots(REAL_ADDRESS_BITS, share.engine);
    this.#state = new PowerpcVmState(kind, model, this.memory, share.engine);
  }

  createVcpu(id: number, index: number): PowerpcVcpu {
    const { share, model } = this.processor;
    const { quirks, scheduler } = this.host;
    const pe = new PowerProcessingElement({
      share,
      model,
      index: id,
      partitionScope: this.memory,
      clock: {
        ticks: () => BigInt(Math.floor(scheduler.virtualTime / INSTRUCTIONS_PER_TICK)),
        instructionsUntil: ticks => Number(ticks) * INSTRUCTIONS_PER_TICK - scheduler.virtualTime,
      },
    });
    const state = new PowerpcVcpuState(this.#state, pe, id, index, quirks);
    this.#state.vcpus.push(state);
    this.#state.load(state);
    return new PowerpcVcpu(state, address => this.#wordAt(pe, address));
  }

  /** The instruction at an effective address, in the processing element's byte order; 0 if it cannot be read. */
  #wordAt(pe: PowerProcessingElement, address: bigint): number {
    const real = pe.translateForDebugger(address, 'fetch');
    const page = real === undefined ? undefined : this.memory.translate(real);
    if (real === undefined || page === undefined) return 0;
    const { memory } = this.processor.share.engine;
    if (memory.buffer !== this.#memoryView.buffer) this.#memoryView = new DataView(memory.buffer);
    return this.#memoryView.getUint32(memory.byteOffset + page.hostOffset + Number(real & PAGE_OFFSET), (pe.msr & MSR_BIT.LE) !== 0n);
  }

  flushStage2(): void {
    this.#state.memoryChanged();
  }

  /** KVM_CAP_PPC_ENABLE_HCALL: args are the hypercall and whether the kernel carries it out. */
  enableCap({ capability, flags, values: [hcall, isEnabled] }: EnableCap): CallAnswer {
    if (flags !== 0 || capability !== KVM_CAP.PPC_ENABLE_HCALL)
      return refusal('EINVAL', `Capability ${capability} cannot be enabled on a VM.`);
    const number = Number(hcall);
    if (!isKernelHypercall(this.#state.kind, number) || isEnabled > 1n)
      return refusal('EINVAL', `The kernel has no hypercall 0x${hcall.toString(16)}.`);
    if (isEnabled === 1n) this.#state.enabledHcalls.add(number);
    else this.#state.enabledHcalls.delete(number);
    return 0;
  }

  /** kvm_vm_ioctl_irq_line(): the input of an interrupt source. As in Linux a number that no source has is no error. */
  irqLine(irq: number, isHigh: boolean): CallAnswer {
    const { xics } = this.#state;
    if (xics === undefined)
      return refusal('ENXIO', 'KVM_IRQ_LINE needs an interrupt controller in the kernel, which this VM has not; use KVM_INTERRUPT.');
    xics.setInput(irq, isHigh);
    return 0;
  }

  deviceMaker(type: number): ReturnType<ArchitectureVm['deviceMaker']> {
    if (type !== KVM_DEV_TYPE_XICS) return failure('ENODEV', `There is no device type ${type}.`);
    return success(() => {
      if (this.#state.xics !== undefined) return failure('EEXIST', 'This VM has its interrupt controller already.');
      this.#state.xics = new Xics();
      return success(this.#state.xics);
    });
  }

  call(name: string, argument: Uint8Array): CallAnswer {
    switch (name) {
      case 'KVM_PPC_CONFIGURE_V3_MMU':
        return configureMmu(this.#state, argument);
      case 'KVM_PPC_ALLOCATE_HTAB':
        return allocateHtab(this.#state, argument);
      case 'KVM_PPC_GET_HTAB_FD':
        return this.#openHtab(argument);
      case 'KVM_PPC_GET_SMMU_INFO':
        return getSmmuInfo(this.#state, argument);
      case 'KVM_PPC_GET_RMMU_INFO':
        return getRmmuInfo(this.#state, argument);
      case 'KVM_PPC_RTAS_DEFINE_TOKEN':
        return this.#state.rtasTokens.define(argument);
      case 'KVM_PPC_GET_PVINFO':
        return getPvinfo(argument);
      default:
        return refusal('EINVAL', `This KVM has no ${name}.`);
    }
  }

  /** kvm_vm_ioctl_get_htab_fd(); the answer is the file's number. */
  #openHtab(argument: Uint8Array): CallAnswer {
    const { flags } = kvm_get_htab_fd.over(argument);
    if (this.#state.kind !== 'hv') return refusal('ENOTTY', 'KVM-PR keeps no hashed page table: user space has it.');
    if ((flags & ~BigInt(KVM_GET_HTAB.BOLTED_ONLY | KVM_GET_HTAB.WRITE)) !== 0n)
      return refusal('EINVAL', `The flags 0x${flags.toString(16)} are not known.`);
    return this.host.openFile(new HtabFile(HTAB_CALLS, this.#state, argument));
  }
}

/** Such a file has no ioctls. */
const HTAB_CALLS = new CallTable('htab', POWERPC_IOCTL_CODING, []);

/** lis 0,KVM_SC_MAGIC_R0@h; ori 0,0,KVM_SC_MAGIC_R0@l; sc; nop: big-endian words. */
const PV_HYPERCALL = [0x3c00_4b56, 0x6000_4d21, 0x4400_0002, 0x6000_0000] as const;

/** kvm_vm_ioctl_get_pvinfo(): the instructions of a hypercall of Linux's own kind, which are not those of PAPR. */
function getPvinfo(into: Uint8Array): CallAnswer {
  into.fill(0, 0, kvm_ppc_pvinfo.bytes);
  kvm_ppc_pvinfo.over(into).flags = KVM_PPC_PVINFO_FLAGS.EV_IDLE;
  const view = new DataView(into.buffer, into.byteOffset);
  for (const [n, word] of PV_HYPERCALL.entries()) view.setUint32(kvm_ppc_pvinfo.fields.hcall[1] + 4 * n, word);
  return 0;
}
