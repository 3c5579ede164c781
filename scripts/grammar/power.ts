// SPDX-License-Identifier: MIT
import { assemblyVocabulary, book3sInstructionSet } from '../../src/cpu/index.js';
import { AFTER_WORD, BEFORE_WORD, compareWithRows, exactly, gnuAssemblyGrammar, instructions, statement, words } from './gnuAssembly.js';
import { wordPattern } from './wordPattern.js';

/** Instructions that may go somewhere else, or to another state of the processor, beside the branches. */
const CONTROL_FLOW = words('sc scv rfid hrfid rfscv rfebb trap');
/** What begins with b but counts decimal digits or permutes bits is no branch. */
const BRANCH = /^b(?!permd$|cd|r[hwd]$)/;
const TRAP = /^t[wd]/;

/** Conditions that the assembler takes and the disassembler never prints, by one that it prints; `bt` and `bf` name their bit as an operand. */
const OTHER_CONDITIONS: Readonly<Record<string, readonly string[]>> = { ge: ['nl'], le: ['ng'], so: ['un'], ns: ['nu'], eq: ['t', 'f'] };

/** Instructions of the assembler that no row has. A row that comes to have one is reported, and its word is taken out here. */
const WITHOUT_ROWS = {
  simplified: words(`
    la subi subis subic subic. sub sub. subo subo. subc subc. subco subco. extldi extldi. extrdi extrdi. extlwi extlwi. extrwi extrwi. inslwi
    inslwi. insrwi insrwi. insrdi insrdi. clrlsldi clrlsldi. clrlslwi clrlslwi. rotrdi rotrdi. rotrwi rotrwi. cmp cmpi cmpl cmpli
    mfsprg0 mfsprg1 mfsprg2 mfsprg3 mtsprg0 mtsprg1 mtsprg2 mtsprg3 mftbl`),
  embedded: words(
    'rfci rfdi rfmci wrtee wrteei tlbre tlbwe tlbsx tlbivax tlbilx mbar msync mfdcr mtdcr mfpmr mtpmr dcba mfsr mtsr mfsrin mtsrin',
  ),
  laterArchitectures: words(`
    paddi pla pli psubi plbz plhz plha plwz plwa pld pstb psth pstw pstd plfs plfd pstfs pstfd plxv pstxv pnop brh brw brd cfuged
    pextd pdepd cntlzdm cnttzdm setbc setbcr setnbc setnbcr lxvp stxvp xxmfacc xxmtacc xxsetaccz`),
};

/** General registers, and what the assembler calls two of them. */
const GENERAL_REGISTER = String.raw`%?(?:r(?:[12]?\d|3[01])|r?toc|sp)`;
const SPECIAL_REGISTER = '%?(?:lr|ctr|xer|cr[0-7]?)';
/** Floating-point, vector and vector-scalar registers. */
const VECTOR_REGISTER = String.raw`%?(?:f(?:r)?(?:[12]?\d|3[01])|v(?:r)?(?:[12]?\d|3[01])|vs(?:[1-5]?\d|6[0-3]))`;

/** ELF relocations as the assembler writes them: `symbol@toc@ha`. */
const RELOCATION = words(
  'h ha l high higha higher highera highest highesta got toc tocbase tprel dtprel dtpmod tls tlsgd tlsld plt notoc pcrel localentry sda21 sdarel',
);

const anyOf = (pattern: string): string => `(?i)${BEFORE_WORD}${pattern}${AFTER_WORD}`;

/** The grammar of POWER assembly in GNU syntax: rules written here, words from the instruction rows. */
export function powerGrammar() {
  const { rows, undefinedRow } = book3sInstructionSet('ppc64');
  const { mnemonics, operandWords } = assemblyVocabulary(rows.filter(row => row !== undefinedRow));
  // Rows without meaning here are named for all their instructions: 'dst, dstt (2)'.
  const unimplemented = rows
    .filter(({ support }) => support.kind === 'unimplemented')
    .flatMap(({ name }) => name.replace(/ \(.*/, '').split(', '));
  const known = new Set([...mnemonics, ...unimplemented]);
  const byHand = Object.values(WITHOUT_ROWS).flat();
  compareWithRows('scripts/grammar/power.ts', known, byHand, CONTROL_FLOW);

  const branches = mnemonics.filter(mnemonic => BRANCH.test(mnemonic));
  const traps = mnemonics.filter(mnemonic => TRAP.test(mnemonic));
  const respelled = branches.flatMap(mnemonic => {
    const [, condition = '', rest = ''] = /^b(ge|le|so|ns|eq)(.*)$/.exec(mnemonic) ?? [];
    return (OTHER_CONDITIONS[condition] ?? []).map(other => `b${other}${rest}`);
  });
  const controlFlow = [...CONTROL_FLOW, ...branches, ...respelled, ...traps];
  const moves = ['mfspr', 'mtspr'];
  const specialRegisters = mnemonics.flatMap(mnemonic => /^m[ft](\w+)$/.exec(mnemonic)?.[1] ?? []);
  const conditions = new Set([...operandWords.values()].flat().filter(word => /^[a-z]+$/.test(word)));

  const done = new Set([...controlFlow, ...moves]);
  return gnuAssemblyGrammar('POWER Assembly (GNU)', 'source.asm.power', {
    comments: [{ name: 'comment.line.number-sign.asm', match: '(#).*$', captures: { 1: { name: 'punctuation.definition.comment.asm' } } }],
    instructions: [
      statement(`(?i)${BEFORE_WORD}(${wordPattern(controlFlow)})${AFTER_WORD}`, { 1: { name: 'keyword.control.flow.asm' } }),
      ...instructions(moves, [
        { name: 'variable.other.constant.system-register.asm', match: exactly(specialRegisters) },
        // As the headers of kernels and firmware name them.
        { name: 'variable.other.constant.system-register.asm', match: anyOf(String.raw`SPRN?_\w+`) },
      ]),
      ...instructions([...known, ...byHand].filter(mnemonic => !done.has(mnemonic))),
    ],
    operands: [
      { name: 'keyword.operator.word.relocation.asm', match: `(?i)@${wordPattern(RELOCATION)}(?![\\w.$])` },
      { name: 'variable.parameter.register.asm', match: anyOf(`(?:${GENERAL_REGISTER}|${SPECIAL_REGISTER})`) },
      { name: 'variable.parameter.register.vector.asm', match: anyOf(VECTOR_REGISTER) },
      { name: 'constant.language.condition.asm', match: exactly([...conditions, 'un']) },
    ],
  });
}
