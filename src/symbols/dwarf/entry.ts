// SPDX-License-Identifier: MIT
import type { Abbreviation } from './abbreviations.js';
import { type AttributeValue, type FormScope, readForm, skipForm } from './attributeValue.js';
import { DW_AT, DW_FORM } from './constants.js';
import type { SectionReader } from './sectionReader.js';

/** How far references from entry to entry (origin, specification) are followed. Compilers use two steps. */
const MAXIMUM_ORIGINS = 8;

/** All entries of the file, as an entry reaches the ones that it refers to. */
export interface EntryLookup {
  /** The entry that begins at `offset`. */
  entryAt(offset: number): Entry | undefined;
  /** The type that the type unit of this signature is about. */
  typeWithSignature(signature: bigint): Entry | undefined;
}

/** The unit around an entry, as its entries see it. */
export interface EntryUnit extends FormScope {
  readonly information: EntryLookup;
  /** The unit's own entry. It has its children only if all entries have been read (`entries`). */
  readonly root: Entry | undefined;
  /** All entries by offset, the root first. */
  readonly entries: ReadonlyMap<number, Entry>;
  /** A reader of the unit at `position` of its section. */
  reader(position: number): SectionReader;
}

/** A debugging information entry. Attributes are read when asked for. */
export class Entry {
  readonly children: Entry[] = [];

  constructor(
    readonly unit: EntryUnit,
    /** Unique in the file: the offset in `.debug_info` (see `Unit.bias`). */
    readonly offset: number,
    readonly abbreviation: Abbreviation,
    /** Where its attributes begin in the section. */
    readonly attributesPosition: number,
    readonly parent: Entry | undefined,
    /** 0 for the unit's own entry. */
    readonly depth: number,
  ) {}

  get tag(): number {
    return this.abbreviation.tag;
  }

  /** Whether the entry itself has the attribute. */
  has(name: number): boolean {
    return this.abbreviation.attributes.some(attribute => attribute.name === name);
  }

  /** The value of the entry's own attribute; `undefined` if it has none. */
  attribute(name: number): AttributeValue | undefined {
    if (!this.has(name)) return undefined;
    const reader = this.unit.reader(this.attributesPosition);
    for (const { name: candidate, form, implicitValue } of this.abbreviation.attributes) {
      if (candidate === name) {
        const value = readForm(reader, form, implicitValue, this.unit);
        return reader.overrun ? { kind: 'unavailable', form } : value;
      }
      if (!skipForm(reader, form, this.unit)) return undefined;
    }
    return undefined;
  }

  /** A section offset, read without asking the unit for anything: safe for the unit's own bases. */
  baseOffset(name: number): number | undefined {
    const specification = this.abbreviation.attributes.find(attribute => attribute.name === name);
    const { DW_FORM_sec_offset, DW_FORM_data4, DW_FORM_data8 } = DW_FORM;
    if (specification === undefined) return undefined;
    if (![DW_FORM_sec_offset, DW_FORM_data4, DW_FORM_data8].some(form => form === specification.form)) return undefined;
    const value = this.attribute(name);
    if (value?.kind === 'sectionOffset') return value.offset;
    return value?.kind === 'constant' ? Number(value.value) : undefined;
  }

  /** The entry and those it completes: DW_AT_abstract_origin, DW_AT_specification, DW_AT_signature, one after the other. */
  *withOrigins(): Generator<Entry> {
    let entry: Entry | undefined = this;
    for (let count = 0; entry !== undefined && count < MAXIMUM_ORIGINS; count++) {
      yield entry;
      entry =
        entry.reference(DW_AT.DW_AT_abstract_origin) ??
        entry.reference(DW_AT.DW_AT_specification) ??
        entry.reference(DW_AT.DW_AT_signature);
    }
  }

  /** The attribute of the entry, or of the first of its origins that has it. */
  inheritedAttribute(name: number): AttributeValue | undefined {
    if (this.has(name)) return this.attribute(name);
    for (const entry of this.withOrigins()) if (entry.has(name)) return entry.attribute(name);
    return undefined;
  }

  /** The entry that an attribute of this entry refers to. */
  reference(name: number): Entry | undefined {
    const value = this.attribute(name);
    if (value?.kind === 'reference') return this.unit.information.entryAt(value.offset);
    return value?.kind === 'signature' ? this.unit.information.typeWithSignature(value.signature) : undefined;
  }

  /** The string of an attribute, inherited. */
  string(name: number): string | undefined {
    const value = this.inheritedAttribute(name);
    return value?.kind === 'string' ? value.text : undefined;
  }

  /** The number of an attribute, inherited; forms of fixed size are taken as unsigned. Above 2^53 or negative: `undefined`. */
  number(name: number): number | undefined {
    const value = this.inheritedAttribute(name);
    if (value?.kind !== 'constant' || value.value < 0n || value.value > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
    return Number(value.value);
  }

  /** Whether a flag is set, inherited. */
  flag(name: number): boolean {
    const value = this.inheritedAttribute(name);
    return value?.kind === 'flag' && value.isSet;
  }

  /** The entry's own address attribute. */
  address(name: number): bigint | undefined {
    const value = this.attribute(name);
    return value?.kind === 'address' ? value.address : undefined;
  }
}
