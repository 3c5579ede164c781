import { type VirtualAddress } from '../../base/index.js';
import type { Entry } from '../dwarf/entry.js';
import type { DwarfExpression } from '../dwarf/expression.js';
import type { CompilationUnit } from './compilationUnit.js';
import type { CallSite, CodeRange, InlinedFunction, LexicalBlock, Subprogram, Variable } from './scope.js';
import type { SourcePosition } from './sourceLine.js';
import type { FunctionType } from './type.js';
import { type ModelContext } from './variableReader.js';
/** What the entries of all scopes give, read on first use. */
declare class EntryScope {
    #private;
    readonly entry: Entry;
    readonly context: ModelContext;
    constructor(entry: Entry, context: ModelContext);
    get offset(): number;
    get unit(): CompilationUnit;
    get ranges(): readonly CodeRange[];
    get parameters(): readonly Variable[];
    get variables(): readonly Variable[];
    get children(): readonly (LexicalBlock | InlinedFunction)[];
}
/** What functions and their inlined copies have in common. */
declare abstract class EntryFunctionScope extends EntryScope {
    get name(): string;
    get linkageName(): string | undefined;
    get declaration(): SourcePosition | undefined;
    get originOffset(): number;
    get type(): FunctionType;
    get entryAddress(): bigint;
}
/** DW_TAG_subprogram with code. */
export declare class EntrySubprogram extends EntryFunctionScope implements Subprogram {
    #private;
    readonly kind = "function";
    get isExternal(): boolean;
    get frameBase(): DwarfExpression | undefined;
    frameBaseAt(pc: bigint): DwarfExpression | undefined;
    get callSites(): readonly CallSite[];
    get entryPoint(): VirtualAddress;
}
export {};
