// SPDX-License-Identifier: MIT
import type { LentDebugRegisters } from './lentDebugRegisters.js';
import type { PartitionMmu } from './partitionMmu.js';
import type { Processors } from './processors.js';
import type { VirtualTerminal } from './virtualTerminal.js';

/** Guest real memory as hypercalls use it. */
export interface PhysicalMemory {
  /** A copy of all `count` bytes of RAM, or `undefined`. */
  readPhysical(address: bigint, count: number): Uint8Array | undefined;
  /** False if not all of it is RAM. */
  writePhysical(address: bigint, bytes: Uint8Array): boolean;
}

/** What hypercalls and RTAS calls may touch of the machine. */
export interface PaprSurroundings {
  readonly memory: PhysicalMemory;
  readonly memoryBytes: number;
  readonly terminal: VirtualTerminal;
  readonly processors: Processors;
  readonly mmu: PartitionMmu;
  readonly debugRegisters: LentDebugRegisters;
  /** Virtual time in nanoseconds. */
  nanoseconds(): bigint;
  /** The next number of H_RANDOM, 64 bits. */
  random(): bigint;
  log(line: string): void;
}
