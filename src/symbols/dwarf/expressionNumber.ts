// SPDX-License-Identifier: MIT
import { assertNever } from '../../base/index.js';
import type { DwarfExpression, Evaluation, EvaluationContext } from './expression.js';
import { evaluateExpression } from './expressionEvaluator.js';
import { numberOf } from './expressionValue.js';

/** A number, or why there is none (see `Evaluation`). */
export type NumberEvaluation = { readonly kind: 'number'; readonly value: bigint } | Exclude<Evaluation, { kind: 'pieces' }>;

/** Evaluates `expression` to a number: what is on top of the stack at its end, or the contents of the register that it names. */
export function evaluateNumber(
  expression: DwarfExpression,
  context: EvaluationContext,
  initialStack: readonly bigint[] = [],
): NumberEvaluation {
  const outcome = evaluateExpression(expression, context, initialStack);
  if (outcome.kind !== 'pieces') return outcome;
  const [piece] = outcome.pieces;
  if (piece === undefined || outcome.pieces.length !== 1 || piece.bitSize !== undefined) {
    return { kind: 'invalid', offset: 0, message: 'The expression should make one number, but makes pieces.' };
  }
  const { location } = piece;
  switch (location.kind) {
    case 'memory':
      return { kind: 'number', value: location.address };
    case 'value':
      return { kind: 'number', value: location.value };
    case 'implicit':
      return { kind: 'number', value: numberOf(location.bytes, expression.endianness) };
    case 'register': {
      const value = context.readRegister(location.register);
      return value === undefined
        ? { kind: 'unavailable', message: `Register ${location.register} is not available in this frame.` }
        : { kind: 'number', value };
    }
    case 'implicitPointer':
      return { kind: 'unavailable', message: 'The value is a pointer that was optimized away.' };
    case 'optimizedOut':
      return { kind: 'unavailable', message: 'The value was optimized out.' };
    default:
      return assertNever(location, 'piece location');
  }
}
