// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SampleGuest } from './sampleGuest.js';

/**
 * What gdb-multiarch 13 shows of samples/counter/counter.<isa>.O2.elf at the gdbstub of qemu-system-ppc64 7.2 (-M pseries,x-vof=on -cpu power9
 * -kernel … -S -gdb): as in counterValues.test.ts, with the differences of the architecture.
 */
const GDB = [
  { at: 'increment', frames: ['increment:72', 'main:254'], variables: [{ delta: '1' }, { numbers: '{3, 1, 4, 1, 5}' }] },
  {
    at: 'observe',
    frames: ['observe:126', 'scale:134', 'main:256'],
    variables: [{ value: '4' }, { value: '1', factor: '4', product: '4', seen: '<optimized out>' }],
  },
  {
    at: 'digest',
    frames: ['digest:89', 'main:257'],
    variables: [
      { value: '8', low: '<optimized out>', high: '<optimized out>' },
      { i: '1', negative: '-1234', letter: "83 'S'", address: '1074266112', pair: '{first = 1, second = -2}' },
    ],
  },
  {
    at: 'fibonacci',
    condition: 'n == 3',
    frames: ['fibonacci:96', ...Array.from({ length: 9 }, () => 'fibonacci:98'), 'main:260'],
    variables: [
      { n: '3', first: '<optimized out>', second: '<optimized out>' },
      { n: '4', first: '<optimized out>', second: '<optimized out>' },
    ],
  },
  {
    at: 'walk',
    frames: ['walk:194', 'main:263'],
    variables: [{ total: '0' }, { total: '378', numbers: '{699, 65, 129, 180, 437}', fib: '144', ack: '<optimized out>' }],
  },
  { at: 'swap', frames: ['swap:225', 'main:264'], variables: [{ pair: '{first = 1, second = -2}', kept: '1' }, { total: '378' }] },
  {
    at: 'sum_of_squares',
    frames: ['sum_of_squares:159', 'main:266'],
    variables: [
      { count: '9', sum: '0' },
      { total: '1009', pair: '<optimized out>' },
    ],
  },
  {
    at: 'many',
    frames: ['many:150', 'main:267'],
    variables: [{ a: "83 'S'", b: '-1234', c: '1208', d: '4', f: '6', g: '7', h: '8', i: '9', j: '10', sum: '<optimized out>' }],
  },
] as const;

for (const isa of ['ppc64', 'ppc64le'] as const) {
  test(`ST-DBG-116 frames, arguments and locals of counter at -O2 are those that gdb shows at QEMU's gdbstub (${isa})`, () => {
    const guest = new SampleGuest('counter', 'O2', { isa, kvm: 'pr' });
    for (const stop of GDB) {
      guest.runTo(stop.at, 'condition' in stop ? stop.condition : undefined);
      assert.deepEqual(guest.frames.slice(0, stop.frames.length), stop.frames);
      for (const [level, variables] of stop.variables.entries()) {
        const ours = guest.variables(level);
        assert.deepEqual(Object.fromEntries(Object.keys(variables).map(name => [name, ours[name]])), variables, stop.at);
      }
    }
  });

  test(`ST-DBG-119 where a run to a function by name ends, the calls of its own module come through (${isa})`, () => {
    const guest = new SampleGuest('counter', 'O2', { isa, kvm: 'pr' });
    for (const name of ['main', 'increment', 'fibonacci', 'walk']) {
      const address = guest.target.resolveStop(name, 0);
      assert.ok(address.ok);
      assert.equal(guest.runTo(`*${address.value}`).pc, address.value);
      assert.match(guest.here, new RegExp(`^${name}:`));
    }
    // An exact address is what it says.
    const [exact, entry] = [guest.target.resolveStop('*walk', 0), guest.target.resolveLocation('walk', 0)];
    assert.deepEqual(exact, entry);
  });

  test(`ST-DBG-117 a condition reads variables in memory in the byte order of the program (${isa})`, () => {
    const guest = new SampleGuest('counter', 'O0', { isa, kvm: 'pr' });
    guest.runTo('fibonacci', 'n == 3 && counter == 55');
    assert.deepEqual([guest.value('n'), guest.value('counter')], ['3', '55']);
    guest.runTo('digest', 'value > 0x100000000');
    assert.match(guest.frames[0] ?? '', /^digest/);
    assert.ok(BigInt(guest.value('value')) > 0x1_0000_0000n);
  });

  test(`ST-DBG-118 without call frame information the back chain leads to the same callers (${isa})`, () => {
    const path = `samples/counter/counter.${isa}.O2.elf`;
    const bytes = new Uint8Array(readFileSync(new URL(`../../../${path}`, import.meta.url)));
    const text = new TextDecoder('latin1').decode(bytes);
    for (const name of ['.eh_frame', '.debug_frame']) {
      for (let at = text.indexOf(`${name}\0`); at >= 0; at = text.indexOf(`${name}\0`, at + 1)) bytes[at + 1] = 'x'.charCodeAt(0);
    }
    const guest = new SampleGuest('counter', 'O2', { isa, kvm: 'pr', program: { path, bytes } });
    for (const { at, frames, ...stop } of GDB) {
      guest.runTo(at, 'condition' in stop ? stop.condition : undefined);
      assert.deepEqual(guest.frames.slice(0, frames.length), frames);
      assert.notEqual(guest.frame(1).foundBy, 'callFrameInformation');
    }
  });
}
