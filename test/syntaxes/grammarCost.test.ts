// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARCHITECTURES, type Architecture } from './architectures.js';
import { CountedPattern } from './backtracking.js';
import { patternsOf, tokenizer } from './tokens.js';

// biome-ignore format: a list
const PIECES = ['a', '\\a', '\\', '"', '\\"', '.a', '1f ', '#', ' ', 'a:', 'b.\\c', '/*', '*/', '(', '0', '0x', '%', '@', ',', '=', '\u{10ffff}', '\0', 'a '];
const STARTS = ['\t', '', '#define a(', '#include <', '\tmrs x0, ', '\tmtspr ', '\t.ascii "', '\t.macro a ', '# 1 "', '\t.section '];

/** Lines that begin in different rules and repeat one piece, to at least `length` characters. */
const hostileLines = ({ register }: Architecture, length: number): readonly string[] =>
  STARTS.flatMap(start => [...PIECES, register].map(piece => start + piece.repeat(Math.ceil(length / piece.length))));

/** What does not depend on the length of a line, in steps or searches. */
const CONSTANT = 100;

test('ST-SYN-009 the step counter tells patterns whose cost grows faster than the text from those whose does not', () => {
  const growth = (source: string): number => {
    const pattern = new CountedPattern(source);
    const cost = (length: number): number => pattern.matchAt(`${'a'.repeat(length)}!`, 0).steps;
    return cost(16) / cost(8);
  };
  assert.ok(growth('(?>[a-z]+)*b') < 2.5 && growth('a*$') < 2.5);
  assert.ok(growth('(?:[a-z]+)*b') > 100 && growth('a*a*b') > 3);
  assert.deepEqual(new CountedPattern(String.raw`(?i)(?<![\w.])ab{1,2}(?=\s|$)`).matchAt('x ABB', 2).end, 5);
});

for (const architecture of ARCHITECTURES) {
  test(`ST-SYN-007 no pattern takes more than twice the steps at a hostile line of twice the length (${architecture.name})`, () => {
    const length = 64;
    const pairs = hostileLines(architecture, length).map(
      (line, index) => [line, hostileLines(architecture, 2 * length)[index] ?? ''] as const,
    );
    const wrong: string[] = [];
    for (const source of patternsOf(architecture.grammar)) {
      const pattern = new CountedPattern(source);
      for (const [line, twice] of pairs) {
        // The lines repeat themselves: later places are like one of these.
        for (let at = 0; at < 8; at++) {
          const steps = pattern.matchAt(line, at).steps;
          const stepsAtTwice = pattern.matchAt(twice, at).steps;
          if (stepsAtTwice > 2 * steps + CONSTANT)
            wrong.push(`${steps} and ${stepsAtTwice} steps at ${at} of ${JSON.stringify(line.slice(0, 24))}: ${source}`);
        }
      }
    }
    assert.deepEqual(wrong.slice(0, 10), []);
  });

  test(`ST-SYN-008 a hostile line is divided to its end, with at most twice the searches at twice the length (${architecture.name})`, async () => {
    const tokenize = await tokenizer(architecture.grammar, architecture.scopeName);
    const searchesOf = (line: string): number => {
      const [divided] = tokenize(line);
      assert.equal(divided?.tokens.map(({ text }) => text).join(''), line);
      return divided?.searches ?? 0;
    };
    const lines = hostileLines(architecture, 128);
    hostileLines(architecture, 256).forEach((twice, index) => {
      const line = lines[index] ?? '';
      assert.ok(searchesOf(twice) <= 2 * searchesOf(line) + CONSTANT, JSON.stringify(line.slice(0, 24)));
    });
    // VS Code leaves lines of more than 20,000 characters as they are.
    searchesOf(`\t${architecture.register.repeat(20_000 / architecture.register.length)}`);
  });
}
