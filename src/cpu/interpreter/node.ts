// SPDX-License-Identifier: MIT
import type { Truth, Value } from '../operations/emitter.js';
import type { Code } from '../wasm/moduleWriter.js';

/** What a printer may use in place of a value's code. */
export interface NodeMeaning {
  /** The plain read of a slot: how to compute the base address, and the slot's offset. */
  readonly read?: { readonly base: Code; readonly offset: number };
  /** The value, or 1 or 0 for a condition, if it is known while printing. */
  readonly known?: bigint;
  /** The condition whose 1 or 0 this is. */
  readonly truth?: Truth;
  /** The condition whose opposite this is. */
  readonly opposite?: Truth;
}

/** Code that computes a value, and whether it must run before the state changes. */
export class Node {
  readonly read: NodeMeaning['read'];
  readonly known: NodeMeaning['known'];
  readonly truth: NodeMeaning['truth'];
  readonly opposite: NodeMeaning['opposite'];

  constructor(
    readonly code: Code,
    /** The printer's count of state changes when this was made; -1 if the code reads no state. */
    readonly epoch: number,
    { read, known, truth, opposite }: NodeMeaning = {},
  ) {
    this.read = read;
    this.known = known;
    this.truth = truth;
    this.opposite = opposite;
  }
}

/** Where an operand lies in the decoded record. */
export type OperandPlace = { readonly kind: 'slot' | 'small' | 'immediate'; readonly offset: number };

/** An operand in the decoded record: read as it is, or the slot that it names. */
export class OperandNode extends Node {
  constructor(
    code: Code,
    readonly place: OperandPlace,
    /** Distance in bytes from the slot that the operand names. */
    readonly displacement = 0,
  ) {
    super(code, -1);
  }
}

// `Value`, `Truth` and `Slot` are opaque to rows; every one that a row hands to this printer was made by it (or is a slot's number).
export const asValue = (node: Node): Value => node as unknown as Value;
export const asTruth = (node: Node): Truth => node as unknown as Truth;
export const asNode = (value: Value | Truth): Node => value as unknown as Node;
