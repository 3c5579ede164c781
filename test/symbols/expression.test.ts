// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DW_OP } from '../../src/symbols/dwarf/constants.js';
import type { DwarfExpression, EvaluationContext } from '../../src/symbols/dwarf/expression.js';
import { evaluateExpression } from '../../src/symbols/dwarf/expressionEvaluator.js';
import { evaluateNumber } from '../../src/symbols/dwarf/expressionNumber.js';
import { type SectionAssembler, section } from '../support/dwarfAssembler.js';

const O = DW_OP;

const CONTEXT: EvaluationContext = {
  readRegister: register => (register < 32 ? BigInt(register) * 0x100n : undefined),
  readMemory: (address, size) => (address >= 0xf000n ? undefined : Uint8Array.from({ length: size }, (_, index) => index + 1)),
  frameBase: () => 0x4000n,
  callFrameAddress: () => 0x5000n,
  entryValue: ({ bytes }) => (bytes[0] === O.DW_OP_reg0 ? 42n : undefined),
};

const BASE_TYPES: ReadonlyMap<number, { encoding: number; bytes: number }> = new Map([
  [0x10, { encoding: 5, bytes: 4 }],
  [0x20, { encoding: 8, bytes: 1 }],
]);

const expression = ({ bytes }: SectionAssembler, endianness: 'little' | 'big' = 'little'): DwarfExpression => ({
  bytes,
  endianness,
  addressSize: 8,
  offsetSize: 4,
  version: 5,
  scope: {
    addressAtIndex: index => (index === 1 ? 0x9000n : undefined),
    baseTypeAt: offset => BASE_TYPES.get(offset),
    locationOfEntry: offset =>
      offset === 0x30 ? Uint8Array.of(O.DW_OP_lit0 + 5) : offset === 0x40 ? Uint8Array.of(O.DW_OP_call2, 0x40, 0) : undefined,
    unitOffset: 0,
  },
});

const number = (body: SectionAssembler): bigint | string => {
  const outcome = evaluateNumber(expression(body), CONTEXT);
  return outcome.kind === 'number' ? outcome.value : outcome.kind;
};

const lit = (value: number): number => O.DW_OP_lit0 + value;
const MINUS_ONE = 0xffff_ffff_ffff_ffffn;

// prettier-ignore
const NUMBERS: readonly [string, SectionAssembler, bigint | string][] = [
  ['addr', section().u8(O.DW_OP_addr).u64(0x1234), 0x1234n],
  ['const1s', section().u8(O.DW_OP_const1s, 0xff), MINUS_ONE],
  ['const2s', section().u8(O.DW_OP_const2s).u16(0xfffe), MINUS_ONE - 1n],
  ['const4u', section().u8(O.DW_OP_const4u).u32(0xffff_ffff), 0xffff_ffffn],
  ['consts', section().u8(O.DW_OP_consts).sleb(-300), MINUS_ONE - 299n],
  [
    'breg sp',
    section()
      .u8(O.DW_OP_breg0 + 31)
      .sleb(-16),
    0x1f00n - 16n,
  ],
  ['bregx', section().u8(O.DW_OP_bregx).uleb(2).sleb(8), 0x208n],
  ['reg as number', section().u8(O.DW_OP_reg0 + 3), 0x300n],
  ['fbreg', section().u8(O.DW_OP_fbreg).sleb(-8), 0x3ff8n],
  ['cfa', section().u8(O.DW_OP_call_frame_cfa), 0x5000n],
  ['deref', section().u8(lit(0), O.DW_OP_deref), 0x0807_0605_0403_0201n],
  ['deref_size', section().u8(lit(0), O.DW_OP_deref_size, 2), 0x0201n],
  ['no memory', section().u8(O.DW_OP_const2u).u16(0xf000).u8(O.DW_OP_deref), 'unavailable'],
  ['no register', section().u8(O.DW_OP_bregx).uleb(99).sleb(0), 'unavailable'],
  ['div signed', section().u8(O.DW_OP_const1s, 0xf9, lit(2), O.DW_OP_div), MINUS_ONE - 2n],
  ['div by zero', section().u8(lit(1), lit(0), O.DW_OP_div), 'invalid'],
  ['mod unsigned', section().u8(O.DW_OP_const1s, 0xff, lit(16), O.DW_OP_mod), 15n],
  ['shra', section().u8(O.DW_OP_const1s, 0xf0, lit(2), O.DW_OP_shra), MINUS_ONE - 3n],
  ['shl 64', section().u8(lit(1)).u8(O.DW_OP_const1u, 64, O.DW_OP_shl), 0n],
  ['lt signed', section().u8(O.DW_OP_const1s, 0xff, lit(0), O.DW_OP_lt), 1n],
  ['swap', section().u8(lit(1), lit(5), O.DW_OP_swap, O.DW_OP_minus), 4n],
  ['rot', section().u8(lit(1), lit(2), lit(3), O.DW_OP_rot, O.DW_OP_drop, O.DW_OP_drop), 3n],
  ['over', section().u8(lit(7), lit(2), O.DW_OP_over), 7n],
  ['pick', section().u8(lit(7), lit(2), lit(1), O.DW_OP_pick, 2), 7n],
  ['plus_uconst', section().u8(lit(1), O.DW_OP_plus_uconst).uleb(300), 301n],
  ['bra', section().u8(lit(9), lit(1), O.DW_OP_bra).u16(1).u8(lit(2), O.DW_OP_nop), 9n],
  ['endless', section().u8(O.DW_OP_skip).u16(-3), 'invalid'],
  ['jump outside', section().u8(O.DW_OP_skip).u16(100), 'invalid'],
  ['addrx', section().u8(O.DW_OP_addrx).uleb(1), 0x9000n],
  ['addrx absent', section().u8(O.DW_OP_addrx).uleb(2), 'invalid'],
  ['entry value', section().u8(O.DW_OP_entry_value).uleb(1).u8(O.DW_OP_reg0), 42n],
  [
    'GNU entry',
    section()
      .u8(O.DW_OP_GNU_entry_value)
      .uleb(1)
      .u8(O.DW_OP_reg0 + 1),
    'unavailable',
  ],
  ['call2', section().u8(O.DW_OP_call2).u16(0x30), 5n],
  ['call of itself', section().u8(O.DW_OP_call2).u16(0x40), 'invalid'],
  ['tls', section().u8(lit(0), O.DW_OP_form_tls_address), 'unavailable'],
  [
    'const_type',
    section().u8(O.DW_OP_const_type).uleb(0x10).u8(4).u32(-8).u8(lit(0), O.DW_OP_drop, O.DW_OP_convert).uleb(0),
    MINUS_ONE - 7n,
  ],
  ['regval_type', section().u8(O.DW_OP_regval_type).uleb(2).uleb(0x20), 0n],
  ['reinterpret', section().u8(O.DW_OP_const1s, 0xff, O.DW_OP_reinterpret).uleb(0x10).u8(O.DW_OP_reinterpret).uleb(0), 0xffff_ffffn],
  ['unknown', section().u8(0x01), 'invalid'],
  ['truncated', section().u8(O.DW_OP_const4u, 1), 'invalid'],
  ['empty stack', section().u8(O.DW_OP_plus), 'invalid'],
];

for (const [name, body, expected] of NUMBERS) {
  test(`ST-DWARF-020 a location expression computes what the standard says: ${name}`, () => assert.equal(number(body), expected));
}

test('ST-DWARF-021 pieces come in the order of the object, an empty one is optimized out', () => {
  const body = section().u8(O.DW_OP_reg0 + 3, O.DW_OP_piece, 4, O.DW_OP_piece, 2, O.DW_OP_fbreg, 0, O.DW_OP_bit_piece, 12, 4);
  assert.deepEqual(evaluateExpression(expression(body), CONTEXT), {
    kind: 'pieces',
    pieces: [
      { bitSize: 32, bitOffset: 0, location: { kind: 'register', register: 3 } },
      { bitSize: 16, bitOffset: 0, location: { kind: 'optimizedOut' } },
      { bitSize: 12, bitOffset: 4, location: { kind: 'memory', address: 0x4000n } },
    ],
  });
});

test('ST-DWARF-022 values without a place are told apart from places', () => {
  const location = (body: SectionAssembler) => {
    const outcome = evaluateExpression(expression(body), CONTEXT);
    return outcome.kind === 'pieces' ? outcome.pieces[0]?.location : outcome;
  };
  assert.deepEqual(location(section().u8(lit(3), O.DW_OP_stack_value)), { kind: 'value', value: 3n, bytes: 8 });
  assert.deepEqual(location(section().u8(O.DW_OP_implicit_value, 2, 1, 2)), { kind: 'implicit', bytes: Uint8Array.of(1, 2) });
  assert.deepEqual(location(section().u8(O.DW_OP_implicit_pointer).u32(0x77).sleb(-4)), {
    kind: 'implicitPointer',
    entryOffset: 0x77,
    byteOffset: -4,
  });
  assert.deepEqual(location(section()), { kind: 'optimizedOut' });
});

test('ST-DWARF-023 multi-byte operands follow the byte order', () => {
  const outcome = evaluateNumber(expression(section('big').u8(O.DW_OP_const4u).u32(0x1234), 'big'), CONTEXT);
  assert.deepEqual(outcome, { kind: 'number', value: 0x1234n });
});
