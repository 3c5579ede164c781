// SPDX-License-Identifier: MIT
import { failure, type PhysicalAddress, physicalAddress, type Result, success } from '../base/index.js';
import { EM, PT, parseElf } from '../symbols/index.js';
import { armImageHeader, type BootImage, placeArmImage, rawImage, VIRT_MAP } from '../vmm/index.js';

/** What boots from a file: an ELF for AArch64, an arm64 `Image`, or raw bytes at a load address. Refusals are one sentence. */
export function bootImage(path: string, bytes: Uint8Array, loadAddress: bigint | undefined): Result<BootImage> {
  if (loadAddress !== undefined) return success(rawImage(bytes, physicalAddress(loadAddress)));
  if (armImageHeader(bytes) !== undefined) return placeArmImage(bytes, VIRT_MAP.ramStart, VIRT_MAP.deviceTreeBytes);
  const elf = parseElf(bytes);
  if (!elf.ok) {
    return elf.error.code === 'notElf'
      ? failure('image', `${path} is neither an ELF file nor an arm64 Image; a raw file needs --load-address.`)
      : failure('image', `${path}: ${elf.error.message}`);
  }
  const { machine, elfClass, segments, entry, problems } = elf.value;
  if (machine !== EM.EM_AARCH64 || elfClass !== 64)
    return failure(
      'image',
      `${path} is an ELF file of machine ${machine} with ${elfClass} bits; this version runs AArch64 (machine ${EM.EM_AARCH64}, 64 bits).`,
    );
  const [damage] = problems.filter(problem => problem.section === 'program headers');
  if (damage !== undefined) return failure('image', `${path} is damaged: ${damage.message}`);
  const load = segments.filter(segment => segment.type === PT.PT_LOAD && segment.memoryBytes > 0n);
  if (load.length === 0) return failure('image', `${path} has no segment to load.`);
  return success({
    segments: load.map(({ physicalAddress: at, bytes: content, memoryBytes }) => ({
      physicalAddress: at,
      bytes: content,
      memoryBytes: Number(memoryBytes),
    })),
    entry: physicalEntry(entry, load),
  });
}

/** The entry point is a virtual address; with the MMU off the guest starts where the segment that holds it was loaded. */
function physicalEntry(
  entry: bigint,
  load: readonly { readonly address: bigint; readonly physicalAddress: bigint; readonly memoryBytes: bigint }[],
): PhysicalAddress {
  const holder = load.find(({ address, memoryBytes }) => entry >= address && entry < address + memoryBytes);
  return physicalAddress(holder === undefined ? entry : entry - holder.address + holder.physicalAddress);
}
