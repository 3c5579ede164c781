// SPDX-License-Identifier: MIT
import { failure, success } from '../../base/index.js';
import { KVM_VM_PPC } from '../abi/powerpc/constants.js';
import { POWERPC_IOCTL_CODING, POWERPC_IOCTLS } from '../abi/powerpc/ioctls.js';
import type { Architecture } from '../architecture.js';
import { POWERPC_TEXTS } from './callTexts.js';
import { powerpcExtension } from './extensions.js';
import { type PowerpcProcessor, PowerpcVm } from './vm.js';

/** KVM of powerpc, 64-bit Book3S, on a host with this processor. KVM_CREATE_VM's type is KVM_VM_PPC_HV or _PR, or 0 for the one that is loaded. */
export function powerpc(processor: PowerpcProcessor): Architecture {
  const { share, model, kind } = processor;
  const own = kind === 'hv' ? KVM_VM_PPC.HV : KVM_VM_PPC.PR;
  return {
    name: 'powerpc',
    engine: share.engine,
    coding: POWERPC_IOCTL_CODING,
    calls: POWERPC_IOCTLS,
    texts: POWERPC_TEXTS,
    extension: capability => powerpcExtension(capability, model, kind),
    createVm: (type, host) =>
      type === KVM_VM_PPC.DEFAULT || type === own
        ? success(new PowerpcVm(processor, host))
        : failure('EINVAL', `A VM of type ${type} cannot be had; this host has KVM-${kind.toUpperCase()}.`),
  };
}
