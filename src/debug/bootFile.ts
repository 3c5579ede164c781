// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success, type VirtualAddress } from '../base/index.js';
import { EM, ET, PT, parseElf } from '../symbols/index.js';

/** What a file boots as, from its ELF header alone. */
export interface BootFile {
  readonly machine: 'virt' | 'pseries' | 'ppce500';
  /** `ARM64`, `POWER, little-endian`, … */
  readonly architecture: string;
  readonly entry: VirtualAddress;
}

/** Machine and architecture by ELF machine number. */
// biome-ignore format: a table
const MACHINES: ReadonlyMap<number, Omit<BootFile, 'entry'>> = new Map([
  [EM.EM_AARCH64, { machine: 'virt',    architecture: 'ARM64' }],
  [EM.EM_PPC64,   { machine: 'pseries', architecture: 'POWER' }],
  [EM.EM_PPC,     { machine: 'ppce500', architecture: 'POWER, BookE' }],
]);

/** Tells what `bytes` would boot as. What cannot boot is refused in one sentence about "the file". */
export function describeBootFile(bytes: Uint8Array): Result<BootFile> {
  const elf = parseElf(bytes);
  if (!elf.ok) return elf;
  const { type, machine, entry, segments } = elf.value;
  const known = MACHINES.get(machine);
  if (known === undefined)
    return failure('machine', `The file is for ELF machine ${machine}; AArch64 (${EM.EM_AARCH64}) and POWER (${EM.EM_PPC64}) can boot.`);
  if (type !== ET.ET_EXEC && type !== ET.ET_DYN)
    return failure('type', 'The file is not linked: it is an object file or a module, which cannot boot.');
  if (segments.some(segment => segment.type === PT.PT_INTERP || segment.type === PT.PT_DYNAMIC))
    return failure('userSpace', 'The file is a program of an operating system: it needs a dynamic linker, which bare metal has not.');
  if (!segments.some(segment => segment.type === PT.PT_LOAD && segment.memoryBytes > 0n))
    return failure('empty', 'The file has no segment to load.');
  return success({ ...known, entry });
}

/** `virt (ARM64), entry 0x40080000`. */
export const bootFileText = ({ machine, architecture, entry }: BootFile): string => `${machine} (${architecture}), entry ${hex(entry)}`;
