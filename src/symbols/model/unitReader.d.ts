import type { Entry } from '../dwarf/entry.js';
import type { Unit } from '../dwarf/unit.js';
import type { CompilationUnit } from './compilationUnit.js';
import { LineTable } from './lineTable.js';
import type { CodeRange, Variable } from './scope.js';
import { EntrySubprogram } from './scopeReader.js';
import type { SourceFiles } from './sourceFiles.js';
import type { LineRow, SourceFile } from './sourceLine.js';
import type { Type } from './type.js';
import { type ModelContext } from './variableReader.js';
/** The model of one unit, read on first use. */
export declare class UnitReader implements CompilationUnit {
    #private;
    readonly unit: Unit;
    readonly context: ModelContext;
    readonly sourceFiles: SourceFiles;
    constructor(unit: Unit, context: ModelContext, sourceFiles: SourceFiles);
    get offset(): number;
    get version(): number;
    get addressSize(): number;
    get name(): string;
    get compilationDirectory(): string;
    get producer(): string;
    get language(): number;
    get ranges(): readonly CodeRange[];
    get functions(): readonly EntrySubprogram[];
    get variables(): readonly Variable[];
    /** Entries that declare named types at file level. */
    get typeEntries(): readonly Entry[];
    get types(): readonly Type[];
    get files(): readonly SourceFile[];
    get lineRows(): readonly LineRow[];
    get lineTable(): LineTable;
}
