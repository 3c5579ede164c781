// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { A64_ROWS } from '../../src/cpu/aarch64/instructions/index.js';
import { A64_ROUTINES } from '../../src/cpu/aarch64/instructions/routines.js';
import { pseudoRandomWords, sampleWords } from '../../src/cpu/decode/sampleWords.js';
import { variantsOf } from '../../src/cpu/decode/variants.js';
import { executeReference, type Outcome } from '../../src/cpu/reference/referencePrinter.js';
import { accessWord } from '../../src/cpu/state/accessWord.js';
import { slot as slotAt } from '../../src/cpu/state/stateLayout.js';
import { execute, type Named, ReferenceState, SmallMemory } from '../support/referenceMachine.js';

const MAX = 0xffff_ffff_ffff_ffffn;
const NEXT: Outcome = { kind: 'next' };

/** One instruction: its word and text, the state before, everything that changes, and how it ends. */
function vector(
  title: string,
  word: number,
  text: string,
  { before, after, outcome }: { readonly before: Named; readonly after: Named; readonly outcome: Outcome },
): void {
  test(title, () => assert.deepEqual(execute(word, before), { text, changes: after, outcome }));
}

// biome-ignore format: a table, one row a line
{
  vector('ST-A64-100 a 32-bit addition wraps and clears the upper half', 0x11000420, 'add w0, w1, #1', { before: { X0: MAX, X1: 0xffff_ffff_ffff_ffffn }, after: { X0: 0n }, outcome: NEXT });
  vector('ST-A64-101 register 31 of ADD (immediate) is the stack pointer', 0x910043ff, 'add sp, sp, #16', { before: { SP: 0x100n }, after: { SP: 0x110n }, outcome: NEXT });
  vector('ST-A64-102 a subtraction without borrow sets C', 0xf1001421, 'subs x1, x1, #5', { before: { X1: 5n }, after: { X1: 0n, NZCV: 'ZC' }, outcome: NEXT });
  vector('ST-A64-103 CMP changes nothing but the flags', 0x6b01001f, 'cmp w0, w1', { before: { X0: 0x8000_0000n, X1: 1n }, after: { NZCV: 'CV' }, outcome: NEXT });
  vector('ST-A64-104 an addition that overflows sets V and N', 0x2b010002, 'adds w2, w0, w1', { before: { X0: 0x7fff_ffffn, X1: 1n }, after: { X2: 0x8000_0000n, NZCV: 'NV' }, outcome: NEXT });
  vector('ST-A64-105 an extended operand is extended before it is shifted', 0x8b218be0, 'add x0, sp, w1, sxtb #2', { before: { SP: 0x1000n, X1: 0x1ffn }, after: { X0: 0xffcn }, outcome: NEXT });
  vector('ST-A64-106 ADC adds the carry flag', 0x9a020020, 'adc x0, x1, x2', { before: { X1: MAX, X2: 1n, NZCV: 'C' }, after: { X0: 1n }, outcome: NEXT });
  vector('ST-A64-107 ADCS carries out of an all-ones operand and a carry', 0xba020020, 'adcs x0, x1, x2', { before: { X0: 7n, X1: MAX, X2: 0n, NZCV: 'C' }, after: { X0: 0n, NZCV: 'ZC' }, outcome: NEXT });
  vector('ST-A64-108 SBCS without carry subtracts one more', 0x7a020020, 'sbcs w0, w1, w2', { before: { X1: 0n, X2: 0n }, after: { X0: 0xffff_ffffn, NZCV: 'N' }, outcome: NEXT });
  vector('ST-A64-109 a logical immediate repeats its element', 0xb200f3e0, 'mov x0, #6148914691236517205', { before: {  }, after: { X0: 0x5555_5555_5555_5555n }, outcome: NEXT });
  vector('ST-A64-110 TST clears C and V', 0xf240001f, 'tst x0, #0x1', { before: { X0: 2n, NZCV: 'CV' }, after: { NZCV: 'Z' }, outcome: NEXT });
  vector('ST-A64-111 BIC inverts its shifted operand', 0x8a221020, 'bic x0, x1, x2, lsl #4', { before: { X1: 0xffn, X2: 1n }, after: { X0: 0xefn }, outcome: NEXT });
  vector('ST-A64-112 MOVK keeps the other halfwords', 0xf2a24680, 'movk x0, #4660, lsl #16', { before: { X0: MAX }, after: { X0: 0xffff_ffff_1234_ffffn }, outcome: NEXT });
  vector('ST-A64-113 MOVN of a W register clears the upper half', 0x12800020, 'mov w0, #-2', { before: { X0: MAX }, after: { X0: 0xffff_fffen }, outcome: NEXT });
  vector('ST-A64-114 SBFX extends the sign of the field', 0x93441c20, 'sbfx x0, x1, #4, #4', { before: { X1: 0x80n }, after: { X0: 0xffff_ffff_ffff_fff8n }, outcome: NEXT });
  vector('ST-A64-115 UBFIZ inserts into zeros', 0x53040c20, 'lsl w0, w1, #28', { before: { X1: MAX }, after: { X0: 0xf000_0000n }, outcome: NEXT });
  vector('ST-A64-116 BFI keeps the bits around the field', 0xb3781c20, 'bfi x0, x1, #8, #8', { before: { X0: MAX, X1: 0x12n }, after: { X0: 0xffff_ffff_ffff_12ffn }, outcome: NEXT });
  vector('ST-A64-117 BFXIL keeps the bits above the field', 0x33105c20, 'bfxil w0, w1, #16, #8', { before: { X0: MAX, X1: 0x0034_0000n }, after: { X0: 0xffff_ff34n }, outcome: NEXT });
  vector('ST-A64-118 EXTR takes the low part from the second source', 0x93c21020, 'extr x0, x1, x2, #4', { before: { X1: 0xan, X2: 0xb0n }, after: { X0: 0xa000_0000_0000_000bn }, outcome: NEXT });
  vector('ST-A64-119 EXTR by zero is the second source', 0x93c20020, 'extr x0, x1, x2, #0', { before: { X1: MAX, X2: 5n }, after: { X0: 5n }, outcome: NEXT });
  vector('ST-A64-120 ROR of a W register stays within it', 0x13811020, 'ror w0, w1, #4', { before: { X1: 0xffff_ffff_0000_0001n }, after: { X0: 0x1000_0000n }, outcome: NEXT });
  vector('ST-A64-121 CSNEG negates where the condition fails', 0xda820420, 'csneg x0, x1, x2, eq', { before: { X1: 1n, X2: 2n }, after: { X0: 0xffff_ffff_ffff_fffen }, outcome: NEXT });
  vector('ST-A64-122 CCMP takes the immediate flags where the condition fails', 0xfa400805, 'ccmp x0, #0, #5, eq', { before: { X0: 0n }, after: { NZCV: 'ZV' }, outcome: NEXT });
  vector('ST-A64-123 CCMP compares where the condition holds', 0xfa401805, 'ccmp x0, #0, #5, ne', { before: { X0: 0n }, after: { NZCV: 'ZC' }, outcome: NEXT });
  vector('ST-A64-124 a division by zero is zero', 0x9ac20c20, 'sdiv x0, x1, x2', { before: { X0: 9n, X1: 5n }, after: { X0: 0n }, outcome: NEXT });
  vector('ST-A64-125 the most negative number divided by -1 is itself', 0x1ac20c20, 'sdiv w0, w1, w2', { before: { X1: 0x8000_0000n, X2: MAX }, after: { X0: 0x8000_0000n }, outcome: NEXT });
  vector('ST-A64-126 a variable shift takes its amount modulo the width', 0x1ac22020, 'lsl w0, w1, w2', { before: { X1: 1n, X2: 33n }, after: { X0: 2n }, outcome: NEXT });
  vector('ST-A64-127 UMULH is the high half of the product', 0x9bc27c20, 'umulh x0, x1, x2', { before: { X1: MAX, X2: MAX }, after: { X0: 0xffff_ffff_ffff_fffen }, outcome: NEXT });
  vector('ST-A64-128 SMADDL multiplies signed words', 0x9b220c20, 'smaddl x0, w1, w2, x3', { before: { X1: 0xffff_ffffn, X2: 2n, X3: 1n }, after: { X0: MAX }, outcome: NEXT });
  vector('ST-A64-129 MSUB subtracts the product', 0x9b028c20, 'msub x0, x1, x2, x3', { before: { X1: 3n, X2: 4n, X3: 20n }, after: { X0: 8n }, outcome: NEXT });
  vector('ST-A64-130 CLS does not count the sign itself', 0x5ac01420, 'cls w0, w1', { before: { X1: 0xffff_fff0n }, after: { X0: 27n }, outcome: NEXT });
  vector('ST-A64-131 CLZ of zero is the width', 0x5ac01020, 'clz w0, w1', { before: { X1: 0xffff_ffff_0000_0000n }, after: { X0: 32n }, outcome: NEXT });
  vector('ST-A64-132 RBIT reverses the bits of the width', 0x5ac00020, 'rbit w0, w1', { before: { X1: 1n }, after: { X0: 0x8000_0000n }, outcome: NEXT });
  vector('ST-A64-133 REV16 reverses the bytes of each halfword', 0xdac00420, 'rev16 x0, x1', { before: { X1: 0x0102_0304_0506_0708n }, after: { X0: 0x0201_0403_0605_0807n }, outcome: NEXT });
  vector('ST-A64-134 REV reverses all bytes', 0xdac00c20, 'rev x0, x1', { before: { X1: 0x0102_0304_0506_0708n }, after: { X0: 0x0807_0605_0403_0201n }, outcome: NEXT });
  vector('ST-A64-135 CRC32B is the polynomial of ISO 3309', 0x1ac24020, 'crc32b w0, w1, w2', { before: { X1: 0xffff_ffffn, X2: 0x61n }, after: { X0: 0x1748_41bcn }, outcome: NEXT });
  vector('ST-A64-136 CRC32CX is Castagnoli\'s polynomial over eight bytes', 0x9ac25c20, 'crc32cx w0, w1, x2', { before: { X1: 0xffff_ffffn, X2: 0n }, after: { X0: 0x73d7_4d75n }, outcome: NEXT });
  vector('ST-A64-137 LDRSB extends a byte to a W register', 0x39c00020, 'ldrsb w0, [x1]', { before: { X1: 0x1000n, '0x1000': 0x80n }, after: { X0: 0xffff_ff80n }, outcome: NEXT });
  vector('ST-A64-138 LDRSW extends a word to an X register', 0xb9800420, 'ldrsw x0, [x1, #4]', { before: { X1: 0x1000n, '0x1000': 0x8000_0000_0000_0000n }, after: { X0: 0xffff_ffff_8000_0000n }, outcome: NEXT });
  vector('ST-A64-139 a register offset is extended and scaled', 0xf862d820, 'ldr x0, [x1, w2, sxtw #3]', { before: { X1: 0x1008n, X2: 0xffff_ffffn, '0x1000': 7n }, after: { X0: 7n }, outcome: NEXT });
  vector('ST-A64-140 a pre-indexed store moves the base', 0xf81f0fe0, 'str x0, [sp, #-16]!', { before: { X0: 7n, SP: 0x1010n, '0x1000': 0n }, after: { SP: 0x1000n, '0x1000': 7n }, outcome: NEXT });
  vector('ST-A64-141 a post-indexed load reads at the old base', 0xf8408420, 'ldr x0, [x1], #8', { before: { X1: 0x1000n, '0x1000': 7n }, after: { X0: 7n, X1: 0x1008n }, outcome: NEXT });
  vector('ST-A64-142 a store of its own base stores what it was', 0xf8008c21, 'str x1, [x1, #8]!', { before: { X1: 0x0ff8n, '0x1000': 0n }, after: { X1: 0x1000n, '0x1000': 0xff8n }, outcome: NEXT });
  vector('ST-A64-143 LDPSW extends both words', 0x69400440, 'ldpsw x0, x1, [x2]', { before: { X2: 0x1000n, '0x1000': 0xffff_ffff_0000_0001n }, after: { X0: 1n, X1: MAX }, outcome: NEXT });
  vector('ST-A64-144 STP stores the first register at the lower address', 0x29008440, 'stp w0, w1, [x2, #4]', { before: { X0: 1n, X1: 2n, X2: 0x0ffcn, '0x1000': 0n }, after: { '0x1000': 0x2_0000_0001n }, outcome: NEXT });
  vector('ST-A64-145 LDXR marks address, size and data', 0xc85f7c20, 'ldxr x0, [x1]', { before: { X1: 0x1000n, '0x1000': 5n }, after: { X0: 5n, EXCLUSIVE_BYTES: 8n, EXCLUSIVE_ADDRESS: 0x1000n, EXCLUSIVE_LOW: 5n }, outcome: NEXT });
  vector('ST-A64-146 STXR stores where the mark and the data are right, and clears the mark', 0xc8027c20, 'stxr w2, x0, [x1]', { before: { X0: 9n, X1: 0x1000n, X2: 1n, EXCLUSIVE_BYTES: 8n, EXCLUSIVE_ADDRESS: 0x1000n, EXCLUSIVE_LOW: 5n, '0x1000': 5n }, after: { X2: 0n, EXCLUSIVE_BYTES: 0n, '0x1000': 9n }, outcome: NEXT });
  vector('ST-A64-147 STXR fails where memory has changed', 0xc8027c20, 'stxr w2, x0, [x1]', { before: { X0: 9n, X1: 0x1000n, EXCLUSIVE_BYTES: 8n, EXCLUSIVE_ADDRESS: 0x1000n, EXCLUSIVE_LOW: 5n, '0x1000': 6n }, after: { X2: 1n, EXCLUSIVE_BYTES: 0n }, outcome: NEXT });
  vector('ST-A64-148 STXR without a mark fails without an access', 0xc8027c20, 'stxr w2, x0, [x1]', { before: { X1: 0xffff_0001n }, after: { X2: 1n }, outcome: NEXT });
  vector('ST-A64-149 STXP stores a pair of words as one', 0x88230440, 'stxp w3, w0, w1, [x2]', { before: { X0: 1n, X1: 2n, X2: 0x1000n, X3: 1n, EXCLUSIVE_BYTES: 8n, EXCLUSIVE_ADDRESS: 0x1000n, EXCLUSIVE_LOW: 3n, EXCLUSIVE_HIGH: 4n, '0x1000': 0x4_0000_0003n }, after: { X3: 0n, EXCLUSIVE_BYTES: 0n, '0x1000': 0x2_0000_0001n }, outcome: NEXT });
  vector('ST-A64-150 CAS compares only the element\'s width', 0x08a07c41, 'casb w0, w1, [x2]', { before: { X0: 0xff05n, X1: 0xaan, X2: 0x1000n, '0x1000': 0x105n }, after: { X0: 5n, '0x1000': 0x1aan }, outcome: NEXT });
  vector('ST-A64-151 CASP leaves memory where one half differs', 0x48207c82, 'casp x0, x1, x2, x3, [x4]', { before: { X0: 1n, X1: 2n, X4: 0x1000n, '0x1000': 1n, '0x1008': 3n }, after: { X1: 3n }, outcome: NEXT });
  vector('ST-A64-152 LDSMAX compares elements as signed numbers', 0x38204041, 'ldsmaxb w0, w1, [x2]', { before: { X0: 1n, X2: 0x1000n, '0x1000': 0x80n }, after: { X1: 0x80n, '0x1000': 1n }, outcome: NEXT });
  vector('ST-A64-153 STADD has no destination', 0xf820003f, 'stadd x0, [x1]', { before: { X0: 2n, X1: 0x1000n, '0x1000': 3n }, after: { '0x1000': 5n }, outcome: NEXT });
  vector('ST-A64-154 SWP of one register exchanges it with memory', 0xf8208020, 'swp x0, x0, [x1]', { before: { X0: 2n, X1: 0x1000n, '0x1000': 3n }, after: { X0: 3n, '0x1000': 2n }, outcome: NEXT });
  vector('ST-A64-155 CLREX clears the mark', 0xd5033f5f, 'clrex', { before: { EXCLUSIVE_BYTES: 8n }, after: { EXCLUSIVE_BYTES: 0n }, outcome: NEXT });
  vector('ST-A64-156 ADR is relative to the instruction', 0x10ffffe0, 'adr x0, #-4', { before: {  }, after: { X0: 0x3ffcn }, outcome: NEXT });
  vector('ST-A64-157 ADRP is relative to the page of the instruction', 0xb0000000, 'adrp x0, 0x5000', { before: {  }, after: { X0: 0x5000n }, outcome: NEXT });
  vector('ST-A64-158 BL sets the link register', 0x97fffffe, 'bl 0x3ff8', { before: {  }, after: { X30: 0x4004n }, outcome: { kind: 'branch', target: 0x3ff8n } });
  vector('ST-A64-159 BLR X30 goes to what X30 was', 0xd63f03c0, 'blr x30', { before: { X30: 0x100n }, after: { X30: 0x4004n }, outcome: { kind: 'branch', target: 0x100n } });
  vector('ST-A64-160 TBNZ tests a bit of the upper half', 0xb7f80080, 'tbnz x0, #63, 0x4010', { before: { X0: 1n << 63n }, after: {  }, outcome: { kind: 'branch', target: 0x4010n } });
  vector('ST-A64-161 CBZ of a W register ignores the upper half', 0x34000080, 'cbz w0, 0x4010', { before: { X0: 1n << 63n }, after: {  }, outcome: { kind: 'branch', target: 0x4010n } });
  vector('ST-A64-162 B.HI is not taken where Z is set', 0x54000088, 'b.hi 0x4010', { before: { NZCV: 'ZC' }, after: {  }, outcome: NEXT });
  vector('ST-A64-163 B.LT is taken where N and V differ', 0x5400008b, 'b.lt 0x4010', { before: { NZCV: 'N' }, after: {  }, outcome: { kind: 'branch', target: 0x4010n } });
  vector('ST-A64-164 SVC hands its immediate over', 0xd4000241, 'svc #0x12', { before: {  }, after: {  }, outcome: { kind: 'leave', routine: 'SVC', payload: 0x12n } });
  vector('ST-A64-165 MRS hands over register and destination', 0xd5300243, 'mrs x3, MDSCR_EL1', { before: {  }, after: {  }, outcome: { kind: 'leave', routine: 'MRS', payload: 0x3_8012n } });
  vector('ST-A64-166 MSR (immediate) hands over field and value', 0xd50342df, 'msr DAIFSet, #2', { before: {  }, after: {  }, outcome: { kind: 'leave', routine: 'MSR immediate', payload: 0x196n } });
  vector('ST-A64-167 DC is a system instruction of op0 1', 0xd50b7421, 'dc zva, x1', { before: {  }, after: {  }, outcome: { kind: 'leave', routine: 'SYS', payload: 0x1_5ba1n } });
  vector('ST-A64-168 UDF is UNDEFINED', 0x00000000, 'udf #0', { before: {  }, after: {  }, outcome: { kind: 'leave', routine: 'UNDEFINED', payload: 0n } });
  vector('ST-A64-169 a misaligned acquire faults and changes nothing', 0xc8dffc20, 'ldar x0, [x1]', { before: { X1: 0x1004n }, after: {  }, outcome: { kind: 'memory fault', address: 0x1004n, access: accessWord({ bytes: 8, isAlignmentFixed: true }, 'load') } });
}

