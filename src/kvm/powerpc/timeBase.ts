// SPDX-License-Identifier: MIT

/** The host's time base: how fast it counts, and how many instructions of virtual time are one tick (1.024 GHz of instructions). */
export const TIME_BASE = { ticksPerSecond: 512_000_000, instructionsPerTick: 2 } as const;
