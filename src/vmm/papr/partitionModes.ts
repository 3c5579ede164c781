// SPDX-License-Identifier: MIT
import { encode, LPCR, maskOf } from '../../cpu/index.js';
import { HCALL_RESULT, ppcRegisterId } from '../../kvm/index.js';
import type { Hypercall } from './hypercall.js';

// H_SET_MODE and H_REGISTER_PROC_TBL, what of them concerns the whole partition (QEMU: hw/ppc/spapr_hcall.c).

const { SUCCESS, PARAMETER, HARDWARE, P2, P3, P4, UNSUPPORTED_FLAG } = HCALL_RESULT;
const LPCR_64 = ppcRegisterId('LPCR_64');

/** Resources of H_SET_MODE that are user space's, and those that KVM-HV has in the kernel: no other KVM has them at all. */
const RESOURCE = { CIABR: 1n, DAWR0: 2n, ADDRESS_TRANSLATION: 3n, ENDIAN: 4n } as const;
const ENDIAN = { BIG: 0n, LITTLE: 1n } as const;
const ILE = maskOf(LPCR, 'ILE');
const AIL = maskOf(LPCR, 'AIL');
/** Interrupt locations by LPCR[AIL]: 1 is reserved; 2 KVM does not do. */
const LOCATIONS = [0n, 3n];

/** H_SET_MODE: flags, resource, two values. */
export function setMode(call: Hypercall): bigint {
  const [flags = 0n, resource = 0n, value1 = 0n, value2 = 0n] = call.args;
  if (resource !== RESOURCE.ENDIAN && resource !== RESOURCE.ADDRESS_TRANSLATION) return P2;
  if (value1 !== 0n) return P3;
  if (value2 !== 0n) return P4;
  if (resource === RESOURCE.ENDIAN) {
    if (flags !== ENDIAN.BIG && flags !== ENDIAN.LITTLE) return UNSUPPORTED_FLAG;
    return changeLpcr(call, ILE, flags === ENDIAN.LITTLE ? ILE : 0n);
  }
  return LOCATIONS.includes(flags) ? changeLpcr(call, AIL, encode(LPCR, { AIL: Number(flags) })) : UNSUPPORTED_FLAG;
}

/** LPCR is one register for all vCPUs. What KVM does not take is an unsupported flag. */
function changeLpcr({ vcpu }: Hypercall, mask: bigint, value: bigint): bigint {
  const before = vcpu.getOneRegValue(LPCR_64);
  if (before === undefined || vcpu.setOneRegValue(LPCR_64, (before & ~mask) | value) !== 0) return HARDWARE;
  return ((vcpu.getOneRegValue(LPCR_64) ?? 0n) & mask) === value ? SUCCESS : UNSUPPORTED_FLAG;
}

/** Flags of H_REGISTER_PROC_TBL. */
const TABLE = { GTSE: 0x01n, HASH: 0x02n, RADIX: 0x04n, REGISTER: 0x08n, MODIFY: 0x10n } as const;
const TABLE_FLAGS = 0x1fn;
const MAXIMUM_TABLE_SIZE = 24n;
const HASH_BASE_BITS = 38n;
const PAGE_SIZES = 7n;

/** H_REGISTER_PROC_TBL: flags, the table's address, page size, log2 of the table's bytes less 12. */
export function registerProcessTable(call: Hypercall): bigint {
  const { surroundings } = call;
  const [flags = 0n, base = 0n, pageSize = 0n, size = 0n] = call.args;
  const isRadix = (flags & TABLE.RADIX) !== 0n;
  if ((flags & ~TABLE_FLAGS) !== 0n) return PARAMETER;
  if ((flags & TABLE.MODIFY) === 0n) return surroundings.mmu.isRadix === isRadix ? SUCCESS : PARAMETER;
  const kept = { isRadix, isGuestShootdown: (flags & TABLE.GTSE) !== 0n };
  if ((flags & TABLE.REGISTER) === 0n) return surroundings.mmu.configure({ ...kept, table: 0n });
  if (isRadix) {
    if ((base & 0xfffn) !== 0n || base >> 60n !== 0n) return P2;
    if (pageSize !== 0n) return P3;
    if (size > MAXIMUM_TABLE_SIZE) return P4;
    return surroundings.mmu.configure({ ...kept, table: base | size });
  }
  // Segment tables in memory: no KVM has them.
  if ((flags & TABLE.HASH) !== 0n) return PARAMETER;
  if (base >> HASH_BASE_BITS !== 0n) return P2;
  if ((pageSize & ~PAGE_SIZES) !== 0n) return P3;
  if (size > MAXIMUM_TABLE_SIZE) return P4;
  return surroundings.mmu.configure({ ...kept, table: (base << 25n) | (pageSize << 5n) | size });
}
