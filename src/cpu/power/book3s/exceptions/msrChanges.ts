// SPDX-License-Identifier: MIT
import { MSR_BIT } from '../registers/machineState.js';

// What instructions make of MSR, as values: the core executes by them, and a debugger asks them what an instruction is going to do.

const { EE, PR, ME, IR, DR, LE, HV, RI } = MSR_BIT;
const LOWER_HALF = 0xffff_ffffn;
const ALL = 0xffff_ffff_ffff_ffffn;

/** Problem state has external interrupts and translation on: what every change of MSR sees to. */
const withProblemState = (msr: bigint): bigint => ((msr & PR) !== 0n ? msr | EE | IR | DR : msr);

/** The instructions that move a register to MSR: mtmsr, mtmsrd, and both with L = 1. */
export type MoveToMsr = 'mtmsr' | 'mtmsrd' | 'set EE and RI';

/** Power ISA, Book III, mtmsr and mtmsrd: MSR after the move of `source`; neither ME nor LE nor HV changes. */
export function msrAfterMove(move: MoveToMsr, msr: bigint, source: bigint): bigint {
  if (move === 'set EE and RI') return (msr & ~(EE | RI)) | (source & (EE | RI));
  const taken = (move === 'mtmsr' ? LOWER_HALF : ALL) & ~(ME | LE | HV);
  return withProblemState((msr & ~taken) | (source & taken));
}

/** Power ISA, Book III, rfid and rfscv: MSR after the return to the saved one; neither ME nor HV changes. */
export function msrAfterReturn(msr: bigint, saved: bigint): bigint {
  const kept = ME | HV;
  return withProblemState((msr & kept) | (saved & ~kept));
}
