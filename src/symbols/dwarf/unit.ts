// SPDX-License-Identifier: MIT
import { type Abbreviation, type AbbreviationTable, hasLocationLists } from './abbreviations.js';
import { type FormParameters, skipForm } from './attributeValue.js';
import { DW_AT, DW_UT } from './constants.js';
import { Entry, type EntryLookup, type EntryUnit } from './entry.js';
import type { SectionReader } from './sectionReader.js';
import type { DwarfSections } from './sections.js';

/** How deep entries may nest. Compilers stay below fifty. */
const MAXIMUM_ENTRY_DEPTH = 200;

/** What a unit header says. Offsets are in the unit's section. */
export interface UnitHeader extends FormParameters {
  readonly section: '.debug_info' | '.debug_types';
  /** Where the unit begins. */
  readonly position: number;
  readonly end: number;
  /** A `DW_UT` value. */
  readonly unitType: number;
  readonly abbreviationsOffset: number;
  /** Where the entries begin. */
  readonly entriesPosition: number;
  readonly typeSignature: bigint | undefined;
  /** Offset from the start of the unit of the type that a type unit is about. */
  readonly typeOffset: number;
}

/** The units of a file, as each of them sees the others. */
export interface UnitFile extends EntryLookup {
  readonly sections: DwarfSections;
  /** The abbreviations at `offset`; units that share a table share the object. */
  abbreviationsAt(offset: number): AbbreviationTable;
}

/** A unit of `.debug_info` or `.debug_types`. Entries are read on first use. */
export class Unit implements EntryUnit {
  readonly version: number;
  readonly offsetSize: 4 | 8;
  readonly addressSize: number;
  /** Added to positions in the section to make offsets that are unique in the file: 0 for `.debug_info`. */
  readonly bias: number;
  /** Offset of the unit, unique in the file. */
  readonly offset: number;
  #abbreviations: AbbreviationTable | undefined;
  #root: Entry | 'absent' | undefined;
  #entries: ReadonlyMap<number, Entry> | undefined;
  #addressBase: number | undefined;
  #stringOffsetsBase: number | undefined;

  constructor(
    readonly information: UnitFile,
    readonly header: UnitHeader,
  ) {
    this.version = header.version;
    this.offsetSize = header.offsetSize;
    this.addressSize = header.addressSize;
    this.bias = header.section === '.debug_info' ? 0 : information.sections.bytes('.debug_info').length;
    this.offset = this.bias + header.position;
  }

  get sections(): DwarfSections {
    return this.information.sections;
  }

  get endOffset(): number {
    return this.bias + this.header.end;
  }

  get isTypeUnit(): boolean {
    return this.header.unitType === DW_UT.DW_UT_type || this.header.unitType === DW_UT.DW_UT_split_type;
  }

  reader(position: number): SectionReader {
    return this.sections.reader(this.header.section, position, this.header.end);
  }

  get abbreviations(): AbbreviationTable {
    this.#abbreviations ??= this.information.abbreviationsAt(this.header.abbreviationsOffset);
    return this.#abbreviations;
  }

  get hasLocationLists(): boolean {
    return hasLocationLists(this.abbreviations, this.version);
  }

  get root(): Entry | undefined {
    if (this.#root === undefined) {
      const reader = this.reader(this.header.entriesPosition);
      const read = this.#readEntry(reader, undefined, 0);
      this.#root = read instanceof Entry ? read : 'absent';
    }
    return this.#root === 'absent' ? undefined : this.#root;
  }

  get entries(): ReadonlyMap<number, Entry> {
    this.#entries ??= this.#readEntries();
    return this.#entries;
  }

