// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex, virtualAddress } from '../base/index.js';
import type { DisassembledRow } from '../debug/index.js';
import { type Reply, refuse, reply } from './errors.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { fromBase64, parseMemoryReference, toBase64 } from './memoryReference.js';
import { launched, type Routes } from './requestRoute.js';
import type { ClientTraits } from './session.js';
import { flag, integer, natural, object, optional, text } from './shape.js';
import { baseName } from './sourcePaths.js';

/** The most bytes one request reads or writes, and the most rows it disassembles. */
const MAXIMUM_BYTES = 4 * 1024 * 1024;
const MAXIMUM_ROWS = 10_000;

const READ_MEMORY = object({ memoryReference: text, offset: optional(integer), count: natural });
const WRITE_MEMORY = object({ memoryReference: text, offset: optional(integer), allowPartial: optional(flag), data: text });
const DISASSEMBLE = object({
  memoryReference: text,
  offset: optional(integer),
  instructionOffset: optional(integer),
  instructionCount: natural,
  resolveSymbols: optional(flag),
});

/** Requests about memory and what it holds as instructions. */
export const MEMORY_ROUTES: Routes = {
  readMemory: launched(READ_MEMORY, (guest, args) => {
    const reference = parseMemoryReference(args.memoryReference);
    if (reference === undefined) return refuse('memoryRefused', `"${args.memoryReference}" is not an address.`);
    const address = BigInt.asUintN(64, reference.address + BigInt(args.offset ?? 0));
    const count = Math.min(args.count, MAXIMUM_BYTES);
    const bytes =
      reference.space === 'physical'
        ? guest.target.readPhysicalMemory(address, count)
        : guest.target.readMemory(currentVcpu(guest), virtualAddress(address), count);
    const unreadable = args.count - bytes.length;
    return reply({
      address: `${reference.space === 'physical' ? 'pa:' : ''}${hex(address)}`,
      ...(bytes.length > 0 ? { data: toBase64(bytes) } : {}),
      ...(unreadable > 0 ? { unreadableBytes: unreadable } : {}),
    } satisfies DebugProtocol.ReadMemoryResponse['body']);
  }),

  writeMemory: launched(WRITE_MEMORY, (guest, args, session) => {
    const reference = parseMemoryReference(args.memoryReference);
    if (reference === undefined) return refuse('memoryRefused', `"${args.memoryReference}" is not an address.`);
    const bytes = fromBase64(args.data);
    if (bytes === undefined) return refuse('memoryRefused', 'The data to be written is not base64.');
    if (bytes.length > MAXIMUM_BYTES)
      return refuse('memoryRefused', `${bytes.length} bytes are too many for one request; ${MAXIMUM_BYTES} are the most.`);
    const address = BigInt.asUintN(64, reference.address + BigInt(args.offset ?? 0));
    const written =
      reference.space === 'physical'
        ? guest.target.writePhysicalMemory(address, bytes)
        : guest.target.writeMemory(currentVcpu(guest), virtualAddress(address), bytes);
    if (!written.ok) return refuse('memoryRefused', written.error.message);
    session.announceWrite({ memoryReference: args.memoryReference, offset: args.offset ?? 0, count: bytes.length });
    return reply({ bytesWritten: bytes.length } satisfies DebugProtocol.WriteMemoryResponse['body']);
  }),

  disassemble: launched(DISASSEMBLE, async (guest, args, session): Promise<Reply<object>> => {
    const reference = parseMemoryReference(args.memoryReference);
    if (reference === undefined || reference.space !== 'virtual')
      return refuse('memoryRefused', `"${args.memoryReference}" is not a virtual address.`);
    if (args.instructionCount === 0 || args.instructionCount > MAXIMUM_ROWS)
      return refuse('memoryRefused', `${args.instructionCount} instructions cannot be disassembled at once; 1 to ${MAXIMUM_ROWS} can.`);
    const rows = guest.target.disassemble(currentVcpu(guest), {
      address: virtualAddress(reference.address),
      byteOffset: args.offset ?? 0,
      rowOffset: args.instructionOffset ?? 0,
      count: args.instructionCount,
    });
    return reply({ instructions: await protocolRows(guest, rows, session.client) });
  }),
};

/** The vCPU through whose translation addresses are read: the one that stopped last. */
export const currentVcpu = (guest: LaunchedGuest): number => guest.target.lastStop?.vcpu ?? 0;

/**
 * Rows in the protocol's form. Each that begins a line names its source, so that a row does not depend on those before it: an editor
 * asks for pages and puts them together. A source that cannot be read is not named, because the editor would open it.
 */
async function protocolRows(
  guest: LaunchedGuest,
  rows: readonly DisassembledRow[],
  { linesStartAt1, columnsStartAt1 }: ClientTraits,
): Promise<DebugProtocol.DisassembledInstruction[]> {
  const [lineOffset, columnOffset] = [linesStartAt1 ? 0 : 1, columnsStartAt1 ? 0 : 1];
  const instructions: DebugProtocol.DisassembledInstruction[] = [];
  for (const row of rows) {
    const path = row.path === undefined ? undefined : guest.paths.toClient(row.path);
    const isReadable = path !== undefined && (await guest.paths.isReadable(path));
    instructions.push({
      address: hex(row.address, 16),
      ...(row.word === undefined ? {} : { instructionBytes: hex(row.word, 8).slice(2) }),
      instruction: row.text,
      ...(row.symbol === undefined ? {} : { symbol: row.symbol }),
      ...(isReadable ? { location: { name: baseName(path), path } } : {}),
      ...(row.line === undefined ? {} : { line: row.line - lineOffset, endLine: row.line - lineOffset }),
      ...(row.column === undefined ? {} : { column: row.column - columnOffset }),
      ...(row.isReadable ? {} : { presentationHint: 'invalid' as const }),
    });
  }
  return instructions;
}
