// SPDX-License-Identifier: MIT
/** A load under way, which a client may end. */
export class Loading {
  isCancelled = false;

  constructor(readonly progressId: string) {}
}
