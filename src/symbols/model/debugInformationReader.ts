// SPDX-License-Identifier: MIT
import { present, type VirtualAddress } from '../../base/index.js';
import type { ProcessorSupplement } from '../abi/processorSupplement.js';
import { CallFrameInformation } from '../dwarf/callFrameInformation.js';
import { unwindRow } from '../dwarf/callFrameProgram.js';
import { DW_AT, DW_LANG, DW_TAG } from '../dwarf/constants.js';
import { DebugInfo } from '../dwarf/debugInfo.js';
import type { Entry } from '../dwarf/entry.js';
import type { DwarfSections } from '../dwarf/sections.js';
import type { UnwindRow } from '../dwarf/unwindRow.js';
import type { Problem } from '../problem.js';
import type { CompilationUnit } from './compilationUnit.js';
import type { DebugInformation, LineResolution } from './debugInformation.js';
import { type LineQueries, prologueEnd, resolveLine, statementPositions } from './lineResolution.js';
import { rowAt, upperBound } from './lineTable.js';
import {
  type CallSite,
  type FunctionScope,
  type InlinedFunction,
  isInRanges,
  type LexicalBlock,
  type Subprogram,
  type Variable,
} from './scope.js';
import type { EntrySubprogram } from './scopeReader.js';
import { matchingFiles, SourceFiles } from './sourceFiles.js';
import type { LineRow, SourceFile, SourcePosition } from './sourceLine.js';
import { sizeOf, type Type } from './type.js';
import { TypeReader } from './typeReader.js';
import { UnitReader } from './unitReader.js';
import { EntryVariable, type ModelContext } from './variableReader.js';

/** Keywords that may stand before the name of a type, by the tags that they ask for. */
const TYPE_KEYWORDS: Readonly<Record<string, readonly number[]>> = {
  struct: [DW_TAG.DW_TAG_structure_type, DW_TAG.DW_TAG_class_type],
  class: [DW_TAG.DW_TAG_class_type, DW_TAG.DW_TAG_structure_type],
  union: [DW_TAG.DW_TAG_union_type],
  enum: [DW_TAG.DW_TAG_enumeration_type],
};

/** What the file says outside of its debug sections. */
export interface ContainerKnowledge {
  readonly supplement?: ProcessorSupplement | undefined;
  /** Where all callers of the function at `entryPoint` come through. */
  readonly localEntryPointOf?: (entryPoint: VirtualAddress) => VirtualAddress;
}

/** Assembly has no prologue that anybody could know of. */
const isAssembly = ({ unit }: FunctionScope): boolean => unit.language === DW_LANG.DW_LANG_Mips_Assembler;

/** The debug information of one file. Keeps an index for each kind of question, made when it is first asked. */
export class DebugInformationReader implements DebugInformation {
  readonly information: DebugInfo;
  readonly frames: CallFrameInformation;
  readonly units: readonly UnitReader[];
  readonly #unitReaders = new Map<number, UnitReader>();
  readonly #sourceFiles = new SourceFiles();
  readonly #context: ModelContext;
  readonly #rowsOfFile = new Map<SourceFile, LineRow[]>();
  #areFilesRead = false;
  #functionsByName: ReadonlyMap<string, Subprogram[]> | undefined;
  #inlinedByName: ReadonlyMap<string, InlinedFunction[]> | undefined;
  #globalsByName: ReadonlyMap<string, Variable[]> | undefined;
  #typesByName: ReadonlyMap<string, Entry[]> | undefined;
  #callSites: ReadonlyMap<bigint, CallSite> | undefined;
  #lastUnit: UnitReader | undefined;

  constructor(
    readonly sections: DwarfSections,
    readonly container: ContainerKnowledge = {},
  ) {
    this.information = new DebugInfo(sections);
    this.frames = new CallFrameInformation(sections);
    const definitionOf = (name: string) => this.#typeEntries(name).find(entry => !entry.has(DW_AT.DW_AT_declaration));
    const types = new TypeReader(definitionOf, container.supplement?.longDouble);
    this.#context = {
      types,
      unitOf: entry => this.#readerOf(entry),
      declarationOf: entry => this.#declarationOf(entry),
      positionIn: (entry, file, line, column) => this.#positionIn(entry, file, line, column),
    };
    for (const unit of this.information.units) this.#unitReaders.set(unit.offset, new UnitReader(unit, this.#context, this.#sourceFiles));
    this.units = [...this.#unitReaders.values()].filter(({ unit }) => !unit.isTypeUnit);
  }

  get supplement(): ProcessorSupplement | undefined {
    return this.container.supplement;
  }

  get problems(): readonly Problem[] {
    return this.sections.problems.all;
  }

  get workDone(): number {
    return this.sections.budget.spent;
  }

