// SPDX-License-Identifier: MIT
import type { LineRow, SourceFile } from './sourceLine.js';

/** What a compilation unit says of itself: its scopes and variables know it by this. Everything is read on first use. */
export interface UnitDescription {
  /** Offset of its header in `.debug_info`. */
  readonly offset: number;
  /** DWARF version, 2 to 5. */
  readonly version: number;
  readonly addressSize: number;
  /** Path as given to the compiler; empty if the file does not tell. */
  readonly name: string;
  readonly compilationDirectory: string;
  readonly producer: string;
  /** A `DW_LANG` value; 0 if the file does not tell. */
  readonly language: number;
  readonly files: readonly SourceFile[];
  /** All rows of its line table, by address; the order of the file among equal addresses. */
  readonly lineRows: readonly LineRow[];
}
