// SPDX-License-Identifier: MIT
import { hex } from '../../base/index.js';
import { KVM_EXIT } from '../abi/constants.js';
import { HCALL } from '../abi/powerpc/constants.js';
import {
  kvm_get_htab_fd,
  kvm_interrupt,
  kvm_ppc_htab,
  kvm_ppc_mmuv3_cfg,
  kvm_rtas_token_args,
  ppc_kvm_guest_debug,
  ppc_kvm_regs,
} from '../abi/powerpc/structures.js';
import { kvm_device_attr } from '../abi/structures.js';
import { type CallTexts, guestDebugControlText } from '../callLogText.js';

const registers = (argument: Uint8Array): string => {
  const view = new DataView(argument.buffer, argument.byteOffset, argument.length);
  const { pc, msr } = ppc_kvm_regs.fields;
  return `pc=${hex(view.getBigUint64(pc[1], true))} msr=${hex(view.getBigUint64(msr[1], true))}`;
};

const attribute = (argument: Uint8Array): string => {
  const { group, attr } = kvm_device_attr.over(argument);
  return `group=${group} attr=${hex(attr)}`;
};

const HCALL_NAMES = new Map<bigint, string>(Object.entries(HCALL).map(([name, number]) => [BigInt(number), `H_${name}`]));
const hypercall = (number: bigint): string => {
  const name = HCALL_NAMES.get(number);
  return name === undefined ? hex(number) : `${hex(number)} (${name})`;
};

/** Bytes in the order of their addresses: which number they are depends on the guest's byte order. */
const bytesText = (bytes: Uint8Array): string => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(' ');

/** The calls and exits of powerpc in the log. */
export const POWERPC_TEXTS: CallTexts = {
  calls: {
    KVM_SET_GUEST_DEBUG: argument => guestDebugControlText(ppc_kvm_guest_debug.over(argument).control),
    KVM_GET_REGS: registers,
    KVM_SET_REGS: registers,
    KVM_INTERRUPT: argument => hex(kvm_interrupt.over(argument).irq),
    KVM_PPC_ALLOCATE_HTAB: argument => `order=${kvm_ppc_htab.over(argument).order}`,
    KVM_PPC_GET_HTAB_FD: argument => `flags=${hex(kvm_get_htab_fd.over(argument).flags)}`,
    KVM_PPC_CONFIGURE_V3_MMU: argument => {
      const { flags, process_table } = kvm_ppc_mmuv3_cfg.over(argument);
      return `flags=${hex(flags)} process_table=${hex(process_table)}`;
    },
    KVM_PPC_RTAS_DEFINE_TOKEN: argument => `token=${hex(kvm_rtas_token_args.over(argument).token)}`,
    KVM_SET_DEVICE_ATTR: attribute,
    KVM_GET_DEVICE_ATTR: attribute,
    KVM_HAS_DEVICE_ATTR: attribute,
  },
  exits: new Map([
    [KVM_EXIT.DEBUG, run => ` address=${hex(run.ppc_debug_address)} status=${hex(run.ppc_debug_status)}`],
    [KVM_EXIT.PAPR_HCALL, run => ` nr=${hypercall(run.papr_hcall_nr)}`],
    [
      KVM_EXIT.MMIO,
      run => {
        const isWrite = run.mmio_is_write !== 0;
        const data = isWrite ? ` data=${bytesText(run.mmio_data.subarray(0, Math.min(run.mmio_len, run.mmio_data.length)))}` : '';
        return ` ${isWrite ? 'write' : 'read'} phys_addr=${hex(run.mmio_phys_addr)} len=${run.mmio_len}${data}`;
      },
    ],
  ]),
};
