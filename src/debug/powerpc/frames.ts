// SPDX-License-Identifier: MIT
import { ELF_V2 } from '../../symbols/index.js';
import type { FrameConventions } from '../frames/frameConventions.js';

const NUMBERS: ReadonlyMap<string, number> = new Map([...ELF_V2.registerNames].reverse().map(([number, name]) => [name, number]));
const UNWOUND = /^(r\d+|lr)$/;

/** Frames of 64-bit POWER code. Both ABIs have the same registers and the same header of a frame. */
export const POWERPC_FRAMES: FrameConventions = {
  supplement: ELF_V2,
  unwound: name => {
    const number = name === 'sp' ? ELF_V2.stackPointer : UNWOUND.test(name) ? NUMBERS.get(name) : undefined;
    return number === undefined ? undefined : { number, bits: 64 };
  },
};