test('ST-A64-001 random legal words of every implemented row keep the rules of the emitter', () => {
  const random = pseudoRandomWords(1);
  const routines = new Set<string>(A64_ROUTINES);
  for (const row of A64_ROWS.filter(({ support }) => support.kind === 'implemented')) {
    for (const word of [...sampleWords(row, 40, random()), ...variantsOf(row).map(variant => variant.word)]) {
      const state = new ReferenceState();
      for (let slot = 16; slot < 56; slot++) state.write(slotAt(slot), (BigInt(random()) << 32n) | BigInt(random()));
      const outcome = executeReference(row, word, 0x4000n, state, new SmallMemory());
      if (outcome.kind === 'leave') assert.ok(routines.has(outcome.routine), `${row.name} leaves to ${outcome.routine}`);
    }
  }
});

test('ST-A64-002 the same on memory that any address lies in', () => {
  const everywhere = { faultOf: () => undefined, read: (address: bigint) => address & 0xffn, write: () => undefined };
  for (const row of A64_ROWS.filter(({ support }) => support.kind === 'implemented')) {
    for (const { word } of variantsOf(row)) {
      const outcome = executeReference(row, word, 0x4000n, new ReferenceState(), everywhere);
      assert.notEqual(outcome.kind, 'memory fault', row.name);
    }
  }
});

test('ST-A64-003 an unimplemented row names its reason and leaves to the routine of that name', () => {
  for (const row of A64_ROWS) {
    if (row.support.kind === 'implemented') continue;
    const [word] = sampleWords(row, 1, 3);
    const outcome = executeReference(row, word ?? 0, 0n, new ReferenceState(), new SmallMemory());
    assert.deepEqual([row.support.reason !== '', outcome], [true, { kind: 'leave', routine: 'unimplemented', payload: 0n }]);
  }
});

test('ST-A64-004 the syndrome of a sign-extending load names size, sign, register and width', () => {
  const row = A64_ROWS.find(({ name }) => name === 'LDR (immediate, unsigned offset)');
  // ISV, SAS 01, SSE, SRT 5, SF of LDRSH X5
  assert.equal(row?.syndrome({ size: 1, opc: 2, imm12: 0, Rn: 0, Rt: 5 }), 0b1_01_1_00101_1_0);
});

test('ST-A64-005 a load with writeback has no valid syndrome', () => {
  const row = A64_ROWS.find(({ name }) => name === 'LDR (immediate, indexed)');
  assert.equal(row?.syndrome({ size: 3, opc: 1, imm9: 8, P: 1, Rn: 0, Rt: 5 }), 0);
});
