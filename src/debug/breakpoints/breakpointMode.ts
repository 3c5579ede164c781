// SPDX-License-Identifier: MIT
/**
 * By which mechanism a breakpoint is made: debug registers, the trap instruction in memory, or the emulator's own table (unlimited).
 * `auto` takes hardware while slots are free, then the engine if the machine has it, then software.
 */
export type BreakpointMode = 'auto' | 'hardware' | 'software' | 'engine';
