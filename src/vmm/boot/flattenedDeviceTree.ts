// SPDX-License-Identifier: MIT
import { type AddressRange, failure, hex, invariant, type Result, success } from '../../base/index.js';

/** The value of a property as it lies in the blob: big-endian, without padding. */
export type DeviceTreeValue = Uint8Array;

/** A node before it is flattened. The root's name is empty; all others follow the form `name@unit-address`. */
export interface DeviceTreeNode {
  readonly name: string;
  /** In the order in which they are written. */
  readonly properties: Readonly<Record<string, DeviceTreeValue>>;
  readonly children: readonly DeviceTreeNode[];
}

/** Makes a node. */
export const deviceTreeNode = (
  name: string,
  properties: Readonly<Record<string, DeviceTreeValue>>,
  children: readonly DeviceTreeNode[] = [],
): DeviceTreeNode => ({ name, properties, children });

/** A property that says all by being there. */
export const emptyValue: DeviceTreeValue = new Uint8Array(0);

/** `<u32>` and `<prop-encoded-array>` of cells; a phandle is a cell too. */
export function cells(...values: readonly number[]): DeviceTreeValue {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value);
  return new Uint8Array(view.buffer);
}

/** `<u64>`: two cells each, the high one first. Also addresses and sizes where `#address-cells` and `#size-cells` are 2. */
export function doubleCells(...values: readonly bigint[]): DeviceTreeValue {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (const [index, value] of values.entries()) view.setBigUint64(index * 8, value);
  return new Uint8Array(view.buffer);
}

/** `<string>` and `<stringlist>`: UTF-8, a zero after each. */
export const strings = (...values: readonly string[]): DeviceTreeValue =>
  new TextEncoder().encode(values.map(value => `${value}\0`).join(''));

/** What stands in the blob beside the tree. */
export interface FlattenOptions {
  /** Memory that the guest must leave alone. */
  readonly reservations?: readonly AddressRange[];
  /** The physical id (`reg`) of the CPU that boots. */
  readonly bootCpu?: number;
}

/** Devicetree Specification, Flattened Devicetree (DTB) Format: Header and Structure Block. */
export const FDT = {
  MAGIC: 0xd00d_feed,
  VERSION: 17,
  LAST_COMPATIBLE_VERSION: 16,
  HEADER_BYTES: 40,
  RESERVATION_BYTES: 16,
  BEGIN_NODE: 1,
  END_NODE: 2,
  PROP: 3,
  NOP: 4,
  END: 9,
} as const;

