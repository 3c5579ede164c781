// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DeviceTreeNode, flattenDeviceTree } from '../../src/vmm/boot/flattenedDeviceTree.js';
import { VIRT_MAP } from '../../src/vmm/machines/addressMap.js';
import { virtCpuAffinity, virtDeviceTree } from '../../src/vmm/machines/virtDeviceTree.js';

const RECORDED = join(import.meta.dirname, '../../../test/vmm/deviceTree');

const namesOf = (tree: DeviceTreeNode): string[] => tree.children.map(child => child.name);

test('ST-VMM-010 the device tree of a virt with all its parts has the bytes that dtc makes of the written-out source', () => {
  const tree = virtDeviceTree({
    cpus: 2,
    cpu: 'cortex-a57',
    memoryBytes: 0x800_0000,
    bootArguments: 'console=ttyAMA0 quiet',
    initrd: { start: 0x4400_0000n, bytes: 0x1234 },
    interrupts: 'GICv2',
  });
  assert.deepEqual(Buffer.from(flattenDeviceTree(tree)), readFileSync(join(RECORDED, 'virt.dtb')));
});

test('ST-VMM-011 a virt without interrupt controller names no interrupt anywhere', () => {
  const tree = virtDeviceTree({ cpus: 1, memoryBytes: 0x100_0000 });
  assert.deepEqual(namesOf(tree), ['chosen', 'memory@40000000', 'cpus', 'psci', 'apb-pclk', 'pl011@9000000']);
  const all = [tree, ...tree.children].flatMap(node => Object.keys(node.properties));
  assert.deepEqual(
    all.filter(name => name.includes('interrupt') || name.includes('initrd') || name === 'bootargs'),
    [],
  );
});

test('ST-VMM-012 the device tree of a large virt fits below the address that samples are linked at', () => {
  const blob = flattenDeviceTree(
    virtDeviceTree({ cpus: 123, memoryBytes: 3 * 2 ** 30, bootArguments: 'x'.repeat(2048), interrupts: 'GICv2' }),
  );
  assert.ok(blob.length <= VIRT_MAP.deviceTreeBytes, `${blob.length} bytes`);
});

test('ST-VMM-013 the affinity of vCPU 16 is cluster 1, CPU 0, as in KVM', () => {
  assert.deepEqual([0, 1, 15, 16, 17, 40].map(virtCpuAffinity), [0, 1, 15, 0x100, 0x101, 0x208]);
});