  addressAtIndex(index: number): bigint | undefined {
    this.#addressBase ??=
      this.root?.baseOffset(DW_AT.DW_AT_addr_base) ??
      this.root?.baseOffset(DW_AT.DW_AT_GNU_addr_base) ??
      (this.version >= 5 ? 2 * this.offsetSize : 0);
    const position = this.#addressBase + index * this.addressSize;
    const reader = this.sections.reader('.debug_addr', position);
    const address = reader.unsigned(this.addressSize);
    if (!reader.overrun) return address;
    this.sections.problems.report(
      '.debug_addr',
      Math.min(position, reader.length),
      `There is no address of index ${index} for the unit at ${this.offset}.`,
    );
    return undefined;
  }

  stringAtIndex(index: number): string | undefined {
    this.#stringOffsetsBase ??= this.root?.baseOffset(DW_AT.DW_AT_str_offsets_base) ?? (this.version >= 5 ? 2 * this.offsetSize : 0);
    const position = this.#stringOffsetsBase + index * this.offsetSize;
    const reader = this.sections.reader('.debug_str_offsets', position);
    const offset = reader.offset(this.offsetSize);
    if (!reader.overrun) return this.sections.string('.debug_str', offset);
    this.sections.problems.report(
      '.debug_str_offsets',
      Math.min(position, reader.length),
      `There is no string of index ${index} for the unit at ${this.offset}.`,
    );
    return undefined;
  }

  /** Reads the entry at the reader: 'end' for the end of children, 'damaged' if nothing after it can be read. */
  #readEntry(reader: SectionReader, parent: Entry | undefined, depth: number): Entry | 'end' | 'damaged' {
    const position = reader.position;
    const code = reader.ulebNumber();
    if (code === 0) return reader.overrun ? 'damaged' : 'end';
    const abbreviation = this.abbreviations.get(code);
    if (abbreviation === undefined) {
      this.#report(position, `The entry has abbreviation ${code}, which is not declared. The rest of the unit is ignored.`);
      return 'damaged';
    }
    const attributesPosition = reader.position;
    if (!this.#skipAttributes(reader, abbreviation, position)) return 'damaged';
    return new Entry(this, this.bias + position, abbreviation, attributesPosition, parent, depth);
  }

  #skipAttributes(reader: SectionReader, abbreviation: Abbreviation, position: number): boolean {
    for (const { name, form } of abbreviation.attributes) {
      if (skipForm(reader, form, this)) continue;
      this.#report(
        position,
        `Attribute 0x${name.toString(16)} has form 0x${form.toString(16)}, which is not known. The rest of the unit is ignored.`,
      );
      return false;
    }
    if (reader.overrun) this.#report(position, 'The unit ends inside this entry.');
    return !reader.overrun;
  }

  #readEntries(): ReadonlyMap<number, Entry> {
    const entries = new Map<number, Entry>();
    const reader = this.reader(this.header.entriesPosition);
    const root = this.root;
    if (root === undefined) return entries;
    entries.set(root.offset, root);
    reader.position = root.attributesPosition;
    if (!this.#skipAttributes(reader, root.abbreviation, root.offset - this.bias)) return entries;
    if (!root.abbreviation.hasChildren) return entries;
    const parents: Entry[] = [root];
    let tooDeep = 0;
    while (!reader.atEnd && this.sections.budget.spend()) {
      const parent = parents[parents.length - 1];
      if (parent === undefined) break;
      const entry = this.#readEntry(reader, parent, parents.length);
      if (entry === 'damaged') break;
      if (entry === 'end') {
        if (tooDeep > 0) tooDeep--;
        else parents.pop();
        continue;
      }
      if (tooDeep === 0) {
        parent.children.push(entry);
        entries.set(entry.offset, entry);
      }
      if (!entry.abbreviation.hasChildren) continue;
      if (tooDeep === 0 && parents.length < MAXIMUM_ENTRY_DEPTH) {
        parents.push(entry);
      } else {
        tooDeep++;
        this.#report(entry.offset - this.bias, `Entries nest deeper than ${MAXIMUM_ENTRY_DEPTH}. The deeper ones are ignored.`);
      }
    }
    return entries;
  }

  #report(position: number, message: string): void {
    this.sections.problems.report(this.header.section, position, message);
  }
}
