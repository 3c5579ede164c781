import type { AttributeValue } from './attributeValue.js';
import type { Unit } from './unit.js';
/** An expression and the part of the code in which it holds. */
export interface LocationListEntry {
    readonly start: bigint;
    readonly end: bigint;
    readonly bytes: Uint8Array;
}
/** A location list as read. */
export interface LocationList {
    readonly entries: readonly LocationListEntry[];
    /** What holds where no entry does (DW_LLE_default_location). */
    readonly defaultBytes: Uint8Array | undefined;
}
/** The expression that holds at `pc`. Of entries that overlap, the first. */
export declare function selectLocation(list: LocationList, pc: bigint): Uint8Array | undefined;
/** Whether the value of a location attribute is a list rather than an expression. */
export declare const isLocationList: (value: AttributeValue, version: number) => boolean;
/** Reads the location list that an attribute of `unit` points to. */
export declare function readLocationList(unit: Unit, value: AttributeValue): LocationList;
