// SPDX-License-Identifier: MIT
import { type Failure, failure, type Result, success } from '../base/index.js';
import { ERRNO, type ErrnoName, errnoName } from './abi/errno.js';
import { GENERIC_IOCTL_CODING, type IoctlRow, ioctlNumber, type KvmFileKind } from './abi/ioctlNumbers.js';

export type KvmFailure = Failure<ErrnoName>;

/**
 * A file descriptor of the emulated KVM. Its methods are the ioctls; they return what ioctl(2) would leave in the
 * kernel's hands: 0 or a positive answer, or a negated errno. A refusal also leaves its sentence in `lastFailure`.
 */
export abstract class KvmFile {
  /** The last refusal of any call on this file, with a sentence for people. */
  lastFailure: KvmFailure | undefined;

  constructor(readonly kind: KvmFileKind) {}

  /** The entry for callers that have a number and bytes, as ioctl(2) has. `argument` is the structure; `pointed` what a pointer inside it points to. Unknown numbers answer -ENOTTY. */
  abstract ioctl(number: number, argument?: Uint8Array, pointed?: Uint8Array): number;

  /** The answer of a call as a `Result`: `value` is what the call returned. To be asked before the next call on this file. */
  result(answer: number): Result<number, KvmFailure> {
    if (answer >= 0) return success(answer);
    return { ok: false, error: this.lastFailure ?? failure('EINVAL', errnoName(-answer)).error };
  }

  /** Refuses with `code`: keeps the sentence and returns the negated errno. */
  protected refuse(code: ErrnoName, message: string): number {
    this.lastFailure = { code, message };
    return -ERRNO[code];
  }

  /** Refuses a call whose number this file does not know. */
  protected refuseUnknown(number: number): number {
    return this.refuse('ENOTTY', `This ${this.kind} file descriptor has no ioctl 0x${(number >>> 0).toString(16)}.`);
  }
}

/** The numbers of `rows` that the file descriptor `file` answers, each with its row, as arm64 codes them. */
export const callsOf = (file: KvmFileKind, type: number, rows: readonly IoctlRow[]): ReadonlyMap<number, IoctlRow> =>
  new Map(rows.filter(row => row.files.includes(file)).map(row => [ioctlNumber(GENERIC_IOCTL_CODING, type, row), row]));

/** The rows of a table by name. */
export const callRow = <const Rows extends readonly IoctlRow[]>(rows: Rows): Readonly<Record<Rows[number]['name'], IoctlRow>> =>
  // Every name of the table is a key, by construction.
  Object.fromEntries(rows.map(row => [row.name, row])) as Record<Rows[number]['name'], IoctlRow>;
