// SPDX-License-Identifier: MIT
import { InvariantError } from '../../base/index.js';

/** How a field of a kernel structure is stored. Arrays hold `count` elements. KVM's structures are in the host's byte order; ours is little-endian. */
export type FieldKind = 'u8' | 'u16' | 'u32' | 'u64' | 's32' | 's64' | 'bytes' | 'u32[]' | 'u64[]';

/** One field: kind, byte offset, and the number of elements of an array (bytes: its length). */
export type FieldRow = readonly [kind: FieldKind, offset: number, count?: number];

/** The fields of a structure by the kernel's names. */
export type FieldTable = Readonly<Record<string, FieldRow>>;

interface KindValues {
  u8: number;
  u16: number;
  u32: number;
  s32: number;
  u64: bigint;
  s64: bigint;
  bytes: Uint8Array;
  'u32[]': Uint32Array;
  'u64[]': BigUint64Array;
}

/** The fields of one instance: numbers and bigints are read and written in place; arrays are views of the same bytes. */
export type StructureView<Fields extends FieldTable> = {
  -readonly [Name in keyof Fields as Fields[Name][0] extends 'bytes' | 'u32[]' | 'u64[]' ? never : Name]: KindValues[Fields[Name][0]];
} & {
  readonly [Name in keyof Fields as Fields[Name][0] extends 'bytes' | 'u32[]' | 'u64[]' ? Name : never]: KindValues[Fields[Name][0]];
};

/** A kernel structure as a table: every byte that has a name, where it is and how wide. */
export interface Structure<Fields extends FieldTable> {
  readonly name: string;
  /** sizeof. */
  readonly bytes: number;
  readonly fields: Fields;
  /** The structure at `offset` of `bytes`; `offset` must make the arrays aligned to their elements. Reads and writes go to the same memory. */
  over(bytes: Uint8Array, offset?: number): StructureView<Fields>;
  /** A zeroed instance with some fields set, as bytes: what user space passes to an ioctl. */
  make(values?: Partial<StructureView<Fields>>): Uint8Array;
}

const ELEMENT_BYTES: Readonly<Record<FieldKind, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  s32: 4,
  u64: 8,
  s64: 8,
  bytes: 1,
  'u32[]': 4,
  'u64[]': 8,
};

function property(kind: FieldKind, offset: number, count: number): PropertyDescriptor & ThisType<{ readonly view: DataView }> {
  switch (kind) {
    case 'u8':
      return { get() { return this.view.getUint8(offset); }, set(value: number) { this.view.setUint8(offset, value); } }; // biome-ignore format: pairs
    case 'u16':
      return { get() { return this.view.getUint16(offset, true); }, set(value: number) { this.view.setUint16(offset, value, true); } }; // biome-ignore format: pairs
    case 'u32':
      return { get() { return this.view.getUint32(offset, true); }, set(value: number) { this.view.setUint32(offset, value, true); } }; // biome-ignore format: pairs
    case 's32':
      return { get() { return this.view.getInt32(offset, true); }, set(value: number) { this.view.setInt32(offset, value, true); } }; // biome-ignore format: pairs
    case 'u64':
      return { get() { return this.view.getBigUint64(offset, true); }, set(value: bigint) { this.view.setBigUint64(offset, value, true); } }; // biome-ignore format: pairs
    case 's64':
      return { get() { return this.view.getBigInt64(offset, true); }, set(value: bigint) { this.view.setBigInt64(offset, value, true); } }; // biome-ignore format: pairs
    case 'bytes':
      return { get() { return new Uint8Array(this.view.buffer, this.view.byteOffset + offset, count); } }; // biome-ignore format: pairs
    case 'u32[]':
      return { get() { return new Uint32Array(this.view.buffer, this.view.byteOffset + offset, count); } }; // biome-ignore format: pairs
    case 'u64[]':
      return { get() { return new BigUint64Array(this.view.buffer, this.view.byteOffset + offset, count); } }; // biome-ignore format: pairs
  }
}

/**
 * Describes a kernel structure. Fails at load if a field is misaligned or runs past the end.
 * Fields may overlap only when `unions` says so: struct kvm_run's exit union does.
 */
export function structure<const Fields extends FieldTable>(
  name: string,
  bytes: number,
  fields: Fields,
  unions: 'noUnions' | 'unions' = 'noUnions',
): Structure<Fields> {
  const taken = new Uint8Array(bytes);
  class View {
    constructor(readonly view: DataView) {}
  }
  for (const [field, [kind, offset, count = 1]] of Object.entries(fields)) {
    const size = ELEMENT_BYTES[kind] * count;
    if (offset % ELEMENT_BYTES[kind] !== 0 || offset + size > bytes)
      throw new InvariantError(`struct ${name}: ${field} does not fit at ${offset}`);
    if (unions === 'noUnions' && taken.subarray(offset, offset + size).some(byte => byte !== 0))
      throw new InvariantError(`struct ${name}: ${field} overlaps another field`);
    taken.fill(1, offset, offset + size);
    Object.defineProperty(View.prototype, field, property(kind, offset, count));
  }
  const over = (memory: Uint8Array, offset = 0): StructureView<Fields> =>
    // The prototype has just been given one property of the right kind for each field.
    new View(new DataView(memory.buffer, memory.byteOffset + offset, bytes)) as unknown as StructureView<Fields>;
  const make = (values: Partial<StructureView<Fields>> = {}): Uint8Array => {
    const memory = new Uint8Array(bytes);
    const view: Record<string, unknown> = over(memory);
    for (const [field, value] of Object.entries(values)) {
      const current = view[field];
      if (current instanceof Uint8Array && value instanceof Uint8Array) current.set(value);
      else if (current instanceof Uint32Array && value instanceof Uint32Array) current.set(value);
      else if (current instanceof BigUint64Array && value instanceof BigUint64Array) current.set(value);
      else view[field] = value;
    }
    return memory;
  };
  return { name, bytes, fields, over, make };
}
