// SPDX-License-Identifier: MIT
import { failure, InvariantError, success } from '../../base/index.js';
import { KVM_ARM_VCPU } from '../abi/arm64/constants.js';
import { ARM64_IOCTLS, GENERIC_IOCTL_CODING } from '../abi/arm64/ioctls.js';
import { kvm_vcpu_init } from '../abi/arm64/structures.js';
import type { Architecture } from '../architecture.js';
import type { Vm } from '../vm.js';
import { ARM64_TEXTS } from './callTexts.js';
import { arm64Extension } from './extensions.js';
import { checkSystemRegisterTables } from './systemRegisterRows.js';
import { type Arm64Processor, Arm64Vm } from './vm.js';

const DEFAULT_IPA_BITS = 40;
const MINIMUM_IPA_BITS = 32;

/**
 * KVM of arm64 on a host with this processor. KVM_CREATE_VM's type is the number of guest physical address bits (32 to the host's),
 * 0 for 40. Refuses to start (throws) when a trap table is out of order: a misplaced row would silently not be found.
 */
export function arm64(processor: Arm64Processor): Architecture {
  const misplaced = checkSystemRegisterTables();
  if (misplaced !== undefined) throw new InvariantError(misplaced);
  const { share, model } = processor;
  return {
    name: 'arm64',
    engine: share.engine,
    coding: GENERIC_IOCTL_CODING,
    calls: ARM64_IOCTLS,
    texts: ARM64_TEXTS,
    extension: capability => arm64Extension(capability, model),
    createVm: (type, host) => {
      const bits = type === 0 ? DEFAULT_IPA_BITS : type;
      const limit = model.physicalAddressBits;
      if (bits < MINIMUM_IPA_BITS || bits > limit)
        return failure('EINVAL', `A VM with ${bits} guest physical address bits cannot be had; the host has ${limit}.`);
      return success(new Arm64Vm(processor, host, bits));
    },
  };
}

/** What KVM_ARM_VCPU_INIT takes for a vCPU of `vm` that boots through PSCI: the host's target, powered off for all but the first. */
export function arm64VcpuInit(vm: Vm, power: 'poweredOff' | 'running'): Uint8Array {
  const bytes = kvm_vcpu_init.make();
  vm.call('KVM_ARM_PREFERRED_TARGET', bytes);
  const { features } = kvm_vcpu_init.over(bytes);
  features[0] = (1 << KVM_ARM_VCPU.PSCI_0_2) | (power === 'poweredOff' ? 1 << KVM_ARM_VCPU.POWER_OFF : 0);
  return bytes;
}
