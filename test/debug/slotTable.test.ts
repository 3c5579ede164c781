// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeWatchpointRange, encodeBreakpoint, encodeWatchpoint, splitWatchedRange } from '../../src/debug/arm64/slots/slotEncoding.js';
import { SlotTable } from '../../src/debug/arm64/slots/slotTable.js';
import type { WatchRequest } from '../../src/debug/slots/debugSlots.js';

const full = (): SlotTable => new SlotTable({ breakpoints: 16, watchpoints: 16 });
const watch = (address: bigint, bytes: bigint, access: WatchRequest['access'] = 'write'): WatchRequest => ({ address, bytes, access });
const insert = (table: SlotTable, ...watches: readonly WatchRequest[]): void => {
  for (const each of watches) assert.ok(table.insertWatchpoint(each).ok);
};
const code = (outcome: { readonly ok: boolean; readonly error?: { readonly code: string } }): string =>
  outcome.ok ? 'ok' : (outcome.error?.code ?? '');
const EMPTY = { value: 0n, control: 0n };

test('ARM-HW-13 an execute breakpoint has BCR 0x1E7 and its address sign extended from bit 52', () => {
  assert.deepEqual(encodeBreakpoint(0x4008_0000n), { value: 0x4008_0000n, control: 0x1e7n });
  assert.equal(encodeBreakpoint(0x001f_8000_0000_1000n).value, 0xffff_8000_0000_1000n);
});

test('ARM-HW-14 a 4-byte write watchpoint at …4 is encoded as 0x1E17, an 8-byte access as 0x1FFF, a 1-byte read at …3 as 0x10F', () => {
  assert.deepEqual(encodeWatchpoint(0x1004n, 4n, 'write'), { value: 0x1000n, control: 0x1e17n });
  assert.deepEqual(encodeWatchpoint(0x1000n, 8n, 'readWrite'), { value: 0x1000n, control: 0x1fffn });
  assert.deepEqual(encodeWatchpoint(0x1003n, 1n, 'read'), { value: 0x1000n, control: 0x10fn });
});

test('ARM-HW-15 16 written bytes are the MASK form 0x0400_1FF7 and 2 GiB has MASK 31', () => {
  assert.deepEqual(encodeWatchpoint(0x1010n, 16n, 'write'), { value: 0x1010n, control: 0x0400_1ff7n });
  assert.equal(encodeWatchpoint(0n, 1n << 31n, 'write')?.control, (31n << 24n) | 0x1ff7n);
});

test('ARM-HW-16 any range up to 2 GiB is split into slots that cover exactly its bytes', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 1n << 40n), fc.bigInt(1n, 100_000n), (address, bytes) => {
      let next = address;
      for (const range of splitWatchedRange(address, bytes) ?? []) {
        const pair = encodeWatchpoint(range.start, range.bytes, 'write');
        assert.ok(pair);
        assert.deepEqual(decodeWatchpointRange(pair), { start: next, bytes: range.bytes });
        next += range.bytes;
      }
      assert.equal(next, address + bytes);
    }),
  );
});

test('ARM-HW-17.RV01 deleting the first of 16 breakpoints leaves slot 15 empty, the others moved up, and watchpoints untouched', () => {
  const table = full();
  for (let n = 0n; n < 16n; n++) {
    assert.ok(table.insertBreakpoint(0x1000n + 4n * n).ok);
    insert(table, watch(0x8000n + 8n * n, 8n));
  }
  const before = table.image();
  assert.ok(table.removeBreakpoint(0x1000n).ok);
  const after = table.image();
  assert.deepEqual(after.breakpoints, [...before.breakpoints.slice(1), EMPTY]);
  assert.deepEqual(after.watchpoints, before.watchpoints);
});

