// SPDX-License-Identifier: MIT
import type { InterpreterName } from '../../debug/index.js';

/** Generated interpreters by name. */
export type Interpreters = Readonly<Partial<Record<InterpreterName, Uint8Array>>>;

/** What the forwarding side sends to a session's worker. */
export type ToWorker =
  /** First of all, to a worker that cannot read the generated interpreters itself: these, by name. */
  | { readonly kind: 'start'; readonly interpreters: Interpreters }
  | { readonly kind: 'message'; readonly message: unknown }
  /** Bytes came that are no message. */
  | { readonly kind: 'problem'; readonly sentence: string }
  /** The answer to `read`. */
  | { readonly kind: 'file'; readonly id: number; readonly outcome: FileOutcome }
  /** The client is gone. */
  | { readonly kind: 'end' };

/** What a session's worker sends back. */
export type FromWorker =
  | { readonly kind: 'message'; readonly message: unknown }
  /** Asks for a file that the worker cannot reach. */
  | { readonly kind: 'read'; readonly id: number; readonly path: string }
  /** The session has ended by itself; the worker may be taken down. */
  | { readonly kind: 'ended' };

/** The bytes of a file, or why there are none. */
export type FileOutcome =
  | { readonly ok: true; readonly value: Uint8Array }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };
