// SPDX-License-Identifier: MIT
import {
  decode,
  EXCEPTION_CLASS,
  ISS_DATA_ABORT,
  ISS_SOFTWARE_STEP,
  ISS_SYSTEM_REGISTER,
  ISS_WFX,
  SAME_LEVEL,
} from '../../../cpu/index.js';
import { faultStatusText } from './faultStatus.js';

/** What is told of an exception class (ESR_ELx.EC). */
export interface ExceptionClass {
  /** As the manual calls it. */
  readonly title: string;
  /** How its ISS is laid out; `undefined` if it says nothing that is not in `detail`. */
  readonly fields?: unknown;
  /** The ISS in words. */
  readonly detail?: (iss: number) => string;
  /** FAR_ELx holds the address. */
  readonly hasFaultAddress?: true;
  /** The ISS ends in a fault status code. */
  readonly hasFaultStatus?: true;
}

const immediate = (iss: number): string => `the immediate is 0x${(iss & 0xffff).toString(16)}`;
const faultStatus = (iss: number): string => faultStatusText(iss & 0x3f);

const SIZES = ['byte', 'halfword', 'word', 'doubleword'] as const;

function access(iss: number): string {
  const { ISV, SAS, WnR, CM } = decode(ISS_DATA_ABORT, BigInt(iss));
  const what = CM === 1 ? 'cache maintenance' : `${WnR === 1 ? 'write' : 'read'}${ISV === 1 ? ` of a ${SIZES[SAS] ?? ''}` : ''}`;
  return `${what}, ${faultStatus(iss)}`;
}

function systemRegister(iss: number): string {
  const { Op0, Op1, CRn, CRm, Op2, Direction, Rt } = decode(ISS_SYSTEM_REGISTER, BigInt(iss));
  const name = `S${Op0}_${Op1}_C${CRn}_C${CRm}_${Op2}`;
  return Direction === 1 ? `MRS x${Rt}, ${name}` : `MSR ${name}, x${Rt}`;
}

const INSTRUCTION_ABORT: ExceptionClass = { title: 'Instruction Abort', detail: faultStatus, hasFaultAddress: true };
const DATA_ABORT: ExceptionClass = {
  title: 'Data Abort',
  fields: ISS_DATA_ABORT,
  detail: access,
  hasFaultAddress: true,
  hasFaultStatus: true,
};
const BREAKPOINT: ExceptionClass = { title: 'Breakpoint exception' };
const SOFTWARE_STEP: ExceptionClass = { title: 'Software Step exception', fields: ISS_SOFTWARE_STEP, hasFaultStatus: true };
const WATCHPOINT: ExceptionClass = {
  title: 'Watchpoint exception',
  fields: ISS_DATA_ABORT,
  detail: iss => (decode(ISS_DATA_ABORT, BigInt(iss)).WnR === 1 ? 'write' : 'read'),
  hasFaultAddress: true,
  hasFaultStatus: true,
};

// biome-ignore format: a table
/** Arm DDI 0487, ESR_EL1, Exception Class. */
const CLASSES: ReadonlyMap<number, ExceptionClass> = new Map<number, ExceptionClass>([
  [EXCEPTION_CLASS.unknown,                       { title: 'Undefined instruction' }],
  [EXCEPTION_CLASS.trappedWFx,                    { title: 'Trapped WFI or WFE', fields: ISS_WFX, detail: iss => (iss & 1) === 1 ? 'WFE' : 'WFI' }],
  [EXCEPTION_CLASS.trappedFP,                     { title: 'Trapped floating point or SIMD access' }],
  [EXCEPTION_CLASS.illegalState,                  { title: 'Illegal Execution state' }],
  [EXCEPTION_CLASS.SVC,                           { title: 'SVC', detail: immediate }],
  [EXCEPTION_CLASS.HVC,                           { title: 'HVC', detail: immediate }],
  [EXCEPTION_CLASS.SMC,                           { title: 'SMC', detail: immediate }],
  [EXCEPTION_CLASS.trappedSystemRegister,         { title: 'Trapped MSR, MRS or System instruction', fields: ISS_SYSTEM_REGISTER, detail: systemRegister }],
  [EXCEPTION_CLASS.instructionAbort,              INSTRUCTION_ABORT],
  [EXCEPTION_CLASS.instructionAbort + SAME_LEVEL, INSTRUCTION_ABORT],
  [EXCEPTION_CLASS.PCAlignment,                   { title: 'PC alignment fault', hasFaultAddress: true }],
  [EXCEPTION_CLASS.dataAbort,                     DATA_ABORT],
  [EXCEPTION_CLASS.dataAbort + SAME_LEVEL,        DATA_ABORT],
  [EXCEPTION_CLASS.SPAlignment,                   { title: 'SP alignment fault' }],
  [EXCEPTION_CLASS.SError,                        { title: 'SError interrupt' }],
  [EXCEPTION_CLASS.breakpoint,                    BREAKPOINT],
  [EXCEPTION_CLASS.breakpoint + SAME_LEVEL,       BREAKPOINT],
  [EXCEPTION_CLASS.softwareStep,                  SOFTWARE_STEP],
  [EXCEPTION_CLASS.softwareStep + SAME_LEVEL,     SOFTWARE_STEP],
  [EXCEPTION_CLASS.watchpoint,                    WATCHPOINT],
  [EXCEPTION_CLASS.watchpoint + SAME_LEVEL,       WATCHPOINT],
  [EXCEPTION_CLASS.BRK,                           { title: 'BRK', detail: immediate }],
]);

/** What is told of class `ec`; a class that is not known is told by its number. */
export const exceptionClass = (ec: number): ExceptionClass => CLASSES.get(ec) ?? { title: `Exception of class 0x${ec.toString(16)}` };
