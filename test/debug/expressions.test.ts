// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseExpression } from '../../src/debug/expressions/parser.js';
import { COUNTER, lineOf, SampleGuest } from './sampleGuest.js';

const guest = new SampleGuest('counter', 'O0');
guest.target.breakpoints.setSource(COUNTER, [{ line: lineOf('print') }]);
guest.continue();
guest.target.breakpoints.setSource(COUNTER, []);

// biome-ignore format: a table
const VALUES: readonly (readonly [expression: string, text: string])[] = [
  ['counter', '55'],                              ['counter + 1u', '56'],
  ['-7 / 2', '-3'],                               ['-7 % 3', '-1'],
  ['1 << 31', '-2147483648'],                     ['1u << 31', '2147483648'],
  ['2147483647 + 1', '-2147483648'],              ['0xffffffff', '4294967295'],
  ['-1 < 1u', '0'],                               ['-1L < 1u', '1'],
  ['(char)65', "65 'A'"],                         ["'a' + 1", '98'],
  ['small', '200'],                               ['letter', "83 'S'"],
  ['negative', '-1234'],                          ['is_ready', 'true'],
  ['half', '0.5'],                                ['quarter * 2', '0.5'],
  ['matrix[1][2]', '6'],                          ['*matrix[1]', '4'],
  ['sizeof matrix', '24'],                        ['sizeof(struct item)', '64'],
  ['&matrix[1] - &matrix[0]', '1'],               ['list_head->next->name[0]', "115 's'"],
  ['list_head->flags.mode', '3'],                 ['list_head->next->flags.level', '-1'],
  ['list_head->nested.letters[3]', "68 'D'"],     ['list_head->next->color', 'GREEN'],
  ['list_head->next->color == GREEN', '1'],       ['(enum color)6', 'BLUE'],
  ['unknown_device', '0x1000'],                   ['text[1]', "111 'o'"],
  ['counter == 55 && fib == 144', '1'],           ['counter ? 1 : 2', '1'],
  ['(long)&counter & 0xfff', '0'],                ['matrix[1][0]@2', '{4, 5}'],
  ['$sp != 0', '1'],                              ['!counter', '0'],
  ['~0', '-1'],                                   ['1.5 + 1', '2.5'],
];

test('ST-DBG-040 C expressions have the values that C gives them', async context => {
  for (const [expression, text] of VALUES) {
    await context.test(`ST-DBG-040 ${expression} is ${text}`, () => assert.equal(guest.value(expression), text));
  }
});

// biome-ignore format: a table
const REFUSALS: readonly (readonly [expression: string, sentence: string])[] = [
  ['nosuch', 'There is no "nosuch" here: neither a variable that is in scope nor a symbol.'],
  ['counter +', 'The expression ends too early.'],
  ['counter )', '")" at column 9 is not expected.'],
  ['10 / 0', 'Division by zero.'],
  ['counter.x', '"int" has no members.'],
  ['list_head->nosuch', '"struct item" has no member "nosuch".'],
  ['*(void *)0', 'A "void *" must be cast to another pointer before it is followed.'],
  ['&list_head->flags.mode', 'A bit-field has no address.'],
  ['1 = 2', 'The left side of "=" is computed and cannot be changed.'],
  ['*(int *)0 + 1', 'The value has no number: cannot read 4 bytes at 0x0.'],
  ['increment(1)', 'Calling functions of the guest from an expression is not supported.'],
  ['$nosuch', 'There is no register "$nosuch" in this frame.'],
  ['(struct nosuch *)0', 'There is no type "struct nosuch" in the program.'],
];

test('ST-DBG-041 an expression that has no value is refused in one sentence', async context => {
  for (const [expression, sentence] of REFUSALS) {
    await context.test(`ST-DBG-041 ${expression}`, () => assert.equal(guest.value(expression), sentence));
  }
});

test('ST-DBG-042 assignments write variables, members, bit-fields, array elements and registers', () => {
  const values = ['total = 7', 'list_head->flags.level = -3', 'matrix[1][1] += 10', 'numbers[2]++', '$x5 = 0x1234', 'quarter = 2.5'].map(
    text => guest.value(text),
  );
  assert.deepEqual(values.slice(0, 3), ['7', '-3', '15']);
  assert.deepEqual(
    ['total', 'list_head->flags', 'matrix[1][1]', '$x5', 'quarter'].map(text => guest.value(text)),
    ['7', '{ready = 1, mode = 3, level = -3, rest = 74565}', '15', '4660', '2.5'],
  );
});

test('ST-DBG-043 a value is shown in the format that is asked for', () => {
  const value = guest.target.evaluate('negative', guest.frame());
  assert.ok(value.ok);
  assert.deepEqual(
    (['natural', 'hexadecimal', 'binary', 'octal', 'decimal'] as const).map(format => value.value.text(format)),
    ['-1234', '0xfb2e', '0b1111101100101110', '0175456', '-1234'],
  );
});

test('ST-DBG-044 children of structures, arrays and pointers have names, expressions and values', () => {
  const list = guest.target.evaluate('list_head', guest.frame());
  assert.ok(list.ok);
  const history = list.value.children().find(child => child.name === 'history');
  assert.deepEqual([history?.expression, history?.indexedChildren], ['list_head->history', 4]);
  assert.deepEqual(
    history?.children(1, 2).map(child => [child.name, child.expression, child.text()]),
    [
      ['[1]', 'list_head->history[1]', '1'],
      ['[2]', 'list_head->history[2]', '2'],
    ],
  );
});

test('ST-DBG-045 an inner variable hides an outer one of its name', () => {
  const inner = new SampleGuest('counter', 'O0');
  inner.target.breakpoints.setSource(COUNTER, [{ line: lineOf('inner block') + 1 }]);
  inner.continue();
  const [locals] = inner.target.scopes(inner.frame());
  const [first, second] = locals?.values() ?? [];
  assert.deepEqual([first?.name, second?.name], ['shadowed', 'shadowed (outer)']);
  assert.equal(inner.value('shadowed == value * 2'), '1');
});

test('ST-DBG-046 the parser answers any text with a tree or a sentence and never throws', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), text => {
      const tree = parseExpression(text);
      assert.ok(tree.ok || tree.error.message.endsWith('.'), text);
    }),
    { numRuns: 500 },
  );
});

test('ST-DBG-047 compiled conditions agree with the evaluator', () => {
  for (const condition of [
    'delta == 4',
    'counter * 2 > 9 && delta < 10',
    'delta % 3 == 0 && (unsigned)delta > 3',
    '$w0 == 5 || delta == 2',
    'counter - 3 == delta',
  ]) {
    const hits = (text: string): readonly string[] => {
      const guestOf = new SampleGuest('counter', 'O0');
      guestOf.target.breakpoints.setFunctions([{ name: 'increment', condition: text }]);
      const seen: string[] = [];
      while (guestOf.target.execution.resume(0).ok && guestOf.target.execution.runSlice(50_000_000).kind === 'stopped')
        seen.push(guestOf.value('delta'));
      return seen;
    };
    // A cast is beyond the quick way, so that the second form is evaluated the long way.
    assert.deepEqual(hits(condition), hits(`(long)(${condition})`), condition);
  }
});
