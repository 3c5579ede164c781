// SPDX-License-Identifier: MIT
import { DW_FORM } from './constants.js';
import type { SectionReader } from './sectionReader.js';
import type { DwarfSections } from './sections.js';

/** The value of an attribute, by class (DWARF, Classes and Forms). */
export type AttributeValue =
  | { readonly kind: 'address'; readonly address: bigint }
  /** `bits` is the size of a fixed-size form, whose sign only the reader knows; 0 for numbers that have their sign. */
  | { readonly kind: 'constant'; readonly value: bigint; readonly bits: number }
  /** A block or an expression. */
  | { readonly kind: 'block'; readonly bytes: Uint8Array }
  | { readonly kind: 'flag'; readonly isSet: boolean }
  | { readonly kind: 'string'; readonly text: string }
  /** The offset of an entry; see `Entry.offset`. */
  | { readonly kind: 'reference'; readonly offset: number }
  | { readonly kind: 'signature'; readonly signature: bigint }
  | { readonly kind: 'sectionOffset'; readonly offset: number }
  /** An index into the offsets of a list section (DW_FORM_loclistx, DW_FORM_rnglistx). */
  | { readonly kind: 'listIndex'; readonly index: number }
  /** Something in a file that is not here (supplementary files), or damaged. */
  | { readonly kind: 'unavailable'; readonly form: number };

/** What forms need to know of the unit or line table around them. */
export interface FormParameters {
  readonly offsetSize: 4 | 8;
  readonly addressSize: number;
  readonly version: number;
}

/** What reading a value needs of the unit around it. */
export interface FormScope extends FormParameters {
  /** Of the unit, unique in the file; what references inside the unit start from. */
  readonly offset: number;
  readonly sections: DwarfSections;
  /** The address of index `index` of the unit's part of `.debug_addr`. */
  addressAtIndex(index: number): bigint | undefined;
  /** The string of index `index` of the unit's part of `.debug_str_offsets`. */
  stringAtIndex(index: number): string | undefined;
}

/** DW_FORM_indirect may lead to itself; nobody nests it. */
const MAXIMUM_INDIRECTIONS = 4;

/** Passes over a value of `form`; false if the form is not known, so that what follows cannot be found. */
export function skipForm(reader: SectionReader, form: number, parameters: FormParameters, indirections = 0): boolean {
  const F = DW_FORM;
  switch (form) {
    case F.DW_FORM_flag_present:
    case F.DW_FORM_implicit_const:
      return true;
    case F.DW_FORM_flag:
    case F.DW_FORM_data1:
    case F.DW_FORM_ref1:
    case F.DW_FORM_strx1:
    case F.DW_FORM_addrx1:
      reader.skip(1);
      return true;
    case F.DW_FORM_data2:
    case F.DW_FORM_ref2:
    case F.DW_FORM_strx2:
    case F.DW_FORM_addrx2:
      reader.skip(2);
      return true;
    case F.DW_FORM_strx3:
    case F.DW_FORM_addrx3:
      reader.skip(3);
      return true;
    case F.DW_FORM_data4:
    case F.DW_FORM_ref4:
    case F.DW_FORM_ref_sup4:
    case F.DW_FORM_strx4:
    case F.DW_FORM_addrx4:
      reader.skip(4);
      return true;
    case F.DW_FORM_data8:
    case F.DW_FORM_ref8:
    case F.DW_FORM_ref_sig8:
    case F.DW_FORM_ref_sup8:
      reader.skip(8);
      return true;
    case F.DW_FORM_data16:
      reader.skip(16);
      return true;
    case F.DW_FORM_addr:
      reader.skip(parameters.addressSize);
      return true;
    case F.DW_FORM_strp:
    case F.DW_FORM_line_strp:
    case F.DW_FORM_sec_offset:
    case F.DW_FORM_strp_sup:
    case F.DW_FORM_GNU_ref_alt:
    case F.DW_FORM_GNU_strp_alt:
      reader.skip(parameters.offsetSize);
      return true;
    case F.DW_FORM_ref_addr:
      reader.skip(parameters.version <= 2 ? parameters.addressSize : parameters.offsetSize);
      return true;
    case F.DW_FORM_string:
      reader.string();
      return true;
    case F.DW_FORM_sdata:
    case F.DW_FORM_udata:
    case F.DW_FORM_ref_udata:
    case F.DW_FORM_strx:
    case F.DW_FORM_addrx:
    case F.DW_FORM_loclistx:
    case F.DW_FORM_rnglistx:
    case F.DW_FORM_GNU_addr_index:
    case F.DW_FORM_GNU_str_index:
      reader.skipLeb();
      return true;
    case F.DW_FORM_block1:
      reader.skip(reader.u8());
      return true;
    case F.DW_FORM_block2:
      reader.skip(reader.u16());
      return true;
    case F.DW_FORM_block4:
      reader.skip(reader.u32());
      return true;
    case F.DW_FORM_block:
    case F.DW_FORM_exprloc:
      reader.skip(reader.ulebNumber());
      return true;
    case F.DW_FORM_indirect:
      return indirections < MAXIMUM_INDIRECTIONS && skipForm(reader, reader.ulebNumber(), parameters, indirections + 1);
    default:
      return false;
  }
}

const constant = (value: bigint, bits: number): AttributeValue => ({ kind: 'constant', value, bits });
const reference = (offset: number): AttributeValue => ({ kind: 'reference', offset });

/** Reads a value of `form` in an entry of `unit`. `implicitValue` is that of DW_FORM_implicit_const. */
export function readForm(reader: SectionReader, form: number, implicitValue: bigint, unit: FormScope, indirections = 0): AttributeValue {
  const F = DW_FORM;
  const text = (value: string | undefined): AttributeValue =>
    value === undefined ? { kind: 'unavailable', form } : { kind: 'string', text: value };
  const addressAt = (index: number): AttributeValue => {
    const address = unit.addressAtIndex(index);
    return address === undefined ? { kind: 'unavailable', form } : { kind: 'address', address };
  };
  switch (form) {
    case F.DW_FORM_addr:
      return { kind: 'address', address: reader.unsigned(unit.addressSize) };
    case F.DW_FORM_addrx:
    case F.DW_FORM_GNU_addr_index:
      return addressAt(reader.ulebNumber());
    case F.DW_FORM_addrx1:
      return addressAt(reader.u8());
    case F.DW_FORM_addrx2:
      return addressAt(reader.u16());
    case F.DW_FORM_addrx3:
      return addressAt(reader.u24());
    case F.DW_FORM_addrx4:
      return addressAt(reader.u32());
    case F.DW_FORM_data1:
      return constant(BigInt(reader.u8()), 8);
    case F.DW_FORM_data2:
      return constant(BigInt(reader.u16()), 16);
    case F.DW_FORM_data4:
      return constant(BigInt(reader.u32()), 32);
    case F.DW_FORM_data8:
      return constant(reader.u64(), 64);
    case F.DW_FORM_data16:
      return { kind: 'block', bytes: reader.slice(16) };
    case F.DW_FORM_sdata:
      return constant(reader.sleb(), 0);
    case F.DW_FORM_udata:
      return constant(reader.uleb(), 0);
    case F.DW_FORM_implicit_const:
      return constant(implicitValue, 0);
    case F.DW_FORM_flag:
      return { kind: 'flag', isSet: reader.u8() !== 0 };
    case F.DW_FORM_flag_present:
      return { kind: 'flag', isSet: true };
    case F.DW_FORM_block1:
      return { kind: 'block', bytes: reader.slice(reader.u8()) };
    case F.DW_FORM_block2:
      return { kind: 'block', bytes: reader.slice(reader.u16()) };
    case F.DW_FORM_block4:
      return { kind: 'block', bytes: reader.slice(reader.u32()) };
    case F.DW_FORM_block:
    case F.DW_FORM_exprloc:
      return { kind: 'block', bytes: reader.slice(reader.ulebNumber()) };
    case F.DW_FORM_string:
      return text(reader.string());
    case F.DW_FORM_strp:
      return text(unit.sections.string('.debug_str', reader.offset(unit.offsetSize)));
    case F.DW_FORM_line_strp:
      return text(unit.sections.string('.debug_line_str', reader.offset(unit.offsetSize)));
    case F.DW_FORM_strx:
    case F.DW_FORM_GNU_str_index:
      return text(unit.stringAtIndex(reader.ulebNumber()));
    case F.DW_FORM_strx1:
      return text(unit.stringAtIndex(reader.u8()));
    case F.DW_FORM_strx2:
      return text(unit.stringAtIndex(reader.u16()));
    case F.DW_FORM_strx3:
      return text(unit.stringAtIndex(reader.u24()));
    case F.DW_FORM_strx4:
      return text(unit.stringAtIndex(reader.u32()));
    case F.DW_FORM_ref1:
      return reference(unit.offset + reader.u8());
    case F.DW_FORM_ref2:
      return reference(unit.offset + reader.u16());
    case F.DW_FORM_ref4:
      return reference(unit.offset + reader.u32());
    case F.DW_FORM_ref8:
      return reference(unit.offset + reader.offset(8));
    case F.DW_FORM_ref_udata:
      return reference(unit.offset + reader.ulebNumber());
    case F.DW_FORM_ref_addr:
      return reference(reader.offset(unit.version <= 2 ? unit.addressSize : unit.offsetSize));
    case F.DW_FORM_ref_sig8:
      return { kind: 'signature', signature: reader.u64() };
    case F.DW_FORM_sec_offset:
      return { kind: 'sectionOffset', offset: reader.offset(unit.offsetSize) };
    case F.DW_FORM_loclistx:
    case F.DW_FORM_rnglistx:
      return { kind: 'listIndex', index: reader.ulebNumber() };
    case F.DW_FORM_indirect: {
      const actual = reader.ulebNumber();
      return indirections >= MAXIMUM_INDIRECTIONS
        ? { kind: 'unavailable', form }
        : readForm(reader, actual, implicitValue, unit, indirections + 1);
    }
    default:
      skipForm(reader, form, unit);
      return { kind: 'unavailable', form };
  }
}
