// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { AARCH64_INSTRUCTION_SET, assemblyVocabulary } from '../../src/cpu/index.js';
import { expectGolden } from '../support/golden.js';
import { describeTokens, ROOT, type Token, tokenizer } from './tokens.js';

const tokenize = await tokenizer('aarch64.tmLanguage.json', 'source.asm.aarch64');
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');
const words = (tokens: readonly Token[]): readonly Token[] => tokens.filter(({ text }) => text.trim() !== '');
const isInstruction = ({ scopes }: Token): boolean => /^keyword\.(?:other\.mnemonic|control\.flow)\.asm$/.test(scopes.join(' '));

const SAMPLES = readdirSync(`${ROOT}samples`, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.S'))
  .sort()
  .map(name => `samples/${name.replaceAll('\\', '/')}`)
  .filter(path => !read(path).includes('power64.h'));

test('ST-SYN-001 every word of the AArch64 assembly of the samples has a scope, and every instruction in it is known as one', () => {
  assert.ok(SAMPLES.includes('samples/start/aarch64.S') && SAMPLES.includes('samples/svc/vectors.S'), SAMPLES.join(' '));
  // Statements that are no instructions: the samples call one macro.
  const MACROS = ['vector'];
  for (const name of SAMPLES) {
    for (const { text, tokens } of tokenize(read(name))) {
      for (const token of words(tokens)) {
        assert.notEqual(token.scopes.length, 0, `${name}: '${token.text}' in: ${text}`);
        assert.ok(!token.scopes.some(scope => scope.startsWith('invalid')), `${name}: '${token.text}' in: ${text}`);
        if (token.scopes.includes('support.function.macro.asm'))
          assert.ok(MACROS.includes(token.text), `${name}: '${token.text}' in: ${text}`);
      }
    }
  }
});

test('ST-SYN-002 each token of the bundled start code and exception vectors has the recorded scopes', () => {
  for (const name of ['start/aarch64', 'svc/user', 'svc/vectors'])
    expectGolden(`ST-SYN-002.${name.replace('/', '-')}`, describeTokens(tokenize(read(`samples/${name}.S`))), 'syntaxes');
});

test('ST-SYN-003 macros, conditions, local labels, relocations, preprocessor lines and the other constructs have the recorded scopes', () => {
  expectGolden('ST-SYN-003.everything', describeTokens(tokenize(read('test/syntaxes/everything.S'))), 'syntaxes');
});

test('ST-SYN-004 every mnemonic of the instruction rows is an instruction, and every word of its operands more than a symbol', () => {
  const { rows, undefinedRow } = AARCH64_INSTRUCTION_SET;
  const { mnemonics, operandWords } = assemblyVocabulary(rows.filter(row => row !== undefinedRow));
  assert.ok(mnemonics.length > 300);
  const wrong: string[] = [];
  for (const mnemonic of mnemonics) {
    // Registers without a name are 32,000, and all of one form.
    const operands = (operandWords.get(mnemonic) ?? []).filter(word => !/^s[23]_/.test(word) || word.endsWith('_c0_c0_0'));
    const [line] = tokenize(`\t${mnemonic} ${operands.join(', ')}`);
    const [first, ...rest] = words(line?.tokens ?? []);
    if (first === undefined || !isInstruction(first)) wrong.push(mnemonic);
    for (const { text, scopes } of rest)
      if (scopes.join() === '' || scopes.includes('support.other.symbol.asm')) wrong.push(`${mnemonic} ${text}`);
  }
  assert.deepEqual(wrong, []);
});

test('ST-SYN-005 every line that the LLVM disassembler prints in the recorded table begins with an instruction', () => {
  const lines = read('test/vectors/disassembly.aarch64.txt')
    .split('\n')
    .filter(line => /^[0-9a-f]{8} /.test(line))
    .map(line => line.slice(9));
  assert.ok(lines.length > 1000);
  const wrong = tokenize(lines.join('\n')).filter(({ text, tokens }) => {
    const [first] = words(tokens);
    return text !== '<unknown>' && !(first !== undefined && isInstruction(first));
  });
  assert.deepEqual(
    wrong.map(({ text }) => text),
    [],
  );
});

test('ST-SYN-006 a string without an end, a macro without an end and a line of broken escapes spoil no later line', () => {
  const good = tokenize('        mov     x0, #1 // as ever').map(({ tokens }) => tokens);
  for (const bad of [
    '        .ascii "no end',
    '        .macro broken',
    "        .ascii '\\",
    '        mov x0, [x1, {',
    '\\\\\\ \\@\\(',
    '#include <no end',
    '"',
  ]) {
    const [, after] = tokenize(`${bad}\n        mov     x0, #1 // as ever`);
    assert.deepEqual([after?.tokens], good, bad);
  }
});

test('ST-SYN-007 long lines of hostile pieces are tokenized to their end and hang nothing', () => {
  const long = (start: string, piece: string, length: number): string => start + piece.repeat(Math.ceil(length / piece.length));
  const pieces = ['a', '\\a', '\\', '"', '\\"', '.a', '1f ', '#', ' ', 'a:', 'b.\\c', '/*', '*/', '(', 'x0,', '\u{10ffff}', '\0'];
  const lines = ['\t', '#define a(', '\tmrs x0, ', '\t.ascii "'].flatMap(start => pieces.map(piece => long(start, piece, 3000)));
  // VS Code leaves lines of more than 20,000 characters as they are.
  for (const line of [...lines, long('\tmov x0, ', 'x0,', 20_000)])
    for (const { stoppedEarly } of tokenize(line)) assert.equal(stoppedEarly, false, JSON.stringify(line.slice(0, 40)));
});
