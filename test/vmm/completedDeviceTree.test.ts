// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { completedDeviceTree } from '../../src/vmm/boot/completedDeviceTree.js';
import {
  cells,
  checkDeviceTreeBlob,
  deviceTreeNode,
  doubleCells,
  emptyValue,
  flattenDeviceTree,
  strings,
} from '../../src/vmm/boot/flattenedDeviceTree.js';

const RECORDED = join(import.meta.dirname, '../../../test/vmm/deviceTree');
const THIS_BOOT = {
  bootargs: strings('quiet'),
  'linux,initrd-start': doubleCells(0x4800_0000n),
  'linux,initrd-end': doubleCells(0x4800_1003n),
};

const completed = (blob: Uint8Array, properties = THIS_BOOT): Uint8Array => {
  const result = completedDeviceTree(blob, properties);
  assert.ok(result.ok);
  assert.ok(checkDeviceTreeBlob(result.value).ok);
  return result.value;
};

/** A tree whose last node is /chosen, with a node of that name that is not the one. */
const treeWith = (chosen: Readonly<Record<string, Uint8Array>> | undefined): Uint8Array =>
  flattenDeviceTree(
    deviceTreeNode('', { '#address-cells': cells(2) }, [
      deviceTreeNode('board', { odd: Uint8Array.of(1, 2, 3) }, [deviceTreeNode('chosen', { flag: emptyValue })]),
      ...(chosen === undefined ? [] : [deviceTreeNode('chosen', chosen)]),
    ]),
    { bootCpu: 2, reservations: [{ start: 0x4700_0000n, bytes: 0x1000 }] },
  );

test('ST-VMM-006 a given device tree gets what only this boot knows in its /chosen, which is made if it is missing', () => {
  const wanted = Buffer.from(treeWith(THIS_BOOT));
  assert.deepEqual(Buffer.from(completed(treeWith({}))), wanted);
  assert.deepEqual(Buffer.from(completed(treeWith(undefined))), wanted);
});

test('ST-VMM-007 what stood in /chosen under these names is replaced, and all else stays', () => {
  const before = treeWith({
    bootargs: strings('from the file, and longer'),
    'stdout-path': strings('/uart'),
    'linux,initrd-start': cells(1),
  });
  const after = Buffer.from(completed(before));
  assert.ok(!after.includes('from the file'));
  assert.ok(after.includes('quiet') && after.includes('/uart') && after.includes(Buffer.from(THIS_BOOT['linux,initrd-end'])));
  // Done again with other values, nothing of the first time is left, and names are not needed twice for that.
  const again = Buffer.from(completed(after, { ...THIS_BOOT, bootargs: strings('loud!') }));
  assert.ok(again.includes('loud!') && !again.includes('quiet'));
  const recorded = new Uint8Array(readFileSync(join(RECORDED, 'virt.dtb')));
  assert.ok(Buffer.from(completed(recorded)).includes('quiet'));
});

test('ST-VMM-008 a damaged structure block is refused in a sentence, and no bytes of it throw or hang', () => {
  const good = treeWith({ bootargs: strings('x') });
  const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(changes, edits => {
      const blob = good.slice();
      for (const [at, value] of edits) blob[at] = value;
      if (!checkDeviceTreeBlob(blob).ok) return;
      const result = completedDeviceTree(blob, THIS_BOOT);
      if (!result.ok) assert.match(result.error.message, /^The device tree of "dtb" is damaged: .*\.$/);
    }),
    { numRuns: 2000 },
  );
});
