// SPDX-License-Identifier: MIT
import type { Slot } from '../operations/emitter.js';

/**
 * The state page: one running vCPU's registers and the words that the interpreter and the engine
 * share, at the start of linear memory. All words have 64 bits.
 *
 *   0x0000 ┌──────────────┐ zero: reads as 0, never written
 *   0x0008 │              │ sink: written, never read
 *   0x0010 │              │ program counter, exit record, fault record
 *   0x0080 ├──────────────┤ registers of the architecture, by its own layout
 *   0x1000 └──────────────┘ end of what is swapped when another vCPU runs
 */
export const STATE_PAGE_BYTES = 0x1000;

// A multiple of 8 below the end of the state page, by construction.
export const slot = (index: number): Slot => (index * 8) as Slot;

/** Reads as zero: the register that always is, as a source. */
export const ZERO_SLOT = slot(0);
/** Swallows what is written: the register that always is zero, as a destination. */
export const SINK_SLOT = slot(1);
/** The program counter, valid whenever the interpreter is not running. */
export const PC_SLOT = slot(2);
/** Number of the routine that `leave` named. */
export const ROUTINE_SLOT = slot(3);
/** Payload of `leave`. */
export const PAYLOAD_SLOT = slot(4);
/** Virtual address of the access that could not be made. */
export const FAULT_ADDRESS_SLOT = slot(5);
/** How that access touches memory: see `accessWord`. */
export const FAULT_ACCESS_SLOT = slot(6);
/** Instructions that the interpreter may still retire. */
export const BUDGET_SLOT = slot(7);
/** Address of the decoded record of the instruction at pc. */
export const RECORD_SLOT = slot(8);
/** First slot of the architecture's own layout. */
export const FIRST_REGISTER_INDEX = 16;

/** The words of the state page, by slot. Both printers and all out-of-line routines work on this. */
export interface StateWords {
  read(slot: Slot): bigint;
  write(slot: Slot, value: bigint): void;
}
