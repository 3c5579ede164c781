// SPDX-License-Identifier: MIT
import { HCALL_RESULT } from '../../abi/powerpc/constants.js';
import type { PowerpcVcpuState } from '../vcpuState.js';
import { type Hypercall, toGuest } from './hypercall.js';
import { DTL_ENTRY_BYTES, type ProcessorAreas, VPA_ALIGNMENT, VPA_BYTES } from './processorAreas.js';

// Areas that a guest shares with the hypervisor (Linux 6.1: arch/powerpc/kvm/book3s_hv.c do_h_register_vpa(), set_vpa(), kvmppc_update_vpas()).

const { SUCCESS, PARAMETER, RESOURCE } = HCALL_RESULT;
const PAGE_BYTES = 4096n;
/** H_VPA_FUNC_*: what the flags ask for. */
const [FUNCTION_SHIFT, FUNCTION_MASK] = [45n, 7n];
const FUNCTION = {
  REGISTER_VPA: 1n,
  REGISTER_DTL: 2n,
  REGISTER_SLB: 3n,
  DEREGISTER_VPA: 5n,
  DEREGISTER_DTL: 6n,
  DEREGISTER_SLB: 7n,
} as const;
/** sizeof(struct reg_vpa). */
const SMALLEST_BYTES = 8;
/** Where a guest has put the length of an area: 16 bits in a VPA, 32 in the others. */
const LENGTH_OFFSET = 4n;
/** Fields of struct lppaca: the status byte with the bit for a shared processor, and the count of dispatches and preemptions. */
const [STATUS_OFFSET, SHARED_PROCESSOR, YIELD_COUNT_OFFSET] = [9n, 2, 0x100n];

/** H_REGISTER_VPA. */
export const registerVpa: Hypercall = (vcpu, argument) => {
  const [flags, id, address] = [argument(0), argument(1), argument(2)];
  const target = vcpu.vm.vcpuOf(id);
  const asked = (flags >> FUNCTION_SHIFT) & FUNCTION_MASK;
  if (target === undefined) return toGuest(PARAMETER);
  const { areas } = target;
  switch (asked) {
    case FUNCTION.REGISTER_VPA: {
      const bytes = lengthAt(vcpu, address, 2);
      if (bytes === undefined || bytes < VPA_BYTES) return toGuest(PARAMETER);
      areas.VPA = { address, bytes };
      initialise(vcpu, address);
      return toGuest(SUCCESS);
    }
    case FUNCTION.REGISTER_DTL:
    case FUNCTION.REGISTER_SLB: {
      const bytes = lengthAt(vcpu, address, 4);
      const isLog = asked === FUNCTION.REGISTER_DTL;
      if (bytes === undefined || (isLog && bytes < DTL_ENTRY_BYTES)) return toGuest(PARAMETER);
      return toGuest(areas.set(isLog ? 'DTL' : 'SLB', address, bytes) ? SUCCESS : RESOURCE);
    }
    case FUNCTION.DEREGISTER_VPA:
      return toGuest(areas.set('VPA', 0n, 0) ? SUCCESS : RESOURCE);
    case FUNCTION.DEREGISTER_DTL:
    case FUNCTION.DEREGISTER_SLB:
      areas.set(asked === FUNCTION.DEREGISTER_DTL ? 'DTL' : 'SLB', 0n, 0);
      return toGuest(SUCCESS);
    default:
      return toGuest(PARAMETER);
  }
};

/** The length in an area at `address`; `undefined`: the address is not aligned, there is no memory, or the area leaves its page. */
function lengthAt({ vm }: PowerpcVcpuState, address: bigint, width: 2 | 4): number | undefined {
  if (address === 0n || address % VPA_ALIGNMENT !== 0n) return undefined;
  const found = vm.readReal(address + LENGTH_OFFSET, width);
  if (found === undefined) return undefined;
  const view = new DataView(found.buffer);
  const bytes = width === 2 ? view.getUint16(0) : view.getUint32(0);
  return bytes < SMALLEST_BYTES || BigInt(bytes) > PAGE_BYTES - (address % PAGE_BYTES) ? undefined : bytes;
}

/** init_vpa(): the processor is a shared one, and is not dispatched. */
function initialise({ vm }: PowerpcVcpuState, address: bigint): void {
  const status = vm.readReal(address + STATUS_OFFSET, 1)?.[0] ?? 0;
  vm.writeReal(address + STATUS_OFFSET, Uint8Array.of(status | SHARED_PROCESSOR));
  vm.writeReal(address + YIELD_COUNT_OFFSET, Uint8Array.of(0, 0, 0, 1));
}

/** kvmppc_get_yield_count(): 0 without a VPA. */
export function yieldCount(vm: PowerpcVcpuState['vm'], areas: ProcessorAreas): number {
  const found = areas.VPA.address === 0n ? undefined : vm.readReal(areas.VPA.address + YIELD_COUNT_OFFSET, 4);
  return found === undefined ? 0 : new DataView(found.buffer).getUint32(0);
}
