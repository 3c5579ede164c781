// SPDX-License-Identifier: MIT
import type { MemoryAccess } from '../../../operations/emitter.js';
import { displaced, r } from '../../common/instructions/assemblyText.js';
import { power } from '../../common/instructions/power.js';
import { anyAlignment, EXTS } from '../../common/instructions/pseudocode.js';
import { GPR, RAor0 } from '../../common/registers/stateLayout.js';

/** Whether a quadword must be aligned is left to the implementation. Choice: at any address, as QEMU has it. */
const QUADWORD: MemoryAccess = anyAlignment(8);

interface Fields {
  readonly RT: number;
  readonly RA: number;
}
/** RTp must be even and another register than RA. Choice for all else: illegal, as QEMU has it. */
const isValidLoad = ({ RT, RA }: Fields): boolean => RT % 2 === 0 && RT !== RA;
const isValidStore = ({ RT }: Fields): boolean => RT % 2 === 0;
const LOAD_SYNTAX = ({ RT, RA, DQ }: Fields & { readonly DQ: number }) => [r(RT), displaced(DQ * 16, 16, RA)];
const STORE_SYNTAX = ({ RT, RA, DS }: Fields & { readonly DS: number }) => [r(RT), displaced(DS * 4, 16, RA)];

/** Power ISA, Fixed-Point Storage Access Instructions: Load Quadword and Store Quadword. The even register holds the high half. */
export const QUADWORDS = [
  power('lq', '111000 RT:5 RA:5 DQ:12 ----', {
    where: isValidLoad,
    operands: ({ RT, RA, DQ }) => ({ high: GPR(RT), low: GPR(RT | 1), RA: RAor0(RA), D: EXTS(DQ * 16, 16) }),
    execute: (pe, e, _c, { high, low, RA, D }) => {
      const [first, second] = e.loadPair(pe.EA(RA, D), QUADWORD);
      const [keptFirst, keptSecond] = [e.let(first), e.let(second)];
      e.set(high, pe.mode.endianness === 'big' ? keptFirst : keptSecond);
      e.set(low, pe.mode.endianness === 'big' ? keptSecond : keptFirst);
    },
    syntax: LOAD_SYNTAX,
    isOutOfLine: true,
  }),
  power('stq', '111110 RT:5 RA:5 DS:14 10', {
    where: isValidStore,
    operands: ({ RT, RA, DS }) => ({ high: GPR(RT), low: GPR(RT | 1), RA: RAor0(RA), D: EXTS(DS * 4, 16) }),
    execute: (pe, e, _c, { high, low, RA, D }) => {
      const [h, l] = [e.get(high), e.get(low)];
      const EA = pe.EA(RA, D);
      if (pe.mode.endianness === 'big') e.storePair(EA, QUADWORD, h, l);
      else e.storePair(EA, QUADWORD, l, h);
    },
    syntax: STORE_SYNTAX,
    isOutOfLine: true,
  }),
];
