// SPDX-License-Identifier: MIT
import type { VirtualAddress } from '../../base/index.js';
import type { DwarfExpression } from '../dwarf/expression.js';
import type { SourcePosition } from './sourceLine.js';
import type { Type } from './type.js';
import type { UnitDescription } from './unitDescription.js';

/** Instructions from `start` up to but not including `end`. */
export interface CodeRange {
  readonly start: VirtualAddress;
  readonly end: VirtualAddress;
}

/** Whether `address` lies in one of `ranges`. */
export const isInRanges = (ranges: readonly CodeRange[], address: bigint): boolean =>
  ranges.some(range => range.start <= address && address < range.end);

/** Where a variable is at one place of the code. */
export type VariableLocation =
  | { readonly kind: 'expression'; readonly expression: DwarfExpression }
  /** The variable is the constant; in target byte order. A number is widened or cut to the size of the type by the reader of it. */
  | { readonly kind: 'constantBytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'constantNumber'; readonly value: bigint }
  /** The compiler keeps no value here ("optimized out"). */
  | { readonly kind: 'optimizedOut' }
  /** The file is damaged here; the sentence says how. */
  | { readonly kind: 'unreadable'; readonly message: string };

/** A variable or parameter of the program. */
export interface Variable {
  /** Offset of its entry, unique in its file; what `implicitPointer` locations and DW_OP_call refer to. */
  readonly offset: number;
  /** `undefined` for the unnamed parameter. */
  readonly name: string | undefined;
  readonly linkageName: string | undefined;
  readonly type: Type;
  readonly declaration: SourcePosition | undefined;
  readonly isParameter: boolean;
  /** Made by the compiler (`this`). */
  readonly isArtificial: boolean;
  /** Visible outside of its unit. */
  readonly isExternal: boolean;
  /** Declared only; the definition is elsewhere. */
  readonly isDeclaration: boolean;
  readonly unit: UnitDescription;
  /** Where it is when the program counter is at `pc`. Globals ignore `pc`. */
  locationAt(pc: bigint): VariableLocation;
}

/** What functions, inlined functions and lexical blocks have in common. */
interface ScopeBase {
  readonly offset: number;
  readonly ranges: readonly CodeRange[];
  /** Parameters, in order; empty for blocks. */
  readonly parameters: readonly Variable[];
  /** Variables declared directly here, in order, statics included. */
  readonly variables: readonly Variable[];
  /** Scopes directly inside: blocks and inlined functions. */
  readonly children: readonly (LexicalBlock | InlinedFunction)[];
  readonly unit: UnitDescription;
}

/** DW_TAG_lexical_block (and try and catch blocks). */
export interface LexicalBlock extends ScopeBase {
  readonly kind: 'block';
}

/** What functions and inlined functions have in common. */
interface FunctionScopeBase extends ScopeBase {
  /** As in the source; `<function at offset>` if it has none. */
  readonly name: string;
  readonly linkageName: string | undefined;
  readonly declaration: SourcePosition | undefined;
  /** The entry of the abstract instance: the same for all copies of one function. Its own offset if it has no abstract instance. */
  readonly originOffset: number;
  readonly type: import('./type.js').FunctionType;
  /** The first instruction: DW_AT_entry_pc, else DW_AT_low_pc, else the start of the first range. */
  readonly entryPoint: VirtualAddress;
}

/** A function with code of its own: DW_TAG_subprogram. */
export interface Subprogram extends FunctionScopeBase {
  readonly kind: 'function';
  readonly isExternal: boolean;
  readonly frameBase: DwarfExpression | undefined;
  /** The location list, where the frame base differs from place to place (old compilers). `frameBase` is its expression at `pc`. */
  frameBaseAt(pc: bigint): DwarfExpression | undefined;
  /** Call sites in it and in what is inlined into it, in the order of the entries. */
  readonly callSites: readonly CallSite[];
}

/** A copy of a function inside another one: DW_TAG_inlined_subroutine. */
export interface InlinedFunction extends FunctionScopeBase {
  readonly kind: 'inlined';
  /** Where the call stood in the source of the scope around it. */
  readonly call: SourcePosition | undefined;
}

export type FunctionScope = Subprogram | InlinedFunction;
export type Scope = FunctionScope | LexicalBlock;

/** A parameter as the caller knows it: DW_TAG_call_site_parameter. */
export interface CallSiteParameter {
  /** Where the callee gets it, as location expression bytes: compare with the operand of DW_OP_entry_value. */
  readonly location: Uint8Array;
  /** The register, if the location is just one register. */
  readonly register: number | undefined;
  /** Its value at the call, to be evaluated in the caller's frame. */
  readonly value: DwarfExpression | undefined;
  /** What it points to at the call (DW_AT_call_data_value). */
  readonly dataValue: DwarfExpression | undefined;
}

/** A call: DW_TAG_call_site, DW_TAG_GNU_call_site. */
export interface CallSite {
  readonly offset: number;
  /** Where the call returns to; for a tail call the address after the jump. */
  readonly returnAddress: VirtualAddress;
  readonly isTailCall: boolean;
  /** Offset of the callee's entry, as `originOffset` of functions; `undefined` for calls by pointer. */
  readonly calleeOffset: number | undefined;
  /** The address called, if by pointer and computable. */
  readonly target: DwarfExpression | undefined;
  readonly parameters: readonly CallSiteParameter[];
}
