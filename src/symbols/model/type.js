/** The one `void`. */
export const VOID = { kind: 'void', offset: -1 };
/** How many typedefs, qualifiers and elements are followed before a type counts as circular. */
export const MAXIMUM_TYPE_DEPTH = 64;
/** `type` without typedefs and qualifiers: what its bytes are. Of circular typedefs, the one where following ended. */
export function underlyingType(type) {
    let seen = type;
    for (let depth = 0; depth < MAXIMUM_TYPE_DEPTH; depth++) {
        if (seen.kind !== 'typedef' && seen.kind !== 'qualified')
            return seen;
        seen = seen.target;
    }
    return seen;
}
/** The size of a value of `type` in bytes; `undefined` if it has none (void, functions, incomplete types, flexible arrays). */
export function sizeOf(type, depth = 0) {
    const seen = underlyingType(type);
    switch (seen.kind) {
        case 'base':
        case 'pointer':
        case 'enumeration':
            return seen.bytes;
        case 'structure':
            return seen.isDeclaration ? undefined : seen.bytes;
        case 'unknown':
            return seen.bytes;
        case 'array': {
            if (seen.statedBytes !== undefined)
                return seen.statedBytes;
            let bytes = depth >= MAXIMUM_TYPE_DEPTH ? undefined : sizeOf(seen.element, depth + 1);
            for (const { count } of seen.dimensions)
                bytes = bytes === undefined || count === undefined ? undefined : bytes * count;
            return bytes;
        }
        case 'void':
        case 'function':
        case 'typedef':
        case 'qualified':
            return undefined;
    }
}
//# sourceMappingURL=type.js.map