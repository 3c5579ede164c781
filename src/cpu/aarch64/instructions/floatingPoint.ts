// SPDX-License-Identifier: MIT
import { type InstructionRow, unimplemented } from '../../decode/row.js';
import type { Feature } from '../features.js';
import {
  areStructuresAllocated,
  isAcrossLanesAllocated,
  isAllocated,
  isCopyAllocated,
  isElementAllocated,
  isScalarShiftAllocated,
  isSingleStructureAllocated,
  isVectorAllocated,
  isVectorShiftAllocated,
  LOGICAL,
  SCALAR_BY_ELEMENT,
  SCALAR_PAIRWISE,
  SCALAR_THREE_DIFFERENT,
  SCALAR_THREE_SAME,
  SCALAR_TWO_REGISTER,
  THREE_DIFFERENT,
  THREE_SAME,
  TWO_REGISTER,
  VECTOR_BY_ELEMENT,
} from './advancedSIMDEncodings.js';

/** `row`, which a core without `feature` does not have. */
const optional = (feature: Feature, row: InstructionRow): InstructionRow => ({ ...row, feature: () => feature });

const REASON = 'the floating-point and SIMD registers and instructions are not emulated';

const group = (name: string, pattern: string) => unimplemented(name, pattern, REASON, () => [name.toLowerCase()]);

/** Arm DDI 0487, Loads and Stores of SIMD&FP registers (V = 1), by encoding group. */
const LOADS_AND_STORES = [
  unimplemented('SIMD structures', '0 Q 001100 0 - 000000 opcode:4 size:2 ----- -----', REASON, undefined, areStructuresAllocated),
  unimplemented(
    'SIMD structures, post-indexed',
    '0 Q 001100 1 - 0 ----- opcode:4 size:2 ----- -----',
    REASON,
    undefined,
    areStructuresAllocated,
  ),
  unimplemented(
    'SIMD single structures',
    '0 - 001101 0 L - 00000 opcode:3 S size:2 ----- -----',
    REASON,
    undefined,
    isSingleStructureAllocated,
  ),
  unimplemented(
    'SIMD single structures, post-indexed',
    '0 - 001101 1 L - ----- opcode:3 S size:2 ----- -----',
    REASON,
    undefined,
    isSingleStructureAllocated,
  ),
  unimplemented(
    'LDR (literal, SIMD&FP)',
    'opc:2 011 1 00 imm19:19 Rt:5',
    REASON,
    () => ['ldr'],
    ({ opc }) => opc !== 0b11,
  ),
  unimplemented(
    'LDP, STP (SIMD&FP)',
    'opc:2 101 1 0 --- imm7:7 Rt2:5 Rn:5 Rt:5',
    REASON,
    () => ['ldp'],
    ({ opc }) => opc !== 0b11,
  ),
  unimplemented(
    'LDR, STR (immediate, SIMD&FP)',
    'size:2 111 1 00 opc:2 0 imm9:9 form:2 Rn:5 Rt:5',
    REASON,
    () => ['ldr'],
    ({ size, opc, form }) => form !== 0b10 && (opc < 0b10 || size === 0b00),
  ),
  unimplemented(
    'LDR, STR (register, SIMD&FP)',
    'size:2 111 1 00 opc:2 1 Rm:5 option:3 S 10 Rn:5 Rt:5',
    REASON,
    () => ['ldr'],
    ({ size, opc, option }) => (option & 0b010) !== 0 && (opc < 0b10 || size === 0b00),
  ),
  unimplemented(
    'LDR, STR (unsigned offset, SIMD&FP)',
    'size:2 111 1 01 opc:2 imm12:12 Rn:5 Rt:5',
    REASON,
    () => ['ldr'],
    ({ size, opc }) => opc < 0b10 || size === 0b00,
  ),
];

/** The types of Armv8.0: single and double precision; 11 is half precision of Armv8.2. */
const isSingleOrDouble = ({ type }: { readonly type: number }): boolean => type < 0b10;

interface ConversionFields {
  readonly sf: number;
  readonly type: number;
  readonly rmode: number;
  readonly opcode: number;
}

/** SCVTF and UCVTF round as FPCR says, FCVTZS and FCVTZU towards zero; a W register has up to 32 fraction bits. */
const isFixedPointConversion = ({ sf, rmode, opcode, scale }: ConversionFields & { readonly scale: number }): boolean =>
  (sf === 1 || scale >= 32) && ((rmode === 0b00 && opcode >> 1 === 0b01) || (rmode === 0b11 && opcode >> 1 === 0b00));

