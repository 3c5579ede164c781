// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success } from '../base/index.js';
import { AARCH64_INSTRUCTION_SET, book3sInstructionSet, buildInterpreter, type InterpreterImage, readImage } from '../cpu/index.js';
import { kvmQuirks } from '../kvm/index.js';
import { openSymbolFile, PT, type SymbolFile } from '../symbols/index.js';
import { armImageHeader, createMachine, type InterpreterName, type MachineName } from '../vmm/index.js';
import type { DebugArchitecture } from './architecture.js';
import { ARM64 } from './arm64/arm64.js';
import { bootImage, type MachineImage } from './bootImage.js';
import type { DebugTarget } from './debugTarget.js';
import { debugQuirks } from './execution/debugQuirks.js';
import { GuestTarget } from './guestTarget.js';
import type { LaunchOptions } from './launchOptions.js';
import { POWERPC } from './powerpc/powerpc.js';
import { type LoadedFile, ProgramSymbols } from './symbols/programSymbols.js';

const ARCHITECTURES: Readonly<Record<MachineName, DebugArchitecture>> = { virt: ARM64, pseries: POWERPC };
const DEFAULT_MEMORY_BYTES = 128 << 20;

/** Console input is looked at between slices: so many bytes at once. */
const CONSOLE_BURST = 4096;

/**
 * Makes the machine, loads the program and stops before its first instruction (`lastStop.reason` is `entry`).
 * What does not exist or does not fit together is refused with one sentence that names it.
 */
export function launch(options: LaunchOptions): Result<DebugTarget> {
  return launchGuest(options);
}

/** As `launch`, with the whole of the target, for callers inside the layer and tests. */
export function launchGuest(options: LaunchOptions): Result<GuestTarget> {
  const symbols = openSymbols(options);
  if (!symbols.ok) return symbols;
  const boot = bootSource(options, symbols.value);
  if (!boot.ok) return boot;
  if (options.stepMethod !== undefined && (boot.value.machine !== 'pseries' || options.kvm === 'pr'))
    return failure('stepMethod', 'stepMethod is for POWER machines under KVM-HV; other kernels step by themselves, so leave it out.');
  const fidelity = options.fidelity ?? 'exact';
  const changes = options.quirks ?? {};
  const quirks = debugQuirks(fidelity, changes);
  if (options.stepMethod === 'ciabr' && quirks.handlersSeeTrace)
    return failure(
      'stepMethod',
      'stepMethod "ciabr" does not go with the quirk handlersSeeTrace: a handler that skips the instruction would keep its step from ending.',
    );
  const console = options.console;
  const machine = createMachine({
    ...boot.value,
    cpu: options.cpu,
    kvmKind: options.kvm,
    interpreter: name => interpreterImage(name, options),
    quirks: { ...kvmQuirks(fidelity), ...changes },
    cpus: options.smp ?? 1,
    memoryBytes: options.memoryBytes ?? DEFAULT_MEMORY_BYTES,
    initrd: options.initrd,
    bootArguments: options.append,
    deviceTree: options.dtb,
    writeConsole: bytes => console?.write(bytes),
  });
  if (!machine.ok) return machine;
  const target = new GuestTarget({
    machine: machine.value,
    architecture: ARCHITECTURES[boot.value.machine],
    symbols: new ProgramSymbols(symbols.value),
    quirks,
    stepMethod: options.stepMethod,
  });
  if (options.breakpointMode) target.breakpoints.defaultMode = options.breakpointMode;
  if (options.schedulerLocking) target.execution.schedulerLocking = options.schedulerLocking;
  if (options.stepInterrupts) target.execution.stepInterrupts = options.stepInterrupts;
  target.execution.beforeSlice = () => {
    const bytes: number[] = [];
    for (let byte = console?.read(); byte !== undefined; byte = bytes.length < CONSOLE_BURST ? console?.read() : undefined)
      bytes.push(byte);
    if (bytes.length === 0) return;
    target.consoleInputLog.record(target.execution.retiredInstructions, Uint8Array.from(bytes));
    machine.value.receiveConsole(bytes);
  };
  return success(target);
}

/** What boots: `kernel` if it is given, or else the program. */
function bootSource({ program, kernel, machine }: LaunchOptions, symbols: readonly LoadedFile[]): Result<MachineImage> {
  const opened = kernel === undefined ? symbols.find(({ path }) => path === program.path)?.file : undefined;
  const booted = bootImage({ ...(kernel ?? program), machine, ...(opened !== undefined && { elf: opened.elf }) });
  if (booted.ok || booted.error.code !== 'image') return booted;
  return failure(kernel === undefined ? 'program' : 'kernel', booted.error.message);
}

/** What the build has generated, or the same made anew. */
function interpreterImage(name: InterpreterName, { interpreter }: LaunchOptions): Result<InterpreterImage> {
  if (interpreter !== undefined) {
    const bytes = interpreter(name);
    return bytes.ok ? readImage(bytes.value) : bytes;
  }
  const set = name === 'aarch64' ? AARCH64_INSTRUCTION_SET : book3sInstructionSet(name);
  return success(buildInterpreter(set.rows, set.routines, set));
}

function openSymbols(options: LaunchOptions): Result<readonly LoadedFile[]> {
  const files: LoadedFile[] = [];
  const symbolFiles = options.symbolFiles ?? [];
  // An arm64 Image boots, but has no symbols.
  const isImage = options.kernel === undefined && armImageHeader(options.program.bytes) !== undefined;
  const sources = [...(isImage ? [] : [options.program]), ...symbolFiles];
  for (const source of sources) {
    const file = openSymbolFile(source.bytes);
    const setting = source === options.program ? 'program' : 'symbolFiles';
    if (!file.ok) return failure(setting, `${source.path} is not an ELF file that can be read: ${file.error.message}`);
    const wanted = symbolFiles.find(symbols => symbols === source)?.address;
    const linked = lowestAddress(file.value);
    if (wanted !== undefined && wanted !== linked) {
      return failure(
        'symbolFiles',
        `${source.path} is linked for ${hex(linked)}; loading symbols at another address (${hex(wanted)}) is not supported.`,
      );
    }
    files.push({ path: source.path, file: file.value });
  }
  return success(files);
}

const lowestAddress = (file: SymbolFile): bigint =>
  file.elf.segments
    .filter(segment => segment.type === PT.PT_LOAD)
    .reduce((lowest, { address }) => (address < lowest ? address : lowest), (1n << 64n) - 1n);
