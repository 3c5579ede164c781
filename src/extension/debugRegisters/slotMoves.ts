// SPDX-License-Identifier: MIT
import type { DebugRegistersBody, WireSlot } from '../../dap/index.js';
import type { Localization } from '../localization.js';

/** A breakpoint that can leave its slot, and what it becomes. */
export interface SlotMove {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly breakpointId: number;
  readonly mode: 'engine' | 'software';
}

/** What can be moved out of slots of the kinds that are used up; of all kinds if none is. The engine takes data breakpoints too, trap words do not. */
export function slotMoves({ slots }: DebugRegistersBody, l10n: Localization): readonly SlotMove[] {
  const isFull = (kind: WireSlot['kind']): boolean => slots.every(slot => slot.kind !== kind || slot.owner !== 'free');
  const full = slots.filter(({ kind }) => isFull(kind));
  const seen = new Set<number>();
  return (full.length > 0 ? full : slots).flatMap(slot =>
    slot.behind.flatMap(({ id, name, line, source }) => movesOf(id, name ?? `${source?.name ?? ''}:${line ?? ''}`, slot)),
  );

  function movesOf(id: number | undefined, name: string, { kind, index }: WireSlot): readonly SlotMove[] {
    // A wide watchpoint has several slots.
    if (id === undefined || seen.has(id)) return [];
    seen.add(id);
    const description = kind === 'breakpoint' ? l10n.t('breakpoint register {0}', index) : l10n.t('watchpoint register {0}', index);
    const engine = { mode: 'engine', detail: l10n.t("To the emulator's engine: as many as you like, invisible to the guest") } as const;
    const software = {
      mode: 'software',
      detail: l10n.t("To a trap word in the guest's memory, as debuggers on real machines do"),
    } as const;
    const ways = kind === 'breakpoint' ? [engine, software] : [engine];
    return ways.map(way => ({ label: name, description, breakpointId: id, ...way }));
  }
}
