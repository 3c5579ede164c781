// SPDX-License-Identifier: MIT
import { ByteReader } from '../../base/index.js';

/** The EL1 translation controls, as KVM_GET_ONE_REG gives them. */
export interface Stage1Registers {
  readonly SCTLR_EL1: bigint;
  readonly TCR_EL1: bigint;
  readonly TTBR0_EL1: bigint;
  readonly TTBR1_EL1: bigint;
}

const bits = (value: bigint, high: number, low: number): number => Number(BigInt.asUintN(high - low + 1, value >> BigInt(low)));

/** log2 of the granule by TCR_EL1.TG0 and TG1, which number them differently. */
const TG0 = [12, 16, 14] as const;
const TG1 = [undefined, 14, 12, 16] as const;

/** Arm DDI 0487, VMSAv8-64 translation table format descriptors. */
const DESCRIPTOR = { VALID: 1n, TABLE_OR_PAGE: 2n } as const;
const OUTPUT_ADDRESS_BITS = 48;
const BITS_A_LEVEL_LESS = 3;

/**
 * The physical address that EL1&0 stage 1 gives for `va`, as a debugger needs it: no permissions, no access flag, no side effect.
 * `readPhysical` reads table entries. `undefined` where the tables map nothing.
 */
export function walkStage1(
  registers: Stage1Registers,
  va: bigint,
  readPhysical: (address: bigint, bytes: number) => Uint8Array | undefined,
): bigint | undefined {
  const isTranslating = bits(registers.SCTLR_EL1, 0, 0) === 1;
  if (!isTranslating) return BigInt.asUintN(56, va);
  const tcr = registers.TCR_EL1;
  const isUpper = bits(va, 55, 55) === 1;
  const tableBits = isUpper ? bits(tcr, 21, 16) : bits(tcr, 5, 0);
  const isDisabled = isUpper ? bits(tcr, 23, 23) === 1 : bits(tcr, 7, 7) === 1;
  const ignoresTop = isUpper ? bits(tcr, 38, 38) === 1 : bits(tcr, 37, 37) === 1;
  const granule = isUpper ? TG1[bits(tcr, 31, 30)] : TG0[bits(tcr, 15, 14)];
  if (isDisabled || granule === undefined) return undefined;
  const inputBits = 64 - Math.max(16, Math.min(48, tableBits));
  const top = BigInt.asUintN(ignoresTop ? 56 : 64, va) >> BigInt(inputBits);
  const expected = isUpper ? (1n << BigInt((ignoresTop ? 56 : 64) - inputBits)) - 1n : 0n;
  if (top !== expected) return undefined;

  const stride = granule - BITS_A_LEVEL_LESS;
  const levels = Math.ceil((inputBits - granule) / stride);
  const base = isUpper ? registers.TTBR1_EL1 : registers.TTBR0_EL1;
  let table = BigInt.asUintN(OUTPUT_ADDRESS_BITS, base) & ~1n;
  for (let level = 4 - levels; level <= 3; level++) {
    const low = granule + stride * (3 - level);
    const high = Math.min(low + stride, inputBits) - 1;
    const entry = readPhysical(table + BigInt(bits(va, high, low)) * 8n, 8);
    if (entry === undefined) return undefined;
    const descriptor = new ByteReader(entry, 'little').u64();
    const isTableOrPage = (descriptor & DESCRIPTOR.TABLE_OR_PAGE) !== 0n;
    if ((descriptor & DESCRIPTOR.VALID) === 0n || (level === 3 && !isTableOrPage)) return undefined;
    const output = BigInt.asUintN(OUTPUT_ADDRESS_BITS, descriptor);
    if (level === 3 || !isTableOrPage) return ((output >> BigInt(low)) << BigInt(low)) | BigInt.asUintN(low, va);
    table = (output >> BigInt(granule)) << BigInt(granule);
  }
  return undefined;
}
