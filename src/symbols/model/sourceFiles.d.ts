import type { SourceFile } from './sourceLine.js';
/** `path` with `.`, `..` and repeated separators resolved and `\` turned into `/`. */
export declare function normalisedPath(path: string): string;
/** Joins compilation directory, include directory and name; a later absolute part drops the earlier ones. */
export declare function joinedPath(...parts: readonly (string | undefined)[]): string;
/** The source files of one program, one object for each path. */
export declare class SourceFiles {
    #private;
    get all(): readonly SourceFile[];
    /** The file of `path`, which is normalised. */
    at(path: string, md5: string | undefined): SourceFile;
}
/** Of `files`, those that `path` may mean: equal ones, else those that share the longest tail, at least the last name. */
export declare function matchingFiles(files: readonly SourceFile[], path: string): SourceFile[];
