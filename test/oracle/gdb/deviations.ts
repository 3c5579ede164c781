// SPDX-License-Identifier: MIT
import type { Deviation, Difference } from './difference.js';

const isLine = ({ aspect, where }: Difference): boolean => aspect === 'place' && /:\d+$/.test(where);
const addresses = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));
const isMovement = ({ aspect }: Difference): boolean => aspect === 'step' || aspect === 'next' || aspect === 'finish';
/** `0x40080050 main:12` → `main`. */
const functionOf = (place: string): string | undefined => /^0x[0-9a-f]+ (\w+):\d+/.exec(place)?.[1];

/** All known ones; one that is never met fails. The first that concerns a difference counts. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    reason: 'A line above a function or between functions does not slide into the next one: who clicks there means nothing in it.',
    concerns: difference => isLine(difference) && difference.ours === '',
  },
  {
    reason: 'A line has one place in each function or inlined copy, the first; gdb takes one in each lexical block.',
    concerns: difference => {
      const [theirs, ours] = [addresses(difference.theirs), addresses(difference.ours)];
      return isLine(difference) && ours.length > 0 && ours.length < theirs.length && ours.every(address => theirs.includes(address));
    },
  },
  {
    reason: 'A breakpoint in an inlined copy is at its DW_AT_entry_pc; gdb before version 16 takes the first address of its ranges.',
    concerns: difference => {
      const { aspect, where, theirs, ours, meetsInlined } = difference;
      if (aspect === 'stop') return meetsInlined;
      return (
        aspect === 'place' &&
        !isLine(difference) &&
        where !== '' &&
        addresses(theirs).length === addresses(ours).length &&
        addresses(ours).length > 1
      );
    },
  },
  {
    reason: 'At the first instruction of an inlined copy gdb still shows the call alone; we show the copy, in which the instruction is.',
    concerns: ({ aspect, theirs, ours }) => aspect === 'frames' && /^\w+ \(inlined\) /.test(ours) && ours.endsWith(` < ${theirs}`),
  },
  {
    reason: 'gdb lists a variable of an inlined copy a second time, as the abstract function has it.',
    concerns: ({ aspect, where, theirs, ours }) =>
      aspect === 'variable' && where.endsWith(' (outer)') && theirs === '<optimized out>' && ours === 'absent',
  },
  {
    reason:
      'Around inlined copies we step from statement to statement; gdb also stops at the first instruction of each of their blocks and at the call.',
    concerns: difference => isMovement(difference) && difference.meetsInlined,
  },
  {
    reason: 'A step that returns into the middle of a statement ends there; gdb goes on to the next line.',
    concerns: difference =>
      difference.aspect === 'step' &&
      functionOf(difference.where) !== functionOf(difference.ours) &&
      functionOf(difference.ours) === functionOf(difference.theirs),
  },
  {
    reason: 'A step at a jump to another routine of assembly ends there; gdb takes it for a call.',
    concerns: ({ aspect, where, ours }) => aspect === 'next' && functionOf(where) === '_start' && functionOf(ours) === 'power_off',
  },
  {
    reason: 'A register that a call may change is lost in the caller if no table tells where it was kept; gdb shows what is in it now.',
    concerns: ({ aspect, where, ours }) =>
      aspect === 'variable' && / frame [1-9]\d* /.test(where) && ours === '<the register is not saved>',
  },
  {
    reason: 'An array whose length is not known and whose elements are not kept is optimized out; gdb refuses to subscript it.',
    concerns: ({ aspect, theirs, ours }) => aspect === 'variable' && theirs === '<no such vector element>' && ours === '<optimized out>',
  },
  {
    reason: 'Behind assembly without call frame information we go on by link register and frame records, where gdb ends the stack.',
    concerns: ({ aspect, theirs, ours }) =>
      aspect === 'frames' && /save_frame vectors\.S:\d+$/.test(theirs) && ours.includes(`${theirs} < `),
  },
  {
    reason:
      'Of entries of a location list that begin at one instruction the one with a range holds; gdb takes the first at the entry of a function.',
    concerns: ({ aspect, where, sample }) => aspect === 'variable' && sample.level === 'O2' && / frame 0 swap, pair$/.test(where),
  },
  {
    reason: 'A return address of 0 is the root of the stack; gdb shows it as a frame.',
    concerns: ({ aspect, theirs, ours }) => aspect === 'frames' && theirs === `${ours} < null :0`,
  },
];
