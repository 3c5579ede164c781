// SPDX-License-Identifier: MIT
/** Steps granted for each byte of a file. A sound file spends below ten. */
const STEPS_PER_BYTE = 64;
/** Steps granted to every file, however small. */
const STEPS_PER_FILE = 1_000_000;
/**
 * Counts the records read from one file, and ends the reading of a file in which few bytes ask for
 * much work (tables that overlap, lists that everybody shares).
 */
export class WorkBudget {
    #spent = 0;
    limit;
    constructor(fileBytes) {
        this.limit = STEPS_PER_FILE + STEPS_PER_BYTE * fileBytes;
    }
    /** Records read so far. */
    get spent() {
        return this.#spent;
    }
    /** Counts `steps` more; false once the file has used up what it was granted. */
    spend(steps = 1) {
        this.#spent += steps;
        return this.#spent <= this.limit;
    }
}
//# sourceMappingURL=workBudget.js.map