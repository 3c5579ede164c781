import type { Abbreviation } from './abbreviations.js';
import { type AttributeValue } from './attributeValue.js';
import type { Unit } from './unit.js';
/** A debugging information entry. Attributes are read when asked for. */
export declare class Entry {
    readonly unit: Unit;
    /** Unique in the file: the offset in `.debug_info` (see `Unit.bias`). */
    readonly offset: number;
    readonly abbreviation: Abbreviation;
    /** Where its attributes begin in the section. */
    readonly attributesPosition: number;
    readonly parent: Entry | undefined;
    /** 0 for the unit's own entry. */
    readonly depth: number;
    readonly children: Entry[];
    constructor(unit: Unit, 
    /** Unique in the file: the offset in `.debug_info` (see `Unit.bias`). */
    offset: number, abbreviation: Abbreviation, 
    /** Where its attributes begin in the section. */
    attributesPosition: number, parent: Entry | undefined, 
    /** 0 for the unit's own entry. */
    depth: number);
    get tag(): number;
    /** Whether the entry itself has the attribute. */
    has(name: number): boolean;
    /** The value of the entry's own attribute; `undefined` if it has none. */
    attribute(name: number): AttributeValue | undefined;
    /** A section offset, read without asking the unit for anything: safe for the unit's own bases. */
    baseOffset(name: number): number | undefined;
    /** The entry and those it completes: DW_AT_abstract_origin, DW_AT_specification, DW_AT_signature, one after the other. */
    withOrigins(): Generator<Entry>;
    /** The attribute of the entry, or of the first of its origins that has it. */
    inheritedAttribute(name: number): AttributeValue | undefined;
    /** The entry that an attribute of this entry refers to. */
    reference(name: number): Entry | undefined;
    /** The string of an attribute, inherited. */
    string(name: number): string | undefined;
    /** The number of an attribute, inherited; forms of fixed size are taken as unsigned. Above 2^53 or negative: `undefined`. */
    number(name: number): number | undefined;
    /** Whether a flag is set, inherited. */
    flag(name: number): boolean;
    /** The entry's own address attribute. */
    address(name: number): bigint | undefined;
}
