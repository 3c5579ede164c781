// SPDX-License-Identifier: MIT
import type { AttributeValue } from '../dwarf/attributeValue.js';
import { DW_AT, DW_TAG } from '../dwarf/constants.js';
import type { Entry } from '../dwarf/entry.js';
import { isLocationList, type LocationList, readLocationList, selectLocation } from '../dwarf/locationList.js';
import { unitExpression } from '../dwarf/unitExpression.js';
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
export class EntryVariable implements Variable {
  #location: AttributeValue | 'absent' | undefined;
  #list: LocationList | undefined;

  constructor(
    readonly entry: Entry,
    readonly context: ModelContext,
  ) {}

  get offset(): number {
    return this.entry.offset;
  }

  get name(): string | undefined {
    return this.entry.string(DW_AT.DW_AT_name);
  }

  get linkageName(): string | undefined {
    return this.entry.string(DW_AT.DW_AT_linkage_name) ?? this.entry.string(DW_AT.DW_AT_MIPS_linkage_name);
  }

  get type(): Type {
    return this.context.types.typeOf(this.entry);
  }

  get declaration(): SourcePosition | undefined {
    return this.context.declarationOf(this.entry);
  }

  get isParameter(): boolean {
    return this.entry.tag === DW_TAG.DW_TAG_formal_parameter;
  }

  get isArtificial(): boolean {
    return this.entry.flag(DW_AT.DW_AT_artificial);
  }

  get isExternal(): boolean {
    return this.entry.flag(DW_AT.DW_AT_external);
  }

  /** A definition may complete a declaration, whose flag it must not inherit. */
  get isDeclaration(): boolean {
    const value = this.entry.attribute(DW_AT.DW_AT_declaration);
    return value?.kind === 'flag' && value.isSet;
  }

  get unit(): CompilationUnit {
    return this.context.unitOf(this.entry);
  }

  locationAt(pc: bigint): VariableLocation {
    const { entry } = this;
    this.#location ??= entry.inheritedAttribute(DW_AT.DW_AT_location) ?? 'absent';
    if (this.#location === 'absent') return this.#constant();
    // A list or expression belongs to the unit that it stands in.
    const unit = entry.unit;
    if (this.#location.kind === 'block') return this.#expression(this.#location.bytes);
    if (!isLocationList(this.#location, unit.version))
      return { kind: 'unreadable', message: 'The location of the variable is in a form that is not known.' };
    this.#list ??= readLocationList(unit, this.#location);
    const bytes = selectLocation(this.#list, pc);
    return bytes === undefined ? { kind: 'optimizedOut' } : this.#expression(bytes);
  }

  #expression(bytes: Uint8Array): VariableLocation {
    return bytes.length === 0 ? { kind: 'optimizedOut' } : { kind: 'expression', expression: unitExpression(this.entry.unit, bytes) };
  }

  #constant(): VariableLocation {
    const value = this.entry.inheritedAttribute(DW_AT.DW_AT_const_value);
    switch (value?.kind) {
      case 'constant':
        return { kind: 'constantNumber', value: value.value };
      case 'block':
        return { kind: 'constantBytes', bytes: value.bytes };
      case 'string':
        return { kind: 'constantBytes', bytes: new TextEncoder().encode(`${value.text}\0`) };
      case 'address':
        return { kind: 'constantNumber', value: value.address };
      default:
        return { kind: 'optimizedOut' };
    }
  }
}
