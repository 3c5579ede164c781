// SPDX-License-Identifier: MIT
import type { InstructionRow } from '../../decode/row.js';
import type { Slot } from '../../operations/emitter.js';
import { executeReference, type ReferenceMemory } from '../../reference/referencePrinter.js';
import type { PowerCore } from './core.js';

/** A load or store that the hypervisor carries out in place of the instruction, because a device is behind the address. Of several elements, the first. */
export interface EmulatedAccess {
  /** The name of the instruction's row. */
  readonly instruction: string;
  readonly direction: 'load' | 'store';
  /** Bytes of the element. */
  readonly bytes: number;
  /** What a store stores; 0 for a load. A number in the byte order of the processing element. */
  readonly value: bigint;
  /** The instruction is over but for what it loads: pc moves on, one instruction retires, RA of an update form is set. */
  advance(): void;
  /** After `advance`: a load's target gets the number that was read. */
  complete(loaded: bigint): void;
}

/** What the instruction `word` of `row` at pc accesses; `undefined`: nothing, or it leaves to a routine. Nothing has happened yet. */
export function emulatedAccess(core: PowerCore, row: InstructionRow, word: number): EmulatedAccess | undefined {
  core.share.enter(core.registers);
  const { pc } = core.registers;
  const { state } = core.engine;
  const before = new Map<Slot, bigint>();
  const remembered = (slot: Slot): bigint => {
    const known = before.get(slot) ?? state.read(slot);
    before.set(slot, known);
    return known;
  };
  /** Runs the instruction on the state as it is now, and answers what it writes there, with its accesses. */
  const run = (loaded: bigint): { readonly writes: ReadonlyMap<Slot, bigint>; readonly accesses: readonly Access[] } | undefined => {
    const writes = new Map<Slot, bigint>();
    const accesses: Access[] = [];
    const memory: ReferenceMemory = {
      faultOf: () => undefined,
      read: (_address, bytes) => {
        accesses.push({ direction: 'load', bytes, value: 0n });
        return BigInt.asUintN(8 * bytes, loaded);
      },
      write: (_address, bytes, value) => {
        accesses.push({ direction: 'store', bytes, value });
      },
    };
    const words = {
      read: (slot: Slot): bigint => writes.get(slot) ?? remembered(slot),
      write: (slot: Slot, value: bigint): void => {
        writes.set(slot, value);
      },
    };
    return executeReference(row, word, pc, words, memory).kind === 'next' ? { writes, accesses } : undefined;
  };
  const first = run(0n);
  const [access] = first?.accesses ?? [];
  if (first === undefined || access === undefined) return undefined;
  // Whatever is the same for two different numbers does not come from memory.
  const other = access.direction === 'load' ? run(ALL) : first;
  const settled = new Set([...first.writes.keys()].filter(slot => other?.writes.get(slot) === first.writes.get(slot)));
  const apply = (writes: ReadonlyMap<Slot, bigint>, isSettled: boolean): void => {
    core.share.enter(core.registers);
    for (const [slot, value] of writes) if (settled.has(slot) === isSettled) core.engine.state.write(slot, value);
  };
  return {
    instruction: row.name,
    ...access,
    advance: () => {
      apply(first.writes, true);
      core.complete();
    },
    complete: loaded => apply(run(loaded)?.writes ?? new Map(), false),
  };
}
const ALL = 0xffff_ffff_ffff_ffffn;

interface Access {
  readonly direction: 'load' | 'store';
  readonly bytes: number;
  readonly value: bigint;
}
