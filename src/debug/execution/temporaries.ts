// SPDX-License-Identifier: MIT
import type { Mechanism } from '../breakpoints/stopMechanisms.js';
import type { Temporary } from './move.js';
import type { ExecutionParts, Request } from './turn.js';

/** Makes breakpoints of our own at `until`, each by the first mechanism that takes it. */
export function placeTemporaries(parts: ExecutionParts, request: Request, until: readonly Temporary[]): void {
  const mechanism = parts.temporaryMechanism();
  const placed: { temporary: Temporary; mechanism: Mechanism }[] = [];
  for (const temporary of until) {
    const choices: readonly Mechanism[] = [mechanism, 'engine', 'software'];
    const chosen = choices.find(
      choice =>
        (choice !== 'hardware' || !parts.mechanisms.slots.hasBreakpointAt(temporary.address)) &&
        parts.mechanisms.insertBreakpoint(temporary.address, choice).ok,
    );
    if (chosen) placed.push({ temporary, mechanism: chosen });
  }
  request.temporaries = placed;
}

/** Takes them back. */
export function removeTemporaries(parts: ExecutionParts, request: Request): void {
  for (const { temporary, mechanism } of request.temporaries) parts.mechanisms.removeBreakpoint(temporary.address, mechanism);
  request.temporaries = [];
}
