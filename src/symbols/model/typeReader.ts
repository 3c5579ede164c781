// SPDX-License-Identifier: MIT

import type { LongDoubleFormat } from '../abi/processorSupplement.js';
import { DW_AT, DW_ATE, DW_OP, DW_TAG } from '../dwarf/constants.js';
import type { Entry } from '../dwarf/entry.js';
import { unitExpression } from '../dwarf/unitExpression.js';
import { type ArrayDimension, type BaseType, type Enumerator, type Member, type Type, VOID } from './type.js';

/** GCC names what is IEEE binary128 on every machine otherwise; DWARF has one encoding for both. */
const isLongDouble = ({ encoding, bytes, name }: BaseType): boolean =>
  encoding === DW_ATE.DW_ATE_float && bytes === 16 && !/^(_Float128|__float128|__ieee128|_Float64x)$/.test(name);

/** Makes types of entries, one object for each entry, so that types may be compared by identity. */
export class TypeReader {
  readonly #types = new Map<number, Type>();

  /** `findDefinition` looks for the complete type of this name when an entry only declares it. */
  constructor(
    readonly findDefinition: (name: string) => Entry | undefined,
    readonly longDouble: LongDoubleFormat = 'binary128',
  ) {}

  /** The type that DW_AT_type of `entry` (or of its origin) refers to; `VOID` if there is none. */
  typeOf(entry: Entry): Type {
    const value = entry.inheritedAttribute(DW_AT.DW_AT_type);
    if (value === undefined) return VOID;
    const { information } = entry.unit;
    const target =
      value.kind === 'reference'
        ? information.entryAt(value.offset)
        : value.kind === 'signature'
          ? information.typeWithSignature(value.signature)
          : undefined;
    if (target !== undefined) return this.read(target);
    entry.unit.sections.problems.report('.debug_info', entry.offset, 'The type that the entry refers to does not exist.');
    return { kind: 'unknown', offset: -1, tag: 0, name: undefined, bytes: undefined };
  }

  /** The type that `entry` declares. */
  read(entry: Entry): Type {
    let type = this.#types.get(entry.offset);
    if (type === undefined) {
      type = this.#make(entry);
      this.#types.set(entry.offset, type);
    }
    return type;
  }

