// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressProblem } from '../../src/extension/commands/addressText.js';
import { registerAt, registersUpTo } from '../../src/extension/sourceText/assemblyRegisters.js';
import { cExpressionAt } from '../../src/extension/sourceText/cExpression.js';
import { codeOnly } from '../../src/extension/sourceText/codeOnly.js';
import { variablesUpTo } from '../../src/extension/sourceText/cVariables.js';

const C = `#include "a.h" /* unsigned early; */
static int before(int gone) { return gone; }
struct pair { int left, right; };
extern "C" {
static int work(struct pair *p, /* note */ unsigned count)
{
  // total in a comment
  int total = p->left + other.right; char *s = "text \\" inside";
  for (unsigned i = 0; i < count; i++) {
    total += call(i, 'x');
  }
  return total; /* STOP */
}
int after(void) { int later = 1; return later; }
}
`;
const stopLine = C.split('\n').findIndex(line => line.includes('STOP'));

test('ST-VIEW-040 inline values look for the variables of the stopped function, up to the stop', () => {
  const names = variablesUpTo(C, stopLine).map(({ name, line }) => `${line} ${name}`);
  assert.deepEqual(names, ['4 p', '4 count', '7 total', '7 p', '7 other', '7 s', '8 i', '8 count', '9 total', '9 i', '11 total']);
});

test('ST-VIEW-041 names in comments, strings, directives and behind member operators are no variables', () => {
  const names = variablesUpTo(C, stopLine).map(({ name }) => name);
  for (const wrong of ['note', 'inside', 'text', 'left', 'right', 'call', 'early', 'gone', 'pair', 'int', 'later', 'before', 'work'])
    assert.ok(!names.includes(wrong), wrong);
});

test('ST-VIEW-042 between functions there is nothing to look for, and text of any kind is read to its end', () => {
  assert.deepEqual(variablesUpTo(C, 2), []);
  for (const text of ['}}}}{{{{', 'int f( {', '"', "'\\", '/*', '', 'a{b{c}', '\u0000\uffff'.repeat(50)]) variablesUpTo(text, 9);
  assert.equal(codeOnly(C).length, C.length);
});

test('ST-VIEW-043 the places of names are their columns in the source', () => {
  const lines = C.split('\n');
  for (const { name, line, start, end } of variablesUpTo(C, stopLine)) assert.equal(lines[line]?.slice(start, end), name);
});

const HOVERS: readonly (readonly [string, string | undefined])[] = [
  ['x = a->b.^c[i];', 'a->b.c'],
  ['x = a->^b.c[i];', 'a->b'],
  ['x = ^a->b.c[i];', 'a'],
  ['x = a->b.c[^i];', 'i'],
  ['x = a->b.c^[i];', 'a->b.c[i]'],
  ['x = a->b.c[i^];', 'a->b.c[i]'],
  ['x = t[i + 1].^n;', 't[i + 1].n'],
  ['x = (*p).^q;', '(*p).q'],
  ['x = f(1)->^q;', undefined],
  ['x = ^f(1);', undefined],
  ['^return x;', undefined],
  ['x = 0x^1f;', undefined],
  ['x = 1 ^+ y;', undefined],
  ['x = [^', undefined],
];

test('ST-VIEW-044 a hover in C evaluates the operand that ends under the pointer, and never calls', () => {
  for (const [marked, expression] of HOVERS) {
    const column = marked.indexOf('^');
    const code = marked.replace('^', '');
    const found = cExpressionAt(code, column);
    assert.equal(found?.expression, expression, marked);
    if (found !== undefined) assert.equal(code.slice(found.start, found.end), expression);
  }
});

const ASSEMBLY = `// x9 in a comment
first:
  mov x20, #1
loop: /* x21 */
  ldr w1, [sp, #8]   // x22
  add x0, x1, x1
  mrs x2, CurrentEL
  msr VBAR_EL1, x2
  fadd v0.4s, v1.4s, v2.4s`;

test('ST-VIEW-045 inline values in assembly are the registers since the last label, each where it is named last', () => {
  const stop = ASSEMBLY.split('\n').findIndex(line => line.includes('msr'));
  assert.deepEqual(
    registersUpTo(ASSEMBLY, stop).map(({ name, line }) => `${line} ${name}`),
    ['4 $sp', '5 $x0', '5 $x1', '5 $x1', '6 $currentel', '7 $vbar_el1', '7 $x2'].filter((name, index, all) => all.indexOf(name) === index),
  );
});

test('ST-VIEW-046 a hover in assembly evaluates the register under the pointer by its whole name', () => {
  const at = (code: string): string | undefined => registerAt(code.replace('^', ''), code.indexOf('^'))?.name;
  assert.deepEqual(
    [
      'add ^x0, x1, x2',
      'ldr ^w12, [x3]',
      'str x1, [^sp, #8]',
      'mrs x0, ^ESR_EL1',
      'fadd ^v1.4s, v2.4s',
      'ldr ^q3, [x1]',
      'b ^x0loop',
      'mov x^32, x1',
    ].map(at),
    ['$x0', '$x12', '$sp', '$esr_el1', '$v1', '$v3', undefined, undefined],
  );
});

test('ST-VIEW-047 registers of POWER assembly are evaluated by their names, with a percent sign or without one, and numbers are not', () => {
  const at = (code: string): string | undefined => registerAt(code.replace('^', ''), code.indexOf('^'))?.name;
  assert.deepEqual(
    [
      'std ^r0, 16(r1)',
      'std %r0, 16(%^r1)',
      'lfd ^%f31, 8(r4)',
      'beq ^cr7, 1f',
      'crxor 4*^cr1+so, eq, eq',
      'mtspr ^ctr, r12',
      'xxlor vs1, vs2, ^vs63',
      'mr 3, ^4',
      'bl ^r3loop',
      'lwz r3, r^33@l(r2)',
    ].map(at),
    ['$r0', '$r1', '$f31', '$cr7', '$cr1', '$ctr', '$vs63', undefined, undefined, undefined],
  );
});

test('ST-VIEW-050 an address is refused in a sentence before the debugger is asked for it', () => {
  const l10n = { t: (message: string, ...args: unknown[]): string => message.replace('{0}', String(args[0])) };
  for (const good of [
    '0x40080000',
    '1073741824',
    'main',
    'main+0x10',
    'main + 4',
    'counter.c:42',
    'dir/counter.c:42',
    '*p',
    '$x0',
    ' main ',
  ])
    assert.equal(addressProblem(good, l10n), undefined, good);
  for (const bad of ['', '0x', '0xzz', '0x11112222333344445', 'main+', 'counter.c:', 'counter.c:0', 'a b'])
    assert.match(addressProblem(bad, l10n) ?? '', /\.$/, bad);
});
