// SPDX-License-Identifier: MIT
import type { Endianness } from '../../base/index.js';
import type { Emitter, Slot, Value } from '../operations/emitter.js';
import type { Code } from '../wasm/moduleWriter.js';

/** Functions of the module that printed code calls, by index. */
export interface RuntimeFunctions {
  /** (virtual address, access word) -> offset in linear memory, or 0 when the access cannot be made here. */
  readonly translate: number;
  /** The byte order of data in guest memory. */
  readonly dataEndianness: Endianness;
  /** Slots that no operand names. */
  readonly unnamedSlots: ReadonlySet<Slot>;
  /** The function, without parameters, that computes what `name` stands for; printed at the first call. */
  shared(name: string, compute: (e: Emitter) => Value): number;
  /** The number under which the engine knows a routine. */
  routine(name: string): number;
}

/** What printed code does at the ends of an instruction; it differs between the main function and functions of their own. */
export interface Ending {
  /** Local that holds the address of the decoded record, and the one with the program counter's base. */
  readonly recordLocal: number;
  readonly baseLocal: number;
  /** Distance in bytes from the record in `recordLocal` to that of the printed instruction, in a sequence; 0 if absent. */
  readonly recordOffset?: number;
  /** First of the scratch locals of each type. */
  readonly scratch64: number;
  readonly scratch32: number;
  /**
   * Gives the instruction, which has changed nothing yet, to the copy of the interpreter that may call functions, or to its own handler
   * if this one runs a sequence. Present in the copy that may not: calls would keep the engine below from holding the loop's
   * variables in registers.
   */
  giveUp?(depth: number): Code;
  /** Whether an access to a page with watched bytes is made here if it is beside them. */
  readonly looksBesideWatched?: boolean;
  /** Stops because of the access that `translate` recorded; printed `depth` blocks inside the instruction. */
  memoryStop(depth: number): Code;
  /** Stops for the routine whose number and payload have been written. */
  leave(depth: number): Code;
  /** Goes on at the address in the 64-bit value that `target` computes. */
  branch?(target: Code, depth: number): Code;
  /** Goes on at the next record. */
  next?(depth: number): Code;
  /** Goes on at the record that is as far away as the 64-bit value that `distance` computes, in the form of `nearImmediate`. */
  branchNear?(distance: Code, depth: number): Code;
  /** The same distance for the next record. */
  readonly toNext?: bigint;
}
