// SPDX-License-Identifier: MIT
import type { VirtualAddress } from '../../base/index.js';

/** One row of a disassembly: always 4 bytes further than the row before. */
export interface DisassembledRow {
  readonly address: VirtualAddress;
  /** The word as memory holds it without our breakpoints, `undefined` if it cannot be read. */
  readonly word: number | undefined;
  /** The instruction with `<symbol+offset>` of the row and of targets in it; `??` for unreadable rows. */
  readonly text: string;
  /** `<symbol+0x10>`, `undefined` if no symbol owns the address. */
  readonly symbol: string | undefined;
  /** Present where a line begins. */
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly isReadable: boolean;
}

/** Which rows are wanted: `count` rows from the instruction at `address` + `byteOffset`, moved by `rowOffset` rows. */
export interface DisassemblyRequest {
  readonly address: VirtualAddress;
  readonly byteOffset?: number;
  readonly rowOffset?: number;
  /** 1 to 10,000. */
  readonly count: number;
  /** The instruction at `address` itself, in register order, for who knows it: memory is not read there. */
  readonly word?: number | undefined;
}
