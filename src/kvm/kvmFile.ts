// SPDX-License-Identifier: MIT
import { type Failure, failure, type Result, success } from '../base/index.js';
import { ERRNO, type ErrnoName, errnoName } from './abi/errno.js';
import { type IoctlCoding, type IoctlRow, ioctlNumber, type KvmFileKind } from './abi/ioctlNumbers.js';

export type KvmFailure = Failure<ErrnoName>;

/** What carries out a call says: 0 or a positive answer, or the errno with a sentence for people. */
export type CallAnswer = number | KvmFailure;

/** A refusal as a `CallAnswer`. */
export const refusal = (code: ErrnoName, message: string): KvmFailure => ({ code, message });

/** The calls of one ioctl type. */
export interface TypedCalls {
  readonly type: number;
  readonly rows: readonly IoctlRow[];
}

/** The calls that one kind of file descriptor answers on one architecture. */
export class CallTable {
  readonly #byNumber = new Map<number, IoctlRow>();
  readonly #byName = new Map<string, IoctlRow>();

  constructor(
    readonly kind: KvmFileKind,
    coding: IoctlCoding,
    calls: readonly TypedCalls[],
  ) {
    for (const { type, rows } of calls) {
      for (const row of rows) {
        if (!row.files.includes(kind)) continue;
        this.#byNumber.set(ioctlNumber(coding, type, row), row);
        this.#byName.set(row.name, row);
      }
    }
  }

  byNumber(number: number): IoctlRow | undefined {
    return this.#byNumber.get(number);
  }

  byName(name: string): IoctlRow | undefined {
    return this.#byName.get(name);
  }
}

const NOTHING = new Uint8Array(0);

/**
 * A file descriptor of the emulated KVM. Its methods are the ioctls; they return what ioctl(2) would leave in the
 * kernel's hands: 0 or a positive answer, or a negated errno. A refusal also leaves its sentence in `lastFailure`.
 */
export abstract class KvmFile {
  /** The last refusal of any call on this file, with a sentence for people. */
  lastFailure: KvmFailure | undefined;
  readonly #calls: CallTable;

  constructor(calls: CallTable) {
    this.#calls = calls;
  }

  get kind(): KvmFileKind {
    return this.#calls.kind;
  }

  /** The entry for callers that have a number and bytes, as ioctl(2) has. `argument` is the structure; `pointed` what a pointer inside it points to. Unknown numbers answer -ENOTTY. */
  ioctl(number: number, argument: Uint8Array = NOTHING, pointed: Uint8Array = NOTHING): number {
    const row = this.#calls.byNumber(number);
    if (row === undefined) return this.refuse('ENOTTY', `This ${this.kind} file descriptor has no ioctl 0x${(number >>> 0).toString(16)}.`);
    return this.#checked(row, argument, pointed);
  }

  /** The same by the kernel's name of the call: for those that one architecture has and this class has no method for. */
  call(name: string, argument: Uint8Array = NOTHING, pointed: Uint8Array = NOTHING): number {
    const row = this.#calls.byName(name);
    if (row === undefined) return this.refuse('ENOTTY', `This ${this.kind} file descriptor has no ${name}.`);
    return this.#checked(row, argument, pointed);
  }

  #checked(row: IoctlRow, argument: Uint8Array, pointed: Uint8Array): number {
    if (row.isList === true ? argument.length % row.bytes !== 0 : argument.length < row.bytes) {
      if (row.isList === true) return this.refuse('EINVAL', `${row.name} takes elements of ${row.bytes} bytes.`);
      return this.refuse('EFAULT', `${row.name} needs ${row.bytes} bytes; ${argument.length} were given.`);
    }
    return this.perform(row, argument, pointed);
  }

  /** Carries out a call of this file's table; `argument` has the bytes that its row asks for. */
  protected abstract perform(row: IoctlRow, argument: Uint8Array, pointed: Uint8Array): number;

  /** The answer of a call as a `Result`: `value` is what the call returned. To be asked before the next call on this file. */
  result(answer: number): Result<number, KvmFailure> {
    if (answer >= 0) return success(answer);
    return { ok: false, error: this.lastFailure ?? failure('EINVAL', errnoName(-answer)).error };
  }

  /** Refuses with `code`: keeps the sentence and returns the negated errno. */
  protected refuse(code: ErrnoName, message: string): number {
    return this.conclude({ code, message });
  }

  /** A `CallAnswer` as ioctl(2) has it: a refusal's sentence is kept and its errno negated. */
  protected conclude(answer: CallAnswer): number {
    if (typeof answer === 'number') return answer;
    this.lastFailure = answer;
    return -ERRNO[answer.code];
  }
}

/** The scalar argument of a call, as bytes hold it; 0 without any. */
export const scalarOf = (argument: Uint8Array): number =>
  argument.length < SCALAR_BYTES ? 0 : new DataView(argument.buffer, argument.byteOffset).getUint32(0, true);

const SCALAR_BYTES = 4;

/** A number as the bytes of an ioctl's scalar argument. */
export function scalarBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(SCALAR_BYTES);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** The rows of a table by name. */
export const callRow = <const Rows extends readonly IoctlRow[]>(rows: Rows): Readonly<Record<Rows[number]['name'], IoctlRow>> =>
  // Every name of the table is a key, by construction.
  Object.fromEntries(rows.map(row => [row.name, row])) as Record<Rows[number]['name'], IoctlRow>;
