// SPDX-License-Identifier: MIT
import type { HostKind, Workbench } from '../workbench/index.js';

/** Files of a folder to work in: by path in the folder, the project's file that is copied, or a text as it is. */
export type Folder = Readonly<Record<string, { readonly from: string } | { readonly text: string }>>;

/** The settings of a launch configuration. */
export type Configuration = Readonly<Record<string, unknown>>;

/** The kinds of extension host in which a walk is done. */
export type WalkHosts = HostKind | 'both';

/** One walk through the workbench: requirements' sentences and what a person would do and see. */
export interface Walk {
  /** `ST-VSC-nnn` and a sentence that can be false. */
  readonly title: string;
  /**
   * `both` where the hosts differ: how files are found and copied, how the package is installed and trusted. What comes from the engine and is drawn
   * by VS Code is the same code in both, and is looked at in one, by turns.
   */
  readonly hosts: WalkHosts;
  /** What the folder holds for this walk. */
  readonly files: Folder;
  /** What F5 starts; for a walk that has none there is no launch file. */
  readonly configuration?: Configuration;
  /** Whether it runs with the package installed and VS Code as it comes, where others run the working tree and are trusted. */
  readonly isNewUser: boolean;
  run(bench: Workbench): Promise<void>;
}

const walks: Walk[] = [];

/** Registers a walk. It finds the workbench as a new window has it, with its configuration chosen. */
export function walk(title: string, hosts: WalkHosts, files: Folder, configuration: Configuration, run: Walk['run']): void {
  walks.push({ title, hosts, files, configuration, isNewUser: false, run });
}

/** Registers a walk in a folder without a launch file. */
export function walkWithoutLaunchFile(title: string, hosts: WalkHosts, files: Folder, run: Walk['run']): void {
  walks.push({ title, hosts, files, isNewUser: false, run });
}

/** Registers a walk of somebody who has just installed the package. */
export function walkOfNewUser(title: string, hosts: WalkHosts, files: Folder, run: Walk['run']): void {
  walks.push({ title, hosts, files, isNewUser: true, run });
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

/** A launch file with configurations by their names. */
export function launchFile(configurations: Readonly<Record<string, Configuration>>): Folder {
  const whole = Object.entries(configurations).map(([name, settings]) => ({ type: 'steptrap', request: 'launch', name, ...settings }));
  return { '.vscode/launch.json': { text: JSON.stringify({ version: '0.2.0', configurations: whole }, undefined, 2) } };
}

/** The id that a walk's title begins with. */
export const idOf = ({ title }: Walk): string => /^ST-VSC-\d+/.exec(title)?.[0] ?? title;

/** The folder in which a walk runs. A new user has one of his own; all others are in one, whichever of them are wanted. */
export function folderOf(walk: Walk): Folder {
  if (walk.isNewUser) return walk.files;
  const sharing = walks.filter(({ isNewUser }) => !isNewUser);
  const configurations = sharing.flatMap(one => (one.configuration === undefined ? [] : [[idOf(one), one.configuration] as const]));
  return Object.assign({}, ...sharing.map(({ files }) => files), launchFile(Object.fromEntries(configurations))) as Folder;
}

/** The path of a sample's program in a launch file. */
export const programOf = (name: string): string => `\${workspaceFolder}/samples/${name}/${name}.aarch64.O0.elf`;
