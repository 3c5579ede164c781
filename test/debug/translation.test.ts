// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, virtualAddress } from '../../src/base/index.js';
import type { TranslationView } from '../../src/debug/index.js';
import { SampleGuest } from './sampleGuest.js';

const titles = ({ steps }: TranslationView): readonly string[] => steps.map(({ title }) => title);
const attributes = ({ attributes: all }: TranslationView): string => all.map(({ name, text }) => `${name}: ${text}`).join('; ');

/** A kernel page and a page of the user program's, which touches its heap. */
function inTouch(
  kvm: 'hv' | 'pr',
  cpu: string,
): { readonly kernel: TranslationView; readonly user: TranslationView; readonly guest: SampleGuest } {
  const guest = new SampleGuest('vectors', 'O0', { isa: 'ppc64le', kvm, cpu });
  guest.runTo('touch');
  const at = (address: bigint): TranslationView => guest.target.translation(0, virtualAddress(address));
  return { kernel: at(0xc000_0000_0000_8010n), user: at(0x1001_0010n), guest };
}

for (const kvm of ['hv', 'pr'] as const)
  test(`ST-DBG-220 a translation by the hashed page table shows the SLB entry and both doublewords of the entry (${kvm})`, () => {
    const { kernel, user, guest } = inTouch(kvm, 'power8');
    for (const view of [kernel, user]) {
      assert.equal(view.regime, 'Hashed page table');
      assert.equal(view.steps[0]?.title, 'MSR');
      const slot = /\d+/.exec(view.steps[1]?.title ?? '')?.[0];
      assert.deepEqual(titles(view).slice(1), [`SLB entry ${slot}: ESID`, `SLB entry ${slot}: VSID`, 'HPTE0', 'HPTE1']);
      assert.equal(view.steps[4]?.description, 'Hashed Page Table Entry, doubleword 1');
      assert.match(view.steps[3]?.place ?? '', /^(primary|secondary) group 0x[0-9a-f]+, entry [0-7]$/);
      const [vcpu] = guest.target.machine.vcpus;
      assert.ok(vcpu);
      assert.equal(view.physical, guest.target.machine.translate(vcpu, view.address), hex(view.address));
      assert.deepEqual([view.pageBytes, view.region, view.fault], [4096n, 'RAM', undefined]);
    }
    assert.match(attributes(kernel), /^WIMG: Memory Coherence Required; Privileged: read, write, execute; Problem state: none$/);
    // The guest lets a page be written when it is first written to.
    assert.match(attributes(user), /Privileged: read; Problem state: read$/);
    const fields = user.steps.at(-1)?.fields ?? [];
    assert.equal(fields.find(({ name }) => name === 'R')?.value, 1n);
    const nowhere = guest.target.translation(0, virtualAddress(0x1003_1000_0000n));
    assert.deepEqual(
      [nowhere.physical, nowhere.fault],
      [undefined, 'No entry of the SLB has the segment of 0x100310000000: Segment interrupt.'],
    );
    assert.match(guest.target.translation(0, virtualAddress(0x1008_0000n)).fault ?? '', /^No translation was found: Storage interrupt\.$/);
  });

test('ST-DBG-221 a translation by radix trees shows the process table entry and each directory down to the page', () => {
  const guest = new SampleGuest('vectors', 'O0', { isa: 'ppc64', kvm: 'hv', cpu: 'power9' });
  guest.runTo('add_process');
  guest.runTo('touch');
  const view = guest.target.translation(0, virtualAddress(0x1001_0010n));
  assert.equal(view.regime, 'Radix tree');
  assert.deepEqual(titles(view), ['MSR', 'PIDR', 'Process Table Entry', 'Level 1: PDE', 'Level 2: PDE', 'Level 3: PDE', 'Level 4: PTE']);
  const [vcpu] = guest.target.machine.vcpus;
  assert.ok(vcpu);
  assert.equal(view.physical, guest.target.machine.translate(vcpu, view.address));
  assert.equal(view.physical, 0x8010n);
  assert.deepEqual([view.pageBytes, view.region], [4096n, 'RAM']);
  assert.match(attributes(view), /^Attributes: normal; Privileged: read; Problem state: read$/);
  for (const step of view.steps.slice(2)) {
    assert.ok(step.address !== undefined);
    const bytes = guest.target.readPhysicalMemory(step.address, 8);
    assert.equal(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0), step.value, step.title);
  }
  assert.ok(guest.target.writeRegister(0, 'msr.DR', 0n).ok);
  assert.equal(guest.target.translation(0, virtualAddress(0x1001_0010n)).regime, 'Radix tree, for instructions only');
  assert.ok(guest.target.writeRegister(0, 'msr.DR', 1n).ok);
  const hole = guest.target.translation(0, virtualAddress(0x2000_0000n));
  assert.match(hole.fault ?? '', /^No translation was found: Storage interrupt\.$/);
  assert.match(
    guest.target.translation(0, virtualAddress(0x4000_0000_0000_0000n)).fault ?? '',
    /lies outside of the tree: Segment interrupt\.$/,
  );
});

