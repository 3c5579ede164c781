// SPDX-License-Identifier: MIT
import type { AttributeValue } from './attributeValue.js';
import { DW_AT, DW_LLE } from './constants.js';
import type { EntryUnit } from './entry.js';
import { baseSelectionMark, unitBaseAddress } from './rangeList.js';
import type { SectionReader } from './sectionReader.js';

/** An expression and the part of the code in which it holds. */
export interface LocationListEntry {
  readonly start: bigint;
  readonly end: bigint;
  readonly bytes: Uint8Array;
}

/** A location list as read. */
export interface LocationList {
  readonly entries: readonly LocationListEntry[];
  /** What holds where no entry does (DW_LLE_default_location). */
  readonly defaultBytes: Uint8Array | undefined;
}

/** The expression that holds at `pc`. Of entries that overlap, the first. */
export function selectLocation(list: LocationList, pc: bigint): Uint8Array | undefined {
  return list.entries.find(({ start, end }) => start <= pc && pc < end)?.bytes ?? list.defaultBytes;
}

/** Whether the value of a location attribute is a list rather than an expression. */
export const isLocationList = (value: AttributeValue, version: number): boolean =>
  value.kind === 'sectionOffset' || value.kind === 'listIndex' || (version < 4 && value.kind === 'constant');

/** Reads the location list that an attribute of `unit` points to. */
export function readLocationList(unit: EntryUnit, value: AttributeValue): LocationList {
  if (unit.version >= 5) {
    const position =
      value.kind === 'listIndex' ? locationListPosition(unit, value.index) : value.kind === 'sectionOffset' ? value.offset : undefined;
    return position === undefined ? { entries: [], defaultBytes: undefined } : readLoclist(unit, position);
  }
  const offset = value.kind === 'sectionOffset' ? value.offset : value.kind === 'constant' ? Number(value.value) : undefined;
  return offset === undefined ? { entries: [], defaultBytes: undefined } : readLoc(unit, offset);
}

/** Where list `index` of the unit's part of `.debug_loclists` begins. */
function locationListPosition(unit: EntryUnit, index: number): number | undefined {
  const headerBytes = unit.offsetSize === 8 ? 20 : 12;
  const base = unit.root?.baseOffset(DW_AT.DW_AT_loclists_base) ?? headerBytes;
  const reader = unit.sections.reader('.debug_loclists', base + index * unit.offsetSize);
  const offset = reader.offset(unit.offsetSize);
  if (!reader.overrun) return base + offset;
  unit.sections.problems.report('.debug_loclists', base, `There is no location list of index ${index} for the unit at ${unit.offset}.`);
  return undefined;
}

/** `.debug_loclists`: Location Lists of DWARF 5. */
function readLoclist(unit: EntryUnit, position: number): LocationList {
  const entries: LocationListEntry[] = [];
  let defaultBytes: Uint8Array | undefined;
  const reader = unit.sections.reader('.debug_loclists', position);
  const size = unit.addressSize;
  let base = unitBaseAddress(unit);
  const addressAt = (): bigint => unit.addressAtIndex(reader.ulebNumber()) ?? 0n;
  const counted = (): Uint8Array => reader.slice(reader.ulebNumber());
  const add = (start: bigint, end: bigint): void => void entries.push({ start, end, bytes: counted() });
  while (!reader.overrun && unit.sections.budget.spend()) {
    const at = reader.position;
    const kind = reader.u8();
    switch (kind) {
      case DW_LLE.DW_LLE_end_of_list:
        if (!reader.overrun) return { entries, defaultBytes };
        break;
      case DW_LLE.DW_LLE_base_addressx:
        base = addressAt();
        break;
      case DW_LLE.DW_LLE_base_address:
        base = reader.unsigned(size);
        break;
      case DW_LLE.DW_LLE_startx_endx:
        add(addressAt(), addressAt());
        break;
      case DW_LLE.DW_LLE_startx_length: {
        const start = addressAt();
        add(start, start + reader.uleb());
        break;
      }
      case DW_LLE.DW_LLE_offset_pair:
        add(base + reader.uleb(), base + reader.uleb());
        break;
      case DW_LLE.DW_LLE_start_end:
        add(reader.unsigned(size), reader.unsigned(size));
        break;
      case DW_LLE.DW_LLE_start_length: {
        const start = reader.unsigned(size);
        add(start, start + reader.uleb());
        break;
      }
      case DW_LLE.DW_LLE_default_location:
        defaultBytes = counted();
        break;
      case DW_LLE.DW_LLE_GNU_view_pair:
        // View numbers tell apart places at one address; the entries after it hold as they are.
        reader.skipLeb();
        reader.skipLeb();
        break;
      default:
        unit.sections.problems.report(
          '.debug_loclists',
          at,
          `Location list entry of kind ${kind} is not known. The rest of the list is ignored.`,
        );
        return { entries, defaultBytes };
    }
  }
  return cutOff(unit, '.debug_loclists', position, entries, reader);
}

/** `.debug_loc`: Location Lists of DWARF 2 to 4. */
function readLoc(unit: EntryUnit, position: number): LocationList {
  const entries: LocationListEntry[] = [];
  const reader = unit.sections.reader('.debug_loc', position);
  let base = unitBaseAddress(unit);
  while (!reader.overrun && unit.sections.budget.spend()) {
    const start = reader.unsigned(unit.addressSize);
    const end = reader.unsigned(unit.addressSize);
    if (reader.overrun) break;
    if (start === 0n && end === 0n) return { entries, defaultBytes: undefined };
    if (start === baseSelectionMark(unit)) base = end;
    else entries.push({ start: base + start, end: base + end, bytes: reader.slice(reader.u16()) });
  }
  return cutOff(unit, '.debug_loc', position, entries, reader);
}

function cutOff(
  unit: EntryUnit,
  section: '.debug_loc' | '.debug_loclists',
  position: number,
  entries: LocationListEntry[],
  reader: SectionReader,
): LocationList {
  if (reader.overrun) {
    entries.pop(); // The one that the end of the section cut.
    unit.sections.problems.report(section, position, 'The section ends inside the location list that begins here.');
  }
  return { entries, defaultBytes: undefined };
}
