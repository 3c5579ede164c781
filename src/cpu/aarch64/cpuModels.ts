// SPDX-License-Identifier: MIT

/** What one kind of core is: its identification registers, which say the rest. */
export interface CpuModel {
  /** QEMU's name, as on the command line. */
  readonly name: string;
  /** Values of the identification registers by the manual's name. */
  readonly identification: Readonly<Record<string, bigint>>;
  /** Breakpoint register pairs, 2 to 16 (ID_AA64DFR0_EL1.BRPs + 1). */
  readonly breakpoints: number;
  /** Watchpoint register pairs, 2 to 16. */
  readonly watchpoints: number;
  /** Breakpoints that compare a context, the highest-numbered ones. */
  readonly contextAwareBreakpoints: number;
  /** Bits of a physical address (ID_AA64MMFR0_EL1.PARange). */
  readonly physicalAddressBits: number;
}

const DEBUG_PAIRS = { breakpoints: 6, watchpoints: 4, contextAwareBreakpoints: 2 } as const;

/** The models by name. */
export const CPU_MODELS: Readonly<Record<'cortex-a53' | 'cortex-a57' | 'max', CpuModel>> = {
  'cortex-a53': { name: 'cortex-a53', identification: {}, ...DEBUG_PAIRS, physicalAddressBits: 40 },
  'cortex-a57': { name: 'cortex-a57', identification: {}, ...DEBUG_PAIRS, physicalAddressBits: 44 },
  max: {
    name: 'max',
    identification: {},
    breakpoints: 16,
    watchpoints: 16,
    contextAwareBreakpoints: 2,
    physicalAddressBits: 48,
  },
};
