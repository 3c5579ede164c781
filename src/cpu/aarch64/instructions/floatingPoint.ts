// SPDX-License-Identifier: MIT
import { unimplemented } from '../../decode/row.js';

const REASON = 'the floating-point and SIMD registers and instructions are not emulated';

const group = (name: string, pattern: string) => unimplemented(name, pattern, REASON, () => [name.toLowerCase()]);

/** Arm DDI 0487, Loads and Stores of SIMD&FP registers (V = 1), by encoding group. */
const LOADS_AND_STORES = [
  group('SIMD structures', '0 - 001100 0 - 000000 ---- -- ----- -----'),
  group('SIMD structures, post-indexed', '0 - 001100 1 - 0 ----- ---- -- ----- -----'),
  group('SIMD single structures', '0 - 001101 0 - - 00000 --- - -- ----- -----'),
  group('SIMD single structures, post-indexed', '0 - 001101 1 - - ----- --- - -- ----- -----'),
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

/** Data Processing -- Scalar Floating-Point and Advanced SIMD, by encoding group. */
const DATA_PROCESSING = [group('Data Processing -- Scalar Floating-Point and Advanced SIMD', '---- 111 -------------------------')];

/** What needs the SIMD and floating-point registers: allocated in Armv8.0, and not emulated. */
export const FLOATING_POINT_AND_SIMD = [...LOADS_AND_STORES, ...DATA_PROCESSING];
