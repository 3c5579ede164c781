// SPDX-License-Identifier: MIT
import { hex } from '../base/index.js';
import type { CommandPlace } from './consoleCommand.js';
import { type Reply, refuse, reply } from './errors.js';

/** `break LOCATION [if CONDITION]`; without a location, at the pc. */
export function breakCommand({ session, guest, place }: CommandPlace, argument: string, isTemporary: boolean): Reply<string> {
  const match = /^(.*?)(?:(?:^|\s)if\s+(.+))?$/.exec(argument);
  const location = match?.[1]?.trim() || `*${hex(guest.target.vcpus()[place.vcpu]?.pc ?? 0n)}`;
  const report = session.breakpoints.addConsole(guest, { name: location, condition: match?.[2], isTemporary });
  if (report === undefined || !report.isVerified) {
    if (report !== undefined) session.breakpoints.removeConsole(guest, report.id);
    return refuse('breakpointRefused', report?.message ?? `There is no place "${location}".`);
  }
  const source = report.path === undefined ? '' : ` ${guest.paths.toClient(report.path)}:${report.line ?? 0}`;
  const kind = isTemporary ? 'Temporary breakpoint' : 'Breakpoint';
  return reply(`${kind} ${report.id} (${report.mode}) at ${hex(report.address ?? 0n)}${source}`);
}

/** `delete [N]`: breakpoints of the console; an editor takes away its own. */
export function deleteCommand({ session, guest }: CommandPlace, argument: string): Reply<string> {
  if (argument === '') return reply(`${session.breakpoints.removeConsole(guest)} breakpoints of the console deleted.`);
  const id = Number(argument);
  if (Number.isSafeInteger(id) && session.breakpoints.removeConsole(guest, id) > 0) return reply(`Breakpoint ${id} deleted.`);
  const isOther = guest.target.breakpoints.list().some(report => report.id === id);
  return refuse(
    'breakpointRefused',
    isOther ? `Breakpoint ${id} is one of the editor's; remove it there.` : `There is no breakpoint ${argument}.`,
  );
}

/** `info locals`, `info args`: the values of a scope. */
export function infoScope({ guest, place }: CommandPlace, kind: 'locals' | 'arguments'): Reply<string> {
  const frame = 'level' in place ? place : guest.target.stack(place.vcpu, 0, 1).frames[0];
  const values =
    frame === undefined
      ? []
      : (guest.target
          .scopes(frame)
          .find(scope => scope.kind === kind)
          ?.values() ?? []);
  return reply(values.map(value => `${value.name} = ${value.text()}`).join('\n') || `No ${kind}.`);
}
