// SPDX-License-Identifier: MIT
import { disassemble } from '../../src/cpu/aarch64/disassembly.js';
import { FLAGS_KIND, NZCV } from '../../src/cpu/aarch64/instructions/flags.js';
import {
  EXCLUSIVE_ADDRESS_SLOT,
  EXCLUSIVE_BYTES_SLOT,
  EXCLUSIVE_HIGH_SLOT,
  EXCLUSIVE_LOW_SLOT,
  FLAGS_A_SLOT,
  FLAGS_KIND_SLOT,
  GENERAL_SLOTS,
  SP_SLOT,
  toX,
} from '../../src/cpu/aarch64/registers/stateLayout.js';
import { instruction } from '../../src/cpu/decode/row.js';
import type { Slot } from '../../src/cpu/operations/emitter.js';
import { executeReference, type Outcome, type ReferenceMemory } from '../../src/cpu/reference/referencePrinter.js';
import { decodeAccess } from '../../src/cpu/state/accessWord.js';
import { SINK_SLOT, type StateWords, ZERO_SLOT } from '../../src/cpu/state/stateLayout.js';

/** The state page as a map; the zero slot refuses writes and the sink reads. */
export class ReferenceState implements StateWords {
  readonly #words = new Map<Slot, bigint>();

  read(slot: Slot): bigint {
    if (slot === SINK_SLOT) throw new Error('the sink is read');
    return this.#words.get(slot) ?? 0n;
  }

  write(slot: Slot, value: bigint): void {
    if (slot === ZERO_SLOT) throw new Error('the zero slot is written');
    if (slot !== SINK_SLOT) this.#words.set(slot, value);
  }
}

/** 64 KiB of little-endian memory from address 0; every access must be aligned to its alignment. */
export class SmallMemory implements ReferenceMemory {
  readonly #bytes = new Uint8Array(0x1_0000);

  faultOf(address: bigint, bytes: number, access: number): bigint | undefined {
    const isAligned = address % BigInt(decodeAccess(access).alignment) === 0n;
    return isAligned && address + BigInt(bytes) <= BigInt(this.#bytes.length) ? undefined : address;
  }

  read(address: bigint, bytes: number): bigint {
    let value = 0n;
    for (let index = bytes - 1; index >= 0; index--) value = (value << 8n) | BigInt(this.#bytes[Number(address) + index] ?? 0);
    return value;
  }

  write(address: bigint, bytes: number, value: bigint): void {
    for (let index = 0; index < bytes; index++) this.#bytes[Number(address) + index] = Number((value >> BigInt(8 * index)) & 0xffn);
  }
}

/** Registers by the manual's names, `NZCV` as letters of the flags that are set, memory as doublewords by address. */
export type Named = Readonly<Record<string, bigint | string>>;

const SLOTS: ReadonlyMap<string, Slot> = new Map([
  ...GENERAL_SLOTS.map((slot, n) => [`X${n}`, slot] as const),
  ['SP', SP_SLOT],
  ['EXCLUSIVE_BYTES', EXCLUSIVE_BYTES_SLOT],
  ['EXCLUSIVE_ADDRESS', EXCLUSIVE_ADDRESS_SLOT],
  ['EXCLUSIVE_LOW', EXCLUSIVE_LOW_SLOT],
  ['EXCLUSIVE_HIGH', EXCLUSIVE_HIGH_SLOT],
]);

const readFlags = instruction('flags', '000000000000000000000000000 Rd:5', {
  operands: ({ Rd }) => ({ d: toX(Rd) }),
  execute: (e, _control, { d }) => e.set(d, NZCV(e)),
  assembly: () => ['flags'],
});

const FLAGS = 'NZCV';

function flagsOf(state: ReferenceState, memory: ReferenceMemory): string {
  const kept = state.read(GENERAL_SLOTS[0] ?? SP_SLOT);
  executeReference(readFlags, 0, 0n, state, memory);
  const nzcv = Number(state.read(GENERAL_SLOTS[0] ?? SP_SLOT) >> 28n);
  state.write(GENERAL_SLOTS[0] ?? SP_SLOT, kept);
  return [...FLAGS].filter((_, index) => (nzcv >> (3 - index)) & 1).join('');
}

const DOUBLEWORD = 8;

function snapshot(state: ReferenceState, memory: SmallMemory, addresses: readonly string[]): Record<string, bigint | string> {
  const named: Record<string, bigint | string> = { NZCV: flagsOf(state, memory) };
  for (const [name, slot] of SLOTS) named[name] = state.read(slot);
  for (const address of addresses) named[address] = memory.read(BigInt(address), DOUBLEWORD);
  return named;
}

/** What an instruction did: its text, what changed, and how it ended. */
export interface Execution {
  readonly text: string;
  readonly changes: Named;
  readonly outcome: Outcome | { readonly kind: 'no row' };
}

/** Where instructions are executed here. */
export const CODE = 0x4000n;

/**
 * Executes `word` at `CODE` on the reference printer. `before` holds registers, flags and memory (a doubleword under an
 * address such as `0x1000`); memory that is to be seen among the changes must be named there.
 */
export function execute(word: number, before: Named): Execution {
  const state = new ReferenceState();
  const memory = new SmallMemory();
  state.write(FLAGS_KIND_SLOT, FLAGS_KIND.EXPLICIT);
  for (const [name, value] of Object.entries(before)) {
    const slot = SLOTS.get(name);
    if (typeof value === 'string') {
      state.write(FLAGS_A_SLOT, [...FLAGS].reduce((bits, flag) => (bits << 1n) | (value.includes(flag) ? 1n : 0n), 0n) << 28n);
    } else if (slot !== undefined) state.write(slot, value);
    else memory.write(BigInt(name), DOUBLEWORD, value);
  }
  const addresses = Object.keys(before).filter(name => name.startsWith('0x'));
  const old = snapshot(state, memory, addresses);
  const { text, row } = disassemble(word, CODE);
  if (row === undefined) return { text, changes: {}, outcome: { kind: 'no row' } };
  const outcome = executeReference(row, word, CODE, state, memory);
  const changed = Object.entries(snapshot(state, memory, addresses)).filter(([name, value]) => value !== old[name]);
  return { text, changes: Object.fromEntries(changed), outcome };
}
