// SPDX-License-Identifier: MIT
import type { Result } from '../base/index.js';

/**
 * Every kind of refusal of the adapter: its number on the wire and whether the editor shows it as a
 * message (`showUser`) or only where the request came from. Numbers are never used for anything else
 * later; groups of a hundred follow the request groups.
 */
// biome-ignore format: a table
export const ERRORS = {
  unknownRequest:       { id: 1001, showUser: false },
  wrongArguments:       { id: 1002, showUser: false },
  brokenMessage:        { id: 1003, showUser: true },
  outOfOrder:           { id: 1004, showUser: false },
  cancelled:            { id: 1005, showUser: false },
  workerFailed:         { id: 1098, showUser: true },
  internal:             { id: 1099, showUser: true },
  unknownSetting:       { id: 1101, showUser: true },
  wrongSetting:         { id: 1102, showUser: true },
  settingsDoNotFit:     { id: 1103, showUser: true },
  launchFailed:         { id: 1104, showUser: true },
  attachUnsupported:    { id: 1105, showUser: true },
  notStopped:           { id: 1201, showUser: false },
  unknownThread:        { id: 1202, showUser: false },
  cannotResume:         { id: 1203, showUser: true },
  cannotGoto:           { id: 1204, showUser: true },
  staleReference:       { id: 1301, showUser: false },
  cannotEvaluate:       { id: 1302, showUser: false },
  cannotSet:            { id: 1303, showUser: true },
  unknownCommand:       { id: 1304, showUser: false },
  breakpointRefused:    { id: 1401, showUser: false },
  memoryRefused:        { id: 1501, showUser: false },
  unknownSource:        { id: 1601, showUser: false },
  engineRefused:        { id: 1701, showUser: true },
} as const;

/** The name of a kind of refusal. */
export type ErrorCode = keyof typeof ERRORS;

/** A refusal: its kind and one sentence that names the thing, its value and what to do. */
export interface RequestFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What a request handler answers: the body of the response, or why there is none. */
export type Reply<Body> = Result<Body, RequestFailure>;

/** The answer `body`. */
export const reply = <Body>(body: Body): { readonly ok: true; readonly value: Body } => ({ ok: true, value: body });

/** The refusal of kind `code` with its sentence. */
export const refuse = (code: ErrorCode, message: string): { readonly ok: false; readonly error: RequestFailure } => ({
  ok: false,
  error: { code, message },
});
