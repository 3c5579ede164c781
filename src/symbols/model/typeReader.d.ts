import type { Entry } from '../dwarf/entry.js';
import { type Type } from './type.js';
/** Makes types of entries, one object for each entry, so that types may be compared by identity. */
export declare class TypeReader {
    #private;
    readonly findDefinition: (name: string) => Entry | undefined;
    /** `findDefinition` looks for the complete type of this name when an entry only declares it. */
    constructor(findDefinition: (name: string) => Entry | undefined);
    /** The type that DW_AT_type of `entry` (or of its origin) refers to; `VOID` if there is none. */
    typeOf(entry: Entry): Type;
    /** The type that `entry` declares. */
    read(entry: Entry): Type;
    /** The type of the function that `entry` declares. */
    functionType(entry: Entry): Type & {
        kind: 'function';
    };
}
