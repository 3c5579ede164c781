// SPDX-License-Identifier: MIT
import { CAPABILITIES, vectorFilters } from './capabilities.js';
import { type Reply, refuse, reply } from './errors.js';
import { resume } from './executionRequests.js';
import { launchGuest, prepareGuest } from './guestLaunch.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { always, launched, type Routes } from './requestRoute.js';
import type { Session } from './session.js';
import { anything, flag, isRecord, natural, object, optional, text } from './shape.js';

const INITIALIZE = object({
  clientID: optional(text),
  linesStartAt1: optional(flag),
  columnsStartAt1: optional(flag),
  pathFormat: optional(text),
  supportsMemoryEvent: optional(flag),
  supportsProgressReporting: optional(flag),
});
const TERMINATE = object({ restart: optional(flag) });
const CANCEL = object({ requestId: optional(natural), progressId: optional(text) });

/** Requests about the session's life. */
export const LIFECYCLE_ROUTES: Routes = {
  initialize: always(INITIALIZE, (session, args) => {
    if (args.pathFormat !== undefined && args.pathFormat !== 'path')
      return refuse('wrongArguments', `Paths in the form "${args.pathFormat}" are not supported; use "path".`);
    session.client = {
      linesStartAt1: args.linesStartAt1 ?? true,
      columnsStartAt1: args.columnsStartAt1 ?? true,
      takesMemoryEvents: args.supportsMemoryEvent ?? false,
      takesProgress: args.supportsProgressReporting ?? false,
    };
    return reply(CAPABILITIES);
  }),

  launch: always(anything, async (session, args) => {
    if (session.guest !== undefined) return refuse('outOfOrder', 'This session has already launched its guest.');
    const guest = await launchGuest(session, args);
    if (!guest.ok) return guest;
    session.afterAnswer(() => {
      session.send('capabilities', {
        capabilities: { exceptionBreakpointFilters: vectorFilters(guest.value.target.breakpoints.vectors) },
      });
      session.send('initialized');
    });
    return reply(undefined);
  }),

  attach: always(anything, () =>
    refuse('attachUnsupported', 'Attaching is not available: the guest lives inside the debugger, so launch it.'),
  ),

  configurationDone: launched(anything, (guest, _args, session) => {
    if (session.isConfigured) return refuse('outOfOrder', 'The configuration of this session is already done.');
    session.isConfigured = true;
    return start(session, guest);
  }),

  restart: launched(anything, async (guest, args, session) => {
    const given = typeof args === 'object' && args !== null && 'arguments' in args ? args.arguments : undefined;
    // A refusal leaves the old guest as it is.
    const prepared = await prepareGuest(session, given ?? guest.configuration.given);
    if (!prepared.ok) return prepared;
    const { ids } = guest.target.breakpoints;
    session.dispose();
    const again = prepared.value();
    again.target.breakpoints.ids = ids;
    session.breakpoints.apply(again);
    session.isConfigured = true;
    session.afterAnswer(() => {
      session.breakpoints.announceChanges(session);
      session.send('steptrap/vcpusChanged', {});
    });
    return start(session, again);
  }),

  terminate: always(TERMINATE, session => {
    const hadGuest = session.guest !== undefined;
    session.dispose();
    if (hadGuest) session.afterAnswer(() => session.send('terminated'));
    return reply(undefined);
  }),

  disconnect: always(anything, session => {
    session.dispose();
    session.afterAnswer(() => session.end());
    return reply(undefined);
  }),

  // What is still queued has been taken out before a cancel request is routed; all else is answered at once anyway.
  cancel: always(CANCEL, () => reply(undefined)),
};

/** Brings a configured guest to its first stop, or lets it run; it runs at once for a client that wants no debugging. */
function start(session: Session, guest: LaunchedGuest): Reply<undefined> {
  const { configuration, target, firstStop } = guest;
  const stop = target.lastStop;
  if (isRecord(configuration.given) && configuration.given['noDebug'] === true)
    return resume(session, guest, execution => execution.resume(0));
  if (firstStop !== undefined && stop?.pc !== firstStop) {
    session.expectEntryStop();
    return resume(session, guest, execution => execution.runTo(0, firstStop));
  }
  if ((configuration.stopOnEntry || firstStop !== undefined) && stop !== undefined) {
    session.afterAnswer(() => session.announceStop(stop));
    return reply(undefined);
  }
  return resume(session, guest, execution => execution.resume(0));
}
