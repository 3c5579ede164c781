// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, InvariantError } from '../../src/base/index.js';
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

test('ST-VMM-001 a tree with each kind of property is flattened to the bytes that dtc writes', () => {
  const tree = deviceTreeNode(
    '',
    {
      '#address-cells': cells(2),
      '#size-cells': cells(2),
      compatible: strings('steptrap,notation', 'second'),
      model: strings(''),
      flag: emptyValue,
      odd: Uint8Array.of(1, 2, 3, 4, 5),
      large: doubleCells(0xfedc_ba98_7654_3210n),
    },
    [
      deviceTreeNode('first', { phandle: cells(1), 'size-cells': cells(7), 'long-name,with.all_the+kinds?of': cells(0xffff_ffff, 0, 1) }),
      deviceTreeNode('second@9000000', { reg: doubleCells(0x0900_0000n, 0x1000n), friend: cells(1), text: strings('größe') }, [
        deviceTreeNode('inner@1', { cells: cells(3) }),
      ]),
      deviceTreeNode('cpus', { '#address-cells': cells(1), '#size-cells': cells(0) }, [
        deviceTreeNode('cpu@3', { device_type: strings('cpu'), reg: cells(3) }),
      ]),
    ],
  );
  const blob = flattenDeviceTree(tree, {
    bootCpu: 3,
    reservations: [
      { start: 0x4800_0000n, bytes: 0x10_0000 },
      { start: 0x1_2345_6000n, bytes: 0x1000 },
    ],
  });
  assert.deepEqual(Buffer.from(blob), readFileSync(join(RECORDED, 'notation.dtb')));
});

test('ST-VMM-002 the header of any tree gives its size, version 17 and blocks that follow each other', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9,-]{0,20}$/);
  const properties = fc.dictionary(name, fc.uint8Array({ maxLength: 70 }), { maxKeys: 8 });
  fc.assert(
    fc.property(properties, fc.uniqueArray(name, { maxLength: 40 }), (values, children) => {
      const blob = flattenDeviceTree(
        deviceTreeNode(
          '',
          values,
          children.map(child => deviceTreeNode(child, values)),
        ),
      );
      const reader = new ByteReader(blob, 'big');
      const [magic, total, structure, names, reservations, version, compatible, , namesBytes, structureBytes] = Array.from(
        { length: 10 },
        () => reader.u32(),
      );
      assert.deepEqual(
        { magic, total, structure, names, reservations, version, compatible },
        {
          magic: 0xd00dfeed,
          total: blob.length,
          structure: 56,
          names: 56 + (structureBytes ?? 0),
          reservations: 40,
          version: 17,
          compatible: 16,
        },
      );
      assert.equal((names ?? 0) + (namesBytes ?? 0), blob.length);
      assert.equal((structureBytes ?? 1) % 4, 0);
    }),
    { numRuns: 200 },
  );
});

test('ST-VMM-003 a node or property name that the specification forbids is a bug, not a broken blob', () => {
  for (const tree of [
    deviceTreeNode('root', {}),
    deviceTreeNode('', {}, [deviceTreeNode('with space', {})]),
    deviceTreeNode('', {}, [deviceTreeNode('a'.repeat(32), {})]),
    deviceTreeNode('', { 'a/b': emptyValue }),
  ]) {
    assert.throws(() => flattenDeviceTree(tree), InvariantError);
  }
});

test('ST-VMM-004 a device tree blob that a user gives is taken as dtc writes it, and refused in one sentence when it is broken', () => {
  const good = new Uint8Array(readFileSync(join(RECORDED, 'virt.dtb')));
  assert.ok(checkDeviceTreeBlob(good).ok);
  const refusal = (change: (bytes: Uint8Array) => Uint8Array): string => {
    const checked = checkDeviceTreeBlob(change(good.slice()));
    return checked.ok ? 'accepted' : checked.error.message;
  };
  const withByte = (offset: number, value: number) => (bytes: Uint8Array) => {
    bytes[offset] = value;
    return bytes;
  };
  assert.match(
    refusal(bytes => bytes.subarray(0, 7)),
    /has 7 bytes, fewer than the header/,
  );
  assert.match(refusal(withByte(0, 0x7f)), /begins with 0x7f0dfeed and not with 0xd00dfeed\.$/);
  assert.match(
    refusal(bytes => bytes.subarray(0, 100)),
    /says that it has \d+ bytes, but the file has 100\.$/,
  );
  assert.match(refusal(withByte(27, 99)), /needs a reader of version 99; 17 is known\.$/);
  assert.match(refusal(withByte(9, 0xff)), /lie outside of it\.$/);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
      const checked = checkDeviceTreeBlob(bytes);
      return checked.ok || /^[A-Z].*\.$/.test(checked.error.message);
    }),
  );
});
