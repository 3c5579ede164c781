// SPDX-License-Identifier: MIT
import type { LaunchOptions } from '../debug/index.js';
import { refuse, type Reply, reply } from './errors.js';
import { GuestConsole } from './guestConsole.js';
import { checkLaunchConfiguration } from './launchConfiguration.js';
import type { LaunchConfiguration } from './launchSettings.js';
import type { LaunchedGuest, Session } from './session.js';
import { SourcePaths } from './sourcePaths.js';

type LoadedFile = { readonly path: string; readonly bytes: Uint8Array };

/** Checks what the client gave, reads the files that it names and makes the guest. Each failure is one sentence that names the setting. */
export async function launchGuest(session: Session, given: unknown): Promise<Reply<LaunchedGuest>> {
  const checked = checkLaunchConfiguration(given);
  if (!checked.ok) return checked;
  const configuration = checked.value;
  const console = new GuestConsole();
  const options = await launchOptions(session, configuration, console);
  if (!options.ok) return options;
  const target = session.makeTarget(options.value);
  if (!target.ok) return refuse('launchFailed', target.error.message);
  const debugPaths = target.value.sources.map(source => source.path);
  const paths = await SourcePaths.find(session.host.files, options.value.program.path, debugPaths, configuration.sourceMap);
  const guest = session.adopt(target.value, { ...configuration, given }, paths, console);
  reportProblems(session, guest);
  return reply(guest);
}

async function launchOptions(session: Session, configuration: LaunchConfiguration, console: GuestConsole): Promise<Reply<LaunchOptions>> {
  const programPath = configuration.program ?? configuration.kernel ?? '';
  const program = await load(session, configuration.program === undefined ? 'kernel' : 'program', programPath);
  if (!program.ok) return program;
  const files: { kernel?: LoadedFile; initrd?: Uint8Array; dtb?: Uint8Array } = {};
  for (const name of ['kernel', 'initrd', 'dtb'] as const) {
    const path = configuration[name];
    if (path === undefined || (name === 'kernel' && configuration.program === undefined)) continue;
    const file = await load(session, name, path);
    if (!file.ok) return file;
    if (name === 'kernel') files.kernel = file.value;
    else files[name] = file.value.bytes;
  }
  const symbolFiles = [];
  for (const { path, address } of configuration.symbolFiles ?? []) {
    const file = await load(session, 'symbolFiles', path);
    if (!file.ok) return file;
    symbolFiles.push({ path, bytes: file.value.bytes, address });
  }
  return reply({
    program: program.value,
    ...files,
    symbolFiles,
    console,
    append: configuration.append,
    machine: configuration.machine,
    cpu: configuration.cpu,
    smp: configuration.smp,
    memoryBytes: configuration.memory,
    fidelity: configuration.fidelity,
    breakpointMode: configuration.breakpointMode,
    schedulerLocking: configuration.schedulerLocking,
    stepInterrupts: configuration.stepInterrupts,
  });
}

async function load(session: Session, setting: string, path: string): Promise<Reply<LoadedFile>> {
  const bytes = await session.host.files.read(path);
  return bytes.ok ? reply({ path, bytes: bytes.value }) : refuse('launchFailed', `Setting "${setting}": ${bytes.error.message}`);
}

/** How many problems of a damaged file are told at launch; the module list has all. */
const TOLD_PROBLEMS = 3;

function reportProblems(session: Session, guest: LaunchedGuest): void {
  for (const module of guest.target.modules) {
    const told = module.problems.slice(0, TOLD_PROBLEMS);
    if (!module.hasDebugInformation)
      session.send('output', { category: 'console', output: `${module.path} has no debug information; only its symbols are known.\n` });
    for (const problem of told) session.send('output', { category: 'important', output: `${module.path}: ${problem}\n` });
  }
}
