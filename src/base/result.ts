// SPDX-License-Identifier: MIT
/**
 * The outcome of a request that may be refused. What a caller asks in vain is a `Result`; what a
 * guest does wrong is a fault value of its own; what we did wrong throws `InvariantError`.
 */
export type Result<T, E = Failure> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** A refusal: a code for programs and one sentence for people that names the thing, its value and what to do. */
export interface Failure<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
}

/** The outcome of a request that was granted. */
export const success = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** The outcome of a request that was refused, with its code and sentence. */
export const failure = <Code extends string>(code: Code, message: string): { readonly ok: false; readonly error: Failure<Code> } => ({
  ok: false,
  error: { code, message },
});
