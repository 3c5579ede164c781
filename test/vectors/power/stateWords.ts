// SPDX-License-Identifier: MIT

import { POWER_CPU_MODELS, xerMaskOf } from '../../../src/cpu/power/book3s/cpuModels.js';
import {
  CARRY_SLOT,
  CONDITION_SLOTS,
  CTR_SLOT,
  FACILITIES_SLOT,
  FACILITY,
  GENERAL_SLOTS,
  LR_SLOT,
  OVERFLOW_SLOT,
  RESERVE_BYTES_SLOT,
  SO_SLOT,
  TAR_SLOT,
  VRSAVE_SLOT,
  VSR_HIGH_SLOTS,
  VSR_LOW_SLOTS,
  XER_MASK_SLOT,
  XER_REST_SLOT,
} from '../../../src/cpu/power/common/registers/stateLayout.js';
import type { StateWords } from '../../../src/cpu/state/stateLayout.js';
import { STATE, STATE_WORDS } from './observation.js';

const EXPLICIT = 16n;
const XER_FLAGS = 0xe00c_0000n;
const bit = (value: bigint, n: number): bigint => (value >> BigInt(n)) & 1n;

/** A field of CR, worked out from its lazy form with signed numbers. */
function readField(words: StateWords, n: number): bigint {
  const slots = CONDITION_SLOTS[n];
  if (slots === undefined) return 0n;
  const kind = words.read(slots.kind);
  if (kind >= EXPLICIT) return kind & 15n;
  const [a, b] = [BigInt.asIntN(64, words.read(slots.a)), BigInt.asIntN(64, words.read(slots.b))];
  return (a < b ? 8n : a > b ? 4n : 2n) | kind;
}

/** Puts `state` into the state page of a processor `model`: no reservation, all facilities available. */
export function writePowerState(words: StateWords, state: BigUint64Array, model: keyof typeof POWER_CPU_MODELS = 'power9'): void {
  const at = (index: number): bigint => state[index] ?? 0n;
  GENERAL_SLOTS.forEach((slot, n) => {
    words.write(slot, at(n));
  });
  words.write(LR_SLOT, at(STATE.LR));
  words.write(CTR_SLOT, at(STATE.CTR));
  words.write(VRSAVE_SLOT, at(STATE.VRSAVE));
  words.write(TAR_SLOT, 0n);
  const XER = at(STATE.XER);
  words.write(SO_SLOT, bit(XER, 31));
  words.write(OVERFLOW_SLOT, (bit(XER, 30) << 63n) | (bit(XER, 19) << 31n));
  words.write(CARRY_SLOT, (bit(XER, 29) << 63n) | (bit(XER, 18) << 31n));
  words.write(XER_REST_SLOT, XER & ~XER_FLAGS);
  words.write(XER_MASK_SLOT, xerMaskOf(POWER_CPU_MODELS[model]));
  words.write(RESERVE_BYTES_SLOT, 0n);
  words.write(FACILITIES_SLOT, FACILITY.FP | FACILITY.VEC | FACILITY.VSX | FACILITY.TAR);
  CONDITION_SLOTS.forEach(({ kind }, n) => {
    words.write(kind, EXPLICIT | ((at(STATE.CR) >> BigInt(28 - 4 * n)) & 15n));
  });
  VSR_HIGH_SLOTS.forEach((slot, n) => {
    words.write(slot, at(STATE.VSR + 2 * n));
  });
  VSR_LOW_SLOTS.forEach((slot, n) => {
    words.write(slot, at(STATE.VSR + 2 * n + 1));
  });
}

/** The state that the state page holds. */
export function readPowerState(words: StateWords): BigUint64Array {
  const state = readPowerScalars(words);
  VSR_HIGH_SLOTS.forEach((slot, n) => {
    state[STATE.VSR + 2 * n] = words.read(slot);
  });
  VSR_LOW_SLOTS.forEach((slot, n) => {
    state[STATE.VSR + 2 * n + 1] = words.read(slot);
  });
  return state;
}

/** The same without the vector-scalar registers, which stay zero. */
export function readPowerScalars(words: StateWords): BigUint64Array {
  const state = new BigUint64Array(STATE_WORDS);
  GENERAL_SLOTS.forEach((slot, n) => {
    state[n] = words.read(slot);
  });
  state[STATE.LR] = words.read(LR_SLOT);
  state[STATE.CTR] = words.read(CTR_SLOT);
  state[STATE.VRSAVE] = words.read(VRSAVE_SLOT);
  const [overflow, carry] = [words.read(OVERFLOW_SLOT), words.read(CARRY_SLOT)];
  const flags = (bit(overflow, 63) << 30n) | (bit(overflow, 31) << 19n) | (bit(carry, 63) << 29n) | (bit(carry, 31) << 18n);
  state[STATE.XER] = ((words.read(SO_SLOT) << 31n) | flags | words.read(XER_REST_SLOT)) & words.read(XER_MASK_SLOT);
  let CR = 0n;
  CONDITION_SLOTS.forEach((_, n) => {
    CR = (CR << 4n) | readField(words, n);
  });
  state[STATE.CR] = CR;
  return state;
}
