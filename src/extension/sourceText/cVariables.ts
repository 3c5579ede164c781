// SPDX-License-Identifier: MIT
import { codeOnly } from './codeOnly.js';

/** A name in a source: line and columns count from 0, `end` is behind it. */
export interface SourceName {
  readonly name: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

const KEYWORDS = new Set(
  (
    'auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short ' +
    'signed sizeof static struct switch typedef union unsigned void volatile while _Alignas _Alignof _Atomic _Bool _Generic _Noreturn ' +
    '_Static_assert _Thread_local bool true false asm __asm__ __volatile__ __attribute__ NULL nullptr'
  ).split(' '),
);

export const isKeyword = (word: string): boolean => KEYWORDS.has(word);

/** Names behind which no name of a variable comes. */
const BEFORE_TAGS = /(?:\b(?:struct|union|enum|goto)\s+|\.\s*|->\s*)$/;
const NAME = /(?<![\w.])[A-Za-z_]\w*/g;

/**
 * What may be variables in the function that `stopLine` (from 0) stands in, from its signature to that line: names that are
 * not members, called functions, tags or keywords, each once a line. Which of them are variables, the debugger knows.
 */
export function variablesUpTo(text: string, stopLine: number): readonly SourceName[] {
  const end = endOfLine(text, stopLine);
  const code = codeOnly(text.slice(0, end));
  const start = functionStart(code);
  if (start === undefined) return [];
  const firstLine = code.slice(0, start).split('\n').length - 1;
  return code
    .split('\n')
    .slice(firstLine)
    .flatMap((line, index) => namesIn(line, firstLine + index, index === 0 ? start - (code.lastIndexOf('\n', start - 1) + 1) : 0));
}

function namesIn(code: string, line: number, from: number): readonly SourceName[] {
  const seen = new Set<string>();
  const names: SourceName[] = [];
  for (const match of code.matchAll(NAME)) {
    const [name] = match;
    const start = match.index;
    const end = start + name.length;
    if (start < from || isKeyword(name) || seen.has(name) || BEFORE_TAGS.test(code.slice(0, start)) || /^\s*\(/.test(code.slice(end)))
      continue;
    seen.add(name);
    names.push({ name, line, start, end });
  }
  return names;
}

function endOfLine(text: string, line: number): number {
  let at = -1;
  for (let count = 0; count <= line; count++) {
    at = text.indexOf('\n', at + 1);
    if (at < 0) return text.length;
  }
  return at;
}

/** Where the function begins in whose body the code ends; `undefined` if it ends between functions. */
function functionStart(code: string): number | undefined {
  const open: ('function' | 'block' | 'other')[] = [];
  let declaration = 0;
  let start: number | undefined;
  for (const { 0: sign, index } of code.matchAll(/[{};]/g)) {
    const isInside = start !== undefined;
    if (sign === '{') {
      const before = code.slice(declaration, index);
      const isFunction = !isInside && before.includes(')') && !before.includes('=');
      open.push(isFunction ? 'function' : isInside ? 'block' : 'other');
      if (isFunction) start = declaration + (/^\s*/.exec(before)?.[0].length ?? 0);
    } else if (sign === '}' && open.pop() === 'function') start = undefined;
    if (!isInside || start === undefined) declaration = index + 1;
  }
  return start;
}
