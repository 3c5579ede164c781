// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { physicalAddress } from '../../src/base/index.js';
import type { MemoryMappedDevice } from '../../src/vmm/devices/memoryMappedDevice.js';
import { GuestMemoryMap, type GuestRegion } from '../../src/vmm/memory/guestMemoryMap.js';

const NOTHING: MemoryMappedDevice = { read: () => 0n, write: () => undefined };

const device = (start: bigint, size: number): GuestRegion => ({
  kind: 'device',
  name: `device ${start.toString(16)}`,
  start: physicalAddress(start),
  size,
  device: NOTHING,
});

const ram = (start: bigint, bytes: Uint8Array): GuestRegion => ({
  kind: 'ram',
  name: 'RAM',
  start: physicalAddress(start),
  size: bytes.length,
  view: () => bytes,
});

test('ST-VMM-030 an address is found in exactly the region that holds it, by a byte count, in any order of adding', () => {
  const ranges = fc.uniqueArray(fc.record({ start: fc.integer({ min: 0, max: 200 }), size: fc.integer({ min: 1, max: 20 }) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(ranges, wanted => {
      const map = new GuestMemoryMap();
      const owner = new Map<number, number>();
      for (const { start, size } of wanted) {
        const addresses = Array.from({ length: size }, (_, index) => start + index);
        const isFree = addresses.every(address => !owner.has(address));
        assert.equal(map.add(device(BigInt(start), size)).ok, isFree);
        if (isFree) for (const address of addresses) owner.set(address, start);
      }
      for (let address = 0; address < 230; address++) {
        const found = map.find(BigInt(address));
        assert.equal(found && Number(found.region.start), owner.get(address));
        if (found) assert.equal(Number(found.region.start) + found.offset, address);
      }
    }),
    { numRuns: 100 },
  );
});

test('ST-VMM-031 a region that overlaps another is refused with EEXIST and a sentence that names both', () => {
  const map = new GuestMemoryMap();
  assert.ok(map.add(device(0x900_0000n, 0x1000)).ok);
  const result = map.add(device(0x900_0fffn, 1));
  assert.ok(!result.ok);
  assert.deepEqual(result.error, {
    code: 'EEXIST',
    message: 'Region device 9000fff (0x9000fff to 0x9000fff) overlaps device 9000000 (0x9000000 to 0x9000fff).',
  });
  assert.equal(map.regions.length, 1);
});

test('ST-VMM-032 an empty region and one beyond 64 bits are refused with EINVAL; the last byte of the space is not', () => {
  const map = new GuestMemoryMap();
  for (const region of [device(0n, 0), device(0n, -1), device(0n, 0.5), device(2n ** 64n - 4n, 5)]) {
    const result = map.add(region);
    assert.equal(result.ok ? 'added' : result.error.code, 'EINVAL');
  }
  assert.ok(map.add(device(2n ** 64n - 4n, 4)).ok);
  assert.equal(map.find(2n ** 64n - 1n)?.offset, 3);
});

test('ST-VMM-033 RAM bytes are the view of that moment, and a range that leaves its region is not RAM', () => {
  let bytes = Uint8Array.of(1, 2, 3, 4);
  const map = new GuestMemoryMap();
  assert.ok(map.add({ kind: 'ram', name: 'RAM', start: physicalAddress(0x1000n), size: 4, view: () => bytes }).ok);
  assert.ok(map.add(device(0x2000n, 4)).ok);
  assert.deepEqual(map.ram(0x1001n, 2), Uint8Array.of(2, 3));
  bytes = Uint8Array.of(5, 6, 7, 8);
  assert.deepEqual(map.ram(0x1001n, 3), Uint8Array.of(6, 7, 8));
  assert.deepEqual(
    [map.ram(0x1001n, 4), map.ram(0x2000n, 1), map.ram(0xfffn, 1), map.ram(0x1000n, -1)],
    [undefined, undefined, undefined, undefined],
  );
});

test('ST-VMM-034 the end of RAM is the end of the highest RAM region and 0 without one', () => {
  const map = new GuestMemoryMap();
  assert.equal(map.endOfRam, 0n);
  assert.ok(map.add(ram(0x4000n, new Uint8Array(16))).ok);
  assert.ok(map.add(ram(0x1000n, new Uint8Array(16))).ok);
  assert.ok(map.add(device(0x8000n, 16)).ok);
  assert.equal(map.endOfRam, 0x4010n);
  assert.equal(map.ramRegion(0x400fn)?.start, 0x4000n);
  assert.equal(map.ramRegion(0x8000n), undefined);
});
