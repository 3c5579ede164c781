// SPDX-License-Identifier: MIT

/** What one kind of core is: its identification registers and what follows from them. */
export interface CpuModel {
  /** QEMU's name, as on the command line. */
  readonly name: string;
  /** Values of the identification registers by the manual's name; absent: 0. */
  readonly identification: Readonly<Record<string, bigint>>;
  /** CCSIDR_EL1 by CSSELR_EL1. */
  readonly cacheSizes: readonly bigint[];
  /** Breakpoint register pairs, 2 to 16 (ID_AA64DFR0_EL1.BRPs + 1). */
  readonly breakpoints: number;
  /** Watchpoint register pairs, 2 to 16. */
  readonly watchpoints: number;
  /** Breakpoints that compare a context, the highest-numbered ones. */
  readonly contextAwareBreakpoints: number;
  /** Bits of a physical address (ID_AA64MMFR0_EL1.PARange). */
  readonly physicalAddressBits: number;
}

/**
 * Differences from the cores' reference manuals, each because the engine has no such thing: AArch32
 * (PFR0: AArch64 only), the PMU (DFR0.PMUVer 0), mixed endianness (MMFR0.BigEnd 0), the optional
 * Cryptographic Extension (ISAR0). See docs/decisions/0008-processing-element.md.
 */
const COMMON = { ID_AA64PFR0_EL1: 0x1111n, DCZID_EL0: 0x4n, CLIDR_EL1: 0x0a20_0023n } as const;
const CORTEX_DEBUG = { breakpoints: 6, watchpoints: 4, contextAwareBreakpoints: 2 } as const;

/** The models by name. */
export const CPU_MODELS: Readonly<Record<'cortex-a53' | 'cortex-a57' | 'max', CpuModel>> = {
  'cortex-a53': {
    name: 'cortex-a53',
    identification: {
      ...COMMON,
      MIDR_EL1: 0x410f_d034n,
      CTR_EL0: 0x8444_8004n,
      ID_AA64DFR0_EL1: 0x1030_5006n,
      ID_AA64ISAR0_EL1: 0x0001_0000n,
      ID_AA64MMFR0_EL1: 0x1022n,
    },
    cacheSizes: [0x700f_e01an, 0x201f_e00an, 0x707f_e07an],
    ...CORTEX_DEBUG,
    physicalAddressBits: 40,
  },
  'cortex-a57': {
    name: 'cortex-a57',
    identification: {
      ...COMMON,
      MIDR_EL1: 0x411f_d070n,
      CTR_EL0: 0x8444_c004n,
      ID_AA64DFR0_EL1: 0x1030_5006n,
      ID_AA64ISAR0_EL1: 0x0001_0000n,
      ID_AA64MMFR0_EL1: 0x1024n,
    },
    cacheSizes: [0x701f_e00an, 0x201f_e012n, 0x70ff_e07an],
    ...CORTEX_DEBUG,
    physicalAddressBits: 44,
  },
  max: {
    name: 'max',
    identification: {
      ...COMMON,
      MIDR_EL1: 0x000f_0510n,
      CTR_EL0: 0x8444_c004n,
      ID_AA64DFR0_EL1: 0x10f0_f006n,
      ID_AA64ISAR0_EL1: 0x0021_0000n,
      ID_AA64MMFR0_EL1: 0x1025n,
      ID_AA64MMFR1_EL1: 0x1_0000n,
    },
    cacheSizes: [0x701f_e00an, 0x201f_e012n, 0x70ff_e07an],
    breakpoints: 16,
    watchpoints: 16,
    contextAwareBreakpoints: 2,
    physicalAddressBits: 48,
  },
};