test('ARM-HW-17.RV02 a CPU without debug registers refuses every slot and keeps none', () => {
  const table = new SlotTable({ breakpoints: -1, watchpoints: 0 });
  assert.equal(code(table.insertBreakpoint(0x1000n)), 'ENOTSUP');
  assert.equal(code(table.insertWatchpoint(watch(0x1000n, 4n))), 'ENOTSUP');
  assert.equal(table.isInUse, false);
});

test('ARM-HW-17.RV05 of two adjacent watchpoints the second owns its first byte', () => {
  const table = full();
  insert(table, watch(0x1000n, 8n), watch(0x1008n, 8n));
  assert.deepEqual(table.watchpointsAt(0x1008n, true), [watch(0x1008n, 8n)]);
});

test('ARM-HW-17.RV06 a store to the sixth of eight watched bytes is found', () => {
  const table = full();
  insert(table, watch(0x1000n, 8n));
  assert.deepEqual(table.watchpointsAt(0x1005n, true), [watch(0x1000n, 8n)]);
});

test('ARM-HW-17.RV07 a hit in the middle of 64 KiB is found', () => {
  const table = full();
  insert(table, watch(0x10000n, 0x10000n));
  assert.deepEqual(table.watchpointsAt(0x18000n, true), [watch(0x10000n, 0x10000n)]);
});

test('ARM-HW-17.RV08 64 KiB are written with the five-bit MASK 16', () => {
  assert.equal(encodeWatchpoint(0x10000n, 0x10000n, 'write')?.control, (16n << 24n) | 0x1ff7n);
});

test('ARM-HW-17.RV09 2 GiB are watched exactly and 4 GiB are refused', () => {
  const pair = encodeWatchpoint(1n << 31n, 1n << 31n, 'write');
  assert.ok(pair);
  assert.deepEqual(decodeWatchpointRange(pair), { start: 1n << 31n, bytes: 1n << 31n });
  assert.equal(code(full().insertWatchpoint(watch(0n, 1n << 32n))), 'EINVAL');
});

test('ARM-HW-17.RV10 32 bytes at 0x1010 never watch the bytes from 0x1000', () => {
  const table = full();
  insert(table, watch(0x1010n, 32n));
  assert.deepEqual(
    table
      .image()
      .watchpoints.slice(0, 3)
      .map(pair => decodeWatchpointRange(pair)),
    [{ start: 0x1010n, bytes: 16n }, { start: 0x1020n, bytes: 16n }, undefined],
  );
});

test('ARM-HW-17.RV11 8 bytes at 0x1004 take two slots of 4 bytes each', () => {
  const table = full();
  insert(table, watch(0x1004n, 8n));
  assert.deepEqual(
    table
      .image()
      .watchpoints.slice(0, 2)
      .map(pair => decodeWatchpointRange(pair)),
    [
      { start: 0x1004n, bytes: 4n },
      { start: 0x1008n, bytes: 4n },
    ],
  );
});

test('ARM-HW-17.RV12 deleting a read watchpoint leaves the overlapping write one', () => {
  const table = full();
  insert(table, watch(0x1000n, 8n), watch(0x1004n, 4n, 'read'));
  assert.ok(table.removeWatchpoint(watch(0x1004n, 4n, 'read')).ok);
  assert.deepEqual(table.watchRequests, [watch(0x1000n, 8n)]);
});

test('ARM-HW-17.RV13 24 bytes are split and never refused for want of slots while there are some', () => {
  const table = full();
  insert(table, watch(0x1000n, 24n));
  assert.equal(table.watchpointsInUse, 2);
  assert.equal(code(table.insertWatchpoint(watch(0x1000n, 0n))), 'EINVAL');
});

test('ARM-HW-17.RV14 an address is removed by any spelling of its top bits that inserted it', () => {
  const table = full();
  assert.ok(table.insertBreakpoint(0x00ff_8000_0000_1000n).ok);
  assert.ok(table.hasBreakpointAt(0xffff_8000_0000_1000n));
  assert.ok(table.removeBreakpoint(0x00ff_8000_0000_1000n).ok);
  assert.equal(table.breakpointsInUse, 0);
});

