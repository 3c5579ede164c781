// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { physicalAddress } from '../../src/base/index.js';
import { POWER_CPU_MODELS } from '../../src/cpu/index.js';
import { bootImage } from '../../src/debug/index.js';
import { interpreterImage } from '../../src/entries/engineImage.js';
import { kvmQuirks } from '../../src/kvm/index.js';
import { parseElf } from '../../src/symbols/index.js';
import { rawImage } from '../../src/vmm/boot/armImage.js';
import { flattenDeviceTree } from '../../src/vmm/boot/flattenedDeviceTree.js';
import type { BootImage } from '../../src/vmm/boot/loadSegment.js';
import { createMachine, type MachineRequest } from '../../src/vmm/machines/createMachine.js';
import type { Machine } from '../../src/vmm/machines/machine.js';
import { pseriesDeviceTree } from '../../src/vmm/machines/pseriesDeviceTree.js';
import { projectFile } from '../support/adapterConnection.js';
import { PSERIES_CODE, PSERIES_RAM, PseriesGuest } from './pseriesGuest.js';

const RECORDED = join(import.meta.dirname, '../../../test/vmm/deviceTree');

function sampleImage(name: string): BootImage {
  const path = projectFile(`samples/${name}.elf`);
  const booted = bootImage({ path, bytes: new Uint8Array(readFileSync(path)) });
  assert.ok(booted.ok, booted.ok ? '' : booted.error.message);
  assert.equal(booted.value.machine, 'pseries');
  return booted.value.image;
}

test('ST-PSR-001 vCPU 0 starts at the entry in 64-bit real mode with a device tree in r3, the load address in r4 and 0 in r5; the others are off', () => {
  const guest = new PseriesGuest({ cpus: 3 });
  const { pc, msr, gpr } = guest.registers();
  assert.deepEqual([pc, msr, gpr[4], gpr[5]], [PSERIES_CODE, 0x8000_0000_0000_3000n, PSERIES_CODE, 0n]);
  assert.deepEqual([...guest.read(gpr[3] ?? 0n, 4)], [0xd0, 0x0d, 0xfe, 0xed]);
  assert.deepEqual(guest.machine.startedVcpus, [guest.vcpu(0)]);
  assert.deepEqual(
    [0, 1, 2].map(n => guest.machine.isOff(guest.vcpu(n))),
    [false, true, true],
  );
});

test('ST-PSR-002 a little-endian program starts with MSR[LE] set, a big-endian one without', () => {
  for (const [program, LE] of [
    ['ppc64', 0n],
    ['ppc64le', 1n],
  ] as const)
    assert.equal(new PseriesGuest({ image: sampleImage(`hello/hello.${program}.O2`) }).registers().msr & 1n, LE, program);
});

test('ST-PSR-003 an entry point that is a function descriptor starts at its code with its TOC in r2', () => {
  const bytes = new Uint8Array(readFileSync(projectFile('samples/hello/hello.ppc64.O2.elf')));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const ENTRY_OFFSET = 24;
  const elf = parseElf(bytes);
  const descriptors = elf.ok ? elf.value.section('.opd') : undefined;
  assert.ok(descriptors);
  const { address, fileOffset } = descriptors;
  view.setBigUint64(ENTRY_OFFSET, address);
  const booted = bootImage({ path: 'hello.elf', bytes });
  assert.ok(booted.ok);
  const { pc, gpr } = new PseriesGuest({ image: booted.value.image }).registers();
  assert.deepEqual([pc, gpr[2]], [view.getBigUint64(fileOffset), view.getBigUint64(fileOffset + 8)]);
  assert.notEqual(pc, address);
});

test('ST-PSR-004 segments and entry that are linked for 0xC000000000000000 are loaded and entered at real address 0', () => {
  const bytes = new Uint8Array(readFileSync(projectFile('samples/hello/hello.ppc64le.O2.elf')));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [ENTRY_OFFSET, HEADERS_OFFSET, HEADER_BYTES, COUNT_OFFSET, REGION] = [24, 32, 56, 56, 0xc000_0000_0000_0000n];
  view.setBigUint64(ENTRY_OFFSET, view.getBigUint64(ENTRY_OFFSET, true) | REGION, true);
  const headers = Number(view.getBigUint64(HEADERS_OFFSET, true));
  for (let n = 0; n < view.getUint16(COUNT_OFFSET, true); n++)
    for (const field of [16, 24]) {
      const at = headers + n * HEADER_BYTES + field;
      view.setBigUint64(at, view.getBigUint64(at, true) | REGION, true);
    }
  const booted = bootImage({ path: 'hello.elf', bytes });
  assert.ok(booted.ok);
  assert.deepEqual(booted.value.image, sampleImage('hello/hello.ppc64le.O2'));
});

test('ST-PSR-005 the device tree of a pseries has the bytes that dtc makes of the written-out source', () => {
  for (const [name, hasRadix] of [
    ['power8', false],
    ['power9', true],
  ] as const) {
    const tree = pseriesDeviceTree({
      cpus: 2,
      model: POWER_CPU_MODELS[name],
      memoryBytes: 0x800_0000,
      hashTableOrder: 20,
      hasRadix,
      rtas: { start: 0x7ff_0000n, bytes: 0x1_0000 },
      bootArguments: 'console=hvc0 quiet',
      initrd: { start: 0x40_0000n, bytes: 0x1234 },
    });
    assert.deepEqual(Buffer.from(flattenDeviceTree(tree)), readFileSync(join(RECORDED, `pseries-${name}.dtb`)), name);
  }
});

