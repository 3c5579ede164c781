// SPDX-License-Identifier: MIT
import type { Files } from '../base/index.js';

/** What the adapter needs of the process or worker that it runs in. */
export interface AdapterHost {
  /** The user's files: programs, symbol files, sources. */
  readonly files: Files;
  /** Calls `callback` once, after messages that have already arrived got their turn. */
  defer(callback: () => void): void;
  /** Milliseconds since any fixed moment. Used to size slices of execution only; the guest never sees it. */
  now(): number;
  /** The version that `--version` prints. */
  readonly version: string;
}
