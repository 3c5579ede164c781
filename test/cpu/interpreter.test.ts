// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GENERAL_SLOTS, toX, X, XorSP } from '../../src/cpu/aarch64/registers/stateLayout.js';
import { buildDecoder } from '../../src/cpu/decode/decisionTree.js';
import { instruction } from '../../src/cpu/decode/row.js';
import { STOP } from '../../src/cpu/engine/engine.js';
import { buildInterpreter, Interpreter } from '../../src/cpu/interpreter/index.js';
import { PC_SLOT } from '../../src/cpu/state/stateLayout.js';

// A small instruction set in the form of the real ones, so that this file tests the engine and nothing else.
const undefinedRow = instruction('UNDEFINED', 'word:32', {
  operands: () => ({}),
  execute: e => e.leave('UNDEFINED', e.constant(0n)),
  assembly: () => ['udf'],
});
const rows = [
  instruction('ADDI', '00000001 d:5 n:5 imm:14', {
    operands: ({ d, n, imm }) => ({ d: toX(d), n: XorSP(n), imm: BigInt(imm) }),
    execute: (e, _, { d, n, imm }) => e.set(d, e.add(e.get(n), imm)),
    assembly: () => ['addi'],
  }),
  instruction('B', '00000010 imm:24', {
    operands: ({ imm }) => ({ offset: BigInt.asUintN(64, BigInt.asIntN(26, BigInt(imm) << 2n)) }),
    execute: (e, _, { offset }) => e.branchBy(offset),
    assembly: () => ['b'],
  }),
  instruction('BNZ', '00000011 n:5 imm:19', {
    operands: ({ n, imm }) => ({ n: X(n), offset: BigInt.asUintN(64, BigInt.asIntN(21, BigInt(imm) << 2n)) }),
    execute: (e, _, { n, offset }) => e.branchByIf(e.negate(e.isZero(e.get(n))), offset),
    assembly: () => ['bnz'],
  }),
  instruction('LOAD', '00000100 d:5 n:5 imm:14', {
    operands: ({ d, n, imm }) => ({ d: toX(d), n: X(n), imm: BigInt(imm) }),
    execute: (e, _, { d, n, imm }) => e.set(d, e.load(e.add(e.get(n), imm), { bytes: 8 })),
    assembly: () => ['load'],
  }),
  instruction('STORE', '00000101 t:5 n:5 imm:14', {
    operands: ({ t, n, imm }) => ({ t: X(t), n: X(n), imm: BigInt(imm) }),
    execute: (e, _, { t, n, imm }) => e.store(e.add(e.get(n), imm), { bytes: 4 }, e.get(t)),
    assembly: () => ['store'],
  }),
  instruction('CALL', '00000110 -------- imm:16', {
    operands: ({ imm }) => ({ imm: BigInt(imm) }),
    execute: (e, _, { imm }) => e.leave('CALL', imm),
    assembly: () => ['call'],
  }),
  instruction('MULH', '00000111 d:5 n:5 m:5 -------- u!', {
    operands: ({ d, n, m }) => ({ d: toX(d), n: X(n), m: X(m) }),
    execute: (e, { u }, { d, n, m }) => e.set(d, u ? e.multiplyHighUnsigned(e.get(n), e.get(m)) : e.multiplyHighSigned(e.get(n), e.get(m))),
    assembly: () => ['mulh'],
    isOutOfLine: true,
  }),
  instruction('ROTI', '00001000 d:5 n:5 ------- imm:7', {
    operands: ({ d, n, imm }) => ({ d: toX(d), n: X(n), imm: BigInt(imm) }),
    execute: (e, _, { d, n, imm }) => e.set(d, e.rotateRight(e.get(n), imm)),
    assembly: () => ['roti'],
    isRare: () => true,
  }),
  instruction('LOADPAIR', '00001001 d:5 d2:5 n:5 imm:9', {
    operands: ({ d, d2, n, imm }) => ({ d: toX(d), d2: toX(d2), n: X(n), imm: BigInt(imm) }),
    execute: (e, _, { d, d2, n, imm }) => {
      const [first, second] = e.loadPair(e.add(e.get(n), imm), { bytes: 8 });
      e.set(d, first);
      e.set(d2, second);
    },
    assembly: () => ['loadpair'],
  }),
];
const ADDI = (d: number, n: number, imm: number): number => (0x0100_0000 | (d << 19) | (n << 14) | imm) >>> 0;
const B = (offset: number): number => (0x0200_0000 | ((offset >> 2) & 0xff_ffff)) >>> 0;
const BNZ = (n: number, offset: number): number => (0x0300_0000 | (n << 19) | ((offset >> 2) & 0x7_ffff)) >>> 0;
const LOAD = (d: number, n: number, imm: number): number => (0x0400_0000 | (d << 19) | (n << 14) | imm) >>> 0;
const STORE = (t: number, n: number, imm: number): number => (0x0500_0000 | (t << 19) | (n << 14) | imm) >>> 0;
const CALL = (imm: number): number => (0x0600_0000 | imm) >>> 0;
const MULH = (d: number, n: number, m: number, u: number): number => (0x0700_0000 | (d << 19) | (n << 14) | (m << 9) | u) >>> 0;
const ROTI = (d: number, n: number, imm: number): number => (0x0800_0000 | (d << 19) | (n << 14) | imm) >>> 0;
const LOADPAIR = (d: number, d2: number, n: number, imm: number): number => (0x0900_0000 | (d << 19) | (d2 << 14) | (n << 9) | imm) >>> 0;

