// SPDX-License-Identifier: MIT
import { ones, signed, unsigned } from '../../../base/index.js';
import type { Emitter, MemoryAccess, Value } from '../../operations/emitter.js';

/** `value` as a register of `sf` ? 64 : 32 bits receives it: the upper half of a W register's X register becomes zero. */
export const narrow = (e: Emitter, sf: number, value: Value): Value => (sf ? value : e.zeroExtend(value, 32));

/** A signed immediate of `bits` bits as the 64-bit number that it stands for. */
export const signedImmediate = (value: number | bigint, bits: number): bigint => unsigned(signed(BigInt(value), bits), 64);

/** Arm DDI 0487, ShiftReg(): `value` of `sf` ? 64 : 32 bits, shifted by less than its width. Bits above the width are undefined for `lsl`. */
export function shiftRegister(e: Emitter, sf: number, kind: number, value: Value, amount: Value): Value {
  switch (kind) {
    case 0b00:
      return e.shiftLeft(value, amount);
    case 0b01:
      return e.shiftRightUnsigned(narrow(e, sf, value), amount);
    case 0b10:
      return e.shiftRightSigned(sf ? value : e.signExtend(value, 32), amount);
    default:
      return rotateRegister(e, sf, value, amount);
  }
}

/** Arm DDI 0487, ROR(). Bits above the width are undefined. */
function rotateRegister(e: Emitter, sf: number, value: Value, amount: Value): Value {
  if (sf) return e.rotateRight(value, amount);
  const low = e.let(e.zeroExtend(value, 32));
  return e.shiftRightUnsigned(e.or(low, e.shiftLeft(low, e.constant(32n))), amount);
}

/** Arm DDI 0487, ExtendReg() without its shift: `option` is the kind of extension. */
export function extendRegister(e: Emitter, option: number, value: Value): Value {
  switch (option) {
    case 0b000:
      return e.zeroExtend(value, 8);
    case 0b001:
      return e.zeroExtend(value, 16);
    case 0b010:
      return e.zeroExtend(value, 32);
    case 0b100:
      return e.signExtend(value, 8);
    case 0b101:
      return e.signExtend(value, 16);
    case 0b110:
      return e.signExtend(value, 32);
    default:
      return value;
  }
}

/**
 * Arm DDI 0487, DecodeBitMasks(), the mask of a logical immediate, 64 bits wide. `undefined` if the
 * combination is reserved; with `N` = 1 the caller sees to it that the operation has 64 bits.
 */
export function DecodeBitMasks(N: number, imms: number, immr: number): bigint | undefined {
  const size = elementBits(N, imms);
  if (size === undefined) return undefined;
  const levels = size - 1;
  const S = imms & levels;
  const R = immr & levels;
  if (S === levels) return undefined;
  const run = ones(S + 1);
  const element = ((run >> BigInt(R)) | (run << BigInt(size - R))) & ones(size);
  let mask = element;
  for (let width = size; width < 64; width *= 2) mask |= mask << BigInt(width);
  return mask;
}

/** The width of the repeated element: the position of the highest one bit of N:NOT(imms). */
function elementBits(N: number, imms: number): number | undefined {
  const selector = (N << 6) | (~imms & 0x3f);
  const length = 31 - Math.clz32(selector);
  return length < 1 ? undefined : 2 ** length;
}

/** What a 32-bit operation sees of a mask. */
export const maskOf = (sf: number, mask: bigint | undefined): bigint => unsigned(mask ?? 0n, sf ? 64 : 32);

/** Bytes of an access by its size field, 0 to 3. */
export function bytesOf(size: number): MemoryAccess['bytes'] {
  switch (size) {
    case 0b00:
      return 1;
    case 0b01:
      return 2;
    case 0b10:
      return 4;
    default:
      return 8;
  }
}

/** `a` - `b` if `op`, the bit of the encodings that tells SUB from ADD, else `a` + `b`. */
export const addOrSubtract = (e: Emitter, op: number, a: Value, b: Value): Value => (op ? e.subtract(a, b) : e.add(a, b));
