// SPDX-License-Identifier: MIT
import type { RegisterGroupName, StackFrame, ValueFormat, ValueView } from '../debug/index.js';
import { type Reply, refuse, reply } from './errors.js';

/** What a `variablesReference` stands for. Views are asked for again after memory was written, so a node holds the way to its view. */
export type VariableNode =
  /** A scope of values of a frame, by its place in the frame's list of scopes. */
  | { readonly kind: 'scope'; readonly frame: StackFrame; readonly index: number }
  /** A value with children. */
  | {
      readonly kind: 'value';
      readonly frame: StackFrame | undefined;
      readonly view: () => ValueView | undefined;
      /** The format that was asked for it: its children have it too. */
      readonly format: ValueFormat | undefined;
    }
  /** A register group of a vCPU, as the frame has it. */
  | { readonly kind: 'registers'; readonly vcpu: number; readonly group: RegisterGroupName; readonly frame: StackFrame }
  /** The bit-fields of a register. */
  | { readonly kind: 'fields'; readonly vcpu: number; readonly frame: StackFrame | undefined; readonly register: string };

/** The greatest reference that the protocol allows. */
const GREATEST_REFERENCE = 2 ** 31 - 1;

/**
 * Numbers that a client holds for something that lives until the guest runs on. A number is not given
 * out a second time soon, so that one of an earlier stop is recognised and refused.
 */
class ReferenceTable<T> {
  readonly #entries = new Map<number, T>();
  #next = 1;

  constructor(private readonly what: string) {}

  add(entry: T): number {
    const reference = this.#next;
    this.#next = reference === GREATEST_REFERENCE ? 1 : reference + 1;
    this.#entries.set(reference, entry);
    return reference;
  }

  find(reference: number): Reply<T> {
    const entry = this.#entries.get(reference);
    if (entry !== undefined) return reply(entry);
    return refuse(
      'staleReference',
      `${this.what} ${reference} ${reference > 0 && reference < this.#next ? 'belongs to an earlier stop' : 'does not exist'}.`,
    );
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** The references of the stop at hand. All of them end when the guest runs on. */
export class StopReferences {
  readonly frames = new ReferenceTable<StackFrame>('Stack frame');
  readonly variables = new ReferenceTable<VariableNode>('Variable reference');

  /** Forgets all: the guest runs. */
  clear(): void {
    this.frames.clear();
    this.variables.clear();
  }
}
