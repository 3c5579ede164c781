// SPDX-License-Identifier: MIT
import type { Endianness } from '../../../base/index.js';
import type { ReferenceMemory } from '../../reference/referencePrinter.js';
import { accessWord } from '../../state/accessWord.js';
import type { StateWords } from '../../state/stateLayout.js';
import { GPR, RAor0, XER_REST_SLOT } from './registers/stateLayout.js';

/** How a load or store of several registers ended. Unless it is done, nothing has changed. */
export type MultipleOutcome =
  | { readonly kind: 'next' }
  | { readonly kind: 'illegal' }
  /** In little-endian mode these instructions always raise the Alignment interrupt. */
  | { readonly kind: 'alignment'; readonly address: bigint }
  | { readonly kind: 'memory fault'; readonly address: bigint; readonly access: number };

const LMW = 46;
const STMW = 47;
/** Extended opcodes of the string instructions. */
const STRING = { lswi: 597, lswx: 533, stswi: 725, stswx: 661 } as const;
const WORD_BYTES = 4;
const REGISTERS = 32;
const STRING_LENGTH = 0x7fn;

interface Transfer {
  readonly first: number;
  readonly EA: bigint;
  readonly bytes: number;
  readonly isStore: boolean;
  /** lmw and stmw move words, the others bytes. */
  readonly unit: 1 | 4;
  /** Registers that may not be loaded: those that the address comes from. */
  readonly forbidden: readonly number[];
}

/** What `word`, one of lmw, stmw, lswi, lswx, stswi, stswx, is to do in `state`. */
function transferOf(word: number, state: StateWords, is64Bit: boolean): Transfer {
  const [first, RA, RB] = [(word >>> 21) & 31, (word >>> 16) & 31, (word >>> 11) & 31];
  const base = state.read(RAor0(RA));
  const EA = (displacement: bigint): bigint => BigInt.asUintN(is64Bit ? 64 : 32, base + displacement);
  const opcode = word >>> 26;
  if (opcode === LMW || opcode === STMW) {
    const D = BigInt.asIntN(16, BigInt(word & 0xffff));
    return { first, EA: EA(D), bytes: (REGISTERS - first) * WORD_BYTES, isStore: opcode === STMW, unit: 4, forbidden: [] };
  }
  const extended = (word >>> 1) & 0x3ff;
  const isIndexed = extended === STRING.lswx || extended === STRING.stswx;
  return {
    first,
    EA: EA(isIndexed ? state.read(GPR(RB)) : 0n),
    bytes: isIndexed ? Number(state.read(XER_REST_SLOT) & STRING_LENGTH) : RB || REGISTERS,
    isStore: extended === STRING.stswi || extended === STRING.stswx,
    unit: 1,
    forbidden: isIndexed ? [...(RA === 0 ? [] : [RA]), RB] : [RA],
  };
}

/**
 * Power ISA, Fixed-Point Load and Store Multiple Instructions, Fixed-Point Move Assist Instructions: executes `word`. A load into a register
 * that its address comes from is an invalid form of the string instructions. Choice: illegal, as QEMU has it.
 */
export function executeMultipleOrString(
  word: number,
  state: StateWords,
  memory: ReferenceMemory,
  { is64Bit, endianness }: { readonly is64Bit: boolean; readonly endianness: Endianness },
): MultipleOutcome {
  const { first, EA, bytes, isStore, unit, forbidden } = transferOf(word, state, is64Bit);
  if (endianness === 'little') return { kind: 'alignment', address: EA };
  const count = Math.ceil(bytes / WORD_BYTES);
  const isLoaded = (n: number): boolean => (n - first + REGISTERS) % REGISTERS < count;
  if (!isStore && forbidden.some(isLoaded)) return { kind: 'illegal' };
  if (bytes === 0) return { kind: 'next' };
  const access = accessWord({ bytes: unit, alignment: 1 }, isStore ? 'store' : 'load');
  const fault = memory.faultOf(EA, bytes, access);
  if (fault !== undefined) return { kind: 'memory fault', address: fault, access };
  for (let n = 0; n < count; n++) {
    const register = GPR((first + n) % REGISTERS);
    let content = isStore ? state.read(register) : 0n;
    for (let byte = 0; byte < WORD_BYTES; byte++) {
      const at = n * WORD_BYTES + byte;
      const shift = BigInt(8 * (WORD_BYTES - 1 - byte));
      if (at >= bytes) break;
      if (isStore) memory.write(EA + BigInt(at), 1, (content >> shift) & 0xffn);
      else content |= memory.read(EA + BigInt(at), 1) << shift;
    }
    if (!isStore) state.write(register, content);
  }
  return { kind: 'next' };
}