const instructions = {
  rows: [...rows, undefinedRow],
  decode: buildDecoder(rows),
  undefinedRow,
  routines: ['UNDEFINED', 'CALL'],
  instructionEndianness: 'little',
} as const;
const image = buildInterpreter(instructions.rows, instructions.routines);
const BASE = 0x4000_0000n;

function boot(program: readonly number[], options: { readonly traps?: readonly number[]; readonly at?: bigint } = {}) {
  const engine = new Interpreter(instructions, image);
  const ram = engine.allocateRam(0x1_0000);
  assert.ok(ram !== undefined);
  const at = options.at ?? BASE;
  const view = new DataView(ram.bytes.buffer, ram.hostOffset, ram.bytes.length);
  program.forEach((word, index) => {
    view.setUint32(Number(at - BASE) + index * 4, word, true);
  });
  for (let page = 0; page < 16; page++) {
    engine.fillFetch(BASE + BigInt(page * 0x1000), ram.hostOffset + page * 0x1000, page === 0 ? (options.traps ?? []) : []);
  }
  for (let page = 0; page < 16; page++) {
    engine.fillRead(BASE + BigInt(page * 0x1000), ram.hostOffset + page * 0x1000);
    engine.fillWrite(BASE + BigInt(page * 0x1000), ram.hostOffset + page * 0x1000);
  }
  engine.state.write(PC_SLOT, at);
  const x = (n: number): bigint => engine.state.read(GENERAL_SLOTS[n] ?? assert.fail());
  const setX = (n: number, value: bigint): void => engine.state.write(GENERAL_SLOTS[n] ?? assert.fail(), value);
  return { engine, ram, view, x, setX, pc: () => engine.state.read(PC_SLOT) };
}

test('ST-ENG-001 the budget is exact by instruction', () => {
  const { engine, x, setX, pc } = boot([ADDI(1, 1, 1), BNZ(2, -4)]);
  setX(2, 1n);
  assert.equal(engine.run(7), STOP.BUDGET);
  assert.deepEqual([x(1), pc(), engine.retired], [4n, BASE + 4n, 7]);
  assert.equal(engine.run(1), STOP.BUDGET);
  assert.deepEqual([x(1), pc()], [4n, BASE]);
});

test('ST-ENG-002 a program runs across the end of a page and branches back', () => {
  const { engine, x, setX, pc } = boot([ADDI(1, 1, 1), ADDI(1, 1, 2), BNZ(2, -8)], { at: BASE + 0xff8n });
  setX(2, 1n);
  assert.equal(engine.run(6), STOP.BUDGET);
  assert.deepEqual([x(1), pc()], [6n, BASE + 0xff8n]);
});

test('ST-ENG-003 leaving names the routine and the payload and does not retire the instruction', () => {
  const { engine, pc } = boot([ADDI(1, 1, 1), CALL(0xbeef)]);
  assert.equal(engine.run(100), STOP.LEAVE);
  assert.deepEqual([engine.routine, engine.payload, engine.retired, pc()], ['CALL', 0xbeefn, 1, BASE + 4n]);
});

