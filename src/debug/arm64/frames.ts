// SPDX-License-Identifier: MIT
import { AAPCS64 } from '../../symbols/index.js';
import type { FrameConventions } from '../frames/frameConventions.js';
import { DWARF_REGISTER } from './registers/registerRows.js';

const NAMED: ReadonlyMap<string, number> = new Map([
  ['pc', DWARF_REGISTER.PC],
  ['sp', DWARF_REGISTER.SP],
  ['fp', DWARF_REGISTER.FP],
  ['lr', DWARF_REGISTER.LR],
]);

function unwound(name: string): { readonly number: number; readonly bits: number } | undefined {
  const named = NAMED.get(name);
  if (named !== undefined) return { number: named, bits: 64 };
  const match = /^([xw])(\d+)$/.exec(name);
  return match && Number(match[2]) <= 30 ? { number: Number(match[2]), bits: match[1] === 'w' ? 32 : 64 } : undefined;
}

/** Frames of A64 code. */
export const ARM64_FRAMES: FrameConventions = { supplement: AAPCS64, unwound };
