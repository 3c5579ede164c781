// SPDX-License-Identifier: MIT
import type { Result } from '../base/index.js';
import type { ExecutionControl, StepRequest } from '../debug/index.js';
import { type Reply, refuse, reply } from './errors.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { launched, type Routes, stopped } from './requestRoute.js';
import type { Session } from './session.js';
import { type Checked, flag, integer, natural, object, oneOf, optional, text } from './shape.js';
import { baseName } from './sourcePaths.js';

const CONTINUE = object({ threadId: natural, singleThread: optional(flag) });
const STEP = object({
  threadId: natural,
  singleThread: optional(flag),
  granularity: optional(oneOf('statement', 'line', 'instruction')),
  targetId: optional(integer),
});
const PAUSE = object({ threadId: optional(natural) });
const GOTO_TARGETS = object({ source: object({ path: optional(text), name: optional(text) }), line: natural, column: optional(natural) });
const GOTO = object({ threadId: natural, targetId: natural });

/** Requests that let the guest run, stop it or move it. */
export const EXECUTION_ROUTES: Routes = {
  continue: stopped(CONTINUE, (guest, args, session) => {
    const vcpu = session.vcpuOfThread(args.threadId);
    if (!vcpu.ok) return vcpu;
    const isSingle = args.singleThread === true;
    const resumed = resume(
      session,
      guest,
      execution => execution.resume(vcpu.value, isSingle ? true : undefined),
      isSingle ? args.threadId : undefined,
    );
    // Held vCPUs cannot be looked at or resumed until the next stop either, and a client that takes them for stopped offers that in vain.
    return resumed.ok ? reply({ allThreadsContinued: true }) : resumed;
  }),

  next: stopped(STEP, (guest, args, session) => step(session, guest, 'over', args)),
  stepIn: stopped(STEP, (guest, args, session) => step(session, guest, 'into', args)),
  stepOut: stopped(STEP, (guest, args, session) => step(session, guest, 'out', args)),

  pause: launched(PAUSE, (guest, args, session) => {
    const vcpu = args.threadId === undefined || args.threadId === 0 ? reply(0) : session.vcpuOfThread(args.threadId);
    if (!vcpu.ok) return vcpu;
    if (guest.run.isRunning) session.afterAnswer(() => guest.run.pause(vcpu.value));
    return reply(undefined);
  }),

  gotoTargets: stopped(GOTO_TARGETS, (guest, args, session) => {
    const path = args.source.path ?? args.source.name ?? '';
    const line = session.client.linesStartAt1 ? args.line : args.line + 1;
    const location = `${guest.paths.toDebug(path)}:${line}`;
    const address = guest.target.resolveLocation(location, guest.target.lastStop?.vcpu ?? 0);
    if (!address.ok) return reply({ targets: [] });
    session.gotoTargets.push(address.value);
    return reply({
      targets: [
        {
          id: session.gotoTargets.length,
          label: `${baseName(path)}:${line}`,
          line: args.line,
          instructionPointerReference: `0x${address.value.toString(16)}`,
        },
      ],
    });
  }),

  goto: stopped(GOTO, (guest, args, session) => {
    const vcpu = session.vcpuOfThread(args.threadId);
    if (!vcpu.ok) return vcpu;
    const address = session.gotoTargets[args.targetId - 1];
    if (address === undefined)
      return refuse('staleReference', `Jump target ${args.targetId} does not exist or belongs to an earlier stop.`);
    const written = guest.target.writeRegister(vcpu.value, 'pc', address);
    if (!written.ok) return refuse('cannotGoto', written.error.message);
    session.forgetStop();
    session.afterAnswer(() => session.send('stopped', { reason: 'goto', threadId: args.threadId, allThreadsStopped: true }));
    return reply(undefined);
  }),
};

/**
 * Asks the guest to run. Everything that the client holds of this stop ends; the first slice runs when the request has been answered.
 * A client cannot know that the requests of ours let the guest run, nor does an editor of the requests that its extensions make:
 * they are told by a `continued` event for `announcedThread`.
 */
export function resume(
  session: Session,
  guest: LaunchedGuest,
  request: (execution: ExecutionControl) => Result<undefined>,
  announcedThread?: number,
): Reply<undefined> {
  if (guest.run.isOver) return refuse('cannotResume', 'The guest has ended; restart the session to run it again.');
  const asked = guest.run.ask(request);
  if (!asked.ok) return refuse('cannotResume', asked.error.message);
  session.forgetStop();
  session.afterAnswer(() => {
    if (announcedThread !== undefined) session.send('continued', { threadId: announcedThread, allThreadsContinued: true });
    guest.run.go();
  });
  return reply(undefined);
}

function step(session: Session, guest: LaunchedGuest, kind: StepRequest['kind'], args: Checked<typeof STEP>): Reply<undefined> {
  const vcpu = session.vcpuOfThread(args.threadId);
  if (!vcpu.ok) return vcpu;
  const request: StepRequest = {
    vcpu: vcpu.value,
    kind,
    granularity: args.granularity ?? 'statement',
    ...(args.singleThread === true ? { isSingleVcpu: true } : {}),
  };
  // VS Code steps by instruction in its Disassembly view only and never asks for a single thread: others ask for those.
  const isAnnounced = args.singleThread === true || args.granularity === 'instruction';
  return resume(session, guest, execution => execution.step(request), isAnnounced ? args.threadId : undefined);
}
