// SPDX-License-Identifier: MIT
import type { PhysicalMemory } from './paprSurroundings.js';

const CELL = 4;
/** Cells of one call at most: no call of ours has more. */
const MAXIMUM_CELLS = 64;

/** The argument buffer of an RTAS call: token, the counts of inputs and outputs, then these. Cells are big-endian. */
export class RtasArguments {
  readonly token: number;
  readonly inputCount: number;
  readonly outputCount: number;

  private constructor(
    private readonly memory: PhysicalMemory,
    private readonly address: bigint,
    header: DataView,
  ) {
    this.token = header.getUint32(0);
    this.inputCount = header.getUint32(CELL);
    this.outputCount = header.getUint32(2 * CELL);
  }

  /** The buffer at `address`; `undefined`: it is not in RAM, or no sensible one. */
  static read(memory: PhysicalMemory, address: bigint): RtasArguments | undefined {
    const header = memory.readPhysical(address, 3 * CELL);
    if (header === undefined) return undefined;
    const call = new RtasArguments(memory, address, new DataView(header.buffer, header.byteOffset));
    const cells = call.inputCount + call.outputCount;
    return cells <= MAXIMUM_CELLS && memory.readPhysical(address, CELL * (3 + cells)) !== undefined ? call : undefined;
  }

  /** Input `n`, 0 if the caller has given fewer. */
  input(n: number): number {
    if (n >= this.inputCount) return 0;
    const bytes = this.memory.readPhysical(this.address + BigInt(CELL * (3 + n)), CELL);
    return bytes === undefined ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  }

  /** Stores output `n`, if the caller has room for it. */
  setOutput(n: number, value: number): void {
    if (n >= this.outputCount) return;
    const bytes = new Uint8Array(CELL);
    new DataView(bytes.buffer).setInt32(0, value);
    this.memory.writePhysical(this.address + BigInt(CELL * (3 + this.inputCount + n)), bytes);
  }
}
