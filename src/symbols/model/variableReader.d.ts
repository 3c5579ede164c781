import type { Entry } from '../dwarf/entry.js';
import type { CompilationUnit } from './compilationUnit.js';
import type { Variable, VariableLocation } from './scope.js';
import type { SourcePosition } from './sourceLine.js';
import type { Type } from './type.js';
import type { TypeReader } from './typeReader.js';
/** What variables and scopes need of the file around them. */
export interface ModelContext {
    readonly types: TypeReader;
    unitOf(entry: Entry): CompilationUnit;
    /** Where the entry (or the one it completes) stands in the source. */
    declarationOf(entry: Entry): SourcePosition | undefined;
    /** The file of number `number` in the line table of the entry's unit. */
    positionIn(entry: Entry, file: number | undefined, line: number | undefined, column: number | undefined): SourcePosition | undefined;
}
/** A variable, parameter or constant of the program, read from its entry as needed. */
export declare class EntryVariable implements Variable {
    #private;
    readonly entry: Entry;
    readonly context: ModelContext;
    constructor(entry: Entry, context: ModelContext);
    get offset(): number;
    get name(): string | undefined;
    get linkageName(): string | undefined;
    get type(): Type;
    get declaration(): SourcePosition | undefined;
    get isParameter(): boolean;
    get isArtificial(): boolean;
    get isExternal(): boolean;
    /** A definition may complete a declaration, whose flag it must not inherit. */
    get isDeclaration(): boolean;
    get unit(): CompilationUnit;
    locationAt(pc: bigint): VariableLocation;
}
