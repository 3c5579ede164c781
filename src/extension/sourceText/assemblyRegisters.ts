// SPDX-License-Identifier: MIT
import { codeOnly } from './codeOnly.js';
import type { SourceName } from './cVariables.js';

/** Lines above the stop at whose registers an inline value is shown. */
const SHOWN_LINES = 12;

const REGISTER = /(?<![\w.$])(?:([xw])([12]?[0-9]|30)|([vqdshb])([12]?[0-9]|3[01])(?:\.\w+)?|(w?sp)|(pc))(?![\w])/gi;
/** As POWER's assembler takes them, with or without `%`; A64 has none of these. Bare numbers may be anything. */
const POWER_REGISTER = /(?<![\w.$%])%?((?:r|f)(?:[12]?[0-9]|3[01])|vs(?:[1-5]?[0-9]|6[0-3])|cr[0-7]|ctr|xer|lr)(?!\w)/gi;
const SYSTEM = /\b(?:mrs\s+\w+\s*,\s*(\w+)|msr\s+(\w+)\s*,)/gi;

/** The registers that a line of A64 or POWER assembly without comments names, as the debugger's expressions write them: `$x0` for `w0`. */
export function registersIn(code: string, line = 0): readonly SourceName[] {
  const names: SourceName[] = [];
  const add = (name: string, start: number, length: number): void => {
    names.push({ name: `$${name.toLowerCase()}`, line, start, end: start + length });
  };
  for (const match of code.matchAll(REGISTER)) {
    const [whole, general, number, vector, vectorNumber, stack] = match;
    add(general ? `x${number}` : vector ? `v${vectorNumber}` : stack ? 'sp' : 'pc', match.index, whole.length);
  }
  for (const match of code.matchAll(POWER_REGISTER)) add(match[1] ?? '', match.index, match[0].length);
  for (const match of code.matchAll(SYSTEM)) {
    const name = match[1] ?? match[2] ?? '';
    if (/^daif(set|clr)$|^spsel$/i.test(name)) continue;
    add(name, match.index + match[0].lastIndexOf(name), name.length);
  }
  return names;
}

/** The register under `column` of a line. */
export const registerAt = (code: string, column: number): SourceName | undefined =>
  registersIn(code).find(({ start, end }) => start <= column && column < end);

/** The registers of the lines that led to `stopLine` (from 0), back to the last label, each where it is named last. */
export function registersUpTo(text: string, stopLine: number): readonly SourceName[] {
  const lines = codeOnly(text).split('\n');
  const found = new Map<string, SourceName>();
  for (let line = stopLine; line >= 0 && line > stopLine - SHOWN_LINES; line--) {
    const code = lines[line] ?? '';
    for (const name of registersIn(code, line)) if (!found.has(name.name)) found.set(name.name, name);
    if (/^\s*[\w.$]+:/.test(code)) break;
  }
  return [...found.values()].sort((left, right) => left.line - right.line || left.start - right.start);
}
