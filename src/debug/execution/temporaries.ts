// SPDX-License-Identifier: MIT
import type { Mechanism } from '../breakpoints/stopMechanisms.js';
import type { Temporary } from './move.js';
import type { PendingStep } from './pendingSteps.js';
import type { ExecutionParts, PlacedTemporary, Request } from './turn.js';

/** Makes breakpoints of our own at `until` and at the ends of `pendingSteps`, each by the first mechanism that takes it. */
export function placeTemporaries(
  parts: ExecutionParts,
  request: Request,
  until: readonly Temporary[],
  pendingSteps: readonly PendingStep[] = [],
): void {
  const mechanism = parts.temporaryMechanism();
  const wanted = [
    ...until.map(temporary => ({ vcpu: request.vcpu, temporary, pending: undefined })),
    ...pendingSteps.flatMap(pending => pending.until.map(temporary => ({ vcpu: pending.vcpu, temporary, pending }))),
  ];
  const placed: PlacedTemporary[] = [];
  for (const { vcpu, temporary, pending } of wanted) {
    const choices: readonly Mechanism[] = [mechanism, 'engine', 'software'];
    const chosen = choices.find(
      choice =>
        (choice !== 'hardware' || !parts.mechanisms.slots.hasBreakpointAt(temporary.address)) &&
        parts.mechanisms.insertBreakpoint(temporary.address, choice, vcpu.vcpu).ok,
    );
    if (chosen) placed.push({ vcpu, temporary, mechanism: chosen, pending });
  }
  request.temporaries = placed;
}

/** Takes them back. */
export function removeTemporaries(parts: ExecutionParts, request: Request): void {
  for (const { temporary, mechanism } of request.temporaries) parts.mechanisms.removeBreakpoint(temporary.address, mechanism);
  request.temporaries = [];
}
