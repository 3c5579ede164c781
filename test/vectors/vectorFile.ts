// SPDX-License-Identifier: MIT
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { type Change, type Ending, type RunInput, type RunOutcome, SLOT, SLOT_END } from './observation.js';

/**
 * The recording: for each row a hash of its inputs and the outcomes as differences from them. The
 * inputs themselves are made again by `inputs.ts`. Brotli around: length of the index (32 bits), the
 * index in JSON, then the outcomes, row after row, little endian:
 *
 *   head      0 not simply retired to the next word, 1 NZCV changed, 2 memory changed, 7..3 number of registers changed
 *   ending    if head bit 0: kind, then by kind pc | nothing | address, flags, syndrome | class, syndrome
 *   NZCV      8 bits
 *   registers number (8 bits) and content (64)
 *   memory    count (8 bits), then for each 64-bit word its number (16) and content (64)
 */
export interface RowRecording {
  readonly name: string;
  readonly hash: string;
  readonly count: number;
  /** The outcomes of the row, to be given to `decodeOutcomes` with its inputs. */
  readonly bytes: Uint8Array;
}

/** A whole recording and what it was recorded from. */
export interface Recording {
  readonly source: string;
  readonly rows: readonly RowRecording[];
}

const HEAD = { ending: 1, NZCV: 2, memory: 4, countShift: 3 } as const;
const KIND = { retired: 0, undefined: 1, memory: 2, exception: 3 } as const;
const MEMORY_FLAG = { write: 1, alignment: 2, syndromeKnown: 4 } as const;
const NZCV_SHIFT = 28n;
const FLAG_REGISTER = 32;

class Writer {
  readonly #bytes: number[] = [];

  number(value: number, bytes: number): void {
    for (let n = 0; n < bytes; n++) this.#bytes.push(Math.floor(value / 2 ** (8 * n)) & 0xff);
  }

