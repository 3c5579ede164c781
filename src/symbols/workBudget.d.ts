/**
 * Counts the records read from one file, and ends the reading of a file in which few bytes ask for
 * much work (tables that overlap, lists that everybody shares).
 */
export declare class WorkBudget {
    #private;
    readonly limit: number;
    constructor(fileBytes: number);
    /** Records read so far. */
    get spent(): number;
    /** Counts `steps` more; false once the file has used up what it was granted. */
    spend(steps?: number): boolean;
}