test('ST-ENG-004 an access without a translation or misaligned stops with its address, before anything changes', () => {
  const { engine, x, setX, pc } = boot([LOAD(1, 3, 0)]);
  setX(1, 5n);
  for (const address of [0x9000_0000n, BASE + 0x104n, BASE + 0x10_4000n]) {
    setX(3, address);
    assert.equal(engine.run(1), STOP.MEMORY);
    assert.deepEqual([engine.faultAddress, x(1), pc(), engine.retired], [address, 5n, BASE, 0]);
  }
});

test('ST-ENG-005 a store into decoded instructions runs the new instruction', () => {
  const { engine, ram, x, setX, view } = boot([ADDI(1, 1, 1), STORE(4, 3, 0), ADDI(1, 1, 1), B(-12)]);
  setX(3, BASE + 8n);
  setX(4, BigInt(ADDI(1, 1, 100)));
  assert.equal(engine.run(3), STOP.BUDGET);
  assert.equal(x(1), 101n);
  view.setUint32(0, ADDI(1, 1, 1000), true);
  engine.invalidateCode(ram.hostOffset, 4);
  engine.run(2);
  assert.equal(x(1), 1101n);
});

test('ST-ENG-006 a trap stops before its instruction and can be passed over, and stays', () => {
  const { engine, x, pc } = boot([ADDI(1, 1, 1), ADDI(1, 1, 1), B(-8)], { traps: [4] });
  assert.equal(engine.run(100), STOP.TRAP);
  assert.deepEqual([x(1), pc(), engine.retired], [1n, BASE + 4n, 1]);
  assert.equal(engine.runUntrapped(), STOP.BUDGET);
  assert.deepEqual([x(1), pc()], [2n, BASE + 8n]);
  assert.equal(engine.run(100), STOP.TRAP);
  engine.clearTraps();
  assert.equal(engine.run(10), STOP.BUDGET);
});

test('ST-ENG-007 an access to watched bytes stops, one beside them on the same page does not', () => {
  const { engine, ram, setX, x, view } = boot([STORE(4, 3, 0), LOAD(1, 3, 0)]);
  engine.fillWrite(BASE + 0x1000n, ram.hostOffset + 0x1000, [0x20, 0x24]);
  setX(4, 0x77n);
  setX(3, BASE + 0x1028n);
  assert.equal(engine.run(2), STOP.BUDGET);
  assert.deepEqual([x(1), view.getUint32(0x1028, true)], [0x77n, 0x77]);
  setX(3, BASE + 0x1020n);
  engine.state.write(PC_SLOT, BASE);
  assert.equal(engine.run(2), STOP.MEMORY);
  assert.equal(view.getUint32(0x1020, true), 0);

  const pairs = boot([LOADPAIR(1, 2, 3, 0)]);
  pairs.engine.fillRead(BASE + 0x1000n, pairs.ram.hostOffset + 0x1000, [0x21, 0x24]);
  for (let offset = 0; offset < 0x40; offset += 8) {
    pairs.setX(3, BASE + 0x1000n + BigInt(offset));
    pairs.engine.state.write(PC_SLOT, BASE);
    assert.equal(pairs.engine.run(1), offset === 0x18 || offset === 0x20 ? STOP.MEMORY : STOP.BUDGET, `pair at offset ${offset}`);
  }
});

test('ST-ENG-008 the high half of a product is exact for both signs', () => {
  const { engine, x, setX } = boot([MULH(1, 3, 4, 0), MULH(2, 3, 4, 1)]);
  const samples = [0n, 1n, -1n, 2n ** 63n, 2n ** 63n - 1n, 0x1234_5678_9abc_def0n, 0xffff_ffffn, -0x1_0000_0001n];
  for (const a of samples) {
    for (const b of samples) {
      engine.state.write(PC_SLOT, BASE);
      setX(3, a);
      setX(4, b);
      engine.run(2);
      const signed = BigInt.asUintN(64, (BigInt.asIntN(64, a) * BigInt.asIntN(64, b)) >> 64n);
      const unsigned = BigInt.asUintN(64, (BigInt.asUintN(64, a) * BigInt.asUintN(64, b)) >> 64n);
      assert.deepEqual([x(1), x(2)], [signed, unsigned], `${a} * ${b}`);
    }
  }
});

