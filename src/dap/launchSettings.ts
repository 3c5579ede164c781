// SPDX-License-Identifier: MIT
import { MEMORY_LIMITS, QUIRKS, VIRT } from '../debug/index.js';

/**
 * The launch configuration as one table: the adapter's checks, the command line's options and the
 * editor's schema are made from these rows and from nothing else.
 */

/** An additional file with symbols, and where it lies if that differs from its own addresses. */
export interface SymbolFileSetting {
  readonly path: string;
  /** Address at which the file's lowest loaded byte lies; `undefined`: as linked. */
  readonly address?: bigint;
}

/** One attribute of the launch configuration. `kind` decides what it may hold. */
export type Setting = { readonly description: string } & (
  | { readonly kind: 'file' | 'text'; readonly default?: string }
  | { readonly kind: 'address' }
  | { readonly kind: 'choice'; readonly values: Readonly<Record<string, string>>; readonly default?: string }
  | { readonly kind: 'flag'; readonly default?: boolean }
  | { readonly kind: 'count'; readonly minimum: number; readonly maximum: number; readonly default?: number }
  | { readonly kind: 'size'; readonly minimum: number; readonly maximum: number; readonly granule: number; readonly default?: string }
  | { readonly kind: 'symbolFiles' }
  | { readonly kind: 'switches'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'sourceMap' }
);

/** CPU names are QEMU's; each belongs to the machines that have it. */
export const CPUS_OF_MACHINE = {
  virt: ['cortex-a53', 'cortex-a57', 'max'],
  pseries: ['power8', 'power9', 'power10'],
  ppce500: ['e500v2', 'e500mc'],
} as const;

/** The machines that this version can run; the others of `CPUS_OF_MACHINE` are refused by name. */
export const AVAILABLE_MACHINES: readonly (keyof typeof CPUS_OF_MACHINE)[] = ['virt', 'pseries'];

const CPU_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(CPUS_OF_MACHINE).flatMap(([machine, names]) => names.map(name => [name, `A CPU of machine ${machine}.`])),
);

