// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GENERAL_SLOTS } from '../../src/cpu/aarch64/registers/stateLayout.js';
import { AARCH64_INSTRUCTION_SET, buildInterpreter, Interpreter, STOP } from '../../src/cpu/index.js';
import { variantKey } from '../../src/cpu/interpreter/interpreterModule.js';
import { PC_SLOT } from '../../src/cpu/state/stateLayout.js';

const { rows, routines, decode, unnamedSlots } = AARCH64_INSTRUCTION_SET;
const BASE = 0x4000_0000n;

/** The name of the handler for `word`, for a branch the one for near targets. */
function nameOf(word: number, isNear = 0): string {
  const row = decode(word) ?? assert.fail();
  return `${row.name}|${variantKey(row, word)}|${isNear}`;
}

// biome-ignore format: a table
const FLAG_SETTERS: Readonly<Record<string, number>> = {
  'subs x2, x0, x1': 0xeb01_0002, 'subs w2, w0, w1': 0x6b01_0002,
  'adds x2, x0, x1': 0xab01_0002, 'ands x2, x0, x1': 0xea01_0002, 'ands w2, w0, w1': 0x6a01_0002,
};
const CONDITIONS = Array.from({ length: 14 }, (_, cond) => cond);
const branchOver = (cond: number): number => (0x5400_0040 | cond) >>> 0;
const select = (cond: number): number => (0x9a81_0003 | (cond << 12)) >>> 0; // csel x3, x0, x1, cond
const COUNT = 0x9100_0484; // add x4, x4, #1
const VALUES = [0n, 1n, 2n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];

test('ST-ENG-014 a condition right behind what set the flags holds in a sequence exactly when it holds without one', () => {
  const programs = Object.entries(FLAG_SETTERS).flatMap(([name, setter]) =>
    CONDITIONS.flatMap(cond => [
      { name: `${name}; b.${cond}`, words: [setter, branchOver(cond), COUNT, COUNT] },
      { name: `${name}; csel.${cond}`, words: [setter, select(cond), COUNT, COUNT] },
    ]),
  );
  const frequentSequences = Object.values(FLAG_SETTERS).flatMap(setter =>
    CONDITIONS.flatMap(cond => [
      [nameOf(setter), nameOf(branchOver(cond), 1)],
      [nameOf(setter), nameOf(select(cond))],
    ]),
  );
  const fused = buildInterpreter(rows, routines, { frequentSequences, unnamedSlots: unnamedSlots ?? [] });
  // Conditions of overflow alone are rare and have no handler that a sequence could take in.
  assert.equal(fused.sequences.length, Object.keys(FLAG_SETTERS).length * (CONDITIONS.length - 2) * 2);
  const runner = (image: typeof fused) => {
    const engine = new Interpreter(AARCH64_INSTRUCTION_SET, image);
    const ram = engine.allocateRam(0x1000) ?? assert.fail();
    const view = new DataView(engine.memory.buffer, ram.hostOffset, 0x1000);
    programs
      .flatMap(({ words }) => words)
      .forEach((word, index) => {
        view.setUint32(index * 4, word, true);
      });
    engine.fillFetch(BASE, ram.hostOffset);
    return (program: number, a: bigint, b: bigint) => {
      [a, b, 0n, 0n, 0n].forEach((value, n) => {
        engine.state.write(GENERAL_SLOTS[n] ?? assert.fail(), value);
      });
      engine.state.write(PC_SLOT, BASE + BigInt(program * 16));
      assert.equal(engine.run(3), STOP.BUDGET);
      return [2, 3, 4].map(n => engine.state.read(GENERAL_SLOTS[n] ?? assert.fail()));
    };
  };
  const [withSequences, without] = [runner(fused), runner(buildInterpreter(rows, routines))];
  programs.forEach(({ name }, program) => {
    for (const a of VALUES)
      for (const b of VALUES) assert.deepEqual(withSequences(program, a, b), without(program, a, b), `${name} of ${a}, ${b}`);
  });
});
