// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import { cells, type DeviceTreeValue, deviceTreeView, FDT, FDT_HEADER, strings } from './flattenedDeviceTree.js';

/** The node with what a boot loader tells the kernel (Devicetree Specification, /chosen node). */
const CHOSEN = 'chosen';
/** How deep its properties stand: the root's stand at 1. */
const CHOSEN_DEPTH = 2;

const DAMAGED = failure('dtb', 'The device tree of "dtb" is damaged: its structure block does not read as nodes and properties.');

/** Where something of the structure block lies, in bytes from its start. */
interface Extent {
  readonly start: number;
  readonly end: number;
}

/** What must be known of a structure block to change its /chosen. */
interface Outline {
  /** Behind the name of /chosen; `undefined` if there is no such node. */
  readonly chosen: number | undefined;
  /** Properties of /chosen that are to be replaced. */
  readonly replaced: readonly Extent[];
  /** Where the root ends. */
  readonly rootEnd: number;
}

/**
 * `blob`, a checked device tree, with these properties of /chosen, as QEMU's -initrd and -append complete the tree of -dtb: they take the place of
 * what is there, and /chosen is made if it is missing. All else stays byte by byte; memory reservations and the order of nodes too.
 */
export function completedDeviceTree(blob: Uint8Array, properties: Readonly<Record<string, DeviceTreeValue>>): Result<Uint8Array> {
  const view = deviceTreeView(blob);
  const word = (name: keyof typeof FDT_HEADER): number => view.getUint32(FDT_HEADER[name]);
  const part = (start: number, bytes: number): Uint8Array => blob.subarray(start, start + bytes);
  const structure = part(word('off_dt_struct'), word('size_dt_struct'));
  const names = part(word('off_dt_strings'), word('size_dt_strings'));
  const reserved = reservations(view, word('off_mem_rsvmap'));
  const outline = outlineOf(structure, names, Object.keys(properties));
  if (reserved === undefined || outline === undefined) return DAMAGED;

  const added = join(Object.keys(properties).map(name => strings(name)));
  const offsets = Object.keys(properties).map((_, index, all) => names.length + strings(...all.slice(0, index)).length);
  const written = Object.values(properties).flatMap((value, index) => [
    cells(FDT.PROP, value.length, offsets[index] ?? 0),
    value,
    padding(value.length),
  ]);
  const inserted =
    outline.chosen === undefined
      ? [cells(FDT.BEGIN_NODE), strings(CHOSEN), padding(CHOSEN.length + 1), ...written, cells(FDT.END_NODE)]
      : written;
  const at = outline.chosen ?? outline.rootEnd;
  const changed = join([structure.subarray(0, at), ...inserted, ...without(structure, at, outline.replaced)]);

  const reservationOffset = FDT.HEADER_BYTES;
  const structureOffset = reservationOffset + reserved.length;
  const stringsOffset = structureOffset + changed.length;
  const total = stringsOffset + names.length + added.length;
  const header = blob.slice(0, FDT.HEADER_BYTES);
  const put = (name: keyof typeof FDT_HEADER, value: number): void => deviceTreeView(header).setUint32(FDT_HEADER[name], value);
  put('totalsize', total);
  put('off_dt_struct', structureOffset);
  put('off_dt_strings', stringsOffset);
  put('off_mem_rsvmap', reservationOffset);
  put('size_dt_strings', names.length + added.length);
  put('size_dt_struct', changed.length);
  return success(join([header, reserved, changed, names, added]));
}

/** The memory reservation block with its end, a pair of zeros. */
function reservations(view: DataView, offset: number): Uint8Array | undefined {
  for (let at = offset; at + FDT.RESERVATION_BYTES <= view.byteLength; at += FDT.RESERVATION_BYTES)
    if (view.getBigUint64(at) === 0n && view.getBigUint64(at + 8) === 0n)
      return new Uint8Array(view.buffer, view.byteOffset + offset, at + FDT.RESERVATION_BYTES - offset);
  return undefined;
}

/** Reads the structure block from its start to its end; `undefined` if it is damaged. */
function outlineOf(structure: Uint8Array, names: Uint8Array, wanted: readonly string[]): Outline | undefined {
  const view = deviceTreeView(structure);
  const replaced: Extent[] = [];
  let chosen: number | undefined;
  let rootEnd: number | undefined;
  let isInChosen = false;
  for (let at = 0, depth = 0; at + 4 <= structure.length; ) {
    const start = at;
    const token = view.getUint32(at);
    at += 4;
    switch (token) {
      case FDT.BEGIN_NODE: {
        const name = textAt(structure, at);
        if (name === undefined) return undefined;
        at += aligned(name.length + 1);
        depth++;
        if (depth === CHOSEN_DEPTH && name === CHOSEN && chosen === undefined) {
          chosen = at;
          isInChosen = true;
        }
        break;
      }
      case FDT.PROP: {
        if (at + 8 > structure.length) return undefined;
        const name = textAt(names, view.getUint32(at + 4));
        at += 8 + aligned(view.getUint32(at));
        if (isInChosen && depth === CHOSEN_DEPTH && name !== undefined && wanted.includes(name)) replaced.push({ start, end: at });
        break;
      }
      case FDT.END_NODE:
        if (depth === CHOSEN_DEPTH) isInChosen = false;
        depth--;
        if (depth === 0) rootEnd ??= start;
        break;
      case FDT.NOP:
        break;
      case FDT.END:
        return depth === 0 && rootEnd !== undefined ? { chosen, replaced, rootEnd } : undefined;
      default:
        return undefined;
    }
  }
  return undefined;
}

/** The bytes from `start` on but for `left out`. */
function without(bytes: Uint8Array, start: number, leftOut: readonly Extent[]): readonly Uint8Array[] {
  const starts = [start, ...leftOut.map(({ end }) => end)];
  const ends = [...leftOut.map(extent => extent.start), bytes.length];
  return starts.map((from, index) => bytes.subarray(from, ends[index]));
}

/** The text up to the zero, as Latin-1: names are ASCII, and others are compared only. */
function textAt(bytes: Uint8Array, start: number): string | undefined {
  const end = start <= bytes.length ? bytes.indexOf(0, start) : -1;
  return end < 0 ? undefined : String.fromCharCode(...bytes.subarray(start, Math.min(end, start + LONGEST_NAME)));
}

/** More than any name that is looked for. A longer name is cut, and its node found to be damaged. */
const LONGEST_NAME = 256;

const aligned = (bytes: number): number => bytes + (-bytes & 3);

const padding = (bytes: number): Uint8Array => new Uint8Array(-bytes & 3);

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