  get sourceFiles(): readonly SourceFile[] {
    if (!this.#areFilesRead) for (const unit of this.units) void unit.files;
    this.#areFilesRead = true;
    return this.#sourceFiles.all;
  }

  unitAt(pc: bigint): CompilationUnit | undefined {
    return this.#unitAt(pc);
  }

  functionAt(pc: bigint): Subprogram | undefined {
    return this.#unitAt(pc)?.functions.find(({ ranges }) => isInRanges(ranges, pc));
  }

  functionsNamed(name: string): readonly Subprogram[] {
    this.#functionsByName ??= byName(this.units.flatMap(({ functions }) => functions));
    return this.#functionsByName.get(name) ?? [];
  }

  inlinedCopiesOf(name: string): readonly FunctionScope[] {
    this.#inlinedByName ??= byName(this.units.flatMap(({ functions }) => functions.flatMap(inlinedInside)));
    return this.#inlinedByName.get(name) ?? [];
  }

  functionScopesAt(pc: bigint): readonly FunctionScope[] {
    const scopes: FunctionScope[] = [];
    let scope: FunctionScope | LexicalBlock | undefined = this.functionAt(pc);
    while (scope !== undefined) {
      if (scope.kind !== 'block') scopes.unshift(scope);
      scope = childAt(scope, pc);
    }
    return scopes;
  }

  variablesIn(scope: FunctionScope, pc: bigint): readonly Variable[] {
    let variables: Variable[] = [];
    let current: FunctionScope | LexicalBlock | undefined = scope;
    while (current !== undefined) {
      variables = [...current.parameters, ...current.variables, ...variables];
      const next: LexicalBlock | InlinedFunction | undefined = childAt(current, pc);
      current = next?.kind === 'block' ? next : undefined;
    }
    return variables;
  }

  variableAtOffset(offset: number): Variable | undefined {
    const entry = this.information.entryAt(offset);
    return entry && new EntryVariable(entry, this.#context);
  }

  globalsNamed(name: string, pc?: bigint): readonly Variable[] {
    this.#globalsByName ??= byName(this.units.flatMap(({ variables }) => variables));
    const found = this.#globalsByName.get(name) ?? [];
    const here = pc === undefined ? undefined : this.#unitAt(pc);
    // Definitions before declarations, those of this unit before all others.
    const rank = (variable: Variable): number => (variable.isDeclaration ? 2 : 0) + (variable.unit === here ? 0 : 1);
    return [...found].sort((a, b) => rank(a) - rank(b));
  }

  typesNamed(name: string): readonly Type[] {
    const types = this.#typeEntries(name).map(entry => this.#context.types.read(entry));
    return types.sort((a, b) => Number(sizeOf(a) === undefined) - Number(sizeOf(b) === undefined));
  }

  lineRowAt(pc: bigint): LineRow | undefined {
    const unit = this.#unitAt(pc);
    return unit && rowAt(unit.lineRows, pc);
  }

  lineRowsOf(scope: FunctionScope): readonly LineRow[] {
    const { lineRows } = scope.unit;
    return scope.ranges
      .flatMap(({ start, end }) => lineRows.slice(upperBound(lineRows, start - 1n), upperBound(lineRows, end - 1n)))
      .sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  }

  sourceFilesMatching(path: string): readonly SourceFile[] {
    return matchingFiles(this.sourceFiles, path);
  }

  locationsOfLine(path: string, line: number, column?: number): LineResolution {
    const queries: LineQueries = {
      rowsOfFile: file => this.#rowsOf(file),
      functionScopesAt: pc => this.functionScopesAt(pc),
      // A line of assembly is the instruction that stands there.
      breakpointAddressOf: scope => (isAssembly(scope) ? scope.entryPoint : this.breakpointAddressOf(scope)),
    };
    return resolveLine(this.sourceFilesMatching(path), line, column, queries);
  }

  statementPositions(path: string, first: number, last: number): readonly SourcePosition[] {
    return statementPositions(
      this.sourceFilesMatching(path).flatMap(file => this.#rowsOf(file)),
      first,
      last,
    );
  }

  breakpointAddressOf(scope: FunctionScope): VirtualAddress {
    const address = isAssembly(scope) ? scope.entryPoint : this.#prologueEnd(scope);
    const around = scope.kind === 'function' ? scope : this.functionAt(address);
    if (around === undefined || address < around.entryPoint) return address;
    // A call inside of one module enters behind the global entry point, and must stop as well.
    const everyCaller = this.container.localEntryPointOf?.(around.entryPoint) ?? around.entryPoint;
    return address < everyCaller ? everyCaller : address;
  }

  #prologueEnd(scope: FunctionScope): VirtualAddress {
    const unit = this.#unitReaders.get(scope.unit.offset);
    if (unit === undefined) return scope.entryPoint;
    const tracksVariables = unit.unit.hasLocationLists && unit.producer.startsWith('GNU');
    return prologueEnd(scope, scope.unit.lineRows, tracksVariables);
  }

  unwindRowAt(pc: bigint): UnwindRow | undefined {
    const description = this.frames.descriptionAt(pc);
    return description && unwindRow(this.sections, description, pc);
  }

  callSiteReturningTo(returnAddress: bigint): CallSite | undefined {
    this.#callSites ??= new Map(
      this.units.flatMap(({ functions }) =>
        functions.flatMap(({ callSites }) => callSites.map(site => [site.returnAddress, site] as const)),
      ),
    );
    return this.#callSites.get(returnAddress);
  }

  #unitAt(pc: bigint): UnitReader | undefined {
    if (this.#lastUnit !== undefined && isInRanges(this.#lastUnit.ranges, pc)) return this.#lastUnit;
    this.#lastUnit = this.units.find(({ ranges }) => isInRanges(ranges, pc)) ?? this.#lastUnit;
    return this.#lastUnit !== undefined && isInRanges(this.#lastUnit.ranges, pc) ? this.#lastUnit : undefined;
  }

  /** The model of the unit that `entry` stands in: entries exist only in units of this file. */
  #readerOf(entry: Entry): UnitReader {
    return present(this.#unitReaders.get(entry.unit.offset), 'the unit of an entry');
  }

  #declarationOf(entry: Entry): SourcePosition | undefined {
    for (const candidate of entry.withOrigins()) {
      if (!candidate.has(DW_AT.DW_AT_decl_line)) continue;
      // File and column may come from a further origin; the number of a file belongs to the unit of the entry that has it.
      for (const source of candidate.withOrigins()) {
        if (!source.has(DW_AT.DW_AT_decl_file)) continue;
        const line = candidate.number(DW_AT.DW_AT_decl_line);
        return this.#positionIn(source, source.number(DW_AT.DW_AT_decl_file), line, candidate.number(DW_AT.DW_AT_decl_column));
      }
    }
    return undefined;
  }

