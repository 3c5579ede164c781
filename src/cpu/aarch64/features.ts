// SPDX-License-Identifier: MIT
import type { CpuModel } from './cpuModels.js';

/** The optional features that rows name, each with the field of an identification register that tells whether a core has it. */
// biome-ignore format: a table
const FEATURES = {
  FEAT_AES:    { register: 'ID_AA64ISAR0_EL1', shift: 4n,  least: 1n },
  FEAT_PMULL:  { register: 'ID_AA64ISAR0_EL1', shift: 4n,  least: 2n },
  FEAT_SHA1:   { register: 'ID_AA64ISAR0_EL1', shift: 8n,  least: 1n },
  FEAT_SHA256: { register: 'ID_AA64ISAR0_EL1', shift: 12n, least: 1n },
  FEAT_CRC32:  { register: 'ID_AA64ISAR0_EL1', shift: 16n, least: 1n },
  FEAT_LSE:    { register: 'ID_AA64ISAR0_EL1', shift: 20n, least: 2n },
  FEAT_LOR:    { register: 'ID_AA64MMFR1_EL1', shift: 16n, least: 1n },
} as const;

/** An optional feature, by the manual's name. */
export type Feature = keyof typeof FEATURES;

const FIELD_BITS = 4;

/** The features that the identification registers of `model` announce: what a guest may use is what it is told. */
export const featuresOf = ({ identification }: CpuModel): ReadonlySet<string> =>
  new Set(
    Object.entries(FEATURES)
      .filter(([, { register, shift, least }]) => BigInt.asUintN(FIELD_BITS, (identification[register] ?? 0n) >> shift) >= least)
      .map(([name]) => name),
  );
