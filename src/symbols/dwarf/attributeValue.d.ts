import type { SectionReader } from './sectionReader.js';
import type { Unit } from './unit.js';
/** The value of an attribute, by class (DWARF, Classes and Forms). */
export type AttributeValue = {
    readonly kind: 'address';
    readonly address: bigint;
}
/** `bits` is the size of a fixed-size form, whose sign only the reader knows; 0 for numbers that have their sign. */
 | {
    readonly kind: 'constant';
    readonly value: bigint;
    readonly bits: number;
}
/** A block or an expression. */
 | {
    readonly kind: 'block';
    readonly bytes: Uint8Array;
} | {
    readonly kind: 'flag';
    readonly isSet: boolean;
} | {
    readonly kind: 'string';
    readonly text: string;
}
/** The offset of an entry; see `Unit.bias`. */
 | {
    readonly kind: 'reference';
    readonly offset: number;
} | {
    readonly kind: 'signature';
    readonly signature: bigint;
} | {
    readonly kind: 'sectionOffset';
    readonly offset: number;
}
/** An index into the offsets of a list section (DW_FORM_loclistx, DW_FORM_rnglistx). */
 | {
    readonly kind: 'listIndex';
    readonly index: number;
}
/** Something in a file that is not here (supplementary files), or damaged. */
 | {
    readonly kind: 'unavailable';
    readonly form: number;
};
/** What forms need to know of the unit or line table around them. */
export interface FormParameters {
    readonly offsetSize: 4 | 8;
    readonly addressSize: number;
    readonly version: number;
}
/** Passes over a value of `form`; false if the form is not known, so that what follows cannot be found. */
export declare function skipForm(reader: SectionReader, form: number, parameters: FormParameters, indirections?: number): boolean;
/** Reads a value of `form` in an entry of `unit`. `implicitValue` is that of DW_FORM_implicit_const. */
export declare function readForm(reader: SectionReader, form: number, implicitValue: bigint, unit: Unit, indirections?: number): AttributeValue;
