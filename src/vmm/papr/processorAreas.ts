// SPDX-License-Identifier: MIT

/** What one vCPU has registered, by real address; 0: nothing. */
export interface ProcessorAreas {
  vpa: bigint;
  slbShadow: bigint;
  dispatchTraceLog: bigint;
}

/** What a vCPU has registered at first. */
export const noAreas = (): ProcessorAreas => ({ vpa: 0n, slbShadow: 0n, dispatchTraceLog: 0n });
