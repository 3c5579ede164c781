// SPDX-License-Identifier: MIT
import { AARCH64_INSTRUCTION_SET, type AssemblyVocabulary, assemblyVocabulary } from '../../src/cpu/index.js';
import { AFTER_WORD, BEFORE_WORD, compareWithRows, exactly, gnuAssemblyGrammar, instructions, statement, words } from './gnuAssembly.js';
import { wordPattern } from './wordPattern.js';

/** Instructions that may go somewhere else, or to another exception level. */
const CONTROL_FLOW = words('b bl br blr ret cbz cbnz tbz tbnz svc hvc smc brk hlt eret drps udf');

/** Instructions and operands of the assembler that no row has. A row that comes to have one is reported, and its word is taken out here. */
const WITHOUT_ROWS = {
  floatingPoint: words(`
    fabs fadd fccmp fccmpe fcmp fcmpe fcsel fcvt fcvtas fcvtau fcvtms fcvtmu fcvtns fcvtnu fcvtps fcvtpu fcvtzs fcvtzu fdiv fmadd fmax fmaxnm
    fmin fminnm fmov fmsub fmul fneg fnmadd fnmsub fnmul frinta frinti frintm frintn frintp frintx frintz fsqrt fsub scvtf ucvtf`),
  advancedSIMD: words(`
    abs addhn addhn2 addp addv bif bit bsl cmeq cmge cmgt cmhi cmhs cmle cmlt cmtst cnt dup ext fabd facge facgt facle faclt faddp fcmeq fcmge
    fcmgt fcmle fcmlt fcvtl fcvtl2 fcvtn fcvtn2 fcvtxn fcvtxn2 fmaxnmp fmaxnmv fmaxp fmaxv fminnmp fminnmv fminp fminv fmla fmls fmulx frecpe
    frecps frecpx frsqrte frsqrts ins ld1 ld1r ld2 ld2r ld3 ld3r ld4 ld4r mla mls movi mvni not pmul pmull pmull2 raddhn raddhn2 rev64 rshrn
    rshrn2 rsubhn rsubhn2 saba sabal sabal2 sabd sabdl sabdl2 sadalp saddl saddl2 saddlp saddlv saddw saddw2 shadd shl shll shll2 shrn shrn2
    shsub sli smax smaxp smaxv smin sminp sminv smlal smlal2 smlsl smlsl2 smov smull2 sqabs sqadd sqdmlal sqdmlal2 sqdmlsl sqdmlsl2 sqdmulh
    sqdmull sqdmull2 sqneg sqrdmulh sqrshl sqrshrn sqrshrn2 sqrshrun sqrshrun2 sqshl sqshlu sqshrn sqshrn2 sqshrun sqshrun2 sqsub sqxtn sqxtn2
    sqxtun sqxtun2 srhadd sri srshl srshr srsra sshl sshll sshll2 sshr ssra ssubl ssubl2 ssubw ssubw2 st1 st2 st3 st4 subhn subhn2 suqadd sxtl
    sxtl2 tbl tbx trn1 trn2 uaba uabal uabal2 uabd uabdl uabdl2 uadalp uaddl uaddl2 uaddlp uaddlv uaddw uaddw2 uhadd uhsub umax umaxp umaxv umin
    uminp uminv umlal umlal2 umlsl umlsl2 umov umull2 uqadd uqrshl uqrshrn uqrshrn2 uqshl uqshrn uqshrn2 uqsub uqxtn uqxtn2 urecpe urhadd urshl
    urshr ursqrte ursra ushl ushll ushll2 ushr usqadd usra usubl usubl2 usubw usubw2 uxtl uxtl2 uzp1 uzp2 xtn xtn2 zip1 zip2`),
  cryptography: words('aesd aese aesimc aesmc sha1c sha1h sha1m sha1p sha1su0 sha1su1 sha256h sha256h2 sha256su0 sha256su1'),
  laterArchitectures: words(`
    autda autdb autdza autdzb autia autia1716 autiasp autiaz autib autib1716 autibsp autibz autiza autizb bfc blraa blraaz blrab blrabz braa
    braaz brab brabz bti cfinv eretaa eretab esb ldapr ldaprb ldaprh ldapur ldapurb ldapurh ldapursb ldapursh ldapursw ldraa ldrab pacda pacdb
    pacdza pacdzb pacga pacia pacia1716 paciasp paciaz pacib pacib1716 pacibsp pacibz paciza pacizb psb retaa retab rmif sb sdot setf16 setf8
    stlur stlurb stlurh tsb udot xpacd xpaci xpaclri`),
  /** Names that the assembler takes beside those that the disassembler prints. */
  conditions: words('cs cc'),
  registers: words('fp lr ip0 ip1'),
};

const GENERAL_REGISTER = /^(?:[wx](?:\d+|zr)|w?sp)$/;
const UNNAMED_SYSTEM_REGISTER = /^s\d_\d_c\d+_c\d+_\d$/;

