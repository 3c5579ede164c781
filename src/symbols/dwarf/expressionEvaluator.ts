// SPDX-License-Identifier: MIT
import type { DwarfExpression, Evaluation, EvaluationContext } from './expression.js';

/** A number, or why there is none (see `Evaluation`). */
export type NumberEvaluation = { readonly kind: 'number'; readonly value: bigint } | Exclude<Evaluation, { kind: 'pieces' }>;

/** Evaluates `expression` to the location (or value) of an object. `initialStack` is what is pushed first, as the CFA for register rules. */
export function evaluateExpression(_expression: DwarfExpression, _context: EvaluationContext, _initialStack: readonly bigint[] = []): Evaluation {
  return { kind: 'unavailable', message: 'not there yet' };
}

/** Evaluates `expression` to a number: what is on top of the stack at its end, or the contents of the register that it names. */
export function evaluateNumber(_expression: DwarfExpression, _context: EvaluationContext, _initialStack: readonly bigint[] = []): NumberEvaluation {
  return { kind: 'unavailable', message: 'not there yet' };
}
