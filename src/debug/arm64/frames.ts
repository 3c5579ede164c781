// SPDX-License-Identifier: MIT
import type { FoundCaller, FrameConventions, RegisterHome, UnwoundFrame } from '../frames/frameConventions.js';
import { DWARF_REGISTER } from './registers/registerRows.js';

const isCalleeSaved = (register: number): boolean => (register >= 19 && register <= 29) || (register >= 72 && register <= 79);

/** X0 to X30, and the callee-saved halves of the vectors. */
const FOLLOWED = [...Array.from({ length: 31 }, (_, n) => n), ...Array.from({ length: 8 }, (_, n) => 72 + n)];

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

/** AAPCS64, The Frame Pointer: a frame record {previous x29, return address} at x29. Leaf code has none: its caller is in x30. */
function callerWithoutTable(frame: UnwoundFrame): FoundCaller | undefined {
  const homes = new Map<number, RegisterHome>();
  for (const register of FOLLOWED) if (isCalleeSaved(register)) homes.set(register, frame.home(register));
  const record = frame.readRegister(DWARF_REGISTER.FP);
  const recordedLink = record ? frame.readNumber(record + 8n, 8) : undefined;
  const link = frame.readRegister(DWARF_REGISTER.LR);
  // Behind a call that has returned, x30 still leads here: the routine's own caller is elsewhere. A record that holds x30: the function has pushed it.
  if (frame.isInnermost && link && link !== frame.pc && frame.isReturnAddress(link) && recordedLink !== link) {
    homes.set(DWARF_REGISTER.SP, frame.home(DWARF_REGISTER.SP));
    return { pc: link, foundBy: 'linkRegister', homes };
  }
  if (!record || !recordedLink || frame.readNumber(record, 8) === undefined || !frame.isReturnAddress(recordedLink)) return undefined;
  homes.set(DWARF_REGISTER.FP, { kind: 'memory', address: record });
  homes.set(DWARF_REGISTER.LR, { kind: 'memory', address: record + 8n });
  homes.set(DWARF_REGISTER.SP, { kind: 'value', value: record + 16n });
  return { pc: recordedLink, foundBy: 'framePointer', homes };
}

/** Procedure Call Standard for the Arm 64-bit Architecture. */
export const AAPCS64: FrameConventions = {
  programCounter: DWARF_REGISTER.PC,
  stackPointer: DWARF_REGISTER.SP,
  followed: FOLLOWED,
  isCalleeSaved,
  unwound,
  callerWithoutTable,
};
