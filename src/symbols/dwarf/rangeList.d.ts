import type { CodeRange } from '../model/scope.js';
import type { AttributeValue } from './attributeValue.js';
import type { Entry } from './entry.js';
import type { Unit } from './unit.js';
/** The code of `entry`: DW_AT_ranges, else DW_AT_low_pc with DW_AT_high_pc. Empty ranges are left out. */
export declare function codeRanges(entry: Entry): CodeRange[];
/** The base that offsets in lists of `unit` start from. */
export declare const unitBaseAddress: (unit: Unit) => bigint;
/** All ones: in `.debug_ranges` and `.debug_loc`, the mark of an entry that sets the base. */
export declare const baseSelectionMark: (unit: Unit) => bigint;
/** Reads the range list that an attribute of `unit` points to. */
export declare function readRangeList(unit: Unit, value: AttributeValue): CodeRange[];
