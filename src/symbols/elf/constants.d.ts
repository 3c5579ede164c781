/** ELF Header, e_ident. */
export declare const ELFCLASS: {
    readonly ELFCLASS32: 1;
    readonly ELFCLASS64: 2;
};
/** ELF Header, e_ident. */
export declare const ELFDATA: {
    readonly ELFDATA2LSB: 1;
    readonly ELFDATA2MSB: 2;
};
/** ELF Header, e_type. */
export declare const ET: {
    readonly ET_NONE: 0;
    readonly ET_REL: 1;
    readonly ET_EXEC: 2;
    readonly ET_DYN: 3;
    readonly ET_CORE: 4;
};
/** ELF Header, e_machine: the ones that have a name here. */
export declare const EM: {
    readonly EM_NONE: 0;
    readonly EM_386: 3;
    readonly EM_PPC: 20;
    readonly EM_PPC64: 21;
    readonly EM_S390: 22;
    readonly EM_ARM: 40;
    readonly EM_X86_64: 62;
    readonly EM_AARCH64: 183;
    readonly EM_RISCV: 243;
};
/** Sections, Special Section Indexes. */
export declare const SHN: {
    readonly SHN_UNDEF: 0;
    readonly SHN_LORESERVE: 65280;
    readonly SHN_ABS: 65521;
    readonly SHN_COMMON: 65522;
    readonly SHN_XINDEX: 65535;
};
/** Sections, sh_type. */
export declare const SHT: {
    readonly SHT_NULL: 0;
    readonly SHT_PROGBITS: 1;
    readonly SHT_SYMTAB: 2;
    readonly SHT_STRTAB: 3;
    readonly SHT_RELA: 4;
    readonly SHT_HASH: 5;
    readonly SHT_DYNAMIC: 6;
    readonly SHT_NOTE: 7;
    readonly SHT_NOBITS: 8;
    readonly SHT_REL: 9;
    readonly SHT_DYNSYM: 11;
    readonly SHT_SYMTAB_SHNDX: 18;
};
/** Sections, sh_flags. */
export declare const SHF: {
    readonly SHF_WRITE: 1;
    readonly SHF_ALLOC: 2;
    readonly SHF_EXECINSTR: 4;
    readonly SHF_TLS: 1024;
    readonly SHF_COMPRESSED: 2048;
};
/** Symbol Table, symbol types. */
export declare const STT: {
    readonly STT_NOTYPE: 0;
    readonly STT_OBJECT: 1;
    readonly STT_FUNC: 2;
    readonly STT_SECTION: 3;
    readonly STT_FILE: 4;
    readonly STT_COMMON: 5;
    readonly STT_TLS: 6;
    readonly STT_GNU_IFUNC: 10;
};
/** Symbol Table, symbol binding. */
export declare const STB: {
    readonly STB_LOCAL: 0;
    readonly STB_GLOBAL: 1;
    readonly STB_WEAK: 2;
    readonly STB_GNU_UNIQUE: 10;
};
/** Program Header, p_type. */
export declare const PT: {
    readonly PT_NULL: 0;
    readonly PT_LOAD: 1;
    readonly PT_DYNAMIC: 2;
    readonly PT_INTERP: 3;
    readonly PT_NOTE: 4;
    readonly PT_SHLIB: 5;
    readonly PT_PHDR: 6;
    readonly PT_TLS: 7;
};
/** Program Header, p_flags. */
export declare const PF: {
    readonly PF_X: 1;
    readonly PF_W: 2;
    readonly PF_R: 4;
};
