// SPDX-License-Identifier: MIT
import { virtualAddress } from '../../base/index.js';
import { disassemble } from '../../cpu/index.js';
import type { ProgramSymbols } from '../symbols/programSymbols.js';
import type { DisassembledRow, DisassemblyRequest } from './disassembledRow.js';

const INSTRUCTION_BYTES = 4n;
const MAXIMUM_ROWS = 10_000;
const LAST_ROW = (1n << 64n) - INSTRUCTION_BYTES;

/** A branch target at the end of an instruction's text: people want its name. */
const TARGET = /^(?:b|bl|b\.\w+|cbz|cbnz|tbz|tbnz|adr|adrp)\s.*?(0x[0-9a-f]+)$/;

/**
 * Exactly `request.count` rows, 4 bytes apart. Rows before address 0 and behind the last address are unreadable rows at the clamped
 * end, never at address -1, which VS Code drops.
 */
export function disassembleRows(
  request: DisassemblyRequest,
  read: (address: bigint, size: number) => Uint8Array | undefined,
  symbols: ProgramSymbols,
): readonly DisassembledRow[] {
  const count = Math.max(0, Math.min(MAXIMUM_ROWS, Math.trunc(request.count)));
  const start = request.address + BigInt(Math.trunc(request.byteOffset ?? 0));
  const first =
    start -
    (((start % INSTRUCTION_BYTES) + INSTRUCTION_BYTES) % INSTRUCTION_BYTES) +
    BigInt(Math.trunc(request.rowOffset ?? 0)) * INSTRUCTION_BYTES;
  return Array.from({ length: count }, (_, index) => {
    const address = first + BigInt(index) * INSTRUCTION_BYTES;
    if (address < 0n || address > LAST_ROW) return outside(address < 0n ? 0n : LAST_ROW);
    return rowAt(address, read, symbols);
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

function rowAt(address: bigint, read: (address: bigint, size: number) => Uint8Array | undefined, symbols: ProgramSymbols): DisassembledRow {
  const bytes = read(address, 4);
  const symbol = symbols.describe(address);
  if (!bytes) return { ...outside(address), symbol };
  const word = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const line = symbols.lineRowAt(address);
  const isLineStart = line !== undefined && line.line > 0 && line.address === address;
  const instruction = withTargetName(disassemble(word, address).text, symbols);
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

function withTargetName(text: string, symbols: ProgramSymbols): string {
  const target = TARGET.exec(text)?.[1];
  const name = target && symbols.describe(BigInt(target));
  return name ? `${text} ${name}` : text;
}
