// SPDX-License-Identifier: MIT
import { hex } from '../base/index.js';
import { SCHEDULER_LOCKING_MODES } from '../debug/index.js';
import { debugRegistersBody } from './debugRegistersBody.js';
import { refuse, reply } from './errors.js';
import { resume } from './executionRequests.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { launched, type Routes, stopped } from './requestRoute.js';
import { anything, flag, natural, object, oneOf, optional, text } from './shape.js';
import { baseName } from './sourcePaths.js';
import type { VcpusBody } from './steptrapBodies.js';
import { exceptionOfStop } from './stopEvents.js';

const THREAD = object({ threadId: natural });
const LOCKING = object({ mode: oneOf(...SCHEDULER_LOCKING_MODES) });
const TRACE = object({ mode: oneOf('off', 'dap', 'kvm') });
const FORMAT = object({
  format: oneOf('natural', 'hexadecimal', 'decimal', 'binary', 'octal', 'character', 'string'),
  name: optional(text),
});
const STEP_UNTIL = object({
  threadId: natural,
  until: oneOf('branch', 'call', 'return', 'exception', 'address'),
  address: optional(text),
  entersCalls: optional(flag),
  singleThread: optional(flag),
});
const SET_REGISTER = object({ threadId: natural, name: text, field: optional(text), value: text, isGuests: optional(flag) });
const INPUT = object({ text });

/** Requests of ours, all named `steptrap/…`. Numbers of 64 bits are `0x` texts. */
export const STEPTRAP_ROUTES: Routes = {
  'steptrap/vcpus': launched(anything, guest => reply(vcpusBody(guest))),

  // The protocol has no other way to tell a client which of the threads that stand still to look at.
  'steptrap/focus': stopped(THREAD, (guest, args, session) => {
    const vcpu = session.vcpuOfThread(args.threadId);
    if (!vcpu.ok) return vcpu;
    const { lastStop } = guest.target;
    session.afterAnswer(() => {
      if (lastStop?.vcpu === vcpu.value) session.announceStop(lastStop);
      // Without a reason of its own: a client would go on to show one when it looks at another vCPU again.
      else session.send('stopped', { reason: '', description: 'Held', threadId: args.threadId, allThreadsStopped: true });
    });
    return reply(undefined);
  }),

  'steptrap/debugRegisters': launched(THREAD, (guest, args, session) => {
    const vcpu = session.vcpuOfThread(args.threadId);
    return vcpu.ok ? reply(debugRegistersBody(guest, guest.target.debugRegisters(vcpu.value))) : vcpu;
  }),

  'steptrap/setDebugRegister': stopped(SET_REGISTER, (guest, { threadId, name, field, value, isGuests = false }, session) => {
    const vcpu = session.vcpuOfThread(threadId);
    if (!vcpu.ok) return vcpu;
    const evaluated = guest.target.evaluate(value, { vcpu: vcpu.value }, 'readOnly');
    // What is no expression may be the manual's word for a field's value.
    const content = evaluated.ok ? evaluated.value.number : undefined;
    const written = guest.target.writeDebugRegister(vcpu.value, { name, field, isGuests, content: content ?? value.trim() });
    if (!written.ok) return refuse('cannotSet', written.error.message);
    session.announceWrite();
    session.afterAnswer(() => session.send('steptrap/debugRegistersChanged', {}));
    return reply({ value: hex(written.value) });
  }),

  'steptrap/setSchedulerLocking': launched(LOCKING, (guest, args, session) => {
    guest.target.execution.schedulerLocking = args.mode;
    session.afterAnswer(() => session.send('steptrap/vcpusChanged', {}));
    return reply({ mode: guest.target.execution.schedulerLocking });
  }),

  'steptrap/freeze': launched(THREAD, (guest, args, session) => {
    const vcpu = session.vcpuOfThread(args.threadId);
    if (!vcpu.ok) return vcpu;
    guest.target.execution.freeze(vcpu.value);
    session.afterAnswer(() => session.send('steptrap/vcpusChanged', {}));
    return reply({ isFrozen: guest.target.execution.isFrozen(vcpu.value) });
  }),

  'steptrap/thaw': launched(THREAD, (guest, args, session) => {
    const vcpu = session.vcpuOfThread(args.threadId);
    if (!vcpu.ok) return vcpu;
    guest.target.execution.thaw(vcpu.value);
    session.afterAnswer(() => session.send('steptrap/vcpusChanged', {}));
    return reply({ isFrozen: guest.target.execution.isFrozen(vcpu.value) });
  }),

  /**
   * Runs at least one instruction and then to the next branch, call or return (RET or ERET), before that instruction runs; to the next
   * exception that this vCPU takes, at the first instruction of the vector; or to an address (`0x…`, symbol, file.c:12) in this frame or
   * an outer one. Calls on the way run to their return, unless `entersCalls`. A `stopped` event follows, as after a step.
   */
  'steptrap/stepUntil': stopped(STEP_UNTIL, (guest, { threadId, until, address, entersCalls, singleThread }, session) => {
    const vcpu = session.vcpuOfThread(threadId);
    if (!vcpu.ok) return vcpu;
    if (until !== 'address') {
      const isSingleVcpu = singleThread === true ? { isSingleVcpu: true } : {};
      const kind = entersCalls === true ? 'into' : 'over';
      return resume(
        session,
        guest,
        execution =>
          execution.step({ vcpu: vcpu.value, kind, granularity: 'instruction', until, stepsExclusivesAsOne: true, ...isSingleVcpu }),
        threadId,
      );
    }
    if (address === undefined) return refuse('wrongArguments', 'A step until an address needs the argument "address".');
    const found = guest.target.resolveStop(address, vcpu.value);
    if (!found.ok) return refuse('cannotResume', found.error.message);
    return resume(session, guest, execution => execution.runTo(vcpu.value, found.value), threadId);
  }),

  // The format of the value that an expression means (a variable's `evaluateName`, `$sctlr_el1.M` for a field), or of all values.
  'steptrap/setFormat': launched(FORMAT, (_guest, args, session) => {
    session.formats.set(args.format, args.name);
    session.afterAnswer(() => session.send('invalidated', { areas: ['variables'] }));
    return reply({ format: args.format });
  }),

  'steptrap/setTrace': launched(TRACE, (_guest, args, session) => {
    session.setTrace(args.mode);
    return reply({ mode: session.trace });
  }),

  'steptrap/consoleInput': launched(INPUT, (guest, args, session) => {
    guest.console.type(new TextEncoder().encode(args.text));
    session.afterAnswer(() => guest.run.inputArrived());
    return reply(undefined);
  }),
};

/** All vCPUs in JSON, with the place in the source that each stands at. */
function vcpusBody({ target, paths }: LaunchedGuest): VcpusBody {
  const { lastStop } = target;
  const exception = lastStop && exceptionOfStop(target, lastStop);
  return {
    schedulerLocking: target.execution.schedulerLocking,
    ...(lastStop === undefined ? {} : { stoppedThread: lastStop.vcpu + 1 }),
    vcpus: target.vcpus().map(({ index, pc, ...vcpu }) => {
      const position = vcpu.state === 'off' ? undefined : target.stack(index, 0, 1).frames[0]?.position;
      const path = position === undefined || position.line === 0 ? undefined : paths.toClient(position.file.path);
      return {
        threadId: index + 1,
        index,
        pc: hex(pc),
        ...vcpu,
        ...(exception !== undefined && index === lastStop?.vcpu ? { stopReason: exception.sentence } : {}),
        ...(path === undefined ? {} : { source: { name: baseName(path), path }, line: position?.line ?? 0 }),
      };
    }),
  };
}