/** Node Names and Property Names: up to 31 characters of these. PAPR has a property of 32, `ibm,processor-radix-AP-encodings`. */
const NODE_NAME = /^[0-9a-zA-Z,._+-]{1,31}(@[0-9a-zA-Z,._+-]+)?$/;
const PROPERTY_NAME = /^[0-9a-zA-Z,._+?#-]{1,32}$/;

/**
 * The tree as a flattened devicetree of version 17, byte by byte what `dtc` writes for the same source.
 * A name that the specification forbids is a bug of the caller.
 *
 *   0x00 ┌────────────────────────────┐ header: magic, sizes and offsets, version
 *   0x28 ├────────────────────────────┤ memory reservation block, ends with a pair of zeros
 *        ├────────────────────────────┤ structure block: nodes and properties, in words
 *        ├────────────────────────────┤ strings block: names of properties
 *        └────────────────────────────┘
 */
export function flattenDeviceTree(root: DeviceTreeNode, options: FlattenOptions = {}): Uint8Array {
  invariant(root.name === '', `The root of a device tree has no name, not "${root.name}"`);
  const reservations = options.reservations ?? [];
  const names = new StringsBlock();
  const structure = new BigEndianWriter();
  writeNode(root, structure, names);
  structure.word(FDT.END);

  const reservationOffset = FDT.HEADER_BYTES;
  const structureOffset = reservationOffset + (reservations.length + 1) * FDT.RESERVATION_BYTES;
  const stringsOffset = structureOffset + structure.length;

  const blob = new BigEndianWriter();
  blob.word(FDT.MAGIC);
  blob.word(stringsOffset + names.length); // totalsize
  blob.word(structureOffset);
  blob.word(stringsOffset);
  blob.word(reservationOffset);
  blob.word(FDT.VERSION);
  blob.word(FDT.LAST_COMPATIBLE_VERSION);
  blob.word(options.bootCpu ?? 0);
  blob.word(names.length);
  blob.word(structure.length);
  for (const { start, bytes } of reservations) blob.bytes(doubleCells(start, BigInt(bytes)));
  blob.bytes(doubleCells(0n, 0n));
  blob.bytes(structure.result());
  blob.bytes(names.result());
  return blob.result();
}

function writeNode(node: DeviceTreeNode, structure: BigEndianWriter, names: StringsBlock): void {
  structure.word(FDT.BEGIN_NODE);
  structure.bytes(strings(node.name));
  structure.align();
  for (const [name, value] of Object.entries(node.properties)) {
    invariant(PROPERTY_NAME.test(name), `"${name}" is not a name of a device tree property`);
    structure.word(FDT.PROP);
    structure.word(value.length);
    structure.word(names.offsetOf(name));
    structure.bytes(value);
    structure.align();
  }
  for (const child of node.children) {
    invariant(NODE_NAME.test(child.name), `"${child.name}" is not a name of a device tree node`);
    writeNode(child, structure, names);
  }
  structure.word(FDT.END_NODE);
}

/** The names of the properties, each once; a name that ends another shares its bytes, as in dtc. */
class StringsBlock {
  #text = '';

  get length(): number {
    return this.#text.length;
  }

  offsetOf(name: string): number {
    const found = this.#text.indexOf(`${name}\0`);
    if (found >= 0) return found;
    const offset = this.#text.length;
    this.#text += `${name}\0`;
    return offset;
  }

  result(): Uint8Array {
    return new TextEncoder().encode(this.#text); // ASCII: checked before a name comes here.
  }
}

class BigEndianWriter {
  #bytes = new Uint8Array(1024);
  length = 0;

  word(value: number): void {
    this.bytes(cells(value));
  }

  bytes(value: Uint8Array): void {
    if (this.length + value.length > this.#bytes.length) {
      const larger = new Uint8Array((this.length + value.length) * 2);
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    this.#bytes.set(value, this.length);
    this.length += value.length;
  }

  /** Zeros up to the next word. */
  align(): void {
    this.bytes(new Uint8Array(-this.length & 3));
  }

  result(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}

/** Offsets of the header's big-endian words (Devicetree Specification, Header). */
export const FDT_HEADER = {
  magic: 0,
  totalsize: 4,
  off_dt_struct: 8,
  off_dt_strings: 12,
  off_mem_rsvmap: 16,
  last_comp_version: 24,
  size_dt_strings: 32,
  size_dt_struct: 36,
} as const;

/** The words of a part of a device tree blob. */
export const deviceTreeView = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Whether `blob` is a flattened device tree that a guest can read: header and the extent of its blocks. A refusal says what is wrong with it. */
export function checkDeviceTreeBlob(blob: Uint8Array): Result<undefined> {
  if (blob.length < FDT.HEADER_BYTES)
    return failure('dtb', `The file of "dtb" has ${blob.length} bytes, fewer than the header of a device tree blob.`);
  const view = deviceTreeView(blob);
  const word = (name: keyof typeof FDT_HEADER): number => view.getUint32(FDT_HEADER[name]);
  if (word('magic') !== FDT.MAGIC)
    return failure(
      'dtb',
      `The file of "dtb" is no device tree blob: it begins with ${hex(word('magic'), 8)} and not with ${hex(FDT.MAGIC)}.`,
    );
  if (word('totalsize') > blob.length || word('totalsize') < FDT.HEADER_BYTES)
    return failure('dtb', `The device tree of "dtb" says that it has ${word('totalsize')} bytes, but the file has ${blob.length}.`);
  if (word('last_comp_version') > FDT.VERSION)
    return failure('dtb', `The device tree of "dtb" needs a reader of version ${word('last_comp_version')}; ${FDT.VERSION} is known.`);
  const isInside = (offset: number, bytes: number): boolean => offset >= FDT.HEADER_BYTES && offset + bytes <= word('totalsize');
  if (!isInside(word('off_dt_struct'), word('size_dt_struct')) || !isInside(word('off_dt_strings'), word('size_dt_strings')))
    return failure('dtb', 'The device tree of "dtb" is damaged: its structure or its strings lie outside of it.');
  return success(undefined);
}
