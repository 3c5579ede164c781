// SPDX-License-Identifier: MIT
import type { Result } from './result.js';

/** Reads whole files of the user's. Given to constructors, because the editor's web host has no file system of Node's. */
export interface Files {
  /** The bytes of the file at `path`, or a refusal that names the path and the cause. */
  read(path: string): Promise<Result<Uint8Array>>;
}
