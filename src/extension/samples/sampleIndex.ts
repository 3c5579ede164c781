// SPDX-License-Identifier: MIT
import { isRecord } from '../../dap/index.js';

/** A guest that comes with the extension. */
export interface Sample {
  readonly name: string;
  /** What it shows. */
  readonly description: string;
  /** Launch settings that it needs to show it. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names of its files in `samples/<name>/`: sources and built ELF files. */
  readonly files: readonly string[];
}

/** All samples, and the sources that all of them are built with. */
export interface SampleIndex {
  readonly samples: readonly Sample[];
  readonly shared: { readonly folder: string; readonly files: readonly string[] };
}

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter(each => typeof each === 'string') : []);

/** Reads `samples/index.json`; what is not as it should be is left out. */
export function parseSampleIndex(text: string): SampleIndex {
  const index: unknown = JSON.parse(text);
  const { samples, shared } = isRecord(index) ? index : {};
  return {
    samples: (Array.isArray(samples) ? samples : []).filter(isRecord).map(sample => ({
      name: String(sample['name']),
      description: String(sample['description']),
      settings: isRecord(sample['settings']) ? sample['settings'] : {},
      files: textsOf(sample['files']),
    })),
    shared: isRecord(shared) ? { folder: String(shared['folder']), files: textsOf(shared['files']) } : { folder: '', files: [] },
  };
}

/** The ELF files of a sample, the one that is easiest to follow first. */
export const programsOf = (sample: Sample): readonly string[] => sample.files.filter(file => file.endsWith('.elf')).sort();

/** How a built program is named: `counter.aarch64.O0.elf`. */
const BUILD = /\.(\w+)\.(O\w)\.elf$/;

/** `aarch64` for `counter.aarch64.O0.elf`; `undefined` if that is no name of a sample's program. */
export const isaOf = (program: string): string | undefined => BUILD.exec(program)?.[1];

/** `aarch64, -O0` for `counter.aarch64.O0.elf`. */
export function buildOf(program: string): string {
  const [, isa, level] = BUILD.exec(program) ?? [];
  return isa === undefined ? program : `${isa}, -${level}`;
}

/** What a launch of one of a sample's programs says, wherever it lies. */
export function settingsOf(sample: Sample, program: string): Readonly<Record<string, unknown>> {
  // KVM's own mechanism for breakpoints on POWER, which has no registers for them, is what the samples show.
  const isPower = isaOf(program)?.startsWith('ppc') === true;
  return { type: 'steptrap', request: 'launch', stopAt: 'main', ...(isPower ? { breakpointMode: 'software' } : {}), ...sample.settings };
}

/** Where the debug information of the samples has their sources. */
const BUILD_FOLDER = 'samples';

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of launch files.
const FOLDER = '${workspaceFolder}';

/** The launch file of a sample that was copied into a folder of its own: one configuration for each program, those for `isa` first. */
export function launchFileOf(sample: Sample, { shared }: SampleIndex, isa?: string): string {
  const programs = programsOf(sample);
  const wanted = programs.filter(program => isaOf(program) === isa);
  const configurations = [...wanted, ...programs.filter(program => !wanted.includes(program))].map(program => ({
    name: `${sample.name} (${buildOf(program)})`,
    program: `${FOLDER}/${program}`,
    ...settingsOf(sample, program),
    sourceMap: {
      [`${BUILD_FOLDER}/${sample.name}`]: FOLDER,
      [`${BUILD_FOLDER}/${shared.folder}`]: `${FOLDER}/${shared.folder}`,
    },
  }));
  return `${JSON.stringify({ version: '0.2.0', configurations }, undefined, 2)}\n`;
}