// biome-ignore format: a table
export const LAUNCH_SETTINGS = {
  program: { kind: 'file',
    description: 'ELF file with symbols and debug information. It is also what boots, unless "kernel" is given.' },
  kernel: { kind: 'file',
    description: 'Image that boots: an ELF, an arm64 Image, or a raw file with "loadAddress".' },
  loadAddress: { kind: 'address',
    description: 'Physical address at which a raw "kernel" file is loaded and entered, for example "0x40080000".' },
  initrd: { kind: 'file',
    description: 'Initial RAM disk, named to the guest in its device tree.' },
  append: { kind: 'text',
    description: 'Command line of the guest kernel.' },
  dtb: { kind: 'file',
    description: 'Device tree that replaces the one the machine makes. What "append" and "initrd" say is put into its /chosen.' },
  firmware: { kind: 'file',
    description: 'Firmware image that boots before the kernel. No machine takes one in this version.' },
  machine: { kind: 'choice',
    description: 'The machine. Without it, the one that fits the ELF file.',
    values: { virt: 'ARM64: PL011, PSCI.', pseries: 'POWER, Book3S: hypercalls, RTAS.', ppce500: 'POWER, BookE: CCSR, 16550. Not in this version.' } },
  cpu: { kind: 'choice', values: CPU_NAMES,
    description: 'The CPU model, by QEMU\'s name. Without it, the machine\'s own choice.' },
  smp: { kind: 'count', minimum: 1, maximum: VIRT.maximumCpus, default: 1,
    description: 'Number of vCPUs, from 1 to 64, on machine pseries to 8. The first one boots; the guest starts the others: by PSCI CPU_ON, or by RTAS start-cpu.' },
  memory: { kind: 'size', minimum: MEMORY_LIMITS.minimum, maximum: MEMORY_LIMITS.maximum, granule: MEMORY_LIMITS.granule, default: '128M',
    description: 'Guest RAM, from 16M to 3G in steps of 64K.' },
  kvm: { kind: 'choice', values: { hv: 'KVM-HV: the guest runs in privileged state.', pr: 'KVM-PR: the guest runs in problem state, and KVM emulates what is privileged.' },
    description: 'Which KVM a POWER machine runs under; "hv" if it is left out. Machine virt has one only.' },
  fidelity: { kind: 'choice', default: 'exact',
    description: 'How true the debug mechanisms are to today\'s kernel.',
    values: { exact: 'The mechanisms of KVM with every gap closed.', kernel: 'As Linux 6.1 with QEMU 7.2 behave, gaps included.' } },
  quirks: { kind: 'switches', values: Object.fromEntries(QUIRKS.map(({ name, sentence }) => [name, sentence])),
    description: 'Single quirks that differ from what "fidelity" says: true switches one on, false off.' },
  symbolFiles: { kind: 'symbolFiles',
    description: 'More files with symbols: a path, or an object with "path" and "address". Symbols stay where the file is linked; another address is refused.' },
  sourceMap: { kind: 'sourceMap',
    description: 'Where sources lie: each key is the beginning of a path in the debug information, its value what replaces it.' },
  stopOnEntry: { kind: 'flag', default: true,
    description: 'Stop at the first instruction of the guest.' },
  stopAt: { kind: 'text',
    description: 'Symbol or address at which the guest stops first, for example "main" or "0x40080000".' },
  stepInterrupts: { kind: 'choice', default: 'over',
    description: 'What a step does with an interrupt that is taken first.',
    values: { over: 'The handler runs; the stop comes after the stepped instruction.', into: 'The stop comes at the first instruction of the handler.' } },
  stepMethod: { kind: 'choice', values: { trace: 'MSR[SE], the way of the Trace interrupt.', ciabr: 'CIABR, where the guest does not use it and the instruction is traced; elsewhere as "trace".' },
    description: 'By what a POWER guest under KVM-HV is stepped; "trace" if it is left out. Other kernels step by themselves.' },
  schedulerLocking: { kind: 'choice', default: 'step',
    description: 'Which vCPUs run while one is resumed or stepped, in gdb\'s words.',
    values: { off: 'All run.', on: 'Only the resumed or stepped one runs.', step: 'Only the stepped one runs; continue, run to cursor and step out run all.', replay: 'As "on" while a recording is replayed, as "off" otherwise. There are no recordings yet.' } },
  breakpointMode: { kind: 'choice', default: 'auto',
    description: 'How breakpoints are made, unless one says its own mode.',
    values: { auto: 'Breakpoint registers of the CPU while some are free, then in the emulator.', hardware: 'Breakpoint registers of the CPU, as many as it has.', software: 'Trap instructions in guest memory; data breakpoints as with "auto".', engine: 'In the emulator, unlimited and invisible to the guest.' } },
  console: { kind: 'choice', default: 'debugConsole',
    description: 'Where the guest\'s console appears.',
    values: { debugConsole: 'In the debug console.', integratedTerminal: 'In a terminal of the editor.' } },
  trace: { kind: 'choice', default: 'off',
    description: 'What is written to the debug console besides.',
    values: { off: 'Nothing.', dap: 'Each message of the adapter.', kvm: 'Each call of KVM and each exit, in the kernel\'s words.' } },
  maximumInstructions: { kind: 'count', minimum: 1, maximum: Number.MAX_SAFE_INTEGER,
    description: 'The guest is stopped for good after this many instructions, counted over all vCPUs.' },
} as const satisfies Readonly<Record<string, Setting>>;

/** The name of a launch attribute. */
export type SettingName = keyof typeof LAUNCH_SETTINGS;

/** The value that a setting of the row `S` has after checking. Sizes are in bytes, addresses 64 bits. */
export type ValueOf<S extends Setting> = S extends { readonly kind: 'choice' }
  ? Extract<keyof S['values'], string>
  : S extends { readonly kind: 'flag' }
    ? boolean
    : S extends { readonly kind: 'count' | 'size' }
      ? number
      : S extends { readonly kind: 'address' }
        ? bigint
        : S extends { readonly kind: 'symbolFiles' }
          ? readonly SymbolFileSetting[]
          : S extends { readonly kind: 'switches' }
            ? Readonly<Record<string, boolean>>
            : S extends { readonly kind: 'sourceMap' }
              ? Readonly<Record<string, string>>
              : string;

type Table = typeof LAUNCH_SETTINGS;

/** A checked launch configuration: a value for each setting with a default, `undefined` where none was given. */
export type LaunchConfiguration = {
  readonly [K in SettingName]: ValueOf<Table[K]> | (Table[K] extends { readonly default: unknown } ? never : undefined);
};
