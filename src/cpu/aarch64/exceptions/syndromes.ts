// SPDX-License-Identifier: MIT
import { encode } from '../../registers/describeRegister.js';
import {
  ESR_ELx,
  EXCEPTION_CLASS,
  FAULT_STATUS,
  ISS_DATA_ABORT,
  ISS_SOFTWARE_STEP,
  ISS_SYSTEM_REGISTER,
  ISS_WFX,
  SAME_LEVEL,
} from '../registers/controlRegisters.js';
import { systemOperands } from '../registers/encoding.js';

/** ESR_ELx of a 32-bit instruction, 32 bits, unsigned. All instructions here have 32 bits (ARM-HW-01). */
export const syndrome = (EC: number, ISS: number): number => Number(encode(ESR_ELx, { EC, IL: 'bits32', ISS }));

/** The class of an exception that says from where it comes. */
export const classFrom = (EC: number, isSameLevel: boolean): number => (isSameLevel ? EC + SAME_LEVEL : EC);

/** An UNDEFINED instruction. */
export const UNDEFINED_SYNDROME = syndrome(EXCEPTION_CLASS.unknown, 0);

/** A virtual SError interrupt of a PE without the RAS extension; its ISS is IMPLEMENTATION DEFINED. Choice: 0. */
export const SERROR_SYNDROME = syndrome(EXCEPTION_CLASS.SError, 0);

const stepSyndrome = (isSameLevel: boolean, ISV: number, EX: number): number =>
  syndrome(classFrom(EXCEPTION_CLASS.softwareStep, isSameLevel), Number(encode(ISS_SOFTWARE_STEP, { ISV, EX, IFSC: FAULT_STATUS.debug })));
/** Software step syndromes by `ISV` and `EX`: [not valid, plain, load-exclusive]. */
export const STEP_FROM_LOWER = [stepSyndrome(false, 0, 0), stepSyndrome(false, 1, 0), stepSyndrome(false, 1, 1)] as const;
export const STEP_FROM_SAME = [stepSyndrome(true, 0, 0), stepSyndrome(true, 1, 0), stepSyndrome(true, 1, 1)] as const;

export const breakpointSyndrome = (isSameLevel: boolean): number =>
  syndrome(classFrom(EXCEPTION_CLASS.breakpoint, isSameLevel), FAULT_STATUS.debug);

export const watchpointSyndrome = (isSameLevel: boolean, WnR: number): number =>
  syndrome(classFrom(EXCEPTION_CLASS.watchpoint, isSameLevel), Number(encode(ISS_DATA_ABORT, { WnR, DFSC: FAULT_STATUS.debug })));

export const instructionAbortSyndrome = (isSameLevel: boolean, IFSC: number): number =>
  syndrome(classFrom(EXCEPTION_CLASS.instructionAbort, isSameLevel), IFSC);

/** `instructionSyndrome` is ISS[24:14] as a row gives it, 0: not valid. */
export const dataAbortSyndrome = (isSameLevel: boolean, DFSC: number, WnR: number, instructionSyndrome = 0): number =>
  syndrome(
    classFrom(EXCEPTION_CLASS.dataAbort, isSameLevel),
    Number(encode(ISS_DATA_ABORT, { DFSC, WnR })) | (instructionSyndrome << INSTRUCTION_SYNDROME_SHIFT),
  );
const INSTRUCTION_SYNDROME_SHIFT = 14; // InstructionRow.syndrome: ISS[24:14].

/** A trapped MRS, MSR or SYS; `encoding` as `systemEncoding` packs it. */
export function systemRegisterSyndrome(encoding: number, Rt: number, isRead: boolean): number {
  const { op0, op1, CRn, CRm, op2 } = systemOperands(encoding);
  const Direction = isRead ? 'read' : 'write';
  return syndrome(
    EXCEPTION_CLASS.trappedSystemRegister,
    Number(encode(ISS_SYSTEM_REGISTER, { Op0: op0, Op1: op1, Op2: op2, CRn, CRm, Rt, Direction })),
  );
}

const ALWAYS = 0b1110;
export const WFI_SYNDROME = syndrome(EXCEPTION_CLASS.trappedWFx, Number(encode(ISS_WFX, { CV: 1, COND: ALWAYS, TI: 'WFI' })));
export const WFE_SYNDROME = syndrome(EXCEPTION_CLASS.trappedWFx, Number(encode(ISS_WFX, { CV: 1, COND: ALWAYS, TI: 'WFE' })));
export const FP_SYNDROME = syndrome(EXCEPTION_CLASS.trappedFP, Number(encode(ISS_WFX, { CV: 1, COND: ALWAYS })));
