// SPDX-License-Identifier: MIT
/** What the forwarding side sends to a session's worker. */
export type ToWorker =
  | { readonly kind: 'message'; readonly message: unknown }
  /** Bytes came that are no message. */
  | { readonly kind: 'problem'; readonly sentence: string }
  /** The client is gone. */
  | { readonly kind: 'end' };

/** What a session's worker sends back. */
export type FromWorker = { readonly kind: 'message'; readonly message: unknown } | { readonly kind: 'ended' };
