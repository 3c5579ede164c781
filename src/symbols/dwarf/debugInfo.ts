// SPDX-License-Identifier: MIT
import { type AbbreviationTable, readAbbreviations } from './abbreviations.js';
import { DW_UT } from './constants.js';
import type { Entry } from './entry.js';
import type { InitialLength, SectionReader } from './sectionReader.js';
import type { DwarfSections } from './sections.js';
import { Unit, type UnitFile, type UnitHeader } from './unit.js';

/** The units of `.debug_info` and `.debug_types`. Only the headers are read when it is made. */
export class DebugInfo implements UnitFile {
  /** In the order of the file. */
  readonly units: readonly Unit[];
  readonly #abbreviations = new Map<number, AbbreviationTable>();
  readonly #typeUnits = new Map<bigint, Unit>();

  constructor(readonly sections: DwarfSections) {
    this.units = [...this.#readHeaders('.debug_info'), ...this.#readHeaders('.debug_types')].map(header => new Unit(this, header));
    for (const unit of this.units) {
      const { typeSignature } = unit.header;
      if (typeSignature !== undefined && unit.isTypeUnit) this.#typeUnits.set(typeSignature, unit);
    }
  }

  abbreviationsAt(offset: number): AbbreviationTable {
    let table = this.#abbreviations.get(offset);
    if (table === undefined) {
      table = readAbbreviations(this.sections, offset);
      this.#abbreviations.set(offset, table);
    }
    return table;
  }

  /** The unit that `offset` lies in. */
  unitOf(offset: number): Unit | undefined {
    let low = 0;
    let high = this.units.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const unit = this.units[middle];
      if (unit !== undefined && unit.offset <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = this.units[low - 1];
    return unit !== undefined && offset < unit.endOffset ? unit : undefined;
  }

  entryAt(offset: number): Entry | undefined {
    return this.unitOf(offset)?.entries.get(offset);
  }

  typeWithSignature(signature: bigint): Entry | undefined {
    const unit = this.#typeUnits.get(signature);
    return unit?.entries.get(unit.offset + unit.header.typeOffset);
  }

  #readHeaders(section: '.debug_info' | '.debug_types'): UnitHeader[] {
    const headers: UnitHeader[] = [];
    for (const { position, length, reader } of this.sections.parts(section, 'unit')) {
      const header = this.#readHeader(section, position, reader, length);
      if (header !== undefined) headers.push(header);
    }
    return headers;
  }

  #readHeader(
    section: '.debug_info' | '.debug_types',
    position: number,
    reader: SectionReader,
    length: InitialLength,
  ): UnitHeader | undefined {
    const { offsetSize, end } = length;
    const refuse = (message: string): undefined => {
      this.sections.problems.report(section, position, message);
    };
    const version = reader.u16();
    if (version < 2 || version > 5) return refuse(`The unit has version ${version}; 2 to 5 are known. It is ignored.`);
    let unitType: number = section === '.debug_types' ? DW_UT.DW_UT_type : DW_UT.DW_UT_compile;
    let addressSize: number;
    let abbreviationsOffset: number;
    if (version >= 5) {
      unitType = reader.u8();
      addressSize = reader.u8();
      abbreviationsOffset = reader.offset(offsetSize);
    } else {
      abbreviationsOffset = reader.offset(offsetSize);
      addressSize = reader.u8();
    }
    let typeSignature: bigint | undefined;
    let typeOffset = 0;
    if (unitType === DW_UT.DW_UT_type || unitType === DW_UT.DW_UT_split_type) {
      typeSignature = reader.u64();
      typeOffset = reader.offset(offsetSize);
    } else if (unitType === DW_UT.DW_UT_skeleton || unitType === DW_UT.DW_UT_split_compile) {
      reader.skip(8); // The identifier that joins a skeleton with its split unit.
    }
    if (reader.overrun || reader.position > end) return refuse('The unit ends inside its header. It is ignored.');
    if (![1, 2, 4, 8].includes(addressSize))
      return refuse(`The unit has addresses of ${addressSize} bytes; 1, 2, 4 and 8 are known. It is ignored.`);
    if (unitType === DW_UT.DW_UT_skeleton) {
      refuse('The unit is a skeleton: its contents are in a separate file (-gsplit-dwarf), which is not read. Compile without it.');
    }
    return {
      section,
      position,
      end,
      version,
      offsetSize,
      addressSize,
      unitType,
      abbreviationsOffset,
      entriesPosition: reader.position,
      typeSignature,
      typeOffset,
    };
  }
}
