// SPDX-License-Identifier: MIT
/** Assertions for both extension hosts; a web worker has no `node:assert`. */
export function ok(value: unknown, problem: string): asserts value {
  if (!value) throw new Error(problem);
}

/** Compares as JSON and shows both sides when they differ. */
export function equal(actual: unknown, expected: unknown, what = 'value'): void {
  const [is, wanted] = [JSON.stringify(actual, undefined, 2), JSON.stringify(expected, undefined, 2)];
  if (is !== wanted) throw new Error(`${what} is ${is}, not ${wanted}`);
}
