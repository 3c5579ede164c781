// SPDX-License-Identifier: MIT
import { unsigned } from '../../base/index.js';
import { controlOf, fieldsOf, type InstructionRow, type OperandContent, type Operands } from '../decode/row.js';
import type { Emitter, MemoryAccess, Slot, Value } from '../operations/emitter.js';
import { type AccessDirection, accessWord } from '../state/accessWord.js';
import type { StateWords } from '../state/stateLayout.js';

/** The first access of an instruction, as a function of the state before it. */
export interface FirstAccess {
  readonly address: (state: StateWords) => bigint;
  /** See `decodeAccess`. */
  readonly access: number;
}

/** What `Value` is here: how to compute it, or `undefined` for what is no address. */
type Computation = FirstAccess['address'] | undefined;
const asValue = (computation: Computation): Value => computation as unknown as Value;
const asComputation = (value: Value): Computation => value as unknown as Computation;

/** Ends the look at an instruction. Never leaves `firstAccessOf`. */
class Found {
  constructor(readonly access: FirstAccess | undefined) {}
}

const constant = (bits: bigint): Value => asValue(() => bits);
/** A computation on values; `undefined` if one of them is no address. */
const combined =
  (combine: (a: bigint, b: bigint) => bigint) =>
  (a: Value, b: Value): Value => {
    const [first, second] = [asComputation(a), asComputation(b)];
    return asValue(first === undefined || second === undefined ? undefined : state => unsigned(combine(first(state), second(state)), 64));
  };
const found = (direction: AccessDirection) => (address: Value, access: MemoryAccess) => {
  const computation = asComputation(address);
  throw new Found(computation === undefined ? undefined : { address: computation, access: accessWord(access, direction) });
};
const noAddress = (): Value => asValue(undefined);

/** What addresses are made of, and what values to be stored may be made of. All else depends on the state in a way that is not followed here. */
const RECORDER: Partial<Emitter> = {
  constant,
  get: (slot: Slot) => asValue(state => state.read(slot)),
  let: value => value,
  add: combined((a, b) => a + b),
  and: combined((a, b) => a & b),
  zeroExtend: (value, bits) => combined((a, mask) => a & mask)(value, constant((1n << BigInt(bits)) - 1n)),
  signExtend: noAddress,
  shiftRightUnsigned: noAddress,
  load: found('load'),
  loadPair: found('load'),
  store: found('store'),
  storePair: found('store'),
  update: found('update'),
  updatePair: found('update'),
};

/** A row that asks for more is left to the reference. */
const notFollowed = (): never => {
  throw new Found(undefined);
};
// The one place where an emitter with the whole vocabulary is made of the part that is followed.
const emitter = new Proxy(RECORDER, { get: (part, name) => Reflect.get(part, name) ?? notFollowed }) as Emitter;

const contentOf = (content: OperandContent): Slot | Value => {
  if (typeof content === 'number') return content;
  return constant(typeof content === 'bigint' ? content : BigInt(content.small));
};

/**
 * The first access of `word`, an encoding of `row`, whatever the state is; `undefined` if whether there is one, or where, depends on more than
 * a base, an index and a displacement.
 */
export function firstAccessOf(row: InstructionRow, word: number): FirstAccess | undefined {
  const fields = fieldsOf(row.encoding, word);
  const operands = Object.fromEntries(Object.entries(row.operands(fields)).map(([name, content]) => [name, contentOf(content)]));
  try {
    row.execute(emitter, controlOf(row.encoding, fields), operands as Operands<Record<string, OperandContent>>);
  } catch (thrown) {
    if (thrown instanceof Found) return thrown.access;
    throw thrown;
  }
  return undefined;
}