test('ARM-HW-17.RV15 inserting a breakpoint twice takes one slot and one removal frees it', () => {
  const table = full();
  assert.ok(table.insertBreakpoint(0x1000n).ok);
  assert.ok(table.insertBreakpoint(0x1000n).ok);
  assert.equal(table.breakpointsInUse, 1);
  assert.ok(table.removeBreakpoint(0x1000n).ok);
  assert.equal(table.breakpointsInUse, 0);
});

test('ARM-HW-17.RV16 after removing all and inserting one, the slots behind it are disabled', () => {
  const table = full();
  for (const address of [0x1000n, 0x1004n, 0x1008n]) assert.ok(table.insertBreakpoint(address).ok);
  table.removeAll();
  assert.ok(table.insertBreakpoint(0x2000n).ok);
  assert.deepEqual(table.image().breakpoints.slice(1, 3), [EMPTY, EMPTY]);
});

test('ARM-HW-17.RV17 lengths and kinds are typed values: a request keeps what it was asked with', () => {
  const table = full();
  insert(table, watch(0x1000n, 3n, 'readWrite'));
  assert.deepEqual(table.watchRequests, [watch(0x1000n, 3n, 'readWrite')]);
});

test('ARM-HW-17.RV18 a breakpoint in the upper half is recognised at the canonical pc', () => {
  const table = full();
  assert.ok(table.insertBreakpoint(0x001f_8000_0000_1000n).ok);
  assert.ok(table.hasBreakpointAt(0xffff_8000_0000_1000n));
});

test('ARM-HW-11 a FAR before the watched bytes, in one block of an access, belongs to the nearest slot of its kind', () => {
  const table = full();
  insert(table, watch(0x1010n, 4n), watch(0x1014n, 4n, 'read'));
  assert.deepEqual(table.watchpointsAt(0x1008n, true), [watch(0x1010n, 4n)]);
  assert.deepEqual(table.watchpointsAt(0x1008n, false), [watch(0x1014n, 4n, 'read')]);
  assert.deepEqual(table.watchpointsAt(0x2008n, true), []);
});

test('ARM-HW-12 a tag in the top byte of FAR is not looked at', () => {
  const table = full();
  insert(table, watch(0x1000n, 4n));
  assert.deepEqual(table.watchpointsAt(0x5a00_0000_0000_1000n, true), [watch(0x1000n, 4n)]);
});

test('ARM-HW-42 a range that needs more slots than are free takes none', () => {
  const table = new SlotTable({ breakpoints: 1, watchpoints: 2 });
  insert(table, watch(0x3000n, 4n));
  assert.equal(code(table.insertWatchpoint(watch(0x1004n, 8n))), 'ENOSPC');
  assert.equal(table.watchpointsInUse, 1);
});

test('ARM-HW-43 a full breakpoint table refuses the next one, keeps the others, and leaves watchpoints alone', () => {
  const table = new SlotTable({ breakpoints: 2, watchpoints: 2 });
  assert.ok(table.insertBreakpoint(0x1000n).ok);
  assert.ok(table.insertBreakpoint(0x1004n).ok);
  assert.equal(code(table.insertBreakpoint(0x1008n)), 'ENOSPC');
  assert.deepEqual(table.breakpointAddresses, [0x1000n, 0x1004n]);
  insert(table, watch(0x1000n, 4n));
});

test('ARM-HW-44 removing all leaves 64 zeros', () => {
  const table = full();
  assert.ok(table.insertBreakpoint(0x1000n).ok);
  insert(table, watch(0x1000n, 4n));
  table.removeAll();
  const { breakpoints, watchpoints } = table.image();
  assert.ok([...breakpoints, ...watchpoints].every(({ value, control }) => value === 0n && control === 0n));
  assert.equal(breakpoints.length + watchpoints.length, 32);
});
