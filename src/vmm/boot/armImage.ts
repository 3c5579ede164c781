// SPDX-License-Identifier: MIT
import { ByteReader, failure, hex, type PhysicalAddress, physicalAddress, type Result, success } from '../../base/index.js';
import type { BootImage } from './loadSegment.js';

/** The header of an arm64 `Image`. Linux 6.1: Documentation/arm64/booting.rst, "Call the kernel image". */
export interface ArmImageHeader {
  /** Bytes from a 2 MiB boundary to where the image wants to lie. */
  readonly textOffset: bigint;
  /** Bytes that the image needs from its load address on, its bss included. */
  readonly imageSize: bigint;
  readonly endianness: 'little' | 'big';
  /** Page size in KiB; `undefined` where the image does not say. */
  readonly pageSizeKibibytes: 4 | 16 | 64 | undefined;
  /** Whether the 2 MiB boundary may be anywhere in RAM, or should be the lowest one. */
  readonly placement: 'nearStartOfRam' | 'anywhere';
}

/** `ARM\x64`, little-endian. */
const MAGIC = 0x644d_5241;
const MAGIC_OFFSET = 56;
const HEADER_BYTES = 64;
const TEXT_OFFSET_OFFSET = 8;

/** Images before Linux 3.17 have image_size 0 and are to be loaded here. */
const OLD_TEXT_OFFSET = 0x8_0000n;
const PLACEMENT_GRANULE = 0x20_0000n;

/** Kernel flags. */
const FLAGS = { BIG_ENDIAN: 0x1, PAGE_SIZE: 0x6, PLACED_ANYWHERE: 0x8 } as const;
const PAGE_SIZES = new Map<number, 4 | 16 | 64>([
  [0x2, 4],
  [0x4, 16],
  [0x6, 64],
]);

/** The header of `file`, or `undefined` when it is not an arm64 `Image`. */
export function armImageHeader(file: Uint8Array): ArmImageHeader | undefined {
  if (file.length < HEADER_BYTES || new ByteReader(file, 'little', MAGIC_OFFSET).u32() !== MAGIC) return undefined;
  const reader = new ByteReader(file, 'little', TEXT_OFFSET_OFFSET);
  const textOffset = reader.u64();
  const imageSize = reader.u64();
  const flags = Number(BigInt.asUintN(32, reader.u64()));
  const isOld = imageSize === 0n;
  return {
    textOffset: isOld ? OLD_TEXT_OFFSET : textOffset,
    imageSize: isOld ? BigInt(file.length) : imageSize,
    endianness: flags & FLAGS.BIG_ENDIAN ? 'big' : 'little',
    pageSizeKibibytes: PAGE_SIZES.get(flags & FLAGS.PAGE_SIZE),
    placement: flags & FLAGS.PLACED_ANYWHERE ? 'anywhere' : 'nearStartOfRam',
  };
}

/**
 * An arm64 `Image` placed at its text offset from the lowest 2 MiB boundary of RAM that leaves
 * `reservedBytes` at the start of RAM free (for the device tree). Entry is its first byte.
 */
export function placeArmImage(file: Uint8Array, ramStart: PhysicalAddress, reservedBytes = 0): Result<BootImage> {
  const header = armImageHeader(file);
  if (header === undefined) return failure('image.notArm64', 'The file is no arm64 Image: it lacks the magic number at offset 56.');
  if (header.imageSize > BigInt(Number.MAX_SAFE_INTEGER) || header.textOffset > BigInt(Number.MAX_SAFE_INTEGER)) {
    return failure(
      'image.broken',
      `The header of this arm64 Image asks for ${hex(header.imageSize)} bytes at offset ${hex(header.textOffset)}.`,
    );
  }
  const lowest = ramStart + BigInt(reservedBytes);
  let base = (ramStart / PLACEMENT_GRANULE) * PLACEMENT_GRANULE;
  if (base < ramStart) base += PLACEMENT_GRANULE;
  if (base + header.textOffset < lowest) {
    const missing = lowest - (base + header.textOffset);
    base += ((missing + PLACEMENT_GRANULE - 1n) / PLACEMENT_GRANULE) * PLACEMENT_GRANULE;
  }
  const address = physicalAddress(base + header.textOffset);
  const memoryBytes = Math.max(Number(header.imageSize), file.length);
  return success({ segments: [{ physicalAddress: address, bytes: file, memoryBytes }], entry: address });
}

/** A file without any header, at the address that the user names. Entry is its first byte. */
export const rawImage = (file: Uint8Array, loadAddress: PhysicalAddress): BootImage => ({
  segments: [{ physicalAddress: loadAddress, bytes: file, memoryBytes: file.length }],
  entry: loadAddress,
});