test('ST-ENG-009 more pages than the decode cache holds still run', () => {
  const { engine, ram, x } = boot([ADDI(1, 1, 1), B(-4)]);
  const more = engine.allocateRam(0x1000 * 1100);
  assert.ok(more !== undefined);
  for (let page = 0; page < 1100; page++) engine.fillFetch(0x8000_0000n + BigInt(page) * 0x1000n, more.hostOffset + page * 0x1000);
  engine.fillFetch(BASE, ram.hostOffset);
  assert.equal(engine.run(4), STOP.BUDGET);
  assert.equal(x(1), 2n);
});

test('ST-ENG-010 a module for big-endian data reverses the bytes of each element, and nothing else', () => {
  const bigEndian = { ...instructions, instructionEndianness: 'big' } as const;
  const engine = new Interpreter(bigEndian, buildInterpreter(bigEndian.rows, bigEndian.routines, { dataEndianness: 'big' }));
  const ram = engine.allocateRam(0x1_0000);
  assert.ok(ram !== undefined);
  const view = new DataView(ram.bytes.buffer, ram.hostOffset, ram.bytes.length);
  [STORE(4, 3, 0), LOAD(1, 3, 8)].forEach((word, index) => {
    view.setUint32(index * 4, word, false);
  });
  view.setBigUint64(0x1008, 0x0102_0304_0506_0708n, false);
  engine.fillFetch(BASE, ram.hostOffset);
  engine.fillRead(BASE + 0x1000n, ram.hostOffset + 0x1000);
  engine.fillWrite(BASE + 0x1000n, ram.hostOffset + 0x1000);
  engine.state.write(PC_SLOT, BASE);
  engine.state.write(GENERAL_SLOTS[3] ?? assert.fail(), BASE + 0x1000n);
  engine.state.write(GENERAL_SLOTS[4] ?? assert.fail(), 0xffff_ffff_1234_5678n);
  assert.equal(engine.run(2), STOP.BUDGET);
  assert.deepEqual(
    [view.getUint32(0x1000, false), view.getUint32(0x1004, false), engine.state.read(GENERAL_SLOTS[1] ?? assert.fail())],
    [0x1234_5678, 0, 0x0102_0304_0506_0708n],
  );
});

test('ST-ENG-011 a sequence with a handler of its own is exact: its budget, a trap, a store and a fault inside it', () => {
  const [add, load] = ['ADDI|0|0', 'LOAD|0|0'];
  const frequentSequences = [
    [add, add],
    [add, add, load],
    [add, 'STORE|0|0', add],
    [add, 'BNZ|0|1'],
  ];
  const fused = buildInterpreter(instructions.rows, instructions.routines, { frequentSequences });
  assert.equal(fused.sequences.length, frequentSequences.length);
  const run = (variant: typeof image, program: readonly number[], budgets: readonly number[], traps: readonly number[] = []) => {
    const engine = new Interpreter(instructions, variant);
    const ram = engine.allocateRam(0x1_0000) ?? assert.fail();
    const view = new DataView(engine.memory.buffer, ram.hostOffset, 0x1_0000);
    program.forEach((word, index) => {
      view.setUint32(index * 4, word, true);
    });
    engine.fillFetch(BASE, ram.hostOffset, traps);
    engine.fillRead(BASE, ram.hostOffset);
    engine.fillWrite(BASE, ram.hostOffset);
    engine.state.write(PC_SLOT, BASE);
    const slot = (n: number) => GENERAL_SLOTS[n] ?? assert.fail();
    engine.state.write(slot(2), 1n);
    engine.state.write(slot(3), BASE + 8n);
    engine.state.write(slot(4), BigInt(ADDI(1, 1, 100)));
    engine.state.write(slot(5), 0x9000_0000n);
    return budgets.map(budget => {
      const stop = engine.run(budget);
      return { stop, retired: engine.retired, pc: engine.state.read(PC_SLOT), x1: engine.state.read(slot(1)) };
    });
  };
  const programs: readonly (readonly [program: readonly number[], traps?: readonly number[]])[] = [
    [[ADDI(1, 1, 1), ADDI(1, 1, 2), BNZ(2, -8)]],
    [[ADDI(1, 1, 1), ADDI(1, 1, 2), LOAD(1, 5, 0), B(-12)]],
    [[ADDI(1, 1, 1), STORE(4, 3, 0), ADDI(1, 1, 7), BNZ(2, -12)]],
    [[ADDI(1, 1, 1), ADDI(1, 1, 2), ADDI(1, 1, 4), BNZ(2, -12)], [4]],
  ];
  for (const [program, traps] of programs) {
    for (const budgets of [[1, 1, 1, 1, 1], [2, 2, 2], [3, 3], [5, 1, 7], [100]]) {
      assert.deepEqual(run(fused, program, budgets, traps), run(image, program, budgets, traps), `budgets ${budgets}`);
    }
  }
});

