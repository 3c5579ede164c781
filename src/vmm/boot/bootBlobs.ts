// SPDX-License-Identifier: MIT
import { type AddressRange, failure, hex, type PhysicalAddress, physicalAddress, type Result, success } from '../../base/index.js';
import type { GuestMemoryMap } from '../memory/guestMemoryMap.js';
import { completedDeviceTree } from './completedDeviceTree.js';
import { checkDeviceTreeBlob, type DeviceTreeNode, flattenDeviceTree } from './flattenedDeviceTree.js';
import { type BootImage, loadSegments } from './loadSegment.js';

/** Initial RAM disk and whatever else stands behind the image begin at multiples of this. */
const ALIGNMENT = 0x1_0000n;

const alignUp = (address: bigint): PhysicalAddress => physicalAddress(((address + ALIGNMENT - 1n) / ALIGNMENT) * ALIGNMENT);

/** Where the image and the initial RAM disk have been put. */
export interface LoadedImage {
  readonly initrd: AddressRange | undefined;
  /** The first 64 KiB boundary behind both. */
  readonly end: PhysicalAddress;
}

/** Loads the image, and the initial RAM disk behind it and behind `reservedEnd`. */
export function loadImageAndInitrd(
  memory: GuestMemoryMap,
  { image, initrd }: { readonly image: BootImage; readonly initrd?: Uint8Array | undefined },
  reservedEnd: bigint,
): Result<LoadedImage> {
  const loaded = loadSegments(memory, image.segments);
  if (!loaded.ok) return loaded;
  const imageEnd = image.segments.reduce((end, segment) => {
    const last = segment.physicalAddress + BigInt(Math.max(segment.memoryBytes, segment.bytes.length));
    return last > end ? last : end;
  }, reservedEnd);
  const start = alignUp(imageEnd);
  if (initrd === undefined) return success({ initrd: undefined, end: start });
  const placed = loadSegments(memory, [{ physicalAddress: start, bytes: initrd, memoryBytes: initrd.length }]);
  if (!placed.ok)
    return failure(
      'initrd',
      `The initrd of ${initrd.length} bytes does not fit behind the image at ${hex(start)}; give the guest more memory.`,
    );
  return success({ initrd: { start, bytes: initrd.length }, end: alignUp(start + BigInt(initrd.length)) });
}

/** Properties of /chosen that only the one who boots the guest knows. */
const OF_THIS_BOOT: readonly string[] = ['bootargs', 'linux,initrd-start', 'linux,initrd-end'];

/** The machine's own device tree; or the one that the user gives, after a look at it, with the command line and the initrd of this boot. */
export function deviceTreeBlob(given: Uint8Array | undefined, own: DeviceTreeNode): Result<Uint8Array> {
  if (given === undefined) return success(flattenDeviceTree(own));
  const checked = checkDeviceTreeBlob(given);
  if (!checked.ok) return checked;
  const chosen = own.children.find(({ name }) => name === 'chosen')?.properties ?? {};
  const added = Object.entries(chosen).filter(([name]) => OF_THIS_BOOT.includes(name));
  return added.length === 0 ? success(given) : completedDeviceTree(given, Object.fromEntries(added));
}

/** Loads the device tree at `address`. */
export function loadDeviceTree(memory: GuestMemoryMap, blob: Uint8Array, address: PhysicalAddress): Result<PhysicalAddress> {
  const placed = loadSegments(memory, [{ physicalAddress: address, bytes: blob, memoryBytes: blob.length }]);
  if (placed.ok) return success(address);
  return failure('dtb', `The device tree of ${blob.length} bytes does not fit at ${hex(address)}; give the guest more memory.`);
}
