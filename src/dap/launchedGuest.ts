// SPDX-License-Identifier: MIT
import type { Result, VirtualAddress } from '../base/index.js';
import type { DebugTarget, LaunchOptions } from '../debug/index.js';
import type { GuestConsole } from './guestConsole.js';
import type { GuestRun } from './guestRun.js';
import type { LaunchConfiguration } from './launchSettings.js';
import type { SourcePaths } from './sourcePaths.js';

/** Makes a guest: `launch` of the debug layer, or what a test puts in its place. */
export type MakeTarget = (options: LaunchOptions) => Result<DebugTarget>;

/** Sends one event to the client. */
export type SendEvent = (event: string, body?: object) => void;

/** The guest of a session, from launch to its end. */
export interface LaunchedGuest {
  readonly target: DebugTarget;
  readonly run: GuestRun;
  /** The checked configuration, and what it was checked from: a restart begins with that again. */
  readonly configuration: LaunchConfiguration & { readonly given: unknown };
  readonly paths: SourcePaths;
  readonly console: GuestConsole;
  /** The address that "stopAt" means; `undefined` without that setting. */
  readonly firstStop: VirtualAddress | undefined;
}
