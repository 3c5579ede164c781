// SPDX-License-Identifier: MIT
import { EF_PPC64, EM } from '../elf/constants.js';
import type { ElfFile } from '../elf/elfFile.js';
import { AAPCS64 } from './aarch64.js';
import { ELF_V1, ELF_V2 } from './power64.js';
import type { ProcessorSupplement } from './processorSupplement.js';

/** The processor supplement that the code of `elf` keeps to; `undefined` for processors that are not known here. */
export function processorSupplementOf(
  elf: Pick<ElfFile, 'machine' | 'elfClass' | 'flags' | 'endianness'>,
): ProcessorSupplement | undefined {
  if (elf.elfClass !== 64) return undefined;
  if (elf.machine === EM.EM_AARCH64) return AAPCS64;
  if (elf.machine !== EM.EM_PPC64) return undefined;
  const abi = elf.flags & EF_PPC64.EF_PPC64_ABI;
  // Objects of the assembler alone may not tell; there is no little-endian V1.
  if (abi === 0) return elf.endianness === 'little' ? ELF_V2 : ELF_V1;
  return abi === 1 ? ELF_V1 : ELF_V2;
}