test('ST-DBG-222 with translation off the address is the real one, and what answers there is named', () => {
  const power = new SampleGuest('counter', 'O0', { isa: 'ppc64le', kvm: 'hv' });
  power.runTo('main');
  const real = power.target.translation(0, virtualAddress(0x1000n));
  assert.deepEqual([real.regime, real.physical, real.region], ['Real addressing mode', 0x1000n, 'RAM']);
  const arm = new SampleGuest('counter', 'O0');
  arm.runTo('main');
  const off = arm.target.translation(0, virtualAddress(0x0900_0000n));
  assert.deepEqual([off.regime, off.physical, off.region], ['EL1&0 stage 1, off', 0x0900_0000n, 'PL011']);
  assert.deepEqual(titles(off), ['SCTLR_EL1']);
  assert.equal(arm.target.translation(0, virtualAddress(0x100n)).region, undefined);
});

test('ST-DBG-223 the memory map has the RAM and the devices of the machine, by address', () => {
  const map = (guest: SampleGuest): readonly string[] =>
    guest.target.memoryMap.map(({ kind, name, start, size }) => `${kind} ${name} ${hex(start)} ${size}`);
  assert.deepEqual(map(new SampleGuest('counter', 'O0', { memoryBytes: 2 ** 26 })), [
    'device PL011 0x9000000 4096',
    `ram RAM 0x40000000 ${2 ** 26}`,
  ]);
  assert.deepEqual(map(new SampleGuest('counter', 'O0', { isa: 'ppc64', memoryBytes: 2 ** 27 })), [`ram RAM 0x0 ${2 ** 27}`]);
});

test('ST-DBG-224 the symbols of a module come by address, by kind and by a part of their name, a page at a time', () => {
  for (const isa of ['aarch64', 'ppc64', 'ppc64le'] as const) {
    const { target } = new SampleGuest('counter', 'O0', { isa });
    const [module] = target.modules;
    assert.ok(module);
    assert.ok(
      module.sections.some(({ name, isExecutable }) => name.startsWith('.text') && isExecutable),
      isa,
    );
    const functions = target.symbols(0, { kind: 'function' }, 0, 1000);
    assert.equal(functions.total, module.symbolCounts.function);
    assert.equal(functions.symbols.length, functions.total);
    const addresses = functions.symbols.map(({ address }) => address);
    assert.deepEqual(
      addresses,
      [...addresses].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    );
    const [increment] = target.symbols(0, { text: 'INCREM' }, 0, 10).symbols;
    const resolved = target.resolveLocation('increment', 0);
    assert.ok(increment && resolved.ok);
    assert.deepEqual([increment.name, increment.kind, increment.address], ['increment', 'function', resolved.value]);
    assert.match(increment.source?.path ?? '', /counter\.c$/);
    const [counter] = target.symbols(0, { kind: 'object', text: 'counter' }, 0, 10).symbols;
    assert.deepEqual([counter?.name, counter?.size], ['counter', 4n]);
    assert.match(counter?.source?.path ?? '', /counter\.c$/);
    const whole = target.symbols(0, {}, 0, 10_000);
    const page = target.symbols(0, {}, 3, 4);
    assert.deepEqual([page.symbols, page.total], [whole.symbols.slice(3, 7), whole.total]);
    assert.deepEqual(target.symbols(7, {}, 0, 10), { symbols: [], total: 0 });
  }
});
