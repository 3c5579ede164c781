// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebugTarget, ExceptionReport, StopReport } from '../debug/index.js';

/** What kind of request a breakpoint came from. */
export type BreakpointKind = 'source' | 'function' | 'instruction' | 'data' | 'exception';

/** Tells the kind of a breakpoint by its id. */
export interface BreakpointKinds {
  kindOf(id: number): BreakpointKind | undefined;
}

/** The protocol's words for a stop at a breakpoint of each kind. */
const REASON_OF_KIND: Readonly<Record<BreakpointKind, string>> = {
  source: 'breakpoint',
  function: 'function breakpoint',
  instruction: 'instruction breakpoint',
  data: 'data breakpoint',
  exception: 'exception',
};

/** The exception at whose vector the guest has stopped, if it was stopped for that. */
export const exceptionOfStop = (target: DebugTarget, stop: StopReport): ExceptionReport | undefined =>
  stop.reason === 'exception' ? target.exception(stop.vcpu) : undefined;

/** The `stopped` event for a stop of the guest. All vCPUs stand still at it. */
export function stoppedEventBody(
  stop: StopReport,
  kinds: BreakpointKinds,
  exception: ExceptionReport | undefined,
): DebugProtocol.StoppedEvent['body'] {
  const reason = reasonOf(stop, kinds);
  const hit = [...stop.breakpoints, ...stop.watches.map(watch => watch.breakpoint).filter(id => !stop.breakpoints.includes(id))];
  return {
    reason,
    description: exception?.summary ?? stop.description,
    threadId: stop.vcpu + 1,
    allThreadsStopped: true,
    ...(reason === 'exception' || reason === 'data breakpoint'
      ? { text: stop.watches[0]?.sentence ?? exception?.sentence ?? stop.description }
      : {}),
    ...(hit.length > 0 ? { hitBreakpointIds: hit } : {}),
  };
}

function reasonOf(stop: StopReport, kinds: BreakpointKinds): string {
  switch (stop.reason) {
    case 'breakpoint': {
      const [first] = stop.breakpoints;
      return REASON_OF_KIND[(first === undefined ? undefined : kinds.kindOf(first)) ?? 'source'];
    }
    case 'watchpoint':
      return 'data breakpoint';
    case 'error':
      return 'exception';
    default:
      return stop.reason;
  }
}