  #make(entry: Entry): Type {
    const T = DW_TAG;
    const { offset } = entry;
    const name = entry.string(DW_AT.DW_AT_name);
    const bytes = entry.number(DW_AT.DW_AT_byte_size);
    const reader = this;
    const pointer = (form: 'pointer' | 'reference' | 'rvalue reference'): Type => ({
      kind: 'pointer',
      offset,
      form,
      bytes: bytes ?? entry.unit.addressSize,
      get target() {
        return reader.typeOf(entry);
      },
    });
    const qualified = (qualifier: 'const' | 'volatile' | 'restrict' | '_Atomic'): Type => ({
      kind: 'qualified',
      offset,
      qualifier,
      get target() {
        return reader.typeOf(entry);
      },
    });
    switch (entry.tag) {
      case T.DW_TAG_base_type: {
        const encoding = entry.number(DW_AT.DW_AT_encoding) ?? 0;
        const base: BaseType = { kind: 'base', offset, name: name ?? '', encoding, bytes: bytes ?? bitsToBytes(entry) };
        return this.longDouble === 'doublePair' && isLongDouble(base) ? { ...base, isDoublePair: true } : base;
      }
      case T.DW_TAG_unspecified_type:
        return name === undefined || name === 'void' ? VOID : { kind: 'unknown', offset, tag: entry.tag, name, bytes };
      case T.DW_TAG_pointer_type:
        return pointer('pointer');
      case T.DW_TAG_reference_type:
        return pointer('reference');
      case T.DW_TAG_rvalue_reference_type:
        return pointer('rvalue reference');
      case T.DW_TAG_const_type:
      case T.DW_TAG_immutable_type:
        return qualified('const');
      case T.DW_TAG_volatile_type:
        return qualified('volatile');
      case T.DW_TAG_restrict_type:
        return qualified('restrict');
      case T.DW_TAG_atomic_type:
        return qualified('_Atomic');
      case T.DW_TAG_typedef:
      case T.DW_TAG_template_alias:
        return {
          kind: 'typedef',
          offset,
          name: name ?? '',
          get target() {
            return reader.typeOf(entry);
          },
        };
      case T.DW_TAG_structure_type:
        return this.#structure(entry, 'struct');
      case T.DW_TAG_union_type:
        return this.#structure(entry, 'union');
      case T.DW_TAG_class_type:
      case T.DW_TAG_interface_type:
        return this.#structure(entry, 'class');
      case T.DW_TAG_enumeration_type:
        return this.#enumeration(entry);
      case T.DW_TAG_array_type:
        return this.#array(entry);
      case T.DW_TAG_subroutine_type:
      case T.DW_TAG_subprogram:
        return this.functionType(entry);
      default:
        return { kind: 'unknown', offset, tag: entry.tag, name, bytes };
    }
  }

  /** The type of the function that `entry` declares. */
  functionType(entry: Entry): Type & { kind: 'function' } {
    const reader = this;
    const described = childrenOf(
      entry,
      child => child.tag === DW_TAG.DW_TAG_formal_parameter || child.tag === DW_TAG.DW_TAG_unspecified_parameters,
    );
    return {
      kind: 'function',
      offset: entry.offset,
      isVariadic: described.some(({ tag }) => tag === DW_TAG.DW_TAG_unspecified_parameters),
      isPrototyped: entry.flag(DW_AT.DW_AT_prototyped),
      get result() {
        return reader.typeOf(entry);
      },
      get parameters() {
        return described.filter(({ tag }) => tag === DW_TAG.DW_TAG_formal_parameter).map(parameter => reader.typeOf(parameter));
      },
    };
  }

  #structure(declared: Entry, keyword: 'struct' | 'union' | 'class'): Type {
    const reader = this;
    const name = declared.string(DW_AT.DW_AT_name);
    // The full type may be in a type unit, or under the same name in another compilation unit.
    let entry = declared;
    if (declared.flag(DW_AT.DW_AT_declaration)) {
      entry =
        declared.reference(DW_AT.DW_AT_signature) ??
        (name === undefined ? undefined : this.findDefinition(`${keyword} ${name}`)) ??
        declared;
    }
    let members: readonly Member[] | undefined;
    return {
      kind: 'structure',
      offset: declared.offset,
      keyword,
      name: name ?? entry.string(DW_AT.DW_AT_name),
      bytes: entry.number(DW_AT.DW_AT_byte_size) ?? 0,
      isDeclaration: entry.flag(DW_AT.DW_AT_declaration),
      get members() {
        members ??= entry.children.flatMap(child => reader.#member(child));
        return members;
      },
    };
  }

  #member(entry: Entry): Member[] {
    const isBase = entry.tag === DW_TAG.DW_TAG_inheritance;
    if (entry.tag !== DW_TAG.DW_TAG_member && !isBase) return [];
    // Static members of C++ are variables.
    if (entry.flag(DW_AT.DW_AT_external) || (entry.flag(DW_AT.DW_AT_declaration) && !isBase)) return [];
    const bitSize = entry.number(DW_AT.DW_AT_bit_size);
    const { bitOffset, dynamicOffset } = this.#memberOffset(entry, bitSize);
    const reader = this;
    return [
      {
        name: entry.string(DW_AT.DW_AT_name),
        bitOffset,
        bitSize,
        dynamicOffset,
        isBase,
        get type() {
          return reader.typeOf(entry);
        },
      },
    ];
  }

  #memberOffset(entry: Entry, bitSize: number | undefined): Pick<Member, 'bitOffset' | 'dynamicOffset'> {
    const dataBitOffset = entry.number(DW_AT.DW_AT_data_bit_offset);
    if (dataBitOffset !== undefined) return { bitOffset: dataBitOffset, dynamicOffset: undefined };
    const location = entry.attribute(DW_AT.DW_AT_data_member_location);
    let byteOffset = 0;
    if (location?.kind === 'constant') byteOffset = Number(location.value);
    else if (location?.kind === 'sectionOffset') byteOffset = location.offset;
    else if (location?.kind === 'block') {
      const constant = constantOffset(location.bytes);
      if (constant === undefined) return { bitOffset: 0, dynamicOffset: unitExpression(entry.unit, location.bytes) };
      byteOffset = constant;
    }
    const oldBitOffset = entry.number(DW_AT.DW_AT_bit_offset);
    if (oldBitOffset === undefined || bitSize === undefined) return { bitOffset: 8 * byteOffset, dynamicOffset: undefined };
    // DWARF 2 and 3 count from the most significant bit of a storage unit at the member's location.
    const type = this.typeOf(entry);
    const storage = 8 * (entry.number(DW_AT.DW_AT_byte_size) ?? storageBytes(type));
    const isLittle = entry.unit.sections.endianness === 'little';
    const fromStart = isLittle ? storage - oldBitOffset - bitSize : oldBitOffset;
    return { bitOffset: 8 * byteOffset + fromStart, dynamicOffset: undefined };
  }

  #enumeration(entry: Entry): Type {
    const bytes = entry.number(DW_AT.DW_AT_byte_size);
    const underlying = entry.has(DW_AT.DW_AT_type) ? this.typeOf(entry) : undefined;
    const base = underlying?.kind === 'base' ? underlying : undefined;
    let enumerators: readonly Enumerator[] | undefined;
    const read = (): readonly Enumerator[] =>
      childrenOf(entry, ({ tag }) => tag === DW_TAG.DW_TAG_enumerator).map(child => {
        const value = child.attribute(DW_AT.DW_AT_const_value);
        return { name: child.string(DW_AT.DW_AT_name) ?? '', value: value?.kind === 'constant' ? value.value : 0n };
      });
    return {
      kind: 'enumeration',
      offset: entry.offset,
      name: entry.string(DW_AT.DW_AT_name),
      bytes: bytes ?? base?.bytes ?? 4,
      // Without an underlying type (DWARF 2), values decide, as debuggers do.
      get isSigned() {
        if (base !== undefined) return base.encoding === DW_ATE.DW_ATE_signed || base.encoding === DW_ATE.DW_ATE_signed_char;
        enumerators ??= read();
        return enumerators.some(({ value }) => value < 0n);
      },
      get enumerators() {
        enumerators ??= read();
        return enumerators;
      },
    };
  }

  #array(entry: Entry): Type {
    const reader = this;
    const dimensions = childrenOf(entry, ({ tag }) => tag === DW_TAG.DW_TAG_subrange_type || tag === DW_TAG.DW_TAG_generic_subrange).map(
      readDimension,
    );
    return {
      kind: 'array',
      offset: entry.offset,
      dimensions: dimensions.length > 0 ? dimensions : [{ lowerBound: 0, count: undefined }],
      statedBytes: entry.number(DW_AT.DW_AT_byte_size),
      isVector: entry.flag(DW_AT.DW_AT_GNU_vector),
      get element() {
        return reader.typeOf(entry);
      },
    };
  }
}

