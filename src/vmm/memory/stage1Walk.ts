// SPDX-License-Identifier: MIT
import { ByteReader } from '../../base/index.js';
import { decode, TCR_EL1 } from '../../cpu/index.js';

/** The EL1 translation controls that a walk reads, as KVM_GET_ONE_REG gives them. */
export interface Stage1Registers {
  readonly TCR_EL1: bigint;
  readonly TTBR0_EL1: bigint;
  readonly TTBR1_EL1: bigint;
}

const bits = (value: bigint, high: number, low: number): number => Number(BigInt.asUintN(high - low + 1, value >> BigInt(low)));

/** log2 of the granule by TCR_EL1.TG0 and TG1, which number them differently. */
const GRANULE_OF_TG0 = [12, 16, 14] as const;
const GRANULE_OF_TG1 = [undefined, 14, 12, 16] as const;
/** Arm DDI 0487, VMSAv8-64: TnSZ is taken as the nearest of these where it is beyond them. */
const REGION_SIZE_OFFSET = { LEAST: 16, MOST: 48 } as const;

/** Arm DDI 0487, VMSAv8-64 translation table format descriptors. */
const DESCRIPTOR = { VALID: 1n, TABLE_OR_PAGE: 2n } as const;
const OUTPUT_ADDRESS_BITS = 48;
const BITS_A_LEVEL_LESS = 3;
const LAST_LEVEL = 3;

/** A descriptor that a walk has read. */
export interface Stage1Entry {
  /** 0 to 3. */
  readonly level: number;
  readonly address: bigint;
  readonly descriptor: bigint;
  readonly kind: 'table' | 'block' | 'page' | 'invalid';
}

/** What a walk of EL1&0 stage 1 came upon, from the first descriptor on, and where it ended. */
export interface Stage1Walk {
  /** Whose tables: TTBR1_EL1's or TTBR0_EL1's. */
  readonly isUpper: boolean;
  readonly entries: readonly Stage1Entry[];
  readonly outcome:
    | { readonly kind: 'mapped'; readonly address: bigint; readonly pageShift: number }
    /** TCR_EL1.EPD0 or EPD1; a reserved TG0 or TG1; an address of neither region. */
    | { readonly kind: 'walkDisabled' | 'reservedGranule' }
    /** The address has more than the bits that TnSZ leaves. */
    | { readonly kind: 'outOfRange'; readonly inputBits: number }
    /** The next table does not lie in RAM; no descriptor at the last of `entries`. */
    | { readonly kind: 'noTable'; readonly address: bigint }
    | { readonly kind: 'invalid' };
}

/**
 * Walks the tables of EL1&0 stage 1 for `va` as a debugger needs it: as if SCTLR_EL1.M were 1, without permissions, access flag and side effects.
 * `readPhysical` reads table entries.
 */
export function walkStage1(
  registers: Stage1Registers,
  va: bigint,
  readPhysical: (address: bigint, bytes: number) => Uint8Array | undefined,
): Stage1Walk {
  const isUpper = bits(va, 55, 55) === 1;
  const entries: Stage1Entry[] = [];
  const ended = (outcome: Stage1Walk['outcome']): Stage1Walk => ({ isUpper, entries, outcome });
  const { T0SZ, T1SZ, EPD0, EPD1, TBI0, TBI1, TG0, TG1 } = decode(TCR_EL1, registers.TCR_EL1);
  const [offset, isDisabled, ignoresTop] = isUpper ? [T1SZ, EPD1 === 1, TBI1 === 1] : [T0SZ, EPD0 === 1, TBI0 === 1];
  const granule = isUpper ? GRANULE_OF_TG1[TG1] : GRANULE_OF_TG0[TG0];
  if (isDisabled) return ended({ kind: 'walkDisabled' });
  if (granule === undefined) return ended({ kind: 'reservedGranule' });
  const inputBits = 64 - Math.max(REGION_SIZE_OFFSET.LEAST, Math.min(REGION_SIZE_OFFSET.MOST, offset));
  const top = BigInt.asUintN(ignoresTop ? 56 : 64, va) >> BigInt(inputBits);
  const expected = isUpper ? (1n << BigInt((ignoresTop ? 56 : 64) - inputBits)) - 1n : 0n;
  if (top !== expected) return ended({ kind: 'outOfRange', inputBits });

  const stride = granule - BITS_A_LEVEL_LESS;
  const levels = Math.ceil((inputBits - granule) / stride);
  const base = isUpper ? registers.TTBR1_EL1 : registers.TTBR0_EL1;
  let table = BigInt.asUintN(OUTPUT_ADDRESS_BITS, base) & ~1n;
  for (let level = LAST_LEVEL + 1 - levels; level <= LAST_LEVEL; level++) {
    const low = granule + stride * (LAST_LEVEL - level);
    const high = Math.min(low + stride, inputBits) - 1;
    const address = table + BigInt(bits(va, high, low)) * 8n;
    const entry = readPhysical(address, 8);
    if (entry === undefined) return ended({ kind: 'noTable', address });
    const descriptor = new ByteReader(entry, 'little').u64();
    const kind = descriptorKind(descriptor, level, granule);
    entries.push({ level, address, descriptor, kind });
    const output = BigInt.asUintN(OUTPUT_ADDRESS_BITS, descriptor);
    if (kind === 'table') table = (output >> BigInt(granule)) << BigInt(granule);
    else if (kind === 'invalid') return ended({ kind });
    else return ended({ kind: 'mapped', address: ((output >> BigInt(low)) << BigInt(low)) | BigInt.asUintN(low, va), pageShift: low });
  }
  return ended({ kind: 'invalid' });
}

/** Blocks are on level 2, with 4 KiB granules on level 1 too; bit 1 of a descriptor tells a table or a page from a block. */
function descriptorKind(descriptor: bigint, level: number, granule: number): Stage1Entry['kind'] {
  if ((descriptor & DESCRIPTOR.VALID) === 0n) return 'invalid';
  const isTableOrPage = (descriptor & DESCRIPTOR.TABLE_OR_PAGE) !== 0n;
  if (level === LAST_LEVEL) return isTableOrPage ? 'page' : 'invalid';
  if (isTableOrPage) return 'table';
  return level === 2 || (level === 1 && granule === GRANULE_OF_TG0[0]) ? 'block' : 'invalid';
}
