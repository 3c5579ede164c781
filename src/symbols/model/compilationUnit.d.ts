import type { CodeRange, Subprogram, Variable } from './scope.js';
import type { LineRow, SourceFile } from './sourceLine.js';
import type { Type } from './type.js';
/** One compilation of the program. Everything is read on first use. */
export interface CompilationUnit {
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
    readonly ranges: readonly CodeRange[];
    /** Functions that have code, in the order of their entries. */
    readonly functions: readonly Subprogram[];
    /** Global and file-static variables (function statics are in their scopes). */
    readonly variables: readonly Variable[];
    /** Named types declared at file level. */
    readonly types: readonly Type[];
    readonly files: readonly SourceFile[];
    /** All rows of its line table, by address; the order of the file among equal addresses. */
    readonly lineRows: readonly LineRow[];
}
