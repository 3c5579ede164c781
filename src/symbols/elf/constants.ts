// SPDX-License-Identifier: MIT
// System V Application Binary Interface, "Object Files" (ELF), with the processor supplements' machine numbers.

/** ELF Header, e_ident. */
// prettier-ignore
export const ELFCLASS = { ELFCLASS32: 1, ELFCLASS64: 2 } as const;

/** ELF Header, e_ident. */
// prettier-ignore
export const ELFDATA = { ELFDATA2LSB: 1, ELFDATA2MSB: 2 } as const;

/** ELF Header, e_type. */
// prettier-ignore
export const ET = { ET_NONE: 0, ET_REL: 1, ET_EXEC: 2, ET_DYN: 3, ET_CORE: 4 } as const;

/** ELF Header, e_machine: the ones that have a name here. */
// prettier-ignore
export const EM = {
  EM_NONE: 0,
  EM_386: 3,
  EM_PPC: 20,
  EM_PPC64: 21,
  EM_S390: 22,
  EM_ARM: 40,
  EM_X86_64: 62,
  EM_AARCH64: 183,
  EM_RISCV: 243,
} as const;

/** Sections, Special Section Indexes. */
// prettier-ignore
export const SHN = { SHN_UNDEF: 0, SHN_LORESERVE: 0xff00, SHN_ABS: 0xfff1, SHN_COMMON: 0xfff2, SHN_XINDEX: 0xffff } as const;

/** Sections, sh_type. */
// prettier-ignore
export const SHT = {
  SHT_NULL: 0,
  SHT_PROGBITS: 1,
  SHT_SYMTAB: 2,
  SHT_STRTAB: 3,
  SHT_RELA: 4,
  SHT_HASH: 5,
  SHT_DYNAMIC: 6,
  SHT_NOTE: 7,
  SHT_NOBITS: 8,
  SHT_REL: 9,
  SHT_DYNSYM: 11,
  SHT_SYMTAB_SHNDX: 18,
} as const;

/** Sections, sh_flags. */
// prettier-ignore
export const SHF = { SHF_WRITE: 0x1, SHF_ALLOC: 0x2, SHF_EXECINSTR: 0x4, SHF_TLS: 0x400, SHF_COMPRESSED: 0x800 } as const;

/** Symbol Table, symbol types. */
// prettier-ignore
export const STT = {
  STT_NOTYPE: 0,
  STT_OBJECT: 1,
  STT_FUNC: 2,
  STT_SECTION: 3,
  STT_FILE: 4,
  STT_COMMON: 5,
  STT_TLS: 6,
  STT_GNU_IFUNC: 10,
} as const;

/** Symbol Table, symbol binding. */
// prettier-ignore
export const STB = { STB_LOCAL: 0, STB_GLOBAL: 1, STB_WEAK: 2, STB_GNU_UNIQUE: 10 } as const;

/** Program Header, p_type. */
// prettier-ignore
export const PT = { PT_NULL: 0, PT_LOAD: 1, PT_DYNAMIC: 2, PT_INTERP: 3, PT_NOTE: 4, PT_SHLIB: 5, PT_PHDR: 6, PT_TLS: 7 } as const;

/** Program Header, p_flags. */
// prettier-ignore
export const PF = { PF_X: 0x1, PF_W: 0x2, PF_R: 0x4 } as const;

/** 64-bit ELF ABI for Power, e_flags: the ABI of the file's functions; 0 if it does not tell. */
// prettier-ignore
export const EF_PPC64 = { EF_PPC64_ABI: 0x3 } as const;

/** 64-bit ELF V2 ABI for Power, Symbol Values, st_other: log2 of the distance from the global to the local entry point. */
// prettier-ignore
export const STO_PPC64 = { STO_PPC64_LOCAL_BIT: 5, STO_PPC64_LOCAL_MASK: 0xe0 } as const;

/** GNU assembler, Object Attributes, PowerPC: what floating point the file uses; bits 3:2 say what a long double is. */
// prettier-ignore
export const TAG_GNU_POWER_ABI_FP = { tag: 4, longDoubleMask: 0xc, longDoubleIeee: 0xc } as const;