const childrenOf = (entry: Entry, isWanted: (child: Entry) => boolean): Entry[] => entry.children.filter(isWanted);

const bitsToBytes = (entry: Entry): number => Math.ceil((entry.number(DW_AT.DW_AT_bit_size) ?? 0) / 8);

function readDimension(entry: Entry): ArrayDimension {
  const lowerBound = entry.number(DW_AT.DW_AT_lower_bound) ?? 0;
  const count = entry.number(DW_AT.DW_AT_count);
  if (count !== undefined) return { lowerBound, count };
  const upper = entry.attribute(DW_AT.DW_AT_upper_bound);
  if (upper?.kind !== 'constant') return { lowerBound, count: undefined };
  // GCC writes the upper bound of `int a[0]` as -1, in whatever form it finds.
  const isMinusOne = upper.value === -1n || (upper.bits >= 32 && upper.value === (1n << BigInt(upper.bits)) - 1n);
  const upperBound = isMinusOne ? -1 : Number(upper.value);
  return { lowerBound, count: Math.max(0, upperBound - lowerBound + 1) };
}

/** The size of the base type or enumeration behind a bit-field's type. */
function storageBytes(type: Type): number {
  let seen = type;
  for (let depth = 0; depth < 16 && (seen.kind === 'typedef' || seen.kind === 'qualified'); depth++) seen = seen.target;
  return seen.kind === 'base' || seen.kind === 'enumeration' ? seen.bytes : 4;
}

/** The number of the one-operation expression DW_OP_plus_uconst, which DWARF 2 uses for offsets of members. */
function constantOffset(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== DW_OP.DW_OP_plus_uconst || bytes.length < 2 || bytes.length > 6) return undefined;
  let value = 0;
  for (let index = bytes.length - 1; index >= 1; index--) value = value * 128 + ((bytes[index] ?? 0) & 0x7f);
  return value;
}
