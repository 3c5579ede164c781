// SPDX-License-Identifier: MIT
import type { ValueFormat } from '../values/valueView.js';

/** Format letters behind a comma (`counter,x`), as other debuggers of the editor have them. */
const FORMAT_SUFFIXES: Readonly<Record<string, ValueFormat>> = {
  x: 'hexadecimal',
  h: 'hexadecimal',
  d: 'decimal',
  b: 'binary',
  o: 'octal',
  c: 'character',
  s: 'string',
};

/** Cuts a format letter off: `list_head->color,d`. */
export function splitFormat(text: string): { readonly expression: string; readonly format: ValueFormat | undefined } {
  const match = /^(.*),\s*([xhdbocs])\s*$/s.exec(text);
  return match === null ? { expression: text, format: undefined } : { expression: match[1] ?? '', format: FORMAT_SUFFIXES[match[2] ?? ''] };
}
