// SPDX-License-Identifier: MIT
import { type Endianness, failure, hex, type PhysicalAddress, type Result, success } from '../../base/index.js';
import type { GuestMemoryMap } from '../memory/guestMemoryMap.js';

/** Bytes that must be in guest RAM before the first instruction: an ELF PT_LOAD segment, an image, an initrd. */
export interface LoadSegment {
  readonly physicalAddress: PhysicalAddress;
  readonly bytes: Uint8Array;
  /** Bytes that it occupies, at least `bytes.length`; what the file does not give is zeroed. */
  readonly memoryBytes: number;
}

/** What boots: bytes in RAM and where execution begins. */
export interface BootImage {
  readonly segments: readonly LoadSegment[];
  readonly entry: PhysicalAddress;
  /** The program's byte order; `little` where nothing says it. */
  readonly endianness?: Endianness | undefined;
  /** What the entry point expects in GPR 2 (POWER, ELFv1: the descriptor's second doubleword). */
  readonly tableOfContents?: bigint | undefined;
}

/** Copies `segments` into guest RAM. Refused, with nothing copied, when one does not fit. */
export function loadSegments(memory: GuestMemoryMap, segments: readonly LoadSegment[]): Result<void> {
  const targets: Uint8Array[] = [];
  for (const segment of segments) {
    const size = Math.max(segment.memoryBytes, segment.bytes.length);
    const target = memory.ram(segment.physicalAddress, size);
    if (target === undefined) {
      const ram = memory.regions.filter(region => region.kind === 'ram');
      const has = ram.map(region => `${hex(region.start)} to ${hex(region.start + BigInt(region.size) - 1n)}`).join(', ');
      return failure(
        'image.doesNotFit',
        `The image needs ${size} bytes of RAM at ${hex(segment.physicalAddress)}, but RAM is at ${has || 'no address'}. ` +
          'Give the guest more memory, or link the image for this machine.',
      );
    }
    targets.push(target);
  }
  for (const [index, segment] of segments.entries()) {
    const target = targets[index];
    target?.set(segment.bytes);
    target?.fill(0, segment.bytes.length);
  }
  return success(undefined);
}
