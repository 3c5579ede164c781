// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../../src/base/index.js';
import { valueText } from '../../src/debug/values/format.js';
import { loadScalar, storeScalar } from '../../src/debug/values/scalarValue.js';
import { elementValue, findMember, memberValue, piecesValue, readValue, type Value, variableValue } from '../../src/debug/values/value.js';
import { openSymbolFile, type Piece, type SymbolFile, type Type, underlyingType } from '../../src/symbols/index.js';
import { elfFrame } from '../support/elfFrame.js';
import { expectGolden } from '../support/golden.js';
import { POWER_VARIANTS, type PowerVariant, powerElf } from '../support/powerElf.js';

function open(variant: PowerVariant): SymbolFile {
  const opened = openSymbolFile(powerElf(variant));
  assert.ok(opened.ok);
  return opened.value;
}

const GLOBALS = [
  ...['flags', 'wide', 'crossing', 'word', 'tiny', 'small', 'number', 'large', 'huge', 'single', 'half', 'third', 'whole', 'yes', 'letter'],
  ...['text', 'octets', 'matrix', 'vector', 'greeting', 'last', 'first', 'head', 'operations', 'counter'],
];

/** The global `name`, or a member of it: `first.flags.level`. */
function globalOf(file: SymbolFile, path: string): Value {
  const [name = '', ...members] = path.split('.');
  const frame = elfFrame(file);
  let value = variableValue(present(file.debug.globalsNamed(name)[0], name), frame);
  for (const member of members) {
    const type = underlyingType(value.type);
    assert.ok(type.kind === 'structure');
    for (const step of present(findMember(type, member), member)) value = memberValue(value, step, frame);
  }
  return value;
}

for (const variant of POWER_VARIANTS) {
  test(`ST-DBG-110 globals of every kind have the values of their source (${variant})`, () => {
    const file = open(variant);
    const frame = elfFrame(file);
    const lines = GLOBALS.map(name => {
      const [variable] = file.debug.globalsNamed(name);
      const value = variableValue(present(variable, name), frame);
      // Where something lies differs with the level of optimization.
      const text = valueText(value, frame, 'natural', address => file.elf.symbols.describe(address));
      return `${name} = ${text.replace(/0x[0-9a-f]+ (?=["<])/g, '<address> ')}`;
    });
    expectGolden(`ST-DBG-110.${variant.split('.')[0]}`, lines, 'debug');
  });
}

test('ST-DBG-111 storing in a bit-field changes it and nothing beside it, in both byte orders', () => {
  for (const variant of ['ppc64.O0', 'ppc64le.O0'] as const) {
    const file = open(variant);
    const frame = elfFrame(file);
    // biome-ignore format: a table, one row a line
    for (const [field, stored, beside, unchanged] of [
      ['flags.mode', 2n, 'flags.level', -7n],
      ['flags.level', -16n, 'flags.rest', 0x2a5a5an],
      ['wide.middle', 0x12_3456_789an, 'wide.high', 0xabcden],
      ['wide.after', 3n, 'wide.tail', 5n],
      ['crossing.across', 0x12345n, 'crossing.negative', -1234n],
      ['crossing.negative', -4096n, 'crossing.last', 0xbeefn],
    ] as const) {
      const stores = storeScalar(globalOf(file, field), stored, frame);
      assert.ok(stores.ok, `${variant} ${field}`);
      assert.deepEqual(loadScalar(globalOf(file, field), frame), { ok: true, value: stored }, `${variant} ${field}`);
      assert.deepEqual(loadScalar(globalOf(file, beside), frame), { ok: true, value: unchanged }, `${variant} ${beside}`);
    }
  }
});

const wordOf = (value: bigint): Uint8Array => Uint8Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));

const inRegister = (register: number, bitSize?: number): Piece => ({
  bitSize,
  bitOffset: 0,
  location: { kind: 'register', register },
});

