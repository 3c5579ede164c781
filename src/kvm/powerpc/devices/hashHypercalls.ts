// SPDX-License-Identifier: MIT
import { HPTE_HIGH, HPTE_LOW, hashedPageShift, maskOf } from '../../../cpu/index.js';
import { HCALL_RESULT } from '../../abi/powerpc/constants.js';
import { type EntryCondition, type HashPageTable, HPTE_PROTECTION, HPTE_RC } from '../hashPageTable.js';
import type { PowerpcVcpuState } from '../vcpuState.js';
import { type Hypercall, toGuest } from './hypercall.js';

// The calls for the hashed page table (Linux 6.1: arch/powerpc/kvm/book3s_hv_rm_mmu.c for KVM-HV, book3s_pr_papr.c for KVM-PR).

const { SUCCESS, FUNCTION, PARAMETER, PTEG_FULL, NOT_FOUND } = HCALL_RESULT;

/** H_EXACT, H_AVPN, H_ANDCOND, H_READ_4: flags by their bit in the manual's count. */
const flag = (bit: number): bigint => 1n << BigInt(63 - bit);
const [EXACT, READ_4, AVPN, ANDCOND] = [flag(24), flag(26), flag(32), flag(33)];
const GROUP_OFFSET = 7n;

const VALID = maskOf(HPTE_HIGH, 'V');
/** HPTE_V_HVLOCK and HPTE_V_ABSENT: software's bits of doubleword 0 that KVM-HV keeps for itself. */
const HYPERVISOR_BITS = 0x60n;
/** HPTE_GR_RESERVED: the bit of doubleword 1 that KVM-HV keeps for itself. */
const RESERVED = 1n << 62n;
const ARPN = maskOf(HPTE_LOW, 'ARPN');
const [R, C] = [maskOf(HPTE_LOW, 'R'), maskOf(HPTE_LOW, 'C')];

/** The first register that a call answers in beside GPR 3. */
const FIRST = 4;
const answer = ({ pe }: PowerpcVcpuState, n: number, value: bigint): void => pe.registers.setGpr(FIRST + n, value);

/** A call of KVM-HV on an entry: without a hashed page table there is no such call, and an index behind the end is refused. */
const onEntry =
  (work: (table: HashPageTable, index: bigint, vcpu: PowerpcVcpuState, argument: (n: number) => bigint) => bigint): Hypercall =>
  (vcpu, argument) => {
    const table = vcpu.vm.hashTable;
    if (table === undefined) return toGuest(FUNCTION);
    const index = argument(1);
    return toGuest(table.has(index) ? work(table, index, vcpu, argument) : PARAMETER);
  };

const conditionOf = (flags: bigint, operand: bigint): EntryCondition => ({
  name: (flags & AVPN) !== 0n ? operand : undefined,
  clear: (flags & ANDCOND) !== 0n ? operand : undefined,
});

/** slot_is_aligned(): a page that begins in a memory slot must lie in it as a whole. An address without memory is a device's. */
function fitsMemory({ vm }: PowerpcVcpuState, low: bigint, shift: bigint): boolean {
  const bytes = 1n << shift;
  const slot = vm.memory.lookup(low & ARPN & ~(bytes - 1n))?.slot;
  return slot === undefined || ((slot.base | slot.end) & (bytes - 1n)) === 0n;
}

/** kvmppc_do_h_enter(). */
const enter = onEntry((table, index, vcpu, argument) => {
  const [flags, high, low] = [argument(0), argument(2), argument(3)];
  const shift = hashedPageShift(high, low);
  if (shift === undefined || !fitsMemory(vcpu, low, shift)) return PARAMETER;
  const place = placeOf(table, index, flags);
  if (place === undefined) return PTEG_FULL;
  table.write(place, (high & ~HYPERVISOR_BITS) | VALID, low & ~RESERVED);
  answer(vcpu, 0, place);
  return SUCCESS;
});

function placeOf(table: HashPageTable, index: bigint, flags: bigint): bigint | undefined {
  if ((flags & EXACT) === 0n) return table.findFree(index);
  return table.isValid(index) ? undefined : index;
}

