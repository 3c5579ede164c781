// SPDX-License-Identifier: MIT
import { type Endianness, virtualAddress } from '../../base/index.js';
import type { Instructions } from '../stepping/instructions.js';
import type { ProgramSymbols } from '../symbols/programSymbols.js';
import type { DisassembledRow, DisassemblyRequest } from './disassembledRow.js';

const INSTRUCTION_BYTES = 4n;
const MAXIMUM_ROWS = 10_000;
const LAST_ROW = (1n << 64n) - INSTRUCTION_BYTES;

/** What rows are made of. */
export interface DisassemblyWorld {
  readonly instructions: Instructions;
  readonly endianness: Endianness;
  readonly symbols: ProgramSymbols;
  /** All `size` bytes, without our breakpoints, or `undefined`. */
  read(address: bigint, size: number): Uint8Array | undefined;
}

/**
 * Exactly `request.count` rows, 4 bytes apart. Rows before address 0 and behind the last address are unreadable rows at the clamped
 * end, never at address -1, which VS Code drops.
 */
export function disassembleRows(request: DisassemblyRequest, world: DisassemblyWorld): readonly DisassembledRow[] {
  const count = Math.max(0, Math.min(MAXIMUM_ROWS, Math.trunc(request.count)));
  const start = request.address + BigInt(Math.trunc(request.byteOffset ?? 0));
  const first =
    start -
    (((start % INSTRUCTION_BYTES) + INSTRUCTION_BYTES) % INSTRUCTION_BYTES) +
    BigInt(Math.trunc(request.rowOffset ?? 0)) * INSTRUCTION_BYTES;
  return Array.from({ length: count }, (_, index) => {
    const address = first + BigInt(index) * INSTRUCTION_BYTES;
    if (address < 0n || address > LAST_ROW) return outside(address < 0n ? 0n : LAST_ROW);
    return rowAt(address, world, address === request.address ? request.word : undefined);
  });
}

const outside = (address: bigint): DisassembledRow => ({
  address: virtualAddress(address),
  word: undefined,
  text: '??',
  symbol: undefined,
  path: undefined,
  line: undefined,
  column: undefined,
  isReadable: false,
});

function rowAt(address: bigint, world: DisassemblyWorld, given: number | undefined): DisassembledRow {
  const { symbols, instructions } = world;
  const symbol = symbols.describe(address);
  const word = given ?? wordAt(address, world);
  if (word === undefined) return { ...outside(address), symbol };
  const line = symbols.lineRowAt(address);
  const isLineStart = line !== undefined && line.line > 0 && line.address === address;
  const instruction = withTargetName(instructions.disassemble(word, address), world);
  return {
    address: virtualAddress(address),
    word,
    text: symbol ? `${symbol} ${instruction}` : instruction,
    symbol,
    path: isLineStart ? line.file.path : undefined,
    line: isLineStart ? line.line : undefined,
    column: isLineStart && line.column > 0 ? line.column : undefined,
    isReadable: true,
  };
}

function wordAt(address: bigint, { read, endianness }: DisassemblyWorld): number | undefined {
  const bytes = read(address, 4);
  return bytes && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, endianness === 'little');
}

function withTargetName(text: string, { instructions, symbols }: DisassemblyWorld): string {
  const target = instructions.targetIn(text);
  const name = target && symbols.describe(BigInt(target));
  return name ? `${text} ${name}` : text;
}
