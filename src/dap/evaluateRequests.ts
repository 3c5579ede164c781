// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Result } from '../base/index.js';
import { type StackFrame, splitFormat, type ValueFormat, type ValueView } from '../debug/index.js';
import { commandCompletions, runCommand } from './consoleCommands.js';
import { type Reply, refuse, reply } from './errors.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { launched, type Routes } from './requestRoute.js';
import type { Session } from './session.js';
import { flag, natural, object, optional, text } from './shape.js';
import { askedFormat, fieldValue, protocolValue, registerValue, viewAgain } from './variableRequests.js';

const EVALUATE = object({
  expression: text,
  frameId: optional(natural),
  context: optional(text),
  format: optional(object({ hex: optional(flag) })),
});
const COMPLETIONS = object({ text, column: natural, line: optional(natural), frameId: optional(natural) });

/** The longest expression that is looked at. */
const LONGEST_EXPRESSION = 10_000;

/** The most completions in one answer. */
const MOST_COMPLETIONS = 200;

/** Requests about expressions and the debug console. */
export const EVALUATE_ROUTES: Routes = {
  evaluate: launched(EVALUATE, async (guest, args, session): Promise<Reply<object>> => {
    if (args.expression.length > LONGEST_EXPRESSION)
      return refuse('cannotEvaluate', `The expression has ${args.expression.length} characters; ${LONGEST_EXPRESSION} are the most.`);
    const place = session.placeOf(guest, args.frameId);
    if (!place.ok) return place;
    if (args.context === 'repl') {
      const printed = runCommand({ session, guest, place: place.value }, args.expression);
      if (printed !== undefined) return printed.ok ? reply({ result: printed.value, variablesReference: 0 }) : printed;
    }
    const { expression, format } = splitFormat(args.expression);
    return evaluate(session, guest, expression, format ?? askedFormat(args.format), place.value, args.context);
  }),

  completions: launched(COMPLETIONS, (guest, args, session) => {
    const place = session.placeOf(guest, args.frameId);
    if (!place.ok) return place;
    const end = Math.max(0, args.column - (session.client.columnsStartAt1 ? 1 : 0));
    const typed = args.text.slice(0, Math.min(end, LONGEST_EXPRESSION));
    const word = /[\w$]*$/.exec(typed)?.[0] ?? '';
    const commands = commandCompletions(typed).map(
      (label): DebugProtocol.CompletionItem => ({
        label,
        type: 'keyword',
        start: typed.length - lastWord(typed).length,
        length: lastWord(typed).length,
      }),
    );
    const names = guest.target.completions(typed, place.value).map(
      (label): DebugProtocol.CompletionItem => ({
        label,
        type: label.startsWith('$') ? 'property' : 'variable',
        start: typed.length - word.length,
        length: word.length,
      }),
    );
    return reply({ targets: [...commands, ...names].slice(0, MOST_COMPLETIONS) });
  }),
};

const lastWord = (typed: string): string => /\S*$/.exec(typed)?.[0] ?? '';

/** Contexts in which nobody typed the expression for its effect: what would write is refused. */
const READ_ONLY_CONTEXTS: readonly (string | undefined)[] = ['hover', 'clipboard', 'variables'];

function evaluate(
  session: Session,
  guest: LaunchedGuest,
  expression: string,
  asked: ValueFormat | undefined,
  place: StackFrame | { readonly vcpu: number },
  context: string | undefined,
): Reply<DebugProtocol.EvaluateResponse['body']> {
  const frame = 'level' in place ? place : undefined;
  // Flags and fields say more than the number that C makes of them.
  const [, name, fieldName] = /^\s*\$(\w+)(?:\.(\w+))?\s*$/.exec(expression) ?? [];
  const register = name === undefined ? undefined : guest.target.register(place.vcpu, name, frame);
  const field = register?.fields.find(each => each.name.toLowerCase() === fieldName?.toLowerCase());
  if (register !== undefined && register.fields.length > 0 && (fieldName === undefined || field !== undefined)) {
    const shown =
      field === undefined ? registerValue(session, place.vcpu, frame, register, asked) : fieldValue(session, register, field, asked);
    const { value, ...rest } = shown;
    return reply({ result: value, ...rest });
  }
  const evaluated = evaluateValue(guest, expression, place, context);
  if (!evaluated.ok) return refuse('cannotEvaluate', evaluated.error.message);
  const view = evaluated.value;
  const format = session.formats.of(expression.trim(), asked);
  const inherited = asked ?? session.formats.own(expression.trim());
  const { value, ...rest } = protocolValue(session, view, frame, viewAgain(guest, view, place), format, inherited);
  // What is typed into the console may assign; what other views show may be stale then.
  if (context === 'repl' && mayAssign(expression)) session.announceWrite();
  return reply({ result: value, ...rest });
}

function evaluateValue(
  guest: LaunchedGuest,
  expression: string,
  place: StackFrame | { readonly vcpu: number },
  context: string | undefined,
): Result<ValueView> {
  const access = READ_ONLY_CONTEXTS.includes(context) ? 'readOnly' : 'readWrite';
  const evaluated = guest.target.evaluate(expression, place, access);
  if (evaluated.ok || context !== 'hover' || !/^\w+$/.test(expression)) return evaluated;
  // The mouse rests on `x0` or `vbar_el1` in assembly.
  const register = guest.target.evaluate(`$${expression.toLowerCase()}`, place, access);
  return register.ok ? register : evaluated;
}

const mayAssign = (expression: string): boolean => /(^|[^=!<>])=([^=]|$)|\+\+|--|<<=|>>=/.test(expression);
