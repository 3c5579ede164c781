// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AARCH64_ASSEMBLY, assemblyLanguageOf, POWER_ASSEMBLY } from '../../src/extension/assembly/assemblyForms.js';
import { sampleSource } from '../support/sampleElf.js';

const FOLDER = fileURLToPath(new URL('../../../samples/', import.meta.url));
const SAMPLES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.S'))
  .map(name => name.replaceAll('\\', '/'));

test('ST-SYN-010 the assembly of each sample is taken for that of its own architecture', () => {
  assert.ok(SAMPLES.includes('start/power64.S') && SAMPLES.includes('start/aarch64.S'));
  for (const name of SAMPLES) {
    const source = sampleSource(name);
    assert.equal(assemblyLanguageOf(source), source.includes('power64.h') ? POWER_ASSEMBLY : AARCH64_ASSEMBLY, name);
  }
});

// biome-ignore format: a table
const SOURCES: readonly (readonly [what: string, text: string, language: string | undefined])[] = [
  ['POWER with register names',         '\tmflr\t%r0\n\tstd\t%r0, 16(%r1)\n',                    POWER_ASSEMBLY],
  ['POWER with names by headers',       'start:\tlis r3, table@ha # high\n',                     POWER_ASSEMBLY],
  ['POWER with bare numbers',           '  addi 3, 31, (label)@l\n',                             POWER_ASSEMBLY],
  ['POWER macros',                      '.macro CALL f\n mtctr \\f\n bctrl\n.endm\n',            POWER_ASSEMBLY],
  ['A64',                               '\tldr x0, [x1, #8]\n',                                  AARCH64_ASSEMBLY],
  ['A64 with POWER in a comment',       '\tmov x0, x1 // as mflr r0, there\n',                   AARCH64_ASSEMBLY],
  ['A32',                               '\tldr r0, [r1]\n\taddeq r2, r3, #1\n\tbx lr\n',         undefined],
  ['x86-64',                            '\tmovq %rax, %rbx\n\tret\n',                            undefined],
  ['RISC-V',                            '\taddi a0, a1, 1\n\tsd ra, 8(sp)\n',                    undefined],
  ['RISC-V with numbers',               '\taddi x3, x4, 1\n\tlw x5, 0(x6)\n',                    undefined],
  ['s390x',                             '\tstmg %r6,%r15,48(%r15)\n\tlgr %r2, %r3\n',            undefined],
  ['MIPS',                              '\taddiu $sp, $sp, -32\n\tsw $ra, 28($sp)\n',            undefined],
  ['both, by the preprocessor',         '#ifdef A\n\tmov x0, x1\n#else\n\tlis r3, 4\n#endif\n',  undefined],
  ['no instruction',                    '\t.section .note.GNU-stack, "", @progbits\n',           undefined],
];

for (const [what, text, language] of SOURCES) {
  test(`ST-SYN-011 a source is taken for the assembly whose forms it has, and for none if it has those of several: ${what}`, () => {
    assert.equal(assemblyLanguageOf(text), language);
  });
}