test('ST-DBG-112 a value in pieces is put together in the order of the object: the first is the most significant in big-endian programs', () => {
  const registers = new Map([
    [29, wordOf(0x0011_2233_4455_6677n)],
    [30, wordOf(0x8899_aabb_ccdd_eeffn)],
  ]);
  const whole = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeffn;
  for (const [variant, order] of [
    ['ppc64.O2', [29, 30]],
    ['ppc64le.O2', [30, 29]],
  ] as const) {
    const file = open(variant);
    const frame = elfFrame(file, registers);
    const { type } = globalOf(file, 'huge');
    const pieces = order.map(register => inRegister(register, 64));
    const value = piecesValue(type, pieces);
    assert.deepEqual(loadScalar(value, frame), { ok: true, value: whole }, variant);
    const stores = storeScalar(value, whole + 1n, frame);
    assert.ok(stores.ok);
    assert.deepEqual([registers.get(30)?.[0], registers.get(30)?.[1], registers.get(29)?.[0]], [0x00, 0xef, 0x77], variant);
    storeScalar(value, whole, frame);
  }
});

test('ST-DBG-113 a value that is smaller than its register is the least significant part of it, and so are the parts of a structure', () => {
  for (const variant of ['ppc64.O2', 'ppc64le.O2'] as const) {
    const file = open(variant);
    const frame = elfFrame(file, new Map([[3, wordOf(0xdead_beef_1122_3344n)]]));
    const { type } = globalOf(file, 'word');
    assert.ok(type.kind === 'structure');
    const union = piecesValue(type, [inRegister(3)]);
    const [halves] = present(findMember(type, 'halves'), 'halves');
    const [whole] = present(findMember(type, 'whole'), 'whole');
    assert.ok(halves && whole);
    assert.deepEqual(loadScalar(memberValue(union, whole, frame), frame), { ok: true, value: 0x1122_3344n }, variant);
    const element: Type = present(underlyingType(halves.type).kind === 'array' ? underlyingType(halves.type) : undefined, 'array');
    assert.ok(element.kind === 'array');
    const first = elementValue(memberValue(union, halves, frame), element.element, 0n);
    assert.deepEqual(loadScalar(first, frame), { ok: true, value: variant.startsWith('ppc64le') ? 0x3344n : 0x1122n }, variant);
  }
});

test('ST-DBG-114 a float in a floating-point register, which holds doubles, is read and written as the number it is', () => {
  for (const variant of ['ppc64.O2', 'ppc64le.O2'] as const) {
    const file = open(variant);
    const registers = new Map([[33, wordOf(0x3ff8_0000_0000_0000n)]]);
    const frame = elfFrame(file, registers);
    const doubles = file.debug.supplement?.floatsAsDoubles;
    const single = piecesValue(globalOf(file, 'single').type, [inRegister(33)], doubles);
    const double = piecesValue(globalOf(file, 'half').type, [inRegister(33)], doubles);
    assert.deepEqual([loadScalar(single, frame), loadScalar(double, frame)], Array(2).fill({ ok: true, value: 1.5 }));
    assert.ok(storeScalar(single, -0.25, frame).ok);
    assert.deepEqual([loadScalar(single, frame), loadScalar(double, frame)], Array(2).fill({ ok: true, value: -0.25 }));
  }
});

test('ST-DBG-115 an IBM long double is shown as its two doubles, one that a double holds as that, and stored as one', () => {
  for (const variant of ['ppc64.O2', 'ppc64le.O2'] as const) {
    const file = open(variant);
    const frame = elfFrame(file);
    const text = (name: string): string => valueText(globalOf(file, name), frame, 'natural', () => undefined);
    assert.deepEqual([text('third'), text('whole')], ['0.3333333333333333 + 1.8503717077085938e-17', '3']);
    assert.ok(storeScalar(globalOf(file, 'third'), 0.75, frame).ok);
    assert.equal(text('third'), '0.75');
    const bytes = readValue(globalOf(file, 'third'), frame);
    assert.ok(bytes.ok && bytes.value.subarray(8).every(byte => byte === 0));
  }
});
