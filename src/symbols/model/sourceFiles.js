/** `path` with `.`, `..` and repeated separators resolved and `\` turned into `/`. */
export function normalisedPath(path) {
    const parts = [];
    const text = path.replaceAll('\\', '/');
    const isAbsolute = text.startsWith('/');
    for (const part of text.split('/')) {
        if (part === '' || part === '.')
            continue;
        if (part !== '..')
            parts.push(part);
        else if (parts.length > 0 && parts[parts.length - 1] !== '..')
            parts.pop();
        else if (!isAbsolute)
            parts.push(part);
    }
    return `${isAbsolute ? '/' : ''}${parts.join('/')}`;
}
const isAbsolutePath = (path) => /^([/\\]|[A-Za-z]:)/.test(path);
/** Joins compilation directory, include directory and name; a later absolute part drops the earlier ones. */
export function joinedPath(...parts) {
    let path = '';
    for (const part of parts) {
        if (part === undefined || part === '')
            continue;
        path = path === '' || isAbsolutePath(part) ? part : `${path}/${part}`;
    }
    return normalisedPath(path);
}
/** The source files of one program, one object for each path. */
export class SourceFiles {
    #byPath = new Map();
    get all() {
        return [...this.#byPath.values()];
    }
    /** The file of `path`, which is normalised. */
    at(path, md5) {
        let file = this.#byPath.get(path);
        if (file === undefined) {
            file = { path, md5 };
            this.#byPath.set(path, file);
        }
        return file;
    }
}
/** Of `files`, those that `path` may mean: equal ones, else those that share the longest tail, at least the last name. */
export function matchingFiles(files, path) {
    const wanted = normalisedPath(path);
    const equal = files.filter(file => file.path === wanted);
    if (equal.length > 0)
        return equal;
    const parts = wanted.split('/').reverse();
    let best = [];
    let bestLength = 1;
    for (const file of files) {
        const candidate = file.path.split('/').reverse();
        let length = 0;
        while (length < parts.length && parts[length] !== '' && parts[length] === candidate[length])
            length++;
        if (length > bestLength) {
            best = [file];
            bestLength = length;
        }
        else if (length === bestLength) {
            best.push(file);
        }
    }
    return best;
}
//# sourceMappingURL=sourceFiles.js.map