// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex } from '../base/index.js';
import { type ExceptionReport, REGISTER_GROUPS, type StackFrame } from '../debug/index.js';
import { refuse, reply } from './errors.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { launched, type Routes, stopped } from './requestRoute.js';
import type { Session } from './session.js';
import { anything, flag, natural, object, optional } from './shape.js';
import { protocolSource } from './sourceRequests.js';

const FRAME_FORMAT = optional(object({ hex: optional(flag), parameters: optional(flag), line: optional(flag), module: optional(flag) }));
const STACK_TRACE = object({ threadId: natural, startFrame: optional(natural), levels: optional(natural), format: FRAME_FORMAT });
const SCOPES = object({ frameId: natural });
const THREAD = object({ threadId: natural });

/** The most frames that one request answers; the stack itself ends at 1000. */
const LONGEST_PAGE = 1000;

/** Requests about threads, their stacks and the scopes of frames. */
export const STACK_ROUTES: Routes = {
  threads: launched(anything, guest => reply({ threads: guest.target.vcpus().map(vcpu => ({ id: vcpu.index + 1, name: vcpu.name })) })),

  stackTrace: stopped(STACK_TRACE, async (guest, args, session) => {
    const vcpu = session.vcpuOfThread(args.threadId);
    if (!vcpu.ok) return vcpu;
    const first = Math.min(args.startFrame ?? 0, LONGEST_PAGE);
    const count = args.levels === undefined || args.levels === 0 ? LONGEST_PAGE : Math.min(args.levels, LONGEST_PAGE);
    const trace = guest.target.stack(vcpu.value, first, count);
    const stackFrames: DebugProtocol.StackFrame[] = [];
    for (const frame of trace.frames) stackFrames.push(await protocolFrame(session, guest, frame));
    if (trace.problem !== undefined && !trace.hasMore)
      stackFrames.push({ id: 0, name: trace.problem, line: 0, column: 0, presentationHint: 'label' });
    const seen = first + stackFrames.length;
    return reply({ stackFrames, totalFrames: trace.hasMore ? seen + 1 : seen } satisfies DebugProtocol.StackTraceResponse['body']);
  }),

  scopes: stopped(SCOPES, (guest, args, session) => {
    const found = session.references.frames.find(args.frameId);
    if (!found.ok) return found;
    const frame = found.value;
    const values = guest.target.scopes(frame).map(
      (scope, index): DebugProtocol.Scope => ({
        name: scope.name,
        ...(scope.kind === 'registers'
          ? { presentationHint: 'registers' }
          : scope.kind === 'globals'
            ? {}
            : { presentationHint: scope.kind }),
        variablesReference: session.references.variables.add({ kind: 'scope', frame, index }),
        namedVariables: scope.count,
        expensive: scope.isExpensive,
      }),
    );
    const registers = REGISTER_GROUPS.filter(group => guest.target.registers(frame.vcpu, group).length > 0).map(
      (group): DebugProtocol.Scope => ({
        name: group,
        presentationHint: 'registers',
        variablesReference: session.references.variables.add({ kind: 'registers', vcpu: frame.vcpu, group, frame }),
        expensive: group !== 'General',
      }),
    );
    return reply({ scopes: [...values, ...registers] });
  }),

  exceptionInfo: stopped(THREAD, (guest, args, session) => {
    const vcpu = session.vcpuOfThread(args.threadId);
    if (!vcpu.ok) return vcpu;
    const stop = guest.target.lastStop;
    const exception = guest.target.exception(vcpu.value);
    if (exception !== undefined)
      return reply({
        exceptionId: exceptionId(exception),
        description: exception.sentence,
        breakMode: 'always',
        // The editor prints it under the sentence as it is, with links on file:line.
        details: { message: exception.sentence, typeName: exception.title, stackTrace: exception.lines.join('\n') },
      } satisfies DebugProtocol.ExceptionInfoResponse['body']);
    if (stop === undefined || stop.vcpu !== vcpu.value || stop.reason !== 'error')
      return refuse('outOfOrder', `vCPU ${vcpu.value} has not stopped at an exception.`);
    return reply({
      exceptionId: stop.reason,
      description: stop.description,
      breakMode: 'always',
    } satisfies DebugProtocol.ExceptionInfoResponse['body']);
  }),
};

/** What was taken and where; once, where vectors are named for what comes to them (POWER). */
const exceptionId = ({ title, vector }: ExceptionReport): string =>
  title.toLowerCase() === vector.toLowerCase() ? title : `${title} (${vector})`;

async function protocolFrame(session: Session, guest: LaunchedGuest, frame: StackFrame): Promise<DebugProtocol.StackFrame> {
  const id = session.references.frames.add(frame);
  const { position } = frame;
  const source = position === undefined ? undefined : await protocolSource(session, guest, position.file.path);
  return {
    id,
    name: frame.isInlined ? `${frame.name} [inlined]` : frame.name,
    ...(source === undefined ? {} : { source }),
    line: position === undefined ? 0 : session.client.linesStartAt1 ? position.line : position.line - 1,
    column: position === undefined ? 0 : session.client.columnsStartAt1 ? Math.max(1, position.column) : Math.max(0, position.column - 1),
    instructionPointerReference: hex(frame.pc),
    ...(position === undefined ? { presentationHint: 'subtle' as const } : {}),
  };
}
