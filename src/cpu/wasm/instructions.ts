// SPDX-License-Identifier: MIT
import { type Code, sleb, uleb } from './moduleWriter.js';
import { OP } from './opcodes.js';

/** Short forms of the instructions that every function needs. */
export const get = (local: number): Code => [OP.local_get, ...uleb(local)];
export const set = (local: number): Code => [OP.local_set, ...uleb(local)];
export const tee = (local: number): Code => [OP.local_tee, ...uleb(local)];
export const i32 = (value: number): Code => [OP.i32_const, ...sleb(BigInt(value | 0))];
export const i64 = (value: bigint): Code => [OP.i64_const, ...sleb(BigInt.asIntN(64, value))];
/** A load or store at a constant offset (in bytes) from the address on the stack. No alignment is promised. */
export const at = (opcode: number, offset: number): Code => [opcode, 0, ...uleb(offset)];
export const call = (index: number): Code => [OP.call, ...uleb(index)];

/** Pieces one after another. A loop, because a piece may be longer than a call may have arguments. */
export function join(...parts: readonly Code[]): number[] {
  const bytes: number[] = [];
  for (const part of parts) for (const byte of part) bytes.push(byte);
  return bytes;
}
