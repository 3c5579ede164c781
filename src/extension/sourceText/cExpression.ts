// SPDX-License-Identifier: MIT
import { isKeyword } from './cVariables.js';

/** An expression in a line: columns from 0, `end` is behind it. */
export interface ExpressionRange {
  readonly expression: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The C expression that ends with the name or index under `column` of a line of code without comments and strings: in
 * `a->b.c[i]`, `a->b` under the `b` and all of it under the bracket. `undefined` where calling something would be needed.
 */
export function cExpressionAt(code: string, column: number): ExpressionRange | undefined {
  const end = endUnder(code, column);
  if (end === undefined) return undefined;
  const start = operandStart(code, end);
  return start === undefined ? undefined : { expression: code.slice(start, end), start, end };
}

function endUnder(code: string, column: number): number | undefined {
  const sign = code[column];
  if (sign === ']') return column + 1;
  if (sign === '[') return matching(code, column, 1);
  for (const match of code.matchAll(/(?<![\w.])[A-Za-z_]\w*|(?<=\.)[A-Za-z_]\w*/g)) {
    const end = match.index + match[0].length;
    if (match.index <= column && column < end) return isKeyword(match[0]) || /^\s*\(/.test(code.slice(end)) ? undefined : end;
  }
  return undefined;
}

/** Where the operand begins that ends at `end`: a name, an index or a parenthesis, with the members it is taken from. */
function operandStart(code: string, end: number): number | undefined {
  const last = code[end - 1];
  if (last === ']') {
    const open = matching(code, end - 1, -1);
    return open === undefined ? undefined : operandStart(code, skipBlanks(code, open));
  }
  if (last === ')') {
    const open = matching(code, end - 1, -1);
    return open === undefined || /[\w\])]\s*$/.test(code.slice(0, open)) ? undefined : open;
  }
  const name = /[A-Za-z_]\w*$/.exec(code.slice(0, end));
  if (name === null || isKeyword(name[0])) return undefined;
  const access = /\s*(?:->|\.)\s*$/.exec(code.slice(0, name.index));
  return access === null ? name.index : operandStart(code, access.index);
}

function skipBlanks(code: string, end: number): number {
  return code.slice(0, end).trimEnd().length;
}

const PAIRS: Readonly<Record<string, string>> = { '[': ']', '(': ')', ']': '[', ')': '(' };

/** Where the bracket at `from` is closed (direction 1: the column behind it) or opened (direction -1: its column). */
function matching(code: string, from: number, direction: 1 | -1): number | undefined {
  const own = code[from] ?? '';
  let depth = 0;
  for (let at = from; at >= 0 && at < code.length; at += direction) {
    if (code[at] === own) depth++;
    else if (code[at] === PAIRS[own] && --depth === 0) return direction === 1 ? at + 1 : at;
  }
  return undefined;
}
