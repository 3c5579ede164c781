// SPDX-License-Identifier: MIT
import type { Result, VirtualAddress } from '../../base/index.js';

/** How numbers are spelled. `natural`: integers decimal, pointers hexadecimal, characters with their letter, enumerators by name. */
export type ValueFormat = 'natural' | 'hexadecimal' | 'decimal' | 'binary' | 'octal' | 'character' | 'string';

/** A value as people see it: a variable, a member, an element, a register, the result of an expression. Valid until the guest runs or memory is written. */
export interface ValueView {
  /** As in a list: `counter`, `next`, `[3]`, `*pointer`. */
  readonly name: string;
  /** The C spelling of the type; `undefined` for what has none. */
  readonly type: string | undefined;
  /** An expression that gives this value in its frame; `undefined` if there is none (inside an optimised-away part). */
  readonly expression: string | undefined;
  /** Where it is in memory, `undefined` if it is in registers or computed. For pointers see `pointedTo`. */
  readonly address: VirtualAddress | undefined;
  /** Where a pointer (or a char array) leads: what a memory view should show. */
  readonly memoryReference: VirtualAddress | undefined;
  /** Size in bytes, `undefined` if unknown. */
  readonly bytes: number | undefined;
  /** One line: `-1234`, `0x40082010 "first"`, `{next = 0x0, …}`, `<optimized out>`, `<cannot read 4 bytes at 0x0>`. */
  text(format?: ValueFormat): string;
  /** The number, if it is one: integers unsigned and cut to their size, pointers, enumerators. */
  readonly number: bigint | undefined;
  /** Members (`.x`) of structures and the one child of pointers. */
  readonly namedChildren: number;
  /** Elements of arrays. */
  readonly indexedChildren: number;
  /** Children `first` … `first + count - 1`, named ones before indexed ones; all if left out, never more than 1000 at once. */
  children(first?: number, count?: number): readonly ValueView[];
  readonly isWritable: boolean;
  /** Stores the value of the C expression `text`, converted to this type. Refusals say why in one sentence. */
  assign(text: string): Result<ValueView>;
}

/** A named group of values of a frame. */
export interface ScopeView {
  readonly name: 'Locals' | 'Arguments' | 'Globals' | string;
  readonly kind: 'locals' | 'arguments' | 'globals' | 'registers';
  /** Do not read it before the user asks. */
  readonly isExpensive: boolean;
  readonly count: number;
  values(first?: number, count?: number): readonly ValueView[];
}
