// SPDX-License-Identifier: MIT

/** Primary opcodes of branches, and extended ones of primary opcode 19 (Power ISA, Appendix: Opcode Maps). */
const [BC, B, XL] = [16, 18, 19];
const [LR, CTR, TAR] = [16, 528, 560];
const INSTRUCTION_ALIGNMENT = 3n;

/** The registers that branches go by. */
export interface BranchRegisters {
  readonly lr: bigint;
  readonly ctr: bigint;
  readonly tar: () => bigint;
}

/** Where the branch `word` at `pc` goes if it is taken; `undefined`: it is no branch. */
export function branchTarget(word: number, pc: bigint, { lr, ctr, tar }: BranchRegisters): bigint | undefined {
  const base = (word & 2) === 0 ? pc : 0n;
  switch (word >>> 26) {
    case B:
      // LI: bits 6:29, signed.
      return base + BigInt(((word & 0x03ff_fffc) << 6) >> 6);
    case BC:
      // BD: bits 16:29, signed.
      return base + BigInt(((word & 0xfffc) << 16) >> 16);
    case XL:
      switch ((word >>> 1) & 0x3ff) {
        case LR:
          return lr & ~INSTRUCTION_ALIGNMENT;
        case CTR:
          return ctr & ~INSTRUCTION_ALIGNMENT;
        case TAR:
          return tar() & ~INSTRUCTION_ALIGNMENT;
      }
  }
  return undefined;
}
