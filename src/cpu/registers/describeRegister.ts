// SPDX-License-Identifier: MIT
import { invariant, ones, present } from '../../base/index.js';

/** One field of a register. `Name` 'RES0' or 'RES1': reserved bits. */
export interface Field<Name extends string = string, ValueName extends string = string, Content extends number | bigint = number | bigint> {
  /** Bit or range in the manual's numbering: '13', '15:14' (lsb0), '48:53' (msb0). */
  readonly bits: string;
  readonly name: Name;
  /** What it says, as the manual's heading has it. */
  readonly title: string;
  /** Named values. */
  readonly values: Readonly<Partial<Record<ValueName, number>>>;
  /** Wider than 32 bits: its content is a `bigint`. The sample value only carries the type. */
  readonly content: Content;
}

/** A field of at most 32 bits, with names for its values where the manual gives some. */
export const field = <const Name extends string, ValueName extends string = never>(
  bits: string,
  name: Name,
  title: string,
  values?: Readonly<Record<ValueName, number>>,
): Field<Name, ValueName, number> => {
  const named: Readonly<Partial<Record<ValueName, number>>> = values ?? ({} as Partial<Record<ValueName, number>>); // No names: the empty record is a partial one.
  return { bits, name, title, values: named, content: 0 };
};

/** A field of more than 32 bits. */
export const wideField = <const Name extends string>(bits: string, name: Name, title: string): Field<Name, never, bigint> => ({
  bits,
  name,
  title,
  values: {},
  content: 0n,
});

/** Bits that the manual reserves: written as 0 (RES0) or 1 (RES1). */
export const reserved = <const Name extends 'RES0' | 'RES1' = 'RES0'>(bits: string, name?: Name): Field<Name, never, number> => ({
  bits,
  // Without an argument the type parameter is its default, 'RES0'.
  name: (name ?? 'RES0') as Name,
  title: 'Reserved',
  values: {},
  content: 0,
});

/** Where a field lies, counted from the least significant bit whatever the manual's numbering. */
export interface FieldPosition {
  readonly high: number;
  readonly low: number;
  /** As many ones as the field has bits. */
  readonly ones: bigint;
}

/** What the author of a description writes: fields as the manual draws them, the most significant first. */
export interface RegisterDefinition<F extends Field> {
  readonly name: string;
  readonly title: string;
  readonly width: 8 | 16 | 32 | 64;
  /** Bit 0 is the least (Arm) or the most significant one (Power). */
  readonly numbering: 'lsb0' | 'msb0';
  readonly fields: readonly F[];
}

/** A register with all its bits described. */
export interface Register<F extends Field = Field> extends RegisterDefinition<F> {
  /** Of each field in `fields`, in the same order. */
  readonly positions: readonly FieldPosition[];
}

type Reserved = 'RES0' | 'RES1';
/** Field values by name for `encode`: a number (or `bigint` for a wide field) or the manual's name of the value. */
export type FieldValues<F extends Field> = {
  readonly [G in F as Exclude<G['name'], Reserved>]?: G extends Field<string, infer ValueName, infer Content>
    ? ValueName | Content | (Content extends bigint ? bigint : number)
    : never;
};
/** Field values by name as `decode` gives them. */
export type DecodedFields<F extends Field> = {
  readonly [G in F as Exclude<G['name'], Reserved>]: G extends Field<string, string, infer Content>
    ? Content extends bigint
      ? bigint
      : number
    : never;
};

/** A field's value in words, for views. */
export interface FieldView {
  readonly name: string;
  readonly bits: string;
  readonly title: string;
  readonly value: number | bigint;
  /** The manual's name of the value; empty if it has none. */
  readonly meaning: string;
}

const isReserved = (name: string): name is Reserved => name === 'RES0' || name === 'RES1';

