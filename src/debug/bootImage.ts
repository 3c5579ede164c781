// SPDX-License-Identifier: MIT
import { ByteReader, failure, type PhysicalAddress, physicalAddress, type Result, success } from '../base/index.js';
import { realModeAddress } from '../cpu/index.js';
import { type ElfFile, type ElfSegment, EM, PT, parseElf } from '../symbols/index.js';
import { armImageHeader, type BootImage, type MachineName, placeArmImage, rawImage, VIRT_MAP } from '../vmm/index.js';

/** A file that boots, and what was asked for beside it. */
export interface BootSource {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The same file as it has been read already. */
  readonly elf?: ElfFile | undefined;
  /** Where a raw file lies; makes any file a raw one. */
  readonly loadAddress?: bigint | undefined;
  /** The machine that was asked for; by default the one that the file fits. */
  readonly machine?: MachineName | undefined;
}

/** What boots, and on which machine. */
export interface MachineImage {
  readonly machine: MachineName;
  readonly image: BootImage;
}

const PROGRAMS: Readonly<Record<MachineName, string>> = { virt: '64-bit ARM', pseries: '64-bit POWER' };

/** What boots from a file: a 64-bit ELF for AArch64 or POWER, an arm64 `Image`, or raw bytes at a load address. Refusals are one sentence. */
export function bootImage(source: BootSource): Result<MachineImage> {
  const { path, bytes, loadAddress, machine } = source;
  if (loadAddress !== undefined) {
    const endianness = machine === 'pseries' ? 'big' : 'little';
    return success({ machine: machine ?? 'virt', image: { ...rawImage(bytes, physicalAddress(loadAddress)), endianness } });
  }
  if (armImageHeader(bytes) !== undefined) {
    if (machine === 'pseries') return failure('machine', `${path} is an arm64 Image; machine pseries runs ${PROGRAMS.pseries} programs.`);
    const image = placeArmImage(bytes, VIRT_MAP.ramStart, VIRT_MAP.deviceTreeBytes);
    return image.ok ? success({ machine: 'virt', image: image.value }) : image;
  }
  const elf = source.elf === undefined ? parseElf(bytes) : success(source.elf);
  if (!elf.ok) {
    return elf.error.code === 'notElf'
      ? failure('image', `${path} is neither an ELF file nor an arm64 Image; a raw file needs a load address.`)
      : failure('image', `${path}: ${elf.error.message}`);
  }
  const fitting = machineOf(path, elf.value);
  if (!fitting.ok) return fitting;
  if (machine !== undefined && machine !== fitting.value)
    return failure('machine', `${path} is a ${PROGRAMS[fitting.value]} program; machine ${machine} runs ${PROGRAMS[machine]} ones.`);
  const image = elfImage(path, elf.value);
  return image.ok ? success({ machine: fitting.value, image: image.value }) : image;
}

function machineOf(path: string, { machine, elfClass, endianness }: ElfFile): Result<MachineName> {
  if (machine === EM.EM_PPC64 && elfClass === 64) return success('pseries');
  if (machine !== EM.EM_AARCH64 || elfClass !== 64)
    return failure(
      'image',
      `${path} is an ELF file of machine ${machine} with ${elfClass} bits; this version runs AArch64 (machine ${EM.EM_AARCH64}) and POWER (machine ${EM.EM_PPC64}), both of 64 bits.`,
    );
  return endianness === 'little'
    ? success('virt')
    : failure('image', `${path} is a big-endian program; machine virt runs little-endian ones.`);
}

function elfImage(path: string, elf: ElfFile): Result<BootImage> {
  const [damage] = elf.problems.filter(problem => problem.section === 'program headers');
  if (damage !== undefined) return failure('image', `${path} is damaged: ${damage.message}`);
  const load = elf.segments.filter(segment => segment.type === PT.PT_LOAD && segment.memoryBytes > 0n);
  if (load.length === 0) return failure('image', `${path} has nothing to load: no PT_LOAD segment.`);
  const isPower = elf.machine === EM.EM_PPC64;
  const place = isPower ? withoutRegion : (address: PhysicalAddress): PhysicalAddress => address;
  return success({
    segments: load.map(({ physicalAddress: at, bytes, memoryBytes }) => ({
      physicalAddress: place(at),
      bytes,
      memoryBytes: Number(memoryBytes),
    })),
    entry: place(physicalEntry(elf.entry, load)),
    endianness: elf.endianness,
    tableOfContents: isPower ? entryTableOfContents(elf) : undefined,
  });
}

/** Kernels are linked with the bits that tell regions of virtual memory apart; they are loaded in real mode. */
const withoutRegion = (address: PhysicalAddress): PhysicalAddress => physicalAddress(realModeAddress(address));

/** The entry point is a virtual address; before translation is on, the guest starts where the segment that holds it was loaded. */
function physicalEntry(entry: bigint, load: readonly ElfSegment[]): PhysicalAddress {
  const holder = load.find(({ address, memoryBytes }) => entry >= address && entry < address + memoryBytes);
  return physicalAddress(holder === undefined ? entry : entry - holder.address + holder.physicalAddress);
}

/** 64-bit ELF V1 ABI for Power, Function Descriptors: entry point, TOC base, environment pointer. */
const DESCRIPTORS = { section: '.opd', bytes: 24, tableOfContents: 8 } as const;

/** What the code at the entry point expects in r2: the TOC base of its function descriptor. `undefined`: it has none. */
function entryTableOfContents(elf: ElfFile): bigint | undefined {
  const { entry, endianness } = elf;
  const bytes = elf.section(DESCRIPTORS.section)?.bytes ?? new Uint8Array();
  for (let at = 0; at + DESCRIPTORS.bytes <= bytes.length; at += DESCRIPTORS.bytes)
    if (new ByteReader(bytes, endianness, at).u64() === entry)
      return new ByteReader(bytes, endianness, at + DESCRIPTORS.tableOfContents).u64();
  return undefined;
}