/** FMOV to and from general registers moves all bits, or the upper half of a vector register (type 10). */
function isIntegerConversion({ sf, type, rmode, opcode }: ConversionFields): boolean {
  if (opcode >= 0b110) return type === 0b10 ? sf === 1 && rmode === 0b01 : rmode === 0b00 && type === sf;
  return type < 0b10 && (rmode === 0b00 || opcode < 0b010);
}

const ROUNDINGS = [0b001000, 0b001001, 0b001010, 0b001011, 0b001100, 0b001110, 0b001111];
const MOVES_AND_ROOT = [0b000000, 0b000001, 0b000010, 0b000011];
/** Floating-point data-processing (1 source): opcodes by type. 0001xx converts to another type; half precision has nothing else. */
const ONE_SOURCE: Readonly<Record<number, readonly number[]>> = {
  0: [...MOVES_AND_ROOT, 0b000101, 0b000111, ...ROUNDINGS],
  1: [...MOVES_AND_ROOT, 0b000100, 0b000111, ...ROUNDINGS],
  3: [0b000100, 0b000101],
};

/** Data Processing -- Scalar Floating-Point and Advanced SIMD, by encoding group. */
// biome-ignore format: a table, one row a line
const DATA_PROCESSING = [
  optional('FEAT_AES', unimplemented('Cryptographic AES', '01001110 00 10100 opcode:5 10 Rn:5 Rd:5', REASON, undefined, ({ opcode }) => opcode >= 0b00100 && opcode <= 0b00111)),
  optional('FEAT_SHA1', unimplemented('Cryptographic three-register SHA1', '01011110 00 0 Rm:5 0 opcode:3 00 Rn:5 Rd:5', REASON, undefined, ({ opcode }) => opcode < 0b100)),
  optional('FEAT_SHA256', unimplemented('Cryptographic three-register SHA256', '01011110 00 0 Rm:5 0 opcode:3 00 Rn:5 Rd:5', REASON, undefined, ({ opcode }) => opcode >= 0b100 && opcode < 0b111)),
  optional('FEAT_SHA1', unimplemented('Cryptographic two-register SHA1', '01011110 00 10100 opcode:5 10 Rn:5 Rd:5', REASON, undefined, ({ opcode }) => opcode < 0b00010)),
  optional('FEAT_SHA256', unimplemented('Cryptographic two-register SHA256', '01011110 00 10100 opcode:5 10 Rn:5 Rd:5', REASON, undefined, ({ opcode }) => opcode === 0b00010)),
  unimplemented('Advanced SIMD scalar copy', '01 0 11110000 imm5:5 0 0000 1 Rn:5 Rd:5', REASON, undefined, ({ imm5 }) => (imm5 & 0b1111) !== 0),
  unimplemented('Advanced SIMD scalar x indexed element', '01 U 11111 size:2 L M Rm:4 opcode:4 H 0 Rn:5 Rd:5', REASON, undefined,
    fields => isAllocated(SCALAR_BY_ELEMENT, fields) && isElementAllocated(fields)),
  unimplemented('Advanced SIMD scalar shift by immediate', '01 U 111110 immh:4 immb:3 opcode:5 1 Rn:5 Rd:5', REASON, undefined, isScalarShiftAllocated),
  unimplemented('Advanced SIMD scalar three same', '01 U 11110 size:2 1 Rm:5 opcode:5 1 Rn:5 Rd:5', REASON, undefined, fields => isAllocated(SCALAR_THREE_SAME, fields)),
  unimplemented('Advanced SIMD scalar three different', '01 U 11110 size:2 1 Rm:5 opcode:4 00 Rn:5 Rd:5', REASON, undefined, fields => isAllocated(SCALAR_THREE_DIFFERENT, fields)),
  unimplemented('Advanced SIMD scalar two-register miscellaneous', '01 U 11110 size:2 10000 opcode:5 10 Rn:5 Rd:5', REASON, undefined, fields => isAllocated(SCALAR_TWO_REGISTER, fields)),
  unimplemented('Advanced SIMD scalar pairwise', '01 U 11110 size:2 11000 opcode:5 10 Rn:5 Rd:5', REASON, undefined, fields => isAllocated(SCALAR_PAIRWISE, fields)),
  group('Advanced SIMD table lookup', '0 Q 001110 00 0 Rm:5 0 len:2 op 00 Rn:5 Rd:5'),
  unimplemented('Advanced SIMD permute', '0 Q 001110 size:2 0 Rm:5 0 opcode:3 10 Rn:5 Rd:5', REASON, undefined,
    ({ Q, size, opcode }) => (opcode & 0b011) !== 0 && (Q === 1 || size !== 0b11)),
  unimplemented('Advanced SIMD extract', '0 Q 101110 00 0 Rm:5 0 imm4:4 0 Rn:5 Rd:5', REASON, undefined, ({ Q, imm4 }) => Q === 1 || imm4 < 0b1000),
  unimplemented('Advanced SIMD copy', '0 Q op 01110000 imm5:5 0 imm4:4 1 Rn:5 Rd:5', REASON, undefined, isCopyAllocated),
  unimplemented('Advanced SIMD three same', '0 Q U 01110 size:2 1 Rm:5 opcode:5 1 Rn:5 Rd:5', REASON, undefined,
    fields => fields.opcode === LOGICAL || isVectorAllocated(THREE_SAME, fields)),
  unimplemented('Advanced SIMD three different', '0 Q U 01110 size:2 1 Rm:5 opcode:4 00 Rn:5 Rd:5', REASON, undefined, fields => isAllocated(THREE_DIFFERENT, fields)),
  optional('FEAT_PMULL', unimplemented('Cryptographic PMULL', '0 Q 0 01110 11 1 Rm:5 1110 00 Rn:5 Rd:5', REASON)),
  unimplemented('Advanced SIMD two-register miscellaneous', '0 Q U 01110 size:2 10000 opcode:5 10 Rn:5 Rd:5', REASON, undefined, fields => isVectorAllocated(TWO_REGISTER, fields)),
  unimplemented('Advanced SIMD across lanes', '0 Q U 01110 size:2 11000 opcode:5 10 Rn:5 Rd:5', REASON, undefined, isAcrossLanesAllocated),
  unimplemented('Advanced SIMD modified immediate', '0 Q op 0111100000 abc:3 cmode:4 0 1 defgh:5 Rd:5', REASON, undefined,
    ({ Q, op, cmode }) => cmode !== 0b1111 || op === 0 || Q === 1),
  unimplemented('Advanced SIMD shift by immediate', '0 Q U 011110 immh:4 immb:3 opcode:5 1 Rn:5 Rd:5', REASON, undefined, isVectorShiftAllocated),
  unimplemented('Advanced SIMD vector x indexed element', '0 Q U 01111 size:2 L M Rm:4 opcode:4 H 0 Rn:5 Rd:5', REASON, undefined,
    fields => isVectorAllocated(VECTOR_BY_ELEMENT, fields) && isElementAllocated(fields)),
  unimplemented('Conversion between floating-point and fixed-point', 'sf 0 0 11110 type:2 0 rmode:2 opcode:3 scale:6 Rn:5 Rd:5', REASON, undefined,
    fields => isSingleOrDouble(fields) && isFixedPointConversion(fields)),
  unimplemented('Conversion between floating-point and integer', 'sf 0 0 11110 type:2 1 rmode:2 opcode:3 000000 Rn:5 Rd:5', REASON, undefined, isIntegerConversion),
  unimplemented('Floating-point data-processing (1 source)', '000 11110 type:2 1 opcode:6 10000 Rn:5 Rd:5', REASON, undefined,
    ({ type, opcode }) => ONE_SOURCE[type]?.includes(opcode) ?? false),
  unimplemented('Floating-point compare', '000 11110 type:2 1 Rm:5 00 1000 Rn:5 opcode2:2 000', REASON, undefined, isSingleOrDouble),
  unimplemented('Floating-point immediate', '000 11110 type:2 1 imm8:8 100 00000 Rd:5', REASON, undefined, isSingleOrDouble),
  unimplemented('Floating-point conditional compare', '000 11110 type:2 1 Rm:5 cond:4 01 Rn:5 op nzcv:4', REASON, undefined, isSingleOrDouble),
  unimplemented('Floating-point data-processing (2 source)', '000 11110 type:2 1 Rm:5 opcode:4 10 Rn:5 Rd:5', REASON, undefined,
    fields => isSingleOrDouble(fields) && fields.opcode <= 0b1000),
  unimplemented('Floating-point conditional select', '000 11110 type:2 1 Rm:5 cond:4 11 Rn:5 Rd:5', REASON, undefined, isSingleOrDouble),
  unimplemented('Floating-point data-processing (3 source)', '000 11111 type:2 o1 Rm:5 o0 Ra:5 Rn:5 Rd:5', REASON, undefined, isSingleOrDouble),
];

/** What needs the SIMD and floating-point registers: allocated in Armv8.0, and not emulated. */
export const FLOATING_POINT_AND_SIMD = [...LOADS_AND_STORES, ...DATA_PROCESSING];
