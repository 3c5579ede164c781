// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as controlRegisters from '../../src/cpu/aarch64/registers/controlRegisters.js';
import * as debugRegisters from '../../src/cpu/aarch64/registers/debugRegisters.js';
import {
  decode,
  describe,
  describedBits,
  encode,
  field,
  position,
  type Register,
  register,
  reserved,
  reservedOnes,
} from '../../src/cpu/registers/describeRegister.js';

const { DBGWCR_EL1, DBGBCR_EL1, MDSCR_EL1 } = debugRegisters;
const isRegister = (value: unknown): value is Register => typeof value === 'object' && value !== null && 'positions' in value;
const exported: readonly unknown[] = [...Object.values(debugRegisters), ...Object.values(controlRegisters)];
const all: readonly Register[] = exported.filter(isRegister);

test('ST-PE-030 every field of every described register decodes to what was encoded and touches no other field', () => {
  for (const r of all) {
    for (const each of r.fields.filter(({ name }) => name !== 'RES0' && name !== 'RES1')) {
      const { high, low } = position(r, each);
      const word = encode(r, { [each.name]: (1n << BigInt(high - low + 1)) - 1n });
      assert.equal(
        word & ~reservedOnes(r),
        describedBits(r) & (((1n << BigInt(high - low + 1)) - 1n) << BigInt(low)),
        `${r.name}.${each.name}`,
      );
      assert.deepEqual(
        Object.entries(decode(r, word)).flatMap(([name, value]) => (BigInt(value) === 0n ? [] : [name])),
        [each.name],
      );
    }
  }
});

test('ST-PE-031 a field takes its value by the name the manual gives it', () => {
  assert.equal(encode(DBGWCR_EL1, { E: 'enabled', PAC: 'EL1AndEL0', LSC: 'stores', BAS: 0xff }), 0x1ff7n);
  assert.equal(encode(DBGBCR_EL1, { E: 'enabled', PMC: 'EL1AndEL0', BAS: 0b1111 }), 0x1e7n);
  assert.equal(encode(MDSCR_EL1, { MDE: 'enabled', KDE: 'enabled', SS: 'enabled' }), 0xa001n);
  assert.equal(encode(debugRegisters.MDCR_EL2, { TDE: 1, TDA: 1, TDOSA: 1, TDRA: 1 }), 0xf00n);
  assert.equal(reservedOnes(controlRegisters.SCTLR_EL1), 0x30d0_0800n);
});

test('ST-PE-032 a description with a gap, an overlap, a repeated name or a value named twice does not load', () => {
  const make = (...fields: Parameters<typeof register>[0]['fields'][number][]) =>
    register({ name: 'R', title: 'R', width: 8, numbering: 'lsb0', fields });
  assert.throws(() => make(field('7:5', 'A', 'a'), field('3:0', 'B', 'b')), /does not follow/);
  assert.throws(() => make(field('7:4', 'A', 'a'), field('4:0', 'B', 'b')), /does not follow/);
  assert.throws(() => make(field('7:4', 'A', 'a')), /not described/);
  assert.throws(() => make(field('7:4', 'A', 'a'), field('3:0', 'A', 'b')), /names a field twice/);
  assert.throws(() => make(field('7:4', 'A', 'a', { x: 1, y: 1 }), reserved('3:0')), /names a value twice/);
});

test('ST-PE-033 a register numbered from the most significant bit puts its fields there', () => {
  const DAWRX0 = register({
    name: 'DAWRX0',
    title: 'Data Address Watchpoint Register Extension 0',
    width: 64,
    numbering: 'msb0',
    fields: [reserved('0:47'), field('48:53', 'MRD', 'Match range'), reserved('54:56'), field('57', 'DW', 'Data write'), reserved('58:63')],
  });
  assert.equal(encode(DAWRX0, { MRD: 1, DW: 1 }), 0x440n);
});

test('ST-PE-034 the register view reads in words', () => {
  assert.deepEqual(
    describe(DBGWCR_EL1, 0x1ff7n)
      .filter(each => each.value)
      .map(each => `${each.name} [${each.bits}] = ${each.meaning || each.value}`),
    ['BAS [12:5] = 255', 'LSC [4:3] = stores', 'PAC [2:1] = EL1AndEL0', 'E [0] = enabled'],
  );
});
