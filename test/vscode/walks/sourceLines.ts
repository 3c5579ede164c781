// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../../', import.meta.url);

/** The number of the line of a sample's source that holds the words, counted from 1. */
export function lineOf(source: string, words: string): number {
  const lines = readFileSync(fileURLToPath(new URL(`samples/${source}`, root)), 'utf8').split('\n');
  const at = lines.findIndex(line => line.includes(words));
  if (at < 0) throw new Error(`samples/${source} has no line with '${words}'.`);
  return at + 1;
}
