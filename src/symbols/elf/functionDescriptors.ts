// SPDX-License-Identifier: MIT
import { ByteReader, type VirtualAddress, virtualAddress } from '../../base/index.js';
import { EM } from './constants.js';
import type { ElfFile, ElfSection } from './elfFile.js';

/** 64-bit ELF V1 ABI for Power, Function Descriptors: entry point, TOC base, environment pointer. */
export const DESCRIPTOR_BYTES = 24;

/** The section of function descriptors. */
const DESCRIPTORS = '.opd';

/** What is needed of a file whose symbols are not read yet. */
type FileWithSections = Pick<ElfFile, 'machine' | 'elfClass' | 'endianness' | 'section'>;

/** The function descriptors of a file; `undefined` if it has none. */
export function functionDescriptors(elf: FileWithSections): FunctionDescriptors | undefined {
  const section = elf.machine === EM.EM_PPC64 && elf.elfClass === 64 ? elf.section(DESCRIPTORS) : undefined;
  return section === undefined || section.bytes.length === 0 ? undefined : new FunctionDescriptors(section, elf);
}

/** `.opd`: what the symbols of functions, function pointers and e_entry name instead of code. */
export class FunctionDescriptors {
  constructor(
    readonly section: ElfSection,
    readonly elf: FileWithSections,
  ) {}

  /** Whether `address` lies in the section. */
  holds(address: bigint): boolean {
    return this.section.address <= address && address < this.section.address + BigInt(this.section.bytes.length);
  }

  /** The code that the descriptor at `address` leads to; `undefined` if there is none. */
  entryPointAt(address: bigint): VirtualAddress | undefined {
    if (!this.holds(address)) return undefined;
    const reader = new ByteReader(this.section.bytes, this.elf.endianness, Number(address - this.section.address));
    const entryPoint = reader.u64();
    return reader.overrun ? undefined : virtualAddress(entryPoint);
  }
}
