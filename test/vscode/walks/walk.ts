// SPDX-License-Identifier: MIT
import type { Workbench } from '../workbench/index.js';

/** Files of a folder to work in: by path in the folder, the project's file that is copied, or a text as it is. */
export type Folder = Readonly<Record<string, { readonly from: string } | { readonly text: string }>>;

/** One walk through the workbench: requirements' sentences and what a person would do and see. */
export interface Walk {
  /** `ST-VSC-nnn` and a sentence that can be false. */
  readonly title: string;
  readonly folder: Folder;
  /** Whether it runs with the package installed and VS Code as it comes, where others run the working tree and are trusted. */
  readonly isNewUser: boolean;
  run(bench: Workbench): Promise<void>;
}

const walks: Walk[] = [];

/** Registers a walk; it is run once for each host. */
export function walk(title: string, folder: Folder, run: Walk['run']): void {
  walks.push({ title, folder, isNewUser: false, run });
}

/** Registers a walk of somebody who has just installed the package. */
export function walkOfNewUser(title: string, folder: Folder, run: Walk['run']): void {
  walks.push({ title, folder, isNewUser: true, run });
}

/** All walks in the order in which they were registered. */
export const allWalks = (): readonly Walk[] => walks;

const START = ['aarch64.S', 'console.c', 'console.h', 'pl011.h'].map(name => `samples/start/${name}`);

/** A sample's program and sources, where its debug information says that they are. */
export function sample(name: string, ...others: readonly string[]): Folder {
  const own = [`${name}.aarch64.O0.elf`, `${name}.c`, ...others].map(file => `samples/${name}/${file}`);
  return Object.fromEntries([...own, ...START].map(path => [path, { from: path }]));
}

const POWER_START = ['power64.S', 'console.c', 'console.h', 'vty.h', 'papr.h', 'rtas.c'].map(name => `samples/start/${name}`);

/** The same of a sample for POWER. */
export function powerSample(name: string, program: string): Folder {
  return Object.fromEntries([program, `samples/${name}/${name}.c`, ...POWER_START].map(path => [path, { from: path }]));
}

/** A launch file with one configuration. */
export function launchFile(configuration: Readonly<Record<string, unknown>>): Folder {
  const whole = { type: 'steptrap', request: 'launch', name: 'Guest', ...configuration };
  return { '.vscode/launch.json': { text: JSON.stringify({ version: '0.2.0', configurations: [whole] }, undefined, 2) } };
}

/** The path of a sample's program in a launch file. */
export const programOf = (name: string): string => `\${workspaceFolder}/samples/${name}/${name}.aarch64.O0.elf`;
