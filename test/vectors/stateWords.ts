// SPDX-License-Identifier: MIT
import { FLAGS_KIND } from '../../src/cpu/aarch64/instructions/flags.js';
import {
  EXCLUSIVE_BYTES_SLOT,
  FLAGS_A_SLOT,
  FLAGS_B_SLOT,
  FLAGS_KIND_SLOT,
  GENERAL_SLOTS,
  SP_SLOT,
} from '../../src/cpu/aarch64/registers/stateLayout.js';
import type { StateWords } from '../../src/cpu/state/stateLayout.js';
import { STATE_NZCV, STATE_SP, STATE_WORDS } from './observation.js';

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

/** NZCV in bits 31:28, worked out from the lazy flags with wide numbers instead of carry tricks. */
function readNZCV(words: StateWords): bigint {
  const kind = words.read(FLAGS_KIND_SLOT);
  const a = words.read(FLAGS_A_SLOT);
  const b = words.read(FLAGS_B_SLOT);
  if (kind === FLAGS_KIND.EXPLICIT) return a & 0xf000_0000n;
  const isSubtraction = kind === FLAGS_KIND.SUBTRACT;
  const wide = isSubtraction ? a - b : a + b;
  const wideSigned = isSubtraction ? signed(a) - signed(b) : signed(a) + signed(b);
  const result = unsigned(wide);
  const N = signed(result) < 0n;
  const Z = result === 0n;
  const C = isSubtraction ? wide >= 0n : wide !== result;
  const V = wideSigned !== signed(result);
  return (N ? 1n << 31n : 0n) | (Z ? 1n << 30n : 0n) | (C ? 1n << 29n : 0n) | (V ? 1n << 28n : 0n);
}

/** Puts `state` into the state page: no exclusive access is pending. */
export function writeState(words: StateWords, state: BigUint64Array): void {
  GENERAL_SLOTS.forEach((slot, n) => {
    words.write(slot, state[n] ?? 0n);
  });
  words.write(SP_SLOT, state[STATE_SP] ?? 0n);
  words.write(FLAGS_KIND_SLOT, FLAGS_KIND.EXPLICIT);
  words.write(FLAGS_A_SLOT, state[STATE_NZCV] ?? 0n);
  words.write(FLAGS_B_SLOT, 0n);
  words.write(EXCLUSIVE_BYTES_SLOT, 0n);
}

/** X0 to X30, SP and NZCV of the state page. */
export function readState(words: StateWords): BigUint64Array {
  const state = new BigUint64Array(STATE_WORDS);
  GENERAL_SLOTS.forEach((slot, n) => {
    state[n] = words.read(slot);
  });
  state[STATE_SP] = words.read(SP_SLOT);
  state[STATE_NZCV] = readNZCV(words);
  return state;
}
