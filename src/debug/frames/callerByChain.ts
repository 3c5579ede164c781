// SPDX-License-Identifier: MIT
import type { LinkOffset, ProcessorSupplement } from '../../symbols/index.js';
import type { RegisterHome } from './frameConventions.js';
import type { UnwindMethod } from './stackFrame.js';

/** A frame as the search for its caller sees it. */
export interface ChainedFrame {
  readonly pc: bigint;
  /** The vCPU stands in it. */
  readonly isInnermost: boolean;
  /** A register by DWARF number, `undefined` if its value is lost. */
  readRegister(register: number): bigint | undefined;
  home(register: number): RegisterHome;
  /** `bytes` of memory (at most 8) as a number. */
  readNumber(address: bigint, bytes: number): bigint | undefined;
  /** Whether a call may return to `address`: a symbol owns the instruction before it. */
  isReturnAddress(address: bigint): boolean;
  /** Whether the same symbol owns the pc and the call before `address`. */
  isInSameSymbol(address: bigint): boolean;
  /** Whether the function has executed nothing yet but what gives it its TOC pointer. */
  readonly isAtEntry: boolean;
}

/** A caller that was found without a table. */
export interface FoundCaller {
  readonly pc: bigint;
  readonly foundBy: UnwindMethod;
  readonly homes: ReadonlyMap<number, RegisterHome>;
}

/**
 * The caller of `frame` by the chain of frames that the ABI prescribes. Code that has not made its link yet, and leaf code, has its
 * caller in the link register.
 */
export function callerByChain(frame: ChainedFrame, supplement: ProcessorSupplement): FoundCaller | undefined {
  const { frameChain, linkRegister, stackPointer } = supplement;
  const homes = new Map<number, RegisterHome>();
  for (const register of supplement.followed) if (supplement.preserved.has(register)) homes.set(register, frame.home(register));
  const own = frame.readRegister(frameChain.register);
  const next = own ? frame.readNumber(own, 8) : undefined;
  const at = ({ link, bytes }: LinkOffset): bigint => (link === 'own' ? (own ?? 0n) : (next ?? 0n)) + bytes;
  const savedLink = next === undefined ? undefined : frame.readNumber(at(frameChain.returnAddress), 8);
  const link = frame.readRegister(linkRegister);
  // Behind a call that has returned, the link register still leads here: the routine's own caller is elsewhere. What is saved has been pushed.
  // At the entry of a routine neither can be: it may have been called by itself.
  const isUnsaved = frame.isAtEntry || (link !== undefined && !frame.isInSameSymbol(link) && savedLink !== link);
  const isOwnCaller = link !== undefined && link !== 0n && frame.isReturnAddress(link) && isUnsaved;
  if (frame.isInnermost && isOwnCaller) {
    homes.set(stackPointer, frame.home(stackPointer));
    return { pc: link, foundBy: 'linkRegister', homes };
  }
  if (own === undefined || next === undefined || !savedLink || !frame.isReturnAddress(savedLink)) return undefined;
  homes.set(frameChain.register, { kind: 'memory', address: own });
  homes.set(linkRegister, { kind: 'memory', address: at(frameChain.returnAddress) });
  homes.set(stackPointer, { kind: 'value', value: at(frameChain.callerStackPointer) });
  return { pc: savedLink, foundBy: 'framePointer', homes };
}