/** Checks a description. A gap, an overlap, a name used twice or a value named twice is a bug of the table and does not load. */
export function register<const F extends Field>(definition: RegisterDefinition<F>): Register<F> {
  const { name, width, numbering, fields } = definition;
  let next = width - 1;
  const positions = fields.map(({ bits, name: fieldName, values, content }) => {
    const ends = /^([0-9]+)(?::([0-9]+))?$/.exec(bits);
    invariant(ends !== null, `${name}.${fieldName}: '${bits}' is neither a bit nor a range of bits`);
    const [first, last] = [Number(ends[1]), Number(ends[2] ?? ends[1])];
    const [high, low] = numbering === 'lsb0' ? [first, last] : [width - 1 - first, width - 1 - last];
    invariant(high === next && low <= high && low >= 0, `${name}.${fieldName} [${bits}] does not follow the field before it`);
    next = low - 1;
    const named = Object.values(values);
    invariant(new Set(named).size === named.length, `${name}.${fieldName} names a value twice`);
    invariant(
      named.every(value => value !== undefined && value < 2 ** (high - low + 1)),
      `${name}.${fieldName} names a value that does not fit`,
    );
    invariant(high - low < 32 || typeof content === 'bigint' || isReserved(fieldName), `${name}.${fieldName} is wider than 32 bits`);
    return { high, low, ones: ones(high - low + 1) };
  });
  invariant(next === -1, `${name}: bits below ${next + 1} are not described`);
  const names = fields.map(each => each.name).filter(each => !isReserved(each));
  invariant(new Set(names).size === names.length, `${name} names a field twice`);
  return { ...definition, positions };
}

/** Where `which` (a field or its name) lies in `r`. */
export function position<F extends Field>(r: Register<F>, which: F | F['name']): FieldPosition {
  const index = r.fields.findIndex(each => each === which || each.name === which);
  return present(r.positions[index], `${r.name}.${typeof which === 'string' ? which : which.name}`);
}

/** The bits of a field in place. */
export function maskOf<F extends Field>(r: Register<F>, name: Exclude<F['name'], Reserved>): bigint {
  const { high, low } = position(r, name);
  return ones(high - low + 1) << BigInt(low);
}

/** As `maskOf` for a field within bits 31:0, as a signed 32-bit number for `&` and `|`. */
export const mask32 = <F extends Field>(r: Register<F>, name: Exclude<F['name'], Reserved>): number => Number(maskOf(r, name)) | 0;

/** The register's value with these fields; what is not named is 0, RES1 bits are 1. A value too large for its field is cut. */
export function encode<F extends Field>(r: Register<F>, values: FieldValues<F>): bigint {
  // Keys are checked by the type; the loop below looks fields up by name.
  const given = values as Readonly<Record<string, string | number | bigint | undefined>>;
  let word = 0n;
  for (const [index, { name, values: named }] of r.fields.entries()) {
    const { high, low } = present(r.positions[index], name);
    const all = ones(high - low + 1);
    const value = given[name];
    const content =
      name === 'RES1'
        ? all
        : typeof value === 'string'
          ? BigInt(present(named[value], `${r.name}.${name} = ${value}`))
          : BigInt(value ?? 0);
    if (name !== 'RES0') word |= (content & all) << BigInt(low);
  }
  return word;
}

/** All fields of `word` by name, reserved ones left out. */
export function decode<F extends Field>(r: Register<F>, word: bigint): DecodedFields<F> {
  const decoded: Record<string, number | bigint> = {};
  for (const [index, { name, content }] of r.fields.entries()) {
    if (isReserved(name)) continue;
    const place = present(r.positions[index], name);
    const value = (word >> BigInt(place.low)) & place.ones;
    decoded[name] = typeof content === 'bigint' ? value : Number(value);
  }
  // Exactly the names and kinds of content that F lists.
  return decoded as DecodedFields<F>;
}

/** All fields of `word` for a register view, the most significant first, reserved ones left out. */
export function describe<F extends Field>(r: Register<F>, word: bigint): readonly FieldView[] {
  const decoded = decode(r, word) as Readonly<Record<string, number | bigint>>;
  return r.fields
    .filter(each => !isReserved(each.name))
    .map(({ name, bits, title, values }) => {
      const value = decoded[name] ?? 0;
      const meaning = Object.entries(values).find(([, named]) => named === value)?.[0] ?? '';
      return { name, bits, title, value, meaning };
    });
}

/** Those bits of a register that are described as fields, that is all but reserved ones. */
export function describedBits(r: Register): bigint {
  return r.fields.reduce((bits, { name }, index) => {
    const { high, low } = present(r.positions[index], name);
    return isReserved(name) ? bits : bits | (ones(high - low + 1) << BigInt(low));
  }, 0n);
}

/** The bits that the manual reserves as 1. */
export const reservedOnes = (r: Register): bigint => encode(r, {}) & ~describedBits(r);
