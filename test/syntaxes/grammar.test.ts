// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assemblyVocabulary } from '../../src/cpu/index.js';
import { expectGolden } from '../support/golden.js';
import { ARCHITECTURES, SAMPLE_MACROS } from './architectures.js';
import { describeTokens, ROOT, type Token, tokenizer } from './tokens.js';

const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');
const words = (tokens: readonly Token[]): readonly Token[] => tokens.filter(({ text }) => text.trim() !== '');
const isInstruction = ({ scopes }: Token): boolean => /^keyword\.(?:other\.mnemonic|control\.flow)\.asm$/.test(scopes.join(' '));

for (const architecture of ARCHITECTURES) {
  const tokenize = await tokenizer(architecture.grammar, architecture.scopeName);

  test(`ST-SYN-001 every word of the assembly of the samples has a scope, and every instruction in it is known as one (${architecture.name})`, () => {
    for (const name of architecture.recorded) assert.ok(architecture.samples.includes(`samples/${name}.S`), name);
    for (const name of architecture.samples) {
      for (const { text, tokens } of tokenize(read(name))) {
        for (const token of words(tokens)) {
          assert.notEqual(token.scopes.length, 0, `${name}: '${token.text}' in: ${text}`);
          assert.ok(!token.scopes.some(scope => scope.startsWith('invalid')), `${name}: '${token.text}' in: ${text}`);
          if (token.scopes.includes('support.function.macro.asm'))
            assert.ok(SAMPLE_MACROS.has(token.text), `${name}: '${token.text}' in: ${text}`);
        }
      }
    }
  });

  test(`ST-SYN-002 each token of the bundled start code and exception vectors has the recorded scopes (${architecture.name})`, () => {
    for (const name of architecture.recorded)
      expectGolden(`ST-SYN-002.${name.replace('/', '-')}`, describeTokens(tokenize(read(`samples/${name}.S`))), 'syntaxes');
  });

  test(`ST-SYN-003 macros, conditions, local labels, relocations, preprocessor lines and the other constructs have the recorded scopes (${architecture.name})`, () => {
    const { everything } = architecture;
    expectGolden(`ST-SYN-003.${everything}`, describeTokens(tokenize(read(`test/syntaxes/${everything}.S`))), 'syntaxes');
  });

  test(`ST-SYN-004 every mnemonic of the instruction rows is an instruction, and every word of its operands more than a symbol (${architecture.name})`, () => {
    const { mnemonics, operandWords } = assemblyVocabulary(architecture.rows);
    assert.ok(mnemonics.length > 300);
    const wrong: string[] = [];
    for (const mnemonic of mnemonics) {
      const operands = (operandWords.get(mnemonic) ?? []).filter(word => !architecture.isRepetitiveWord(word));
      const [line] = tokenize(`\t${mnemonic} ${operands.join(', ')}`);
      const [first, ...rest] = words(line?.tokens ?? []);
      if (first === undefined || first.text !== mnemonic || !isInstruction(first)) wrong.push(mnemonic);
      for (const { text, scopes } of rest)
        if (scopes.join() === '' || scopes.includes('support.other.symbol.asm')) wrong.push(`${mnemonic} ${text}`);
    }
    assert.deepEqual(wrong, []);
  });

  test(`ST-SYN-005 every line that the disassembler prints in the recorded table begins with an instruction (${architecture.name})`, () => {
    const lines = read(architecture.disassembly)
      .split('\n')
      .filter(line => /^[0-9a-f]{8} /.test(line))
      .map(line => line.slice(9));
    assert.ok(lines.length > 1000);
    const wrong = tokenize(lines.join('\n')).filter(({ text, tokens }) => {
      const [first] = words(tokens);
      return !architecture.noInstruction.test(text) && !(first !== undefined && isInstruction(first));
    });
    assert.deepEqual(
      wrong.map(({ text }) => text),
      [],
    );
  });

  test(`ST-SYN-006 a string without an end, a macro without an end and a line of broken escapes spoil no later line (${architecture.name})`, () => {
    const good = tokenize(architecture.plainLine).map(({ tokens }) => tokens);
    for (const bad of [
      '        .ascii "no end',
      '        .macro broken',
      "        .ascii '\\",
      '        mov x0, [x1, {',
      '        addi r3, 4(r5',
      '\\\\\\ \\@\\(',
      '#include <no end',
      '"',
    ]) {
      const [, after] = tokenize(`${bad}\n${architecture.plainLine}`);
      assert.deepEqual([after?.tokens], good, bad);
    }
  });
}
