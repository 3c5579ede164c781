// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import type { Workbench } from '../workbench/index.js';
import { lineOf } from './sourceLines.js';
import { programOf, sample, walk } from './walk.js';

const SOURCE = 'samples/counter/counter.c';
const line = (words: string): number => lineOf('counter/counter.c', words);

/** Bytes of an A64 instruction. */
const INSTRUCTION = 4n;

/** Checks that rows follow one another in memory, with no gap and none twice, and returns the addresses. */
function contiguous(rows: readonly string[]): readonly bigint[] {
  const addresses = rows.flatMap(row => /0x[0-9a-f]{16}(?= )/.exec(row) ?? []).map(BigInt);
  assert.ok(addresses.length > 10, `only ${addresses.length} instructions are drawn:\n${rows.join('\n')}`);
  for (const [index, address] of addresses.entries())
    if (index > 0) assert.equal(address, (addresses[index - 1] ?? 0n) + INSTRUCTION, `the rows jump:\n${rows.join('\n')}`);
  return addresses;
}

/** Notches of the mouse wheel at once, and how often. */
const TURN = 5;
const TURNS = 8;

/** Instructions that the view asks for at once. */
const PAGE = 50n;

/**
 * Scrolls by some notches again and again: each time the rows move on, and part of those that were seen before is seen still. In all it is further
 * than what the view asks for at once.
 */
async function scrollWithoutJump({ disassembly }: Workbench, notches: number): Promise<void> {
  let before = contiguous(await disassembly.settled());
  const [start = 0n] = before;
  for (let turn = 0; turn < TURNS; turn++) {
    const now = contiguous(await disassembly.scroll(notches));
    const [first = 0n] = before;
    assert.ok(notches < 0 ? (now[0] ?? 0n) < first : (now[0] ?? 0n) > first, 'the view does not move on');
    assert.ok(
      now.some(address => before.includes(address)),
      'the view jumps over rows',
    );
    before = now;
  }
  const distance = notches < 0 ? start - (before[0] ?? 0n) : (before[0] ?? 0n) - start;
  assert.ok(distance > PAGE * INSTRUCTION, `the view moved by ${distance} bytes only`);
}

walk(
  'ST-VSC-012 the disassembly shows source and symbols, scrolls both ways without a jump and steps by instruction; memory shows its bytes',
  'node',
  sample('counter'),
  { program: programOf('counter'), stopOnEntry: false },
  async bench => {
    const { editor, debugging, disassembly } = bench;
    await bench.openFile(SOURCE);
    await editor.goTo(line('store counter'));
    await editor.clickGutter(line('store counter'));
    await debugging.start();
    await debugging.stoppedIn('increment', line('store counter'));
    await disassembly.open();
    await disassembly.current().filter({ hasText: '<increment+0x8> adrp x0' }).waitFor();
    await disassembly.row(`${line('store counter')}: counter += delta;`).waitFor();

    await scrollWithoutJump(bench, -TURN);
    await scrollWithoutJump(bench, TURN);

    await disassembly.row('<increment+0x10>').click();
    await bench.press('F10');
    await disassembly.current().filter({ hasText: '<increment+0xc> add x0' }).waitFor();
    await bench.press('F11');
    await disassembly.current().filter({ hasText: '<increment+0x10> ldr w1' }).waitFor();

    await bench.showOnly('Variables', 'Call Stack');
    const variables = bench.pane('Variables');
    await variables.open('Arguments');
    await variables.rowAction('delta', 'View Binary Data');
    await bench.webview('01 00 00 00').waitFor();
  },
);
