/** A place where a file is damaged, or says something that this reader does not know. Reading goes on around it. */
export interface Problem {
    /** The section, as `.debug_line`, or `ELF header`, `program headers`, `section headers`. */
    readonly section: string;
    /** Byte offset in that section (in the file for the headers). */
    readonly offset: number;
    /** One sentence: what is there and what is done about it. */
    readonly message: string;
}
/** How many problems a file's list keeps. A damaged file repeats itself; the first ones tell the cause. */
export declare const MAXIMUM_PROBLEMS = 200;
/** Collects the problems of one file: each place once, `MAXIMUM_PROBLEMS` at most. */
export declare class ProblemList {
    #private;
    get all(): readonly Problem[];
    report(section: string, offset: number, message: string): void;
}
