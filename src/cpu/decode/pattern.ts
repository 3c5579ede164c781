// SPDX-License-Identifier: MIT
import { invariant } from '../../base/index.js';

/** One token of a pattern: fixed bits, bits that the CPU ignores, or a named field. */
export type PatternToken =
  | { readonly kind: 'fixed'; readonly bits: string }
  | { readonly kind: 'ignored'; readonly width: number }
  | { readonly kind: 'field'; readonly name: string; readonly width: number; readonly isControl: boolean };

/** A field's place in the 32-bit instruction word. */
export interface FieldPlace {
  readonly name: string;
  /** Bit number of the least significant bit, counted from the least significant bit of the word. */
  readonly low: number;
  readonly width: number;
  /** Marked `!`: the semantics branch on it, so there is one variant per value. */
  readonly isControl: boolean;
}

/** An encoding: which bits are fixed, to what, and where the fields lie. */
export interface Encoding {
  readonly text: string;
  /** The bits that are fixed. */
  readonly mask: number;
  /** Their values. */
  readonly value: number;
  readonly fields: readonly FieldPlace[];
}

/** The names of the fields in a pattern text, so that a row that misspells one does not compile. */
export type FieldNames<P extends string> = P extends `${infer Head} ${infer Tail}` ? TokenName<Head> | FieldNames<Tail> : TokenName<P>;
type TokenName<T extends string> = T extends `${'0' | '1' | '-'}${string}` | ''
  ? never
  : T extends `${infer Name}!${string}`
    ? Name
    : T extends `${infer Name}:${string}`
      ? Name
      : T;
/** The names of the control fields in a pattern text. */
export type ControlNames<P extends string> = P extends `${infer Head} ${infer Tail}`
  ? ControlName<Head> | ControlNames<Tail>
  : ControlName<P>;
type ControlName<T extends string> = T extends `${infer Name}!${string}` ? Name : never;

/**
 * Reads a pattern in reading order: `0` and `1` are fixed bits, `-` a bit that the CPU ignores,
 * `name:width` a field (width 1 if absent), `name!` or `name!:width` a control field.
 * A text that does not make 32 bits is a bug of the table.
 */
export function parsePattern(text: string): Encoding {
  let low = 32;
  let mask = 0;
  let value = 0;
  const fields: FieldPlace[] = [];
  for (const token of text.split(' ').filter(part => part !== '')) {
    if (/^[01-]+$/.test(token)) {
      for (const bit of token) {
        low--;
        if (bit !== '-') mask |= 1 << low;
        if (bit === '1') value |= 1 << low;
      }
      continue;
    }
    const parts = /^([A-Za-z_][A-Za-z0-9_]*)(!?)(?::([0-9]+))?$/.exec(token);
    invariant(parts !== null, `Pattern '${text}': '${token}' is neither bits nor a field`);
    const width = Number(parts[3] ?? '1');
    low -= width;
    fields.push({ name: parts[1] ?? '', low, width, isControl: parts[2] === '!' });
  }
  invariant(low === 0, `Pattern '${text}' has ${32 - low} bits instead of 32`);
  invariant(new Set(fields.map(field => field.name)).size === fields.length, `Pattern '${text}' names a field twice`);
  return { text, mask: mask >>> 0, value: value >>> 0, fields };
}

/** The value of `field` in `word`. */
export function fieldOf(word: number, field: FieldPlace): number {
  return (word >>> field.low) & (field.width === 32 ? -1 : (1 << field.width) - 1);
}

/** `word` with `field` set to the low bits of `content`. */
export function withField(word: number, field: FieldPlace, content: number): number {
  const ones = field.width === 32 ? -1 : (1 << field.width) - 1;
  return ((word & ~(ones << field.low)) | ((content & ones) << field.low)) >>> 0;
}
