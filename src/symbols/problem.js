/** How many problems a file's list keeps. A damaged file repeats itself; the first ones tell the cause. */
export const MAXIMUM_PROBLEMS = 200;
/** Collects the problems of one file: each place once, `MAXIMUM_PROBLEMS` at most. */
export class ProblemList {
    #problems = [];
    #places = new Set();
    get all() {
        return this.#problems;
    }
    report(section, offset, message) {
        const place = `${section}+${offset}`;
        if (this.#problems.length >= MAXIMUM_PROBLEMS || this.#places.has(place))
            return;
        this.#places.add(place);
        this.#problems.push({ section, offset, message });
    }
}
//# sourceMappingURL=problem.js.map