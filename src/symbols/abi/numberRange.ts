// SPDX-License-Identifier: MIT

/** The numbers from `first` to `last`, both included. */
export const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Each of `numbers` with its name. */
export const numbered = (numbers: readonly number[], name: (number: number) => string): [number, string][] =>
  numbers.map(number => [number, name(number)]);