/** kvmppc_do_h_remove(). */
const remove = onEntry((table, index, vcpu, argument) => {
  if (!table.matches(index, conditionOf(argument(0), argument(2)))) return NOT_FOUND;
  removeEntry(table, index, vcpu);
  return SUCCESS;
});

function removeEntry(table: HashPageTable, index: bigint, vcpu: PowerpcVcpuState): void {
  const [high, low] = table.read(index);
  table.invalidate(index);
  vcpu.vm.flushTranslations();
  answer(vcpu, 0, high);
  answer(vcpu, 1, low);
}

/** kvmppc_h_protect(). */
const protect = onEntry((table, index, vcpu, argument) => {
  const [flags, operand] = [argument(0), argument(2)];
  if (!table.matches(index, { name: (flags & AVPN) !== 0n ? operand : undefined })) return NOT_FOUND;
  protectEntry(table, index, vcpu, flags);
  return SUCCESS;
});

/** The key's and pp0's bits lie elsewhere in the flags than in an entry. */
function protectEntry(table: HashPageTable, index: bigint, vcpu: PowerpcVcpuState, flags: bigint): void {
  const bits =
    ((flags << 55n) & maskOf(HPTE_LOW, 'pp0')) |
    ((flags << 48n) & maskOf(HPTE_LOW, 'keyHigh')) |
    (flags & (maskOf(HPTE_LOW, 'pp') | maskOf(HPTE_LOW, 'N') | maskOf(HPTE_LOW, 'keyLow')));
  const [high, low] = table.read(index);
  table.write(index, high, (low & ~HPTE_PROTECTION) | bits);
  vcpu.vm.flushTranslations();
}

/** kvmppc_h_read(). */
const read = onEntry((table, index, vcpu, argument) => {
  const isFour = (argument(0) & READ_4) !== 0n;
  const first = isFour ? index & ~3n : index;
  for (let n = 0; n < (isFour ? 4 : 1); n++) {
    const [high, low] = table.read(first + BigInt(n));
    answer(vcpu, 2 * n, high);
    answer(vcpu, 2 * n + 1, low);
  }
  return SUCCESS;
});

/** kvmppc_h_clear_ref(), kvmppc_h_clear_mod(): the entry's doubleword 1 as it was, then without the bit. */
const clear = (bit: bigint): Hypercall =>
  onEntry((table, index, vcpu) => {
    if (!table.isValid(index)) return NOT_FOUND;
    const [high, low] = table.read(index);
    table.write(index, high, low & ~bit);
    vcpu.vm.flushTranslations();
    answer(vcpu, 0, low);
    return SUCCESS;
  });

// H_BULK_REMOVE: up to four pairs; in the first of a pair are what is asked and answered (bits 0:1, 2:3), R and C (4:5), the condition (6:7) and the index.
const BULK_PAIRS = 4;
const BULK_SHIFT = 56n;
const BULK_INDEX = (1n << BULK_SHIFT) - 1n;
const BULK = { REQUEST: 1n, END: 3n, SUCCESS: 0x80n, NOT_FOUND: 0x90n, PARAMETER: 0xa0n } as const;
const BULK_CONDITION = { ANDCOND: 1n, AVPN: 2n, BOTH: 3n } as const;
/** From R and C of an entry to bits 4:5 of the answer. */
const BULK_RC_SHIFT = 51n;
/** The same in KVM-PR of Linux 6.1, where they land in the index. */
const BULK_RC_SHIFT_MISPLACED = 43n;

type BulkIndex = (index: bigint) => bigint | undefined;

