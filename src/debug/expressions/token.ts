// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';

/** A piece of a C expression; `position` counts UTF-16 units from the start of the text. */
export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly position: number }
  /** `$x0`, without the dollar. */
  | { readonly kind: 'register'; readonly text: string; readonly position: number }
  | { readonly kind: 'integer'; readonly value: bigint; readonly suffix: string; readonly isDecimal: boolean; readonly position: number }
  | { readonly kind: 'float'; readonly value: number; readonly isSingle: boolean; readonly position: number }
  | { readonly kind: 'character'; readonly value: number; readonly position: number }
  | { readonly kind: 'string'; readonly text: string; readonly position: number }
  | { readonly kind: 'operator'; readonly text: string; readonly position: number }
  | { readonly kind: 'end'; readonly position: number };

/** Longest first, so that the first that fits is the right one. */
const OPERATORS = [
  '<<=', '>>=', '->', '++', '--', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '+=', '-=', '*=', '/=', '%=', '&=', '^=', '|=',
  '+', '-', '*', '/', '%', '&', '|', '^', '~', '!', '<', '>', '=', '?', ':', '.', ',', '(', ')', '[', ']', '@',
] as const; // biome-ignore format: a table

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  '0': 0,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  '\\': 92,
  "'": 39,
  '"': 34,
};

const NAME = /[A-Za-z_][A-Za-z_0-9]*(?:::[A-Za-z_][A-Za-z_0-9]*)*/y;
const REGISTER = /\$([A-Za-z_][A-Za-z_0-9]*)/y;
const FLOAT = /(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?([fFlL]?)|\d+[eE][+-]?\d+([fFlL]?)/y;
const INTEGER = /(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)([uUlL]*)/y;
const CHARACTER = /'(?:\\x([0-9a-fA-F]{1,2})|\\(.)|([^\\']))'/uy;
const STRING = /"((?:[^"\\]|\\.)*)"/y;
const SPACE = /\s+/y;

/** Longer texts are refused: nobody typed them. */
export const MAXIMUM_EXPRESSION_LENGTH = 10_000;

/** Cuts `text` into tokens; the last one is `end`. */
export function tokenize(text: string): Result<readonly Token[]> {
  if (text.length > MAXIMUM_EXPRESSION_LENGTH)
    return failure('syntax', `The expression is longer than ${MAXIMUM_EXPRESSION_LENGTH} characters.`);
  const tokens: Token[] = [];
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = position;
    return pattern.exec(text) ?? undefined;
  };
  while (position < text.length) {
    const space = take(SPACE);
    if (space) {
      position += space[0].length;
      continue;
    }
    const token = tokenAt(text, position, take);
    if (!token) return failure('syntax', `"${text[position]}" at column ${position + 1} is not C.`);
    tokens.push(token.token);
    position += token.length;
  }
  tokens.push({ kind: 'end', position });
  return success(tokens);
}

function tokenAt(
  text: string,
  position: number,
  take: (pattern: RegExp) => RegExpExecArray | undefined,
): { readonly token: Token; readonly length: number } | undefined {
  const name = take(NAME);
  if (name) return { token: { kind: 'name', text: name[0], position }, length: name[0].length };
  const register = take(REGISTER);
  if (register) return { token: { kind: 'register', text: (register[1] ?? '').toLowerCase(), position }, length: register[0].length };
  const float = take(FLOAT);
  if (float) {
    const isSingle = /[fF]$/.test(float[0]);
    return { token: { kind: 'float', value: Number.parseFloat(float[0]), isSingle, position }, length: float[0].length };
  }
  const integer = take(INTEGER);
  if (integer) {
    const digits = integer[1] ?? '0';
    const isOctal = /^0\d+$/.test(digits);
    if (isOctal && /[89]/.test(digits)) return undefined;
    const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
    const isDecimal = /^[1-9]/.test(digits) || digits === '0';
    return { token: { kind: 'integer', value, suffix: (integer[2] ?? '').toLowerCase(), isDecimal, position }, length: integer[0].length };
  }
  const character = take(CHARACTER);
  if (character) {
    const value = characterValue(character);
    return value === undefined ? undefined : { token: { kind: 'character', value, position }, length: character[0].length };
  }
  const string = take(STRING);
  if (string) {
    const content = (string[1] ?? '').replaceAll(/\\(.)/g, (_, escaped: string) =>
      String.fromCharCode(ESCAPES[escaped] ?? escaped.charCodeAt(0)),
    );
    return { token: { kind: 'string', text: content, position }, length: string[0].length };
  }
  const operator = OPERATORS.find(candidate => text.startsWith(candidate, position));
  return operator && { token: { kind: 'operator', text: operator, position }, length: operator.length };
}

function characterValue(match: RegExpExecArray): number | undefined {
  if (match[1] !== undefined) return Number.parseInt(match[1], 16);
  if (match[2] !== undefined) return ESCAPES[match[2]];
  return match[3]?.codePointAt(0);
}
