import { type AbbreviationTable } from './abbreviations.js';
import { type FormParameters } from './attributeValue.js';
import type { DebugInfo } from './debugInfo.js';
import { Entry } from './entry.js';
import type { SectionReader } from './sectionReader.js';
import type { DwarfSections } from './sections.js';
/** What a unit header says. Offsets are in the unit's section. */
export interface UnitHeader extends FormParameters {
    readonly section: '.debug_info' | '.debug_types';
    /** Where the unit begins. */
    readonly position: number;
    readonly end: number;
    /** A `DW_UT` value. */
    readonly unitType: number;
    readonly abbreviationsOffset: number;
    /** Where the entries begin. */
    readonly entriesPosition: number;
    readonly typeSignature: bigint | undefined;
    /** Offset from the start of the unit of the type that a type unit is about. */
    readonly typeOffset: number;
}
/** A unit of `.debug_info` or `.debug_types`. Entries are read on first use. */
export declare class Unit implements FormParameters {
    #private;
    readonly information: DebugInfo;
    readonly header: UnitHeader;
    readonly version: number;
    readonly offsetSize: 4 | 8;
    readonly addressSize: number;
    /** Added to positions in the section to make offsets that are unique in the file: 0 for `.debug_info`. */
    readonly bias: number;
    /** Offset of the unit, unique in the file. */
    readonly offset: number;
    constructor(information: DebugInfo, header: UnitHeader);
    get sections(): DwarfSections;
    get endOffset(): number;
    get isTypeUnit(): boolean;
    /** A reader of the unit at `position` of its section. */
    reader(position: number): SectionReader;
    get abbreviations(): AbbreviationTable;
    get hasLocationLists(): boolean;
    /** The unit's own entry. It has its children only if all entries have been read (`entries`). */
    get root(): Entry | undefined;
    /** All entries by offset, the root first. */
    get entries(): ReadonlyMap<number, Entry>;
    /** The address of index `index` of the unit's part of `.debug_addr`. */
    addressAtIndex(index: number): bigint | undefined;
    /** The string of index `index` of the unit's part of `.debug_str_offsets`. */
    stringAtIndex(index: number): string | undefined;
}
