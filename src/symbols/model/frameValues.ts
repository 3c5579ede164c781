// SPDX-License-Identifier: MIT
import type { DwarfExpression, EvaluationContext } from '../dwarf/expression.js';
import { evaluateNumber } from '../dwarf/expressionNumber.js';
import type { CallSite, Subprogram } from './scope.js';

/** The frame base of `scope` at `pc`, for `EvaluationContext.frameBase`; `undefined` if the function has none or it is not computable. */
export function frameBaseValue(scope: Subprogram, pc: bigint, context: EvaluationContext): bigint | undefined {
  const expression = scope.frameBaseAt(pc);
  if (expression === undefined) return undefined;
  const outcome = evaluateNumber(expression, {
    readRegister: register => context.readRegister(register),
    readMemory: (address, size) => context.readMemory(address, size),
    // A frame base that asks for the frame base would ask forever.
    frameBase: () => undefined,
    callFrameAddress: () => context.callFrameAddress(),
    entryValue: entryExpression => context.entryValue(entryExpression),
  });
  return outcome.kind === 'number' ? outcome.value : undefined;
}

/**
 * The expression for the value that `entryExpression` (the operand of DW_OP_entry_value) had on entry, as the call site tells it.
 * Evaluate it in the caller's frame. `undefined` if the call site does not know it.
 */
export function resolveEntryValue(callSite: CallSite, entryExpression: DwarfExpression): DwarfExpression | undefined {
  const wanted = entryExpression.bytes;
  return callSite.parameters.find(
    ({ location }) => location.length === wanted.length && location.every((byte, index) => byte === wanted[index]),
  )?.value;
}
