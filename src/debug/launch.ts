// SPDX-License-Identifier: MIT
import { failure, hex, physicalAddress, type Result, success } from '../base/index.js';
import {
  AARCH64_INSTRUCTION_SET,
  aarch64InstructionSet,
  buildInterpreter,
  CPU_MODELS,
  type CpuModel,
  EngineShare,
  Interpreter,
  readImage,
} from '../cpu/index.js';
import { kvmQuirks } from '../kvm/index.js';
import { EM, openSymbolFile, PT, type SymbolFile } from '../symbols/index.js';
import { armImageHeader, type BootImage, placeArmImage, VIRT_MAP, VirtMachine } from '../vmm/index.js';
import { ARM64 } from './arm64/arm64.js';
import type { DebugTarget } from './debugTarget.js';
import { debugQuirks } from './execution/debugQuirks.js';
import { GuestTarget } from './guestTarget.js';
import type { LaunchOptions } from './launchOptions.js';
import { type LoadedFile, ProgramSymbols } from './symbols/programSymbols.js';

const DEFAULT_CPU = 'cortex-a57';
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
  const { program } = options;
  const machineName = options.machine ?? 'virt';
  if (machineName !== 'virt') return failure('machine', `machine is "${machineName}"; this version has the machine "virt" only.`);
  const model = cpuModel(options.cpu ?? DEFAULT_CPU);
  if (!model.ok) return model;
  const symbols = openSymbols(options);
  if (!symbols.ok) return symbols;
  const boot =
    options.kernel === undefined
      ? bootImage('program', program, symbols.value.find(({ path }) => path === program.path)?.file)
      : bootImage('kernel', options.kernel, undefined);
  if (!boot.ok) return boot;
  const image = options.interpreter
    ? readImage(options.interpreter)
    : success(buildInterpreter(AARCH64_INSTRUCTION_SET.rows, AARCH64_INSTRUCTION_SET.routines, AARCH64_INSTRUCTION_SET));
  if (!image.ok) return image;
  const fidelity = options.fidelity ?? 'exact';
  const changes = options.quirks ?? {};
  const console = options.console;
  const machine = VirtMachine.create({
    share: new EngineShare(new Interpreter(aarch64InstructionSet(model.value), image.value)),
    model: model.value,
    quirks: { ...kvmQuirks(fidelity), ...changes },
    cpus: options.smp ?? 1,
    memoryBytes: options.memoryBytes ?? DEFAULT_MEMORY_BYTES,
    image: boot.value,
    initrd: options.initrd,
    bootArguments: options.append,
    deviceTree: options.dtb,
    writeConsole: bytes => console?.write(bytes),
  });
  if (!machine.ok) return machine;
  const target = new GuestTarget({
    machine: machine.value,
    architecture: ARM64,
    symbols: new ProgramSymbols(symbols.value),
    quirks: debugQuirks(fidelity, changes),
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

function cpuModel(name: string): Result<CpuModel> {
  const model = Object.entries(CPU_MODELS).find(([known]) => known === name)?.[1];
  return model ? success(model) : failure('cpu', `cpu is "${name}"; there are ${Object.keys(CPU_MODELS).join(', ')}.`);
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

function bootImage(
  setting: 'program' | 'kernel',
  source: { readonly path: string; readonly bytes: Uint8Array },
  opened: SymbolFile | undefined,
): Result<BootImage> {
  if (armImageHeader(source.bytes)) return placeArmImage(source.bytes, VIRT_MAP.ramStart, VIRT_MAP.deviceTreeBytes);
  const file = opened && opened.elf.segments.length > 0 ? success(opened) : openSymbolFile(source.bytes);
  if (!file.ok) return failure(setting, `${source.path} is neither an ELF file nor an arm64 Image: ${file.error.message}`);
  const { elf } = file.value;
  if (elf.machine !== EM.EM_AARCH64 || elf.elfClass !== 64)
    return failure(setting, `${source.path} is no 64-bit Arm program (its ELF machine number is ${elf.machine}).`);
  if (elf.endianness !== 'little') return failure(setting, `${source.path} is a big-endian program; machine virt runs little-endian ones.`);
  const segments = elf.segments
    .filter(segment => segment.type === PT.PT_LOAD && segment.memoryBytes > 0n)
    .map(segment => ({ physicalAddress: segment.physicalAddress, bytes: segment.bytes, memoryBytes: Number(segment.memoryBytes) }));
  if (segments.length === 0) return failure(setting, `${source.path} has nothing to load: no PT_LOAD segment.`);
  const entrySegment = elf.segments.find(
    segment => segment.type === PT.PT_LOAD && elf.entry >= segment.address && elf.entry < segment.address + segment.memoryBytes,
  );
  // Linked for virtual addresses, started at physical ones: the MMU is off.
  const entry = entrySegment ? elf.entry - entrySegment.address + entrySegment.physicalAddress : elf.entry;
  return success({ segments, entry: physicalAddress(entry) });
}
