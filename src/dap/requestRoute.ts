// SPDX-License-Identifier: MIT
import { type Reply, refuse } from './errors.js';
import type { LaunchedGuest } from './launchedGuest.js';
import type { Session } from './session.js';
import type { Check } from './shape.js';

/** The body of a response; `undefined` where the protocol has none. */
export type Body = object | undefined;

/** What a handler answers, at once or later. */
export type Answer = Reply<Body> | Promise<Reply<Body>>;

/** How one request is served: its arguments are checked, then it is handled. */
export type Route = (session: Session, args: unknown) => Answer;

/** The routes of one request group, by command. */
export type Routes = Readonly<Record<string, Route>>;

/** A request that is served at any time. */
export const always =
  <T>(check: Check<T>, handle: (session: Session, args: T) => Answer): Route =>
  (session, args) => {
    const checked = check(args ?? {}, '');
    return checked.ok ? handle(session, checked.value) : refuse('wrongArguments', `The request cannot be served: ${checked.error}.`);
  };

/** A request that needs a launched guest, which may be running. */
export const launched = <T>(check: Check<T>, handle: (guest: LaunchedGuest, args: T, session: Session) => Answer): Route =>
  always(check, (session, args) =>
    session.guest === undefined
      ? refuse('outOfOrder', `There is no guest ${session.hadGuest ? 'any more' : 'yet'}.`)
      : handle(session.guest, args, session),
  );

/** A request that needs a guest that stands still. */
export const stopped = <T>(check: Check<T>, handle: (guest: LaunchedGuest, args: T, session: Session) => Answer): Route =>
  launched(check, (guest, args, session) =>
    guest.run.isRunning ? refuse('notStopped', 'The guest is running; pause it first.') : handle(guest, args, session),
  );
