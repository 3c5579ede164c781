import type { DwarfSections } from './sections.js';
/** Name and form of an attribute, as an abbreviation lists it. */
export interface AttributeSpecification {
    readonly name: number;
    readonly form: number;
    /** The value of DW_FORM_implicit_const. */
    readonly implicitValue: bigint;
}
/** The shape of an entry (DWARF, Abbreviations Tables). */
export interface Abbreviation {
    readonly code: number;
    readonly tag: number;
    readonly hasChildren: boolean;
    readonly attributes: readonly AttributeSpecification[];
}
/** The abbreviations of a unit by code. */
export type AbbreviationTable = ReadonlyMap<number, Abbreviation>;
/** Reads the table at `offset` of `.debug_abbrev`. */
export declare function readAbbreviations(sections: DwarfSections, offset: number): AbbreviationTable;
/** Whether an entry of the table has a location list: what tells gdb that a compiler tracks variables through the prologue. */
export declare function hasLocationLists(table: AbbreviationTable, version: number): boolean;
