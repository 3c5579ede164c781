// SPDX-License-Identifier: MIT
import { virtualAddress } from '../../base/index.js';
import type { CodeRange } from '../model/scope.js';
import type { AttributeValue } from './attributeValue.js';
import { DW_AT, DW_RLE } from './constants.js';
import type { Entry, EntryUnit } from './entry.js';

/** The code of `entry`: DW_AT_ranges, else DW_AT_low_pc with DW_AT_high_pc. Empty ranges are left out. */
export function codeRanges(entry: Entry): CodeRange[] {
  const ranges = entry.attribute(DW_AT.DW_AT_ranges);
  if (ranges !== undefined) return readRangeList(entry.unit, ranges);
  const low = entry.address(DW_AT.DW_AT_low_pc);
  const high = entry.attribute(DW_AT.DW_AT_high_pc);
  if (low === undefined || high === undefined) return [];
  // Since version 4 a constant high_pc is the size.
  const end = high.kind === 'address' ? high.address : high.kind === 'constant' ? low + high.value : low;
  return range(low, end);
}

/** [start, end) as a list of at most one range: none if it is empty, runs backwards or leaves the address space. */
const range = (start: bigint, end: bigint): CodeRange[] =>
  start < end && end <= 1n << 64n ? [{ start: virtualAddress(start), end: virtualAddress(end) }] : [];

/** The base that offsets in lists of `unit` start from. */
export const unitBaseAddress = (unit: EntryUnit): bigint => unit.root?.address(DW_AT.DW_AT_low_pc) ?? 0n;

/** All ones: in `.debug_ranges` and `.debug_loc`, the mark of an entry that sets the base. */
export const baseSelectionMark = (unit: EntryUnit): bigint => (1n << BigInt(8 * unit.addressSize)) - 1n;

/** Reads the range list that an attribute of `unit` points to. */
export function readRangeList(unit: EntryUnit, value: AttributeValue): CodeRange[] {
  if (unit.version >= 5) {
    const position =
      value.kind === 'listIndex' ? rangeListPosition(unit, value.index) : value.kind === 'sectionOffset' ? value.offset : undefined;
    return position === undefined ? [] : readRnglist(unit, position);
  }
  const offset = value.kind === 'sectionOffset' ? value.offset : value.kind === 'constant' ? Number(value.value) : undefined;
  return offset === undefined ? [] : readRanges(unit, offset);
}

/** Where list `index` of the unit's part of `.debug_rnglists` begins. */
function rangeListPosition(unit: EntryUnit, index: number): number | undefined {
  const headerBytes = unit.offsetSize === 8 ? 20 : 12;
  const base = unit.root?.baseOffset(DW_AT.DW_AT_rnglists_base) ?? headerBytes;
  const reader = unit.sections.reader('.debug_rnglists', base + index * unit.offsetSize);
  const offset = reader.offset(unit.offsetSize);
  if (!reader.overrun) return base + offset;
  unit.sections.problems.report('.debug_rnglists', base, `There is no range list of index ${index} for the unit at ${unit.offset}.`);
  return undefined;
}

/** `.debug_rnglists`: Non-Contiguous Address Ranges of DWARF 5. */
function readRnglist(unit: EntryUnit, position: number): CodeRange[] {
  const ranges: CodeRange[] = [];
  const reader = unit.sections.reader('.debug_rnglists', position);
  const size = unit.addressSize;
  let base = unitBaseAddress(unit);
  const addressAt = (): bigint => unit.addressAtIndex(reader.ulebNumber()) ?? 0n;
  while (!reader.overrun && unit.sections.budget.spend()) {
    const at = reader.position;
    const kind = reader.u8();
    switch (kind) {
      case DW_RLE.DW_RLE_end_of_list:
        if (!reader.overrun) return ranges;
        break;
      case DW_RLE.DW_RLE_base_addressx:
        base = addressAt();
        break;
      case DW_RLE.DW_RLE_base_address:
        base = reader.unsigned(size);
        break;
      case DW_RLE.DW_RLE_startx_endx:
        ranges.push(...range(addressAt(), addressAt()));
        break;
      case DW_RLE.DW_RLE_startx_length: {
        const start = addressAt();
        ranges.push(...range(start, start + reader.uleb()));
        break;
      }
      case DW_RLE.DW_RLE_offset_pair:
        ranges.push(...range(base + reader.uleb(), base + reader.uleb()));
        break;
      case DW_RLE.DW_RLE_start_end:
        ranges.push(...range(reader.unsigned(size), reader.unsigned(size)));
        break;
      case DW_RLE.DW_RLE_start_length: {
        const start = reader.unsigned(size);
        ranges.push(...range(start, start + reader.uleb()));
        break;
      }
      default:
        unit.sections.problems.report(
          '.debug_rnglists',
          at,
          `Range list entry of kind ${kind} is not known. The rest of the list is ignored.`,
        );
        return ranges;
    }
  }
  unit.sections.problems.report('.debug_rnglists', position, 'The section ends inside the range list that begins here.');
  return ranges;
}

/** `.debug_ranges`: Non-Contiguous Address Ranges of DWARF 3 and 4. */
function readRanges(unit: EntryUnit, position: number): CodeRange[] {
  const ranges: CodeRange[] = [];
  const reader = unit.sections.reader('.debug_ranges', position);
  let base = unitBaseAddress(unit);
  while (!reader.overrun && unit.sections.budget.spend()) {
    const start = reader.unsigned(unit.addressSize);
    const end = reader.unsigned(unit.addressSize);
    if (reader.overrun) break;
    if (start === 0n && end === 0n) return ranges;
    if (start === baseSelectionMark(unit)) base = end;
    else ranges.push(...range(base + start, base + end));
  }
  unit.sections.problems.report('.debug_ranges', position, 'The section ends inside the range list that begins here.');
  return ranges;
}
