// SPDX-License-Identifier: MIT
/**
 * dap: the debugger behind the Debug Adapter Protocol. One handler file for each group of requests, the
 * launch configuration as one table, errors as one table, transcripts and scripts of sessions.
 *
 * It does not know an editor, a socket or a process: messages go in and out as JSON values, and what it
 * needs of the host comes as `AdapterHost`.
 *
 * Start reading at `adapter.ts` (a message comes in), then `session.ts` (what lives as long as a
 * session) and `guestRun.ts` (how the guest runs between two messages).
 */
export * from './adapter.js';
export * from './adapterClient.js';
export * from './adapterHost.js';
export { ERRORS, type ErrorCode } from './errors.js';
export { GuestConsole } from './guestConsole.js';
export { launchOptions } from './guestLaunch.js';
export { checkLaunchConfiguration, nearestName, parseAddress, parseSize } from './launchConfiguration.js';
export type { MakeTarget } from './launchedGuest.js';
export * from './launchSchema.js';
export * from './launchSettings.js';
export * from './messageFraming.js';
export { parseScript, type Statement } from './script.js';
export { type ScriptOutcome, ScriptRunner, type ScriptSources } from './scriptRunner.js';
export { isRecord } from './shape.js';
export type * from './steptrapBodies.js';
export * from './steptrapProtocol.js';
export { Transcript, type TranscriptNames } from './transcript.js';
export { serveSession, type WorkerParts } from './worker/servedSession.js';
export * from './worker/workerMessages.js';
export * from './worker/workerSession.js';