test('ST-ENG-011 a trap set and an instruction written inside a sequence that has run are seen by the next run', () => {
  const add = 'ADDI|0|0';
  const fused = buildInterpreter(instructions.rows, instructions.routines, { frequentSequences: [[add, add, add]] });
  const engine = new Interpreter(instructions, fused);
  const ram = engine.allocateRam(0x1_0000) ?? assert.fail();
  const view = new DataView(engine.memory.buffer, ram.hostOffset, 0x1_0000);
  [ADDI(1, 1, 1), ADDI(1, 1, 2), ADDI(1, 1, 4), B(-12)].forEach((word, index) => {
    view.setUint32(index * 4, word, true);
  });
  const x1 = (): bigint => engine.state.read(GENERAL_SLOTS[1] ?? assert.fail());
  engine.fillFetch(BASE, ram.hostOffset);
  engine.state.write(PC_SLOT, BASE);
  assert.deepEqual([engine.run(400), x1()], [STOP.BUDGET, 700n]);
  for (const place of [4, 8]) {
    engine.fillFetch(BASE, ram.hostOffset, [place]);
    assert.deepEqual([engine.run(400), engine.state.read(PC_SLOT)], [STOP.TRAP, BASE + BigInt(place)]);
    engine.clearTraps();
    engine.run(4 - place / 4);
    engine.invalidateCode(ram.hostOffset, 16);
    engine.run(400);
  }
  for (const place of [1, 2]) {
    const before = x1();
    view.setUint32(place * 4, ADDI(1, 1, 100), true);
    engine.invalidateCode(ram.hostOffset + place * 4, 4);
    engine.run(4);
    assert.equal(x1() - before, place === 1 ? 105n : 201n);
  }
});

test('ST-ENG-012 instructions that the fast copy leaves to the complete one are run once each, whatever the budget', () => {
  const program = [ADDI(1, 1, 1), ROTI(5, 5, 1), ADDI(1, 1, 2), MULH(6, 1, 5, 1), ADDI(1, 1, 4), BNZ(2, -20)];
  const sums = [0n, 1n, 1n, 3n, 3n, 7n, 7n];
  for (let budget = 1; budget < 100; budget++) {
    const { engine, x, setX, pc } = boot(program);
    setX(2, 1n);
    setX(5, 1n);
    for (const total of [budget, 2 * budget, 3 * budget]) {
      assert.equal(engine.run(budget), STOP.BUDGET);
      const [rounds, rest] = [Math.floor(total / 6), total % 6];
      const rotations = rounds + (rest > 1 ? 1 : 0);
      assert.deepEqual(
        [engine.retired, pc(), x(1), x(5)],
        [budget, BASE + BigInt(4 * rest), BigInt(rounds) * 7n + (sums[rest] ?? 0n), 2n ** BigInt((64 - (rotations % 64)) % 64)],
        `budget ${budget}`,
      );
    }
  }
});

test('ST-ENG-013 a pair whose elements are on two pages is translated for both', () => {
  const { engine, x, setX, view } = boot([LOADPAIR(1, 2, 3, 0)]);
  view.setBigUint64(0x1ff8, 5n, true);
  view.setBigUint64(0x2000, 6n, true);
  setX(3, BASE + 0x1ff8n);
  assert.deepEqual([engine.run(1), x(1), x(2)], [STOP.BUDGET, 5n, 6n]);
  setX(3, BASE + 0xfff8n);
  engine.state.write(PC_SLOT, BASE);
  assert.deepEqual([engine.run(1), engine.faultAddress, x(1)], [STOP.MEMORY, BASE + 0x1_0000n, 5n]);
});
