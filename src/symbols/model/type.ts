// SPDX-License-Identifier: MIT
import type { DwarfExpression } from '../dwarf/expression.js';

/** What every type has. Types are read when they are looked at, so a type may lead back to itself (`struct node *next`). */
interface TypeBase {
  /** Offset of the entry that declares it, unique in its file; -1 for `void` and for types that no entry declares. */
  readonly offset: number;
}

export interface VoidType extends TypeBase {
  readonly kind: 'void';
}

/** DW_TAG_base_type. */
export interface BaseType extends TypeBase {
  readonly kind: 'base';
  readonly name: string;
  /** A `DW_ATE` value; values that the standard does not know stay as they are. */
  readonly encoding: number;
  readonly bytes: number;
  /** A floating-point number that is the sum of two doubles, the larger one first. */
  readonly isDoublePair?: true;
}

/** A pointer, or a C++ reference. */
export interface PointerType extends TypeBase {
  readonly kind: 'pointer';
  readonly form: 'pointer' | 'reference' | 'rvalue reference';
  readonly bytes: number;
  readonly target: Type;
}

/** A member of a structure, or the anonymous structure that is one. */
export interface Member {
  /** `undefined` for an anonymous struct or union, and for the unnamed bit-field. */
  readonly name: string | undefined;
  readonly type: Type;
  /** Offset of the first bit from the start of the structure, in bits; in the order of memory (see `bitFieldValueShift` for values). */
  readonly bitOffset: number;
  /** Size in bits if it is a bit-field. */
  readonly bitSize: number | undefined;
  /** An offset that must be computed (virtual bases, Ada): an expression that gets the structure's address pushed. */
  readonly dynamicOffset: DwarfExpression | undefined;
  /** Whether this is a C++ base class. */
  readonly isBase: boolean;
}

export interface StructureType extends TypeBase {
  readonly kind: 'structure';
  readonly keyword: 'struct' | 'union' | 'class';
  readonly name: string | undefined;
  readonly bytes: number;
  /** An incomplete type whose full declaration is in no unit of this file. */
  readonly isDeclaration: boolean;
  readonly members: readonly Member[];
}

export interface ArrayDimension {
  readonly lowerBound: number;
  /** The number of elements; `undefined` for `[]` and for lengths only known when running. */
  readonly count: number | undefined;
}

export interface ArrayType extends TypeBase {
  readonly kind: 'array';
  readonly element: Type;
  /** At least one, outermost first. */
  readonly dimensions: readonly ArrayDimension[];
  /** The size that the entry gives, `undefined` if it follows from element and dimensions. */
  readonly statedBytes: number | undefined;
  readonly isVector: boolean;
}

export interface Enumerator {
  readonly name: string;
  readonly value: bigint;
}

export interface EnumerationType extends TypeBase {
  readonly kind: 'enumeration';
  readonly name: string | undefined;
  readonly bytes: number;
  readonly isSigned: boolean;
  readonly enumerators: readonly Enumerator[];
}

export interface TypedefType extends TypeBase {
  readonly kind: 'typedef';
  readonly name: string;
  readonly target: Type;
}

export interface QualifiedType extends TypeBase {
  readonly kind: 'qualified';
  readonly qualifier: 'const' | 'volatile' | 'restrict' | '_Atomic';
  readonly target: Type;
}

export interface FunctionType extends TypeBase {
  readonly kind: 'function';
  readonly result: Type;
  readonly parameters: readonly Type[];
  readonly isVariadic: boolean;
  /** False for the `int f()` of old C. */
  readonly isPrototyped: boolean;
}

/** A kind of type that this reader does not know, or a reference that leads nowhere. */
export interface UnknownType extends TypeBase {
  readonly kind: 'unknown';
  /** The `DW_TAG` value, 0 if there is no entry. */
  readonly tag: number;
  readonly name: string | undefined;
  readonly bytes: number | undefined;
}

/** A type of the program. Getters read on demand; following them forever is possible, so bound what you follow. */
export type Type =
  | VoidType
  | BaseType
  | PointerType
  | StructureType
  | ArrayType
  | EnumerationType
  | TypedefType
  | QualifiedType
  | FunctionType
  | UnknownType;

/** The one `void`. */
export const VOID: VoidType = { kind: 'void', offset: -1 };

/** How many typedefs, qualifiers and elements are followed before a type counts as circular. */
export const MAXIMUM_TYPE_DEPTH = 64;

/** `type` without typedefs and qualifiers: what its bytes are. Of circular typedefs, the one where following ended. */
export function underlyingType(type: Type): Type {
  let seen = type;
  for (let depth = 0; depth < MAXIMUM_TYPE_DEPTH; depth++) {
    if (seen.kind !== 'typedef' && seen.kind !== 'qualified') return seen;
    seen = seen.target;
  }
  return seen;
}

/** The size of a value of `type` in bytes; `undefined` if it has none (void, functions, incomplete types, flexible arrays). */
export function sizeOf(type: Type, depth = 0): number | undefined {
  const seen = underlyingType(type);
  switch (seen.kind) {
    case 'base':
    case 'pointer':
    case 'enumeration':
      return seen.bytes;
    case 'structure':
      return seen.isDeclaration ? undefined : seen.bytes;
    case 'unknown':
      return seen.bytes;
    case 'array': {
      if (seen.statedBytes !== undefined) return seen.statedBytes;
      let bytes = depth >= MAXIMUM_TYPE_DEPTH ? undefined : sizeOf(seen.element, depth + 1);
      for (const { count } of seen.dimensions) bytes = bytes === undefined || count === undefined ? undefined : bytes * count;
      return bytes;
    }
    case 'void':
    case 'function':
    case 'typedef':
    case 'qualified':
      return undefined;
  }
}
