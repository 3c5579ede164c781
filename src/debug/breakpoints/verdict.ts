// SPDX-License-Identifier: MIT
import type { Vcpu } from '../../kvm/index.js';
import type { ReadyCondition, UserBreakpoint } from './userBreakpoint.js';

/** What a log message needs. */
export interface Logging {
  /** The text of an expression at the place where `vcpu` is. */
  expressionText(expression: string, vcpu: Vcpu): string;
  log(line: string): void;
}

/** What arriving at `breakpoint` means: the guest goes on, or it stops, perhaps with a remark. Counts the hit, and writes a log message. */
export function verdictOf(
  breakpoint: UserBreakpoint,
  vcpu: Vcpu,
  condition: ReadyCondition | undefined,
  { expressionText, log }: Logging,
): 'goOn' | { readonly remark: string | undefined } {
  let remark: string | undefined;
  if (condition) {
    const holds = condition(vcpu);
    if (holds.ok && !holds.value) return 'goOn';
    if (!holds.ok) remark = `Its condition has no value: ${holds.error.message}`;
  }
  breakpoint.hits++;
  if (breakpoint.hitTest && !breakpoint.hitTest(breakpoint.hits)) return 'goOn';
  if (!breakpoint.logMessage) return { remark };
  log(breakpoint.logMessage.map(part => (part.kind === 'text' ? part.text : expressionText(part.text, vcpu))).join(''));
  return 'goOn';
}