test('ST-PSR-006 RTAS is in place: its entry code lies where the device tree says, below 2 GiB, and makes H_RTAS', () => {
  const guest = new PseriesGuest();
  const rtas = BigInt(PSERIES_RAM - 0x1_0000);
  const code = Buffer.from(guest.read(rtas, 20)).toString('hex');
  assert.equal(code, '7c641b783c6000006063f000440000224e800020');
  const tree = guest.registers().gpr[3] ?? 0n;
  assert.ok(tree < rtas);
  const blob = Buffer.from(guest.read(tree, Number(rtas - tree))).toString('latin1');
  assert.ok(blob.includes('linux,rtas-base\0linux,rtas-entry\0'));
});

const REQUEST: Omit<MachineRequest, 'machine' | 'image'> = {
  interpreter: interpreterImage,
  quirks: kvmQuirks('exact'),
  cpus: 1,
  memoryBytes: PSERIES_RAM,
  writeConsole: () => undefined,
};

test('ST-PSR-007 what a machine does not have or what does not fit is refused in one sentence that names it', () => {
  const image = rawImage(new Uint8Array(4), physicalAddress(0n));
  const refusal = (changes: Partial<MachineRequest>): string => {
    const made = createMachine({ ...REQUEST, machine: 'pseries', image, ...changes });
    return made.ok ? 'accepted' : made.error.message;
  };
  assert.deepEqual(
    [
      refusal({ cpus: 9 }),
      refusal({ memoryBytes: 8 << 20 }),
      refusal({ cpu: 'power10' }),
      refusal({ machine: 'virt', kvmKind: 'pr' }),
      refusal({ initrd: new Uint8Array(16 << 20) }),
      refusal({ image: rawImage(new Uint8Array(4), physicalAddress(PSERIES_RAM - 0x1_0000)) }),
    ],
    [
      'smp is 9; machine pseries has 1 to 8 vCPUs.',
      'memory is 8388608 bytes; machine pseries takes 16 MiB to 3 GiB in steps of 64 KiB.',
      'cpu is "power10"; machine pseries has power8, power9.',
      'kvm chooses between the two KVMs of POWER machines; machine virt has one, so leave it out.',
      'The initrd of 16777216 bytes does not fit behind the image at 0x10000; give the guest more memory.',
      'The image, the initrd and the device tree do not fit into 16 MiB; give the guest more memory.',
    ],
  );
});

test('ST-PSR-008 the initial RAM disk lies behind the image, and the device tree names it and the command line', () => {
  const initrd = new Uint8Array(5000).fill(0x5a);
  const guest = new PseriesGuest({ initrd, bootArguments: 'console=hvc0' });
  const start = 0x1_0000;
  assert.deepEqual(guest.read(BigInt(start), initrd.length), initrd);
  const tree = guest.registers().gpr[3] ?? 0n;
  const blob = Buffer.from(guest.read(tree, 0x1000));
  const property = (value: number): Buffer =>
    Buffer.from([0, 0, 0, 0, value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
  for (const value of [Buffer.from('console=hvc0\0'), property(start), property(start + initrd.length)]) assert.ok(blob.includes(value));
});

/** Runs a sample in slices of `slice` instructions: what it printed, and how many instructions it took. */
function runSample(name: string, slice: number, kvmKind: 'hv' | 'pr'): { readonly output: string; readonly instructions: number } {
  let output = '';
  const made = createMachine({
    ...REQUEST,
    machine: 'pseries',
    image: sampleImage(name),
    cpus: 4,
    kvmKind,
    writeConsole: bytes => {
      output += Buffer.from(bytes).toString('latin1');
    },
  });
  assert.ok(made.ok);
  const machine: Machine = made.value;
  machine.receiveConsole(Buffer.from('typed before\n'));
  for (;;) {
    const result = machine.kvm.scheduler.run(machine.startedVcpus, { maximumInstructions: slice });
    assert.notEqual(result.kind, 'idle');
    if (result.kind !== 'returned') continue;
    const exit = machine.serveExit(result.vcpu);
    if (exit.kind === 'ended') return { output, instructions: machine.kvm.scheduler.virtualTime };
    assert.equal(exit.kind, 'continue');
  }
}

for (const kvm of ['hv', 'pr'] as const) {
  test(`ST-PSR-040 a guest of four vCPUs runs the same instructions and prints the same however its run is cut (KVM-${kvm.toUpperCase()})`, () => {
    for (const program of ['ppc64.O2', 'ppc64le.O0']) {
      const whole = runSample(`smp/smp.${program}`, 1_000_000, kvm);
      assert.match(whole.output, /counter = 4000 with 4 CPUs\n$/);
      assert.deepEqual(runSample(`smp/smp.${program}`, 1_000_000, kvm), whole);
      assert.deepEqual(runSample(`smp/smp.${program}`, 777, kvm), whole);
    }
  });
}
