import type { FrameDescription } from './callFrameInformation.js';
import type { DwarfSections } from './sections.js';
import type { UnwindRow } from './unwindRow.js';
/** The row of `description` for `pc`, which lies in its code. */
export declare function unwindRow(sections: DwarfSections, description: FrameDescription, pc: bigint): UnwindRow;
/** All rows of `description`, in the order of its program; `limit` at most. */
export declare function allUnwindRows(sections: DwarfSections, description: FrameDescription, limit?: number): UnwindRow[];
