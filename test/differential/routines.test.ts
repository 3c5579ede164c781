// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AARCH64_INSTRUCTION_SET } from '../../src/cpu/aarch64/instructionSet.js';
import { decodeA64 } from '../vectors/aarch64.js';
import { InterpreterSubject } from '../vectors/interpreterSubject.js';
import { describeEnding, type Ending, STATE_WORDS } from '../vectors/observation.js';
import { Random } from '../vectors/random.js';
import { ReferenceSubject } from '../vectors/referenceSubject.js';

const subjects = [new ReferenceSubject(decodeA64), new InterpreterSubject(AARCH64_INSTRUCTION_SET)];
const WORDS_PER_FORM = 64;

const bits = (word: number, high: number, low: number): number => (word >>> low) & (2 ** (high - low + 1) - 1);
const imm16 = (word: number): number => bits(word, 20, 5);
/** op0:op1:CRn:CRm:op2 is bits 20 to 5 of the word with bit 20 standing for op0 = 1x; the payload wants Rt above it. */
const systemPayload = (word: number): number => (bits(word, 4, 0) << 16) | (bits(word, 20, 19) << 14) | bits(word, 18, 5);

/** What words hand over, written from the encodings of Arm DDI 0487 alone: fixed bits, free bits, routine, payload. */
// prettier-ignore
const FORMS: readonly {
  readonly fixed: number;
  readonly free: number;
  readonly routine: string;
  readonly payload: (word: number) => number;
}[] = [
  { fixed: 0xd400_0001, free: 0x001f_ffe0, routine: 'SVC', payload: imm16 },
  { fixed: 0xd400_0002, free: 0x001f_ffe0, routine: 'HVC', payload: imm16 },
  { fixed: 0xd400_0003, free: 0x001f_ffe0, routine: 'SMC', payload: imm16 },
  { fixed: 0xd420_0000, free: 0x001f_ffe0, routine: 'BRK', payload: imm16 },
  { fixed: 0xd440_0000, free: 0x001f_ffe0, routine: 'HLT', payload: imm16 },
  { fixed: 0x0000_0000, free: 0x0000_ffff, routine: 'UNDEFINED', payload: () => 0 },
  { fixed: 0xd4a0_0001, free: 0x001f_ffe2, routine: 'UNDEFINED', payload: () => 0 },
  { fixed: 0xd69f_03e0, free: 0x0000_0000, routine: 'ERET', payload: () => 0 },
  { fixed: 0xd6bf_03e0, free: 0x0000_0000, routine: 'UNDEFINED', payload: () => 0 },
  { fixed: 0xd503_205f, free: 0x0000_0000, routine: 'WFE', payload: () => 0 },
  { fixed: 0xd503_207f, free: 0x0000_0000, routine: 'WFI', payload: () => 0 },
  { fixed: 0xd503_209f, free: 0x0000_0000, routine: 'SEV', payload: () => 0 },
  { fixed: 0xd503_20bf, free: 0x0000_0000, routine: 'SEVL', payload: () => 0 },
  { fixed: 0xd503_30df, free: 0x0000_0f00, routine: 'ISB', payload: () => 0 },
  { fixed: 0xd500_40bf, free: 0x0000_0f00, routine: 'MSR immediate', payload: word => (bits(word, 18, 16) << 7) | bits(word, 11, 5) },
  { fixed: 0xd503_40df, free: 0x0000_0f00, routine: 'MSR immediate', payload: word => (bits(word, 18, 16) << 7) | bits(word, 11, 5) },
  { fixed: 0xd503_40ff, free: 0x0000_0f00, routine: 'MSR immediate', payload: word => (bits(word, 18, 16) << 7) | bits(word, 11, 5) },
  { fixed: 0xd508_0000, free: 0x0007_ffff, routine: 'SYS', payload: systemPayload },
  { fixed: 0xd528_0000, free: 0x0007_ffff, routine: 'SYSL', payload: systemPayload },
  { fixed: 0xd510_0000, free: 0x000f_ffff, routine: 'MSR', payload: systemPayload },
  { fixed: 0xd530_0000, free: 0x000f_ffff, routine: 'MRS', payload: systemPayload },
];

const random = new Random(1);
for (const { fixed, free, routine, payload } of FORMS) {
  test(`ST-VEC-008 words of the form 0x${fixed.toString(16)} leave to ${routine} with the payload that their bits say`, () => {
    for (let n = 0; n < WORDS_PER_FORM; n++) {
      const word = (fixed | ((n === 0 ? 0 : n === 1 ? -1 : random.word()) & free)) >>> 0;
      const wanted: Ending = routine === 'UNDEFINED' ? { kind: 'undefined' } : { kind: 'left', routine, payload: BigInt(payload(word)) };
      for (const subject of subjects) {
        const { ending } = subject.run({ words: [word], state: new BigUint64Array(STATE_WORDS) });
        assert.equal(describeEnding(ending), describeEnding(wanted), `${subject.name}, word 0x${word.toString(16)}`);
      }
    }
  });
}
