import { type AbbreviationTable } from './abbreviations.js';
import type { Entry } from './entry.js';
import type { DwarfSections } from './sections.js';
import { Unit } from './unit.js';
/** The units of `.debug_info` and `.debug_types`. Only the headers are read when it is made. */
export declare class DebugInfo {
    #private;
    readonly sections: DwarfSections;
    /** In the order of the file. */
    readonly units: readonly Unit[];
    constructor(sections: DwarfSections);
    /** The abbreviations at `offset`; units that share a table share the object. */
    abbreviationsAt(offset: number): AbbreviationTable;
    /** The unit that `offset` lies in. */
    unitOf(offset: number): Unit | undefined;
    /** The entry that begins at `offset`. */
    entryAt(offset: number): Entry | undefined;
    /** The type that the type unit of this signature is about. */
    typeWithSignature(signature: bigint): Entry | undefined;
}
