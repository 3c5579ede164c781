// SPDX-License-Identifier: MIT
import { type VirtualAddress, virtualAddress } from '../../base/index.js';
import { DW_AT, DW_TAG } from '../dwarf/constants.js';
import type { Entry } from '../dwarf/entry.js';
import type { DwarfExpression } from '../dwarf/expression.js';
import { isLocationList, type LocationList, readLocationList, selectLocation } from '../dwarf/locationList.js';
import { codeRanges } from '../dwarf/rangeList.js';
import { unitExpression } from '../dwarf/unitExpression.js';
import { readCallSites } from './callSiteReader.js';
import type { CompilationUnit } from './compilationUnit.js';
import type { CallSite, CodeRange, InlinedFunction, LexicalBlock, Subprogram, Variable } from './scope.js';
import type { SourcePosition } from './sourceLine.js';
import type { FunctionType } from './type.js';
import { EntryVariable, type ModelContext } from './variableReader.js';

/** What the entries of all scopes give, read on first use. */
class EntryScope {
  #ranges: readonly CodeRange[] | undefined;
  #parameters: readonly Variable[] | undefined;
  #variables: readonly Variable[] | undefined;
  #children: readonly (LexicalBlock | InlinedFunction)[] | undefined;

  constructor(
    readonly entry: Entry,
    readonly context: ModelContext,
  ) {}

  get offset(): number {
    return this.entry.offset;
  }

  get unit(): CompilationUnit {
    return this.context.unitOf(this.entry);
  }

  get ranges(): readonly CodeRange[] {
    this.#ranges ??= codeRanges(this.entry);
    return this.#ranges;
  }

  get parameters(): readonly Variable[] {
    this.#parameters ??= this.#read(tag => tag === DW_TAG.DW_TAG_formal_parameter);
    return this.#parameters;
  }

  get variables(): readonly Variable[] {
    this.#variables ??= this.#read(tag => tag === DW_TAG.DW_TAG_variable || tag === DW_TAG.DW_TAG_constant);
    return this.#variables;
  }

  get children(): readonly (LexicalBlock | InlinedFunction)[] {
    this.#children ??= this.entry.children.flatMap((child): (LexicalBlock | InlinedFunction)[] => {
      if (child.tag === DW_TAG.DW_TAG_inlined_subroutine) return [new EntryInlinedFunction(child, this.context)];
      return BLOCK_TAGS.includes(child.tag) ? [new EntryBlock(child, this.context)] : [];
    });
    return this.#children;
  }

  #read(isWanted: (tag: number) => boolean): Variable[] {
    return this.entry.children.filter(({ tag }) => isWanted(tag)).map(child => new EntryVariable(child, this.context));
  }
}

const BLOCK_TAGS: readonly number[] = [DW_TAG.DW_TAG_lexical_block, DW_TAG.DW_TAG_try_block, DW_TAG.DW_TAG_catch_block];

class EntryBlock extends EntryScope implements LexicalBlock {
  readonly kind = 'block';
}

/** What functions and their inlined copies have in common. */
abstract class EntryFunctionScope extends EntryScope {
  get name(): string {
    return this.entry.string(DW_AT.DW_AT_name) ?? `<function at ${this.offset}>`;
  }

  get linkageName(): string | undefined {
    return this.entry.string(DW_AT.DW_AT_linkage_name) ?? this.entry.string(DW_AT.DW_AT_MIPS_linkage_name);
  }

  get declaration(): SourcePosition | undefined {
    return this.context.declarationOf(this.entry);
  }

  get originOffset(): number {
    return this.entry.reference(DW_AT.DW_AT_abstract_origin)?.offset ?? this.offset;
  }

  get type(): FunctionType {
    // An inlined copy lists only the parameters that were kept; the abstract instance has all.
    return this.context.types.functionType(this.entry.reference(DW_AT.DW_AT_abstract_origin) ?? this.entry);
  }

  get entryAddress(): bigint {
    const low = this.entry.address(DW_AT.DW_AT_low_pc);
    const entry = this.entry.attribute(DW_AT.DW_AT_entry_pc);
    const base = low ?? this.ranges[0]?.start ?? 0n;
    if (entry?.kind === 'address') return entry.address;
    // Since version 5 it may be an offset from the base.
    return entry?.kind === 'constant' ? base + entry.value : base;
  }
}

/** DW_TAG_subprogram with code. */
export class EntrySubprogram extends EntryFunctionScope implements Subprogram {
  readonly kind = 'function';
  #frameBases: LocationList | undefined;
  #callSites: readonly CallSite[] | undefined;

  get isExternal(): boolean {
    return this.entry.flag(DW_AT.DW_AT_external);
  }

  get frameBase(): DwarfExpression | undefined {
    return this.frameBaseAt(this.entryAddress);
  }

  frameBaseAt(pc: bigint): DwarfExpression | undefined {
    const value = this.entry.inheritedAttribute(DW_AT.DW_AT_frame_base);
    const { unit } = this.entry;
    if (value?.kind === 'block') return unitExpression(unit, value.bytes);
    if (value === undefined || !isLocationList(value, unit.version)) return undefined;
    this.#frameBases ??= readLocationList(unit, value);
    const bytes = selectLocation(this.#frameBases, pc);
    return bytes && unitExpression(unit, bytes);
  }

  get callSites(): readonly CallSite[] {
    this.#callSites ??= readCallSites(this.entry);
    return this.#callSites;
  }

  get entryPoint(): VirtualAddress {
    return virtualAddress(this.entryAddress);
  }
}

class EntryInlinedFunction extends EntryFunctionScope implements InlinedFunction {
  readonly kind = 'inlined';

  get call(): SourcePosition | undefined {
    const { entry } = this;
    const [file, line, column] = [DW_AT.DW_AT_call_file, DW_AT.DW_AT_call_line, DW_AT.DW_AT_call_column].map(name => entry.number(name));
    return this.context.positionIn(entry, file, line, column);
  }

  get entryPoint(): VirtualAddress {
    return virtualAddress(this.entryAddress);
  }
}
