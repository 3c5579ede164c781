// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { physicalAddress } from '../../src/base/index.js';
import { armImageHeader, placeArmImage, rawImage } from '../../src/vmm/boot/armImage.js';
import { loadSegments } from '../../src/vmm/boot/loadSegment.js';
import { GuestMemoryMap } from '../../src/vmm/memory/guestMemoryMap.js';

const RAM = physicalAddress(0x4000_0000n);

function image(fields: { textOffset: bigint; imageSize: bigint; flags: bigint; bytes?: number }): Uint8Array {
  const file = new Uint8Array(fields.bytes ?? 0x200);
  const view = new DataView(file.buffer);
  view.setBigUint64(8, fields.textOffset, true);
  view.setBigUint64(16, fields.imageSize, true);
  view.setBigUint64(24, fields.flags, true);
  file.set(new TextEncoder().encode('ARM\x64'), 56);
  return file;
}

function memory(size: number): { map: GuestMemoryMap; bytes: Uint8Array } {
  const bytes = new Uint8Array(size).fill(0xee);
  const map = new GuestMemoryMap();
  assert.ok(map.add({ kind: 'ram', name: 'RAM', start: RAM, size, view: () => bytes }).ok);
  return { map, bytes };
}

test('ST-VMM-020 the header of an arm64 Image gives offset, size, byte order, page size and placement', () => {
  assert.deepEqual(armImageHeader(image({ textOffset: 0n, imageSize: 0x1f0_0000n, flags: 0b1010n })), {
    textOffset: 0n,
    imageSize: 0x1f0_0000n,
    endianness: 'little',
    pageSizeKibibytes: 4,
    placement: 'anywhere',
  });
  assert.deepEqual(armImageHeader(image({ textOffset: 0x8_0000n, imageSize: 0x1000n, flags: 0b0111n })), {
    textOffset: 0x8_0000n,
    imageSize: 0x1000n,
    endianness: 'big',
    pageSizeKibibytes: 64,
    placement: 'nearStartOfRam',
  });
});

test('ST-VMM-021 an Image without a size is one of before Linux 3.17 and lies at offset 0x80000', () => {
  const header = armImageHeader(image({ textOffset: 0x1234n, imageSize: 0n, flags: 0n }));
  assert.deepEqual([header?.textOffset, header?.imageSize, header?.pageSizeKibibytes], [0x8_0000n, 0x200n, undefined]);
});

test('ST-VMM-022 no bytes make the recognition of an Image throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), file => {
      if (file.length >= 60) file.set(new TextEncoder().encode('ARM\x64'), 56);
      const header = armImageHeader(file);
      assert.equal(header !== undefined, file.length >= 64);
      placeArmImage(file, RAM);
    }),
  );
});

test('ST-VMM-023 an Image is placed at its text offset from the first 2 MiB boundary beyond what is reserved', () => {
  const entryOf = (file: Uint8Array, reserved: number) => {
    const placed = placeArmImage(file, RAM, reserved);
    return placed.ok ? placed.value.entry : placed.error.code;
  };
  assert.equal(entryOf(image({ textOffset: 0n, imageSize: 0x1000n, flags: 0n }), 0), 0x4000_0000n);
  assert.equal(entryOf(image({ textOffset: 0n, imageSize: 0x1000n, flags: 0n }), 0x8_0000), 0x4020_0000n);
  assert.equal(entryOf(image({ textOffset: 0x8_0000n, imageSize: 0x1000n, flags: 0n }), 0x8_0000), 0x4008_0000n);
  assert.equal(entryOf(image({ textOffset: 0x8_0000n, imageSize: 0x1000n, flags: 0n }), 0x8_0001), 0x4028_0000n);
  assert.equal(entryOf(new Uint8Array(0x200), 0), 'image.notArm64');
  assert.equal(entryOf(image({ textOffset: 0n, imageSize: 1n << 63n, flags: 0n }), 0), 'image.broken');
});

test('ST-VMM-024 loading copies the file, zeroes the rest of the segment and touches nothing else', () => {
  const { map, bytes } = memory(0x100);
  const segment = { physicalAddress: physicalAddress(RAM + 0x10n), bytes: Uint8Array.of(1, 2, 3), memoryBytes: 6 };
  assert.ok(loadSegments(map, [segment]).ok);
  const expected = new Uint8Array(0x100).fill(0xee);
  expected.set([1, 2, 3, 0, 0, 0], 0x10);
  assert.deepEqual(bytes, expected);
});

test('ST-VMM-025 a segment that leaves RAM is refused with its size and address, and no segment is copied', () => {
  const { map, bytes } = memory(0x100);
  const good = rawImage(Uint8Array.of(1), RAM).segments;
  const bad = rawImage(new Uint8Array(0x20), physicalAddress(RAM + 0xf0n)).segments;
  const result = loadSegments(map, [...good, ...bad]);
  assert.ok(!result.ok);
  assert.match(result.error.message, /32 bytes of RAM at 0x400000f0, but RAM is at 0x40000000 to 0x400000ff\./);
  assert.ok(bytes.every(byte => byte === 0xee));
});
