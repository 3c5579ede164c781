// SPDX-License-Identifier: MIT
import type { Result } from '../base/index.js';

/**
 * A check of one JSON value of the wire: the value with its type, or one clause that says what is wrong
 * with it (`threadId must be an integer, not "x"`). Requests come from any client, so nothing is trusted.
 */
export type Check<T> = (value: unknown, path: string) => Result<T, string>;

/** The type of the values that pass `C`. */
export type Checked<C> = C extends Check<infer T> ? T : never;

const wrong = (path: string, expected: string, value: unknown): { readonly ok: false; readonly error: string } => ({
  ok: false,
  error: value === undefined ? `${path} is missing` : `${path} must be ${expected}, not ${excerpt(value)}`,
});

/** `value` as JSON, cut to a length that fits into a sentence. */
export function excerpt(value: unknown): string {
  const text =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
      ? JSON.stringify(value)
      : kindOf(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : typeof value);

/** A whole number that JSON carries exactly. */
export const integer: Check<number> = (value, path) =>
  typeof value === 'number' && Number.isSafeInteger(value) ? { ok: true, value } : wrong(path, 'a whole number', value);

/** A whole number of zero or more. */
export const natural: Check<number> = (value, path) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? { ok: true, value }
    : wrong(path, 'a whole number of 0 or more', value);

/** Any text. */
export const text: Check<string> = (value, path) => (typeof value === 'string' ? { ok: true, value } : wrong(path, 'a text', value));

/** `true` or `false`. */
export const flag: Check<boolean> = (value, path) =>
  typeof value === 'boolean' ? { ok: true, value } : wrong(path, 'true or false', value);

/** Anything at all; for what the adapter passes on without looking. */
export const anything: Check<unknown> = value => ({ ok: true, value });

/** One of `values`. */
export const oneOf =
  <const V extends string>(...values: readonly V[]): Check<V> =>
  (value, path) => {
    const found = values.find(each => each === value);
    return found === undefined ? wrong(path, `one of ${values.join(', ')}`, value) : { ok: true, value: found };
  };

/** `check`, or nothing: absent and `null` both count as nothing, because clients send either. */
export const optional =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value, path) =>
    value === undefined || value === null ? { ok: true, value: undefined } : check(value, path);

/** The most elements a list of the wire may have. */
const LONGEST_LIST = 10_000;

/** A list of what passes `check`. */
export const list =
  <T>(check: Check<T>): Check<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) return wrong(path, 'a list', value);
    if (value.length > LONGEST_LIST) return { ok: false, error: `${path} has ${value.length} elements; ${LONGEST_LIST} are the most` };
    const result: T[] = [];
    for (const [index, element] of value.entries()) {
      const checked = check(element, `${path}[${index}]`);
      if (!checked.ok) return checked;
      result.push(checked.value);
    }
    return { ok: true, value: result };
  };

/** An object with the fields of `fields`; fields that it has besides are not looked at. */
export const object =
  <F extends Readonly<Record<string, Check<unknown>>>>(fields: F): Check<{ readonly [K in keyof F]: Checked<F[K]> }> =>
  (value, path) => {
    if (!isRecord(value)) return wrong(path || 'arguments', 'an object', value);
    const result: Record<string, unknown> = {};
    for (const [name, check] of Object.entries(fields)) {
      const checked = check(Object.hasOwn(value, name) ? value[name] : undefined, path === '' ? name : `${path}.${name}`);
      if (!checked.ok) return checked;
      result[name] = checked.value;
    }
    // Each field of F has just been checked by its own check.
    return { ok: true, value: result as { readonly [K in keyof F]: Checked<F[K]> } };
  };

/** Whether `value` is a JSON object. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