  wide(value: bigint): void {
    for (let n = 0n; n < 64n; n += 8n) this.#bytes.push(Number((value >> n) & 0xffn));
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** `outcomes` of `inputs`, packed. */
export function encodeOutcomes(inputs: readonly RunInput[], outcomes: readonly RunOutcome[]): Uint8Array {
  const writer = new Writer();
  inputs.forEach(({ state: before }, n) => {
    const outcome = outcomes[n];
    if (outcome === undefined) throw new Error(`Input ${n} has no outcome.`);
    const { ending, state, changes } = outcome;
    const registers = [...state.keys()].filter(index => index !== FLAG_REGISTER && state[index] !== before[index]);
    const isPlain = ending.kind === 'retired' && ending.pc === SLOT_END;
    const isFlagChange = state[FLAG_REGISTER] !== before[FLAG_REGISTER];
    writer.number(
      (isPlain ? 0 : HEAD.ending) |
        (isFlagChange ? HEAD.NZCV : 0) |
        (changes.length > 0 ? HEAD.memory : 0) |
        (registers.length << HEAD.countShift),
      1,
    );
    if (!isPlain) writeEnding(writer, ending);
    if (isFlagChange) writer.number(Number((state[FLAG_REGISTER] ?? 0n) >> NZCV_SHIFT), 1);
    for (const index of registers) {
      writer.number(index, 1);
      writer.wide(state[index] ?? 0n);
    }
    if (changes.length > 0) writer.number(changes.length, 1);
    for (const { offset, content } of changes) {
      writer.number(offset / 8, 2);
      writer.wide(content);
    }
  });
  return writer.bytes;
}

function writeEnding(writer: Writer, ending: Ending): void {
  switch (ending.kind) {
    case 'retired':
      writer.number(KIND.retired, 1);
      writer.wide(ending.pc);
      return;
    case 'undefined':
      writer.number(KIND.undefined, 1);
      return;
    case 'memory':
      writer.number(KIND.memory, 1);
      writer.wide(ending.address);
      writer.number(
        (ending.isWrite ? MEMORY_FLAG.write : 0) |
          (ending.isAlignment ? MEMORY_FLAG.alignment : 0) |
          (ending.syndrome !== undefined ? MEMORY_FLAG.syndromeKnown : 0),
        1,
      );
      writer.number(ending.syndrome ?? 0, 2);
      return;
    case 'exception':
      writer.number(KIND.exception, 1);
      writer.number(ending.class, 1);
      writer.number(ending.syndrome, 4);
      return;
    case 'left':
      throw new Error('QEMU leaves to no routine.');
  }
}

/** The outcomes in `bytes`, which `encodeOutcomes` made from the same inputs. */
export function decodeOutcomes(inputs: readonly RunInput[], bytes: Uint8Array): readonly RunOutcome[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const byte = (): number => view.getUint8(at++);
  const half = (): number => byte() | (byte() << 8);
  const wide = (): bigint => {
    at += 8;
    return view.getBigUint64(at - 8, true);
  };
  const readEnding = (): Ending => {
    const kind = byte();
    if (kind === KIND.retired) return { kind: 'retired', pc: wide() };
    if (kind === KIND.undefined) return { kind: 'undefined' };
    if (kind === KIND.memory) {
      const address = wide();
      const flags = byte();
      const syndrome = half();
      return {
        kind: 'memory',
        address,
        isWrite: (flags & MEMORY_FLAG.write) !== 0,
        isAlignment: (flags & MEMORY_FLAG.alignment) !== 0,
        ...((flags & MEMORY_FLAG.syndromeKnown) !== 0 ? { syndrome } : {}),
      };
    }
    return { kind: 'exception', class: byte(), syndrome: half() + half() * 0x1_0000 };
  };
  return inputs.map(input => {
    const head = byte();
    const ending: Ending = (head & HEAD.ending) !== 0 ? readEnding() : { kind: 'retired', pc: SLOT_END };
    const state = input.state.slice();
    if ((head & HEAD.NZCV) !== 0) state[FLAG_REGISTER] = BigInt(byte()) << NZCV_SHIFT;
    for (let left = head >>> HEAD.countShift; left > 0; left--) {
      const index = byte();
      state[index] = wide();
    }
    const changes: Change[] = [];
    for (let left = (head & HEAD.memory) !== 0 ? byte() : 0; left > 0; left--) {
      const offset = half() * 8;
      changes.push({ offset, content: wide() });
    }
    return { ending, state, changes };
  });
}

const LENGTH_BYTES = 4;

/** The file of `recording`. */
export function writeRecording({ source, rows }: Recording): Uint8Array {
  const index = new TextEncoder().encode(
    JSON.stringify({
      source,
      slot: Number(SLOT),
      rows: rows.map(({ name, hash, count, bytes }) => ({ name, hash, count, bytes: bytes.length })),
    }),
  );
  const total = rows.reduce((sum, row) => sum + row.bytes.length, LENGTH_BYTES + index.length);
  const file = new Uint8Array(total);
  new DataView(file.buffer).setUint32(0, index.length, true);
  file.set(index, LENGTH_BYTES);
  let at = LENGTH_BYTES + index.length;
  for (const { bytes } of rows) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_QUALITY]: 10 } });
}

/** The recording in `file`, which `writeRecording` made. */
export function readRecording(file: Uint8Array): Recording {
  const bytes = brotliDecompressSync(file);
  const length = bytes.readUInt32LE(0);
  // Written by `writeRecording`; the file is part of the project.
  const index = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, LENGTH_BYTES + length)) as {
    source: string;
    rows: { name: string; hash: string; count: number; bytes: number }[];
  };
  let at = LENGTH_BYTES + length;
  const rows = index.rows.map(row => {
    at += row.bytes;
    return { ...row, bytes: bytes.subarray(at - row.bytes, at) };
  });
  return { source: index.source, rows };
}
