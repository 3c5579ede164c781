// SPDX-License-Identifier: MIT
import type { StackFrame } from '../debug/index.js';
import type { Reply } from './errors.js';
import type { LaunchedGuest } from './launchedGuest.js';
import type { Session } from './session.js';

/** Where a command of the debug console works. */
export interface CommandPlace {
  readonly session: Session;
  readonly guest: LaunchedGuest;
  readonly place: StackFrame | { readonly vcpu: number };
}

/** A command of the debug console; the words are gdb's. */
export interface ConsoleCommand {
  /** All spellings, the full one first. */
  readonly names: readonly string[];
  /** The command with its arguments, for help. */
  readonly usage: string;
  /** One sentence. */
  readonly help: string;
  /** Words that complete its argument. */
  readonly words?: readonly string[];
  /** Prints an answer for what follows the name; a command with format letters gets them as `letters` (`x/8i` → `8i`). */
  readonly run: (where: CommandPlace, argument: string, letters: string) => Reply<string>;
}

/** The vCPU that a command is about. */
export const vcpuOf = ({ place }: CommandPlace): number => place.vcpu;