  #positionIn(entry: Entry, file: number | undefined, line: number | undefined, column: number | undefined): SourcePosition | undefined {
    if (file === undefined || line === undefined) return undefined;
    return { file: this.#readerOf(entry).lineTable.file(file), line, column: column ?? 0 };
  }

  #rowsOf(file: SourceFile): readonly LineRow[] {
    if (this.#rowsOfFile.size === 0) {
      for (const unit of this.units) {
        for (const row of unit.lineRows) {
          const rows = this.#rowsOfFile.get(row.file);
          if (rows === undefined) this.#rowsOfFile.set(row.file, [row]);
          else rows.push(row);
        }
      }
    }
    return this.#rowsOfFile.get(file) ?? [];
  }

  #typeEntries(name: string): readonly Entry[] {
    if (this.#typesByName === undefined) {
      const index = new Map<string, Entry[]>();
      for (const unit of this.#unitReaders.values()) {
        for (const entry of unit.typeEntries) add(index, entry.string(DW_AT.DW_AT_name), entry);
      }
      this.#typesByName = index;
    }
    const words = name.trim().split(/\s+/);
    const tags = words.length > 1 ? TYPE_KEYWORDS[words[0] ?? ''] : undefined;
    if (tags === undefined) return this.#typesByName.get(words.join(' ')) ?? [];
    return (this.#typesByName.get(words.slice(1).join(' ')) ?? []).filter(({ tag }) => tags.includes(tag));
  }
}

function add<T>(index: Map<string, T[]>, name: string | undefined, value: T): void {
  if (name === undefined) return;
  const same = index.get(name);
  if (same === undefined) index.set(name, [value]);
  else same.push(value);
}

/** Things by name and, where it differs, linkage name. */
function byName<T extends { readonly name: string | undefined; readonly linkageName: string | undefined }>(
  things: readonly T[],
): Map<string, T[]> {
  const index = new Map<string, T[]>();
  for (const thing of things) {
    add(index, thing.name, thing);
    if (thing.linkageName !== thing.name) add(index, thing.linkageName, thing);
  }
  return index;
}

const childAt = (scope: FunctionScope | LexicalBlock, pc: bigint): LexicalBlock | InlinedFunction | undefined =>
  scope.children.find(({ ranges }) => isInRanges(ranges, pc));

/** The copies inlined into `scope`, at any depth. Nesting is bounded by that of entries. */
function inlinedInside(scope: EntrySubprogram | LexicalBlock | InlinedFunction): InlinedFunction[] {
  return scope.children.flatMap(child => [...(child.kind === 'inlined' ? [child] : []), ...inlinedInside(child)]);
}