function bulkRemove(vcpu: PowerpcVcpuState, table: HashPageTable, indexOf: BulkIndex, argument: (n: number) => bigint): bigint {
  const isMisplaced = vcpu.vm.kind === 'pr' && vcpu.quirks.bulkRemoveBitsMisplaced;
  for (let pair = 0; pair < BULK_PAIRS; pair++) {
    const [specifier, operand] = [argument(2 * pair), argument(2 * pair + 1)];
    const request = specifier >> (BULK_SHIFT + 6n);
    if (request === BULK.END) return SUCCESS;
    const condition = (specifier >> BULK_SHIFT) & 3n;
    const index = indexOf(specifier & BULK_INDEX);
    const tell = (code: bigint, bits = 0n): void =>
      answer(vcpu, 2 * pair, ((code | condition) << BULK_SHIFT) | (specifier & BULK_INDEX) | bits);
    if (request !== BULK.REQUEST || condition === BULK_CONDITION.BOTH || index === undefined) {
      // KVM-PR says nothing about a pair that is no request.
      if (vcpu.vm.kind === 'hv' || request === BULK.REQUEST) tell(BULK.PARAMETER);
      return PARAMETER;
    }
    const isFound = table.matches(index, {
      name: condition === BULK_CONDITION.AVPN ? operand : undefined,
      clear: condition === BULK_CONDITION.ANDCOND ? operand : undefined,
    });
    if (!isFound) {
      tell(BULK.NOT_FOUND);
      continue;
    }
    const [, low] = table.read(index);
    table.invalidate(index);
    vcpu.vm.flushTranslations();
    tell(BULK.SUCCESS, (low & HPTE_RC) << (isMisplaced ? BULK_RC_SHIFT_MISPLACED : BULK_RC_SHIFT));
  }
  return SUCCESS;
}

/** What KVM-HV has. */
export const HASH_HYPERCALLS_HV = {
  enter,
  remove,
  protect,
  read,
  clearReference: clear(R),
  clearChange: clear(C),
  bulkRemove: ((vcpu, argument) => {
    const table = vcpu.vm.hashTable;
    if (table === undefined) return toGuest(FUNCTION);
    return toGuest(bulkRemove(vcpu, table, index => (table.has(index) ? index : undefined), argument));
  }) satisfies Hypercall,
} as const;

/** A call of KVM-PR on an entry: the table is user space's, SDR1 says where; an index behind the end wraps. */
const onEntryPr =
  (work: (table: HashPageTable, index: bigint, vcpu: PowerpcVcpuState, argument: (n: number) => bigint) => bigint): Hypercall =>
  (vcpu, argument) => {
    const table = vcpu.hashTable;
    if (table === undefined) return toGuest(FUNCTION);
    return toGuest(work(table, table.wrap(argument(1)), vcpu, argument));
  };

/** HPTE_V_VALID where a little-endian host finds it that has not turned the bytes of the entry. */
const SWAPPED_VALID = VALID << 56n;

/** What KVM-PR has. Entries are taken as they come: no page size is looked at, and V is the guest's affair. */
export const HASH_HYPERCALLS_PR = {
  enter: onEntryPr((table, index, vcpu, argument) => {
    const flags = argument(0);
    const isMistaken = (flags & EXACT) !== 0n && vcpu.quirks.exactEntryOverwritten;
    const mistaken = (table.read(index)[0] & SWAPPED_VALID) === 0n ? index : undefined;
    const place = isMistaken ? mistaken : placeOf(table, index, flags);
    if (place === undefined) return PTEG_FULL;
    table.write(place, argument(2), argument(3));
    if (isMistaken) vcpu.vm.flushTranslations();
    answer(vcpu, 0, (argument(1) & ~GROUP_OFFSET) | (place & GROUP_OFFSET));
    return SUCCESS;
  }),
  remove: onEntryPr((table, index, vcpu, argument) => {
    if (!table.matches(index, conditionOf(argument(0), argument(2)))) return NOT_FOUND;
    removeEntry(table, index, vcpu);
    return SUCCESS;
  }),
  protect: onEntryPr((table, index, vcpu, argument) => {
    const [flags, operand] = [argument(0), argument(2)];
    if (!table.matches(index, { name: (flags & AVPN) !== 0n ? operand : undefined })) return NOT_FOUND;
    protectEntry(table, index, vcpu, flags);
    return SUCCESS;
  }),
  bulkRemove: ((vcpu, argument) => {
    const table = vcpu.hashTable;
    if (table === undefined) return toGuest(FUNCTION);
    return toGuest(bulkRemove(vcpu, table, index => table.wrap(index), argument));
  }) satisfies Hypercall,
} as const;
