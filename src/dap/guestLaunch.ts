// SPDX-License-Identifier: MIT
import type { Failure, Files, VirtualAddress } from '../base/index.js';
import type { DebugTarget, LaunchOptions } from '../debug/index.js';
import { type Reply, refuse, reply } from './errors.js';
import { GuestConsole } from './guestConsole.js';
import { checkLaunchConfiguration } from './launchConfiguration.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { LAUNCH_SETTINGS, type LaunchConfiguration } from './launchSettings.js';
import type { Loading } from './loading.js';
import { elfAround, isElf } from './rawImage.js';
import type { Session } from './session.js';
import { SourcePaths } from './sourcePaths.js';
import { readSymbols } from './symbolLoading.js';

type LoadedFile = { readonly path: string; readonly bytes: Uint8Array };

/** Makes a guest of what the client gave and gives it to the session. */
export async function launchGuest(session: Session, given: unknown): Promise<Reply<LaunchedGuest>> {
  const prepared = await prepareGuest(session, given);
  return prepared.ok ? reply(prepared.value()) : prepared;
}

/**
 * Checks what the client gave, reads the files that it names and makes the guest. Each failure is one sentence that names the
 * setting; until the result is called, the session is as it was.
 */
export async function prepareGuest(session: Session, given: unknown): Promise<Reply<() => LaunchedGuest>> {
  const loading = session.beginLoading();
  try {
    return await load(session, loading, given);
  } finally {
    session.endLoading();
  }
}

async function load(session: Session, loading: Loading, given: unknown): Promise<Reply<() => LaunchedGuest>> {
  const checked = checkLaunchConfiguration(given);
  if (!checked.ok) return checked;
  const configuration = checked.value;
  const console = new GuestConsole();
  const options = await launchOptions(session.host.files, configuration, console);
  if (!options.ok) return options;
  const target = session.makeTarget(options.value);
  if (!target.ok) return refuse('launchFailed', launchSentence(target.error, configuration));
  const loaded = await readSymbols(session, loading, target.value, options.value.program.path);
  const firstStop = loaded.ok ? addressOfStopAt(target.value, configuration) : loaded;
  if (!firstStop.ok) {
    target.value.dispose();
    return firstStop;
  }
  const debugPaths = target.value.sources.map(source => source.path);
  const paths = await SourcePaths.find(session.host.files, options.value.program.path, debugPaths, configuration.sourceMap);
  return reply(() => {
    const guest = session.adopt({
      target: target.value,
      configuration: { ...configuration, given },
      paths,
      console,
      firstStop: firstStop.value,
    });
    reportProblems(session, guest);
    return guest;
  });
}

/** Where the guest shall stop first, if the configuration says that. */
function addressOfStopAt(target: DebugTarget, { stopAt }: LaunchConfiguration): Reply<VirtualAddress | undefined> {
  if (stopAt === undefined) return reply(undefined);
  const address = target.resolveStop(stopAt, 0);
  return address.ok ? address : refuse('launchFailed', `Setting "stopAt" cannot be used: ${address.error.message}`);
}

/** Why no guest could be made; begins with the setting that it is about, where it is about one. */
function launchSentence({ code, message }: Failure, { program }: LaunchConfiguration): string {
  const setting = code === 'program' && program === undefined ? 'kernel' : code;
  return Object.hasOwn(LAUNCH_SETTINGS, setting) ? `Setting "${setting}": ${message}` : message;
}

/** Reads the files that a checked configuration names and makes the debugger's options of it. */
export async function launchOptions(
  files: Files,
  configuration: LaunchConfiguration,
  console: GuestConsole,
): Promise<Reply<LaunchOptions>> {
  const programPath = configuration.program ?? configuration.kernel ?? '';
  const program = await loadFile(files, configuration.program === undefined ? 'kernel' : 'program', programPath);
  if (!program.ok) return program;
  const loaded: { kernel?: LoadedFile; initrd?: Uint8Array; dtb?: Uint8Array } = {};
  for (const name of ['kernel', 'initrd', 'dtb'] as const) {
    const path = configuration[name];
    if (path === undefined || (name === 'kernel' && configuration.program === undefined)) continue;
    const file = await loadFile(files, name, path);
    if (!file.ok) return file;
    if (name === 'kernel') loaded.kernel = asImage(file.value, configuration);
    else loaded[name] = file.value.bytes;
  }
  const symbolFiles = [];
  for (const { path, address } of configuration.symbolFiles ?? []) {
    const file = await loadFile(files, 'symbolFiles', path);
    if (!file.ok) return file;
    symbolFiles.push({ path, bytes: file.value.bytes, address });
  }
  return reply({
    program: configuration.program === undefined ? asImage(program.value, configuration) : program.value,
    ...loaded,
    symbolFiles,
    console,
    append: configuration.append,
    machine: configuration.machine === 'ppce500' ? undefined : configuration.machine,
    cpu: configuration.cpu,
    kvm: configuration.kvm,
    smp: configuration.smp,
    memoryBytes: configuration.memory,
    fidelity: configuration.fidelity,
    quirks: configuration.quirks,
    breakpointMode: configuration.breakpointMode,
    schedulerLocking: configuration.schedulerLocking,
    stepInterrupts: configuration.stepInterrupts,
    stepMethod: configuration.stepMethod,
  });
}

/** A raw file with a load address becomes an executable; ELF files and arm64 Images stay as they are. */
const asImage = (file: LoadedFile, { loadAddress, machine }: LaunchConfiguration): LoadedFile =>
  loadAddress === undefined || isElf(file.bytes)
    ? file
    : { path: file.path, bytes: elfAround(file.bytes, loadAddress, machine === 'pseries' ? 'pseries' : 'virt') };

async function loadFile(files: Files, setting: string, path: string): Promise<Reply<LoadedFile>> {
  const bytes = await files.read(path);
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
