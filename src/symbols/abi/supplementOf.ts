// SPDX-License-Identifier: MIT
import { EF_PPC64, EM, TAG_GNU_POWER_ABI_FP } from '../elf/constants.js';
import type { ElfFile } from '../elf/elfFile.js';
import { gnuAttributes } from '../elf/gnuAttributes.js';
import { AAPCS64 } from './aarch64.js';
import { ELF_V1, ELF_V2 } from './power64.js';
import type { ProcessorSupplement } from './processorSupplement.js';

/** The processor supplement that the code of `elf` keeps to; `undefined` for processors that are not known here. */
export function processorSupplementOf(
  elf: Pick<ElfFile, 'machine' | 'elfClass' | 'flags' | 'endianness' | 'section'>,
): ProcessorSupplement | undefined {
  if (elf.elfClass !== 64) return undefined;
  if (elf.machine === EM.EM_AARCH64) return AAPCS64;
  if (elf.machine !== EM.EM_PPC64) return undefined;
  const abi = elf.flags & EF_PPC64.EF_PPC64_ABI;
  // Objects of the assembler alone may not tell; there is no little-endian V1.
  const isV1 = abi === 1 || (abi === 0 && elf.endianness === 'big');
  const supplement = isV1 ? ELF_V1 : ELF_V2;
  return hasIeeeLongDouble(elf) ? { ...supplement, longDouble: 'binary128' } : supplement;
}

/** Whether the compiler was told that a long double is IEEE binary128. */
function hasIeeeLongDouble(elf: Pick<ElfFile, 'endianness' | 'section'>): boolean {
  const { tag, longDoubleMask, longDoubleIeee } = TAG_GNU_POWER_ABI_FP;
  const value = gnuAttributes(elf.section('.gnu.attributes')?.bytes ?? new Uint8Array(), elf.endianness).get(tag) ?? 0;
  return (value & longDoubleMask) === longDoubleIeee;
}
