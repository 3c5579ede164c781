// SPDX-License-Identifier: MIT
import { type Failure, failure, type Result } from './result.js';

/** Reads whole files of the user's. Given to constructors, because the editor's web host has no file system of Node's. */
export interface Files {
  /** The bytes of the file at `path`, or a refusal that names the path and the cause. */
  read(path: string): Promise<Result<Uint8Array>>;
}

/** Causes of a failed read in words. Codes are those of errno. */
const READ_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a folder',
  EIO: 'its file system does not give it',
};

/** The refusal to read the file at `path` for the errno `code`. */
export const unreadable = (path: string, code: string): { readonly ok: false; readonly error: Failure } =>
  failure(code, `${path} cannot be read: ${READ_FAILURES[code] ?? code}.`);
