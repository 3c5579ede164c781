// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleGuest } from './sampleGuest.js';

/**
 * What gdb-multiarch 13 shows of samples/counter/counter.aarch64.O2.elf at the gdbstub of qemu-system-aarch64 7.2
 * (-M virt -cpu cortex-a57 -nic none -kernel … -S -gdb): stops in the order of the run, frames without start-up code, arguments and locals by
 * frame. At `swap` no values are compared: gdb takes the empty first entry of the location list of `pair` there, we the one that covers the
 * instruction. gdb's characters are written `83 'S'` by us as well; its octal escapes are left out.
 */
const GDB = [
  { at: 'increment', frames: ['increment:72', 'main:254'], variables: [{ delta: '1' }] },
  {
    at: 'observe',
    frames: ['observe:126', 'scale:134', 'main:256'],
    variables: [{ value: '4' }, { value: '1', factor: '4', product: '4', seen: '<optimized out>' }],
  },
  { at: 'digest', frames: ['digest:89', 'main:257'], variables: [{ value: '8', low: '<optimized out>', high: '<optimized out>' }] },
  {
    at: 'fibonacci',
    condition: 'n == 3',
    frames: ['fibonacci:96', ...Array.from({ length: 9 }, () => 'fibonacci:98'), 'main:260'],
    variables: [
      { n: '3', first: '<optimized out>', second: '<optimized out>' },
      { n: '4', first: '<optimized out>', second: '<optimized out>' },
    ],
  },
  { at: 'walk', frames: ['walk:194', 'main:263'], variables: [{ list: '0x40081030 <items>' }] },
  { at: 'swap', frames: ['swap:225', 'main:264'], variables: [] },
  { at: 'sum_of_squares', frames: ['sum_of_squares:156', 'main:266'], variables: [{ count: '9', squares: '<optimized out>' }] },
  {
    at: 'many',
    frames: ['many:150', 'main:267'],
    variables: [{ a: "83 'S'", b: '-1234', c: '1208', d: '4', f: '6', g: '7', h: '8', i: '9', j: '10', sum: '<optimized out>' }],
  },
] as const;

test("ST-DBG-010 frames, arguments and locals of counter at -O2 are those that gdb shows at QEMU's gdbstub", async context => {
  const guest = new SampleGuest('counter', 'O2');
  for (const stop of GDB) {
    await context.test(`ST-DBG-010 at ${stop.at}`, () => {
      guest.runTo(stop.at, 'condition' in stop ? stop.condition : undefined);
      assert.deepEqual(guest.frames.slice(0, stop.frames.length), stop.frames);
      for (const [level, variables] of stop.variables.entries()) {
        const ours = guest.variables(level);
        const shown = Object.fromEntries(Object.keys(variables).map(name => [name, ours[name]]));
        assert.deepEqual(shown, variables);
      }
    });
  }
});

test('ST-DBG-011 a structure behind a pointer is shown as gdb shows it', () => {
  const guest = new SampleGuest('counter', 'O2');
  guest.runTo('walk');
  assert.deepEqual(
    ['list->next->where', 'list->nested', 'list->flags', 'list->word.halves', 'list->history', 'list->color', 'list->name'].map(text =>
      guest.value(text),
    ),
    [
      '{x = 10, y = -1}',
      '{inner = 0, {large = 5208208757389214273, letters = "ABCDEFGH"}}',
      '{ready = 1, mode = 3, level = 0, rest = 74565}',
      '{13124, 4386}',
      '{0, 1, 2, 3}',
      'RED',
      '0x400808e8 "first"',
    ],
  );
});

test('ST-DBG-012 after a step over swap the caller shows what it keeps and what it has lost', () => {
  const guest = new SampleGuest('counter', 'O2');
  guest.runTo('swap');
  guest.step('over');
  assert.equal(guest.here, 'main:265');
  const { numbers, fib, ack, negative, text } = guest.variables();
  assert.deepEqual(
    { numbers, fib, ack, negative, text },
    {
      numbers: '{699, 65, 129, 180, 437}',
      fib: '144',
      ack: '<optimized out>',
      negative: '-1234',
      text: '0x400808f0 "counter"',
    },
  );
});
