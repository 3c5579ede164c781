import type { VirtualAddress } from '../../base/index.js';
import type { LineResolution } from './debugInformation.js';
import { type FunctionScope } from './scope.js';
import type { LineRow, SourceFile, SourcePosition } from './sourceLine.js';
/** What the resolution asks of the file. */
export interface LineQueries {
    readonly rowsOfFile: (file: SourceFile) => readonly LineRow[];
    readonly functionScopesAt: (pc: bigint) => readonly FunctionScope[];
    readonly breakpointAddressOf: (scope: FunctionScope) => VirtualAddress;
}
/** Looks for the code of `line` in `files`; see `DebugInformation.locationsOfLine`. */
export declare function resolveLine(files: readonly SourceFile[], line: number, column: number | undefined, queries: LineQueries): LineResolution;
/** Positions in [first, last] at which statements begin, in order, each once. */
export declare function statementPositions(rows: readonly LineRow[], first: number, last: number): SourcePosition[];
/**
 * Where the prologue of `scope` ends, as gdb finds it: the compiler's own mark, else the second place that the line table knows.
 * `tracksVariables` says that variables are right from the first instruction on (GCC with optimisation): then nothing is skipped.
 */
export declare function prologueEnd(scope: FunctionScope, rows: readonly LineRow[], tracksVariables: boolean): VirtualAddress;