/** What the words of these instructions are that are neither registers nor kinds of shift. */
const OPERAND_KINDS = [
  {
    scope: 'constant.language.condition.asm',
    of: ['csel', 'ccmp', 'cset'],
    and: WITHOUT_ROWS.conditions,
    alsoOf: words('fcsel fccmp fccmpe'),
  },
  { scope: 'constant.language.barrier.asm', of: ['dmb', 'dsb', 'isb'], and: [], alsoOf: ['isb'] },
  { scope: 'constant.language.prefetch.asm', of: ['prfm', 'prfum'], and: [], alsoOf: [] },
  { scope: 'constant.language.system-operation.asm', of: ['at', 'dc', 'ic', 'tlbi', 'sys', 'sysl'], and: [], alsoOf: [] },
] as const;

/** Registers of the SIMD and floating-point file, with the arrangement and the element of a vector. */
const VECTOR_REGISTER = String.raw`(?:[bhsdq](?:[12]?\d|3[01])|v(?:[12]?\d|3[01])(?:\.(?:\d{1,2})?[bhsdq])?)`;

/** The grammar of A64 in GNU syntax: rules written here, words from the instruction rows. */
export function aarch64Grammar() {
  const { rows, undefinedRow } = AARCH64_INSTRUCTION_SET;
  const vocabulary = assemblyVocabulary(rows.filter(row => row !== undefinedRow));
  const { mnemonics } = vocabulary;
  const wordsOf = wordsByMnemonic(vocabulary);
  const byHand = [WITHOUT_ROWS.floatingPoint, WITHOUT_ROWS.advancedSIMD, WITHOUT_ROWS.cryptography, WITHOUT_ROWS.laterArchitectures].flat();
  compareWithRows('scripts/grammar/aarch64.ts', new Set(mnemonics), byHand, CONTROL_FLOW);

  const registers = new Set([...mnemonics].flatMap(wordsOf).filter(word => GENERAL_REGISTER.test(word)));
  const shifts = wordsOf('add')
    .concat(wordsOf('and'), wordsOf('ldr'))
    .filter(word => !registers.has(word));
  const moves = ['mrs', 'msr'];
  const systemRegisters = moves.flatMap(wordsOf).filter(word => !registers.has(word) && !UNNAMED_SYSTEM_REGISTER.test(word));
  const conditions = [...wordsOf('csel').filter(word => !registers.has(word)), ...WITHOUT_ROWS.conditions];
  const branches = conditions.flatMap(condition => [`b.${condition}`, `b${condition}`]);

  const done = new Set([...CONTROL_FLOW, ...moves]);
  const kinds = OPERAND_KINDS.flatMap(({ scope, of, and, alsoOf }) => {
    const own = new Set([...of.flatMap(wordsOf).filter(word => !registers.has(word) && !shifts.includes(word)), ...and]);
    const users = [
      ...new Set([...mnemonics.filter(mnemonic => !done.has(mnemonic) && wordsOf(mnemonic).some(word => own.has(word))), ...alsoOf]),
    ];
    for (const mnemonic of users) done.add(mnemonic);
    return instructions(users, [{ name: scope, match: exactly(own) }]);
  });

  return gnuAssemblyGrammar('AArch64 Assembly (GNU)', 'source.asm.aarch64', {
    instructions: [
      // `b.eq`, and `b.\cond` in a macro
      statement(`(?i)${BEFORE_WORD}(?:(${wordPattern([...CONTROL_FLOW, ...branches])})${AFTER_WORD}|(b\\.)(?=\\\\))`, {
        1: { name: 'keyword.control.flow.asm' },
        2: { name: 'keyword.control.flow.asm' },
      }),
      ...instructions(moves, [
        { name: 'variable.other.constant.system-register.asm', match: exactly(systemRegisters) },
        // Registers of later architectures, and those without a name.
        {
          name: 'variable.other.constant.system-register.asm',
          match: String.raw`(?i)${BEFORE_WORD}(?:\w+_el(?:[0-3]|12|02)|s[0-3]_[0-7]_c\d{1,2}_c\d{1,2}_[0-7])${AFTER_WORD}`,
        },
      ]),
      ...kinds,
      ...instructions([
        ...mnemonics.filter(mnemonic => !done.has(mnemonic) && !branches.includes(mnemonic)),
        ...byHand.filter(mnemonic => !done.has(mnemonic)),
      ]),
    ],
    operands: [
      { name: 'keyword.operator.word.relocation.asm', match: ':[a-z][a-z0-9_]*:' },
      { name: 'variable.parameter.register.asm', match: exactly([...registers, ...WITHOUT_ROWS.registers]) },
      { name: 'variable.parameter.register.vector.asm', match: `(?i)${BEFORE_WORD}${VECTOR_REGISTER}${AFTER_WORD}` },
      { name: 'keyword.operator.word.shift.asm', match: exactly([...shifts, 'msl']) },
      {
        name: 'variable.other.constant.system-register.asm',
        match: exactly(systemRegisters.filter(word => /_el\d+$/.test(word))),
      },
    ],
  });
}

const wordsByMnemonic =
  ({ operandWords }: AssemblyVocabulary) =>
  (mnemonic: string): readonly string[] =>
    operandWords.get(mnemonic) ?? [];
