// SPDX-License-Identifier: MIT
import type { DebugRegistersBody } from '../../dap/index.js';
import type { Localization } from '../localization.js';
import { markdownTable } from '../markdownText.js';
import type { TreeRow } from '../tree/treeRow.js';
import { firstPlace } from './slotPlace.js';

type WireStep = DebugRegistersBody['step'];
type WireTrap = DebugRegistersBody['traps'][number];

const withSymbol = (address: string, symbol: string | undefined): string => (symbol === undefined ? address : `${address} ${symbol}`);

/** What of a row is the same in label, tooltip and speech: one line below "Single step". */
const fact = (id: string, label: string, description: string, threadId: number, tooltip?: string): TreeRow => ({
  id,
  label,
  description,
  ...(tooltip === undefined ? {} : { tooltip }),
  spoken: `${label}, ${description}`,
  context: 'number',
  threadId,
  value: description,
});

/** The step of a vCPU: what it is at, and where the interrupt that ends it would be taken. */
export function stepRow(id: string, step: WireStep, threadId: number, l10n: Localization): TreeRow {
  const { method, state, phase, pc, symbol, vector } = step;
  const word = {
    idle: l10n.t('no step under way'),
    armed: l10n.t('armed'),
    passing: l10n.t('armed, to pass a breakpoint'),
    pending: l10n.t('pending: a handler has not come back'),
  }[state];
  const at = pc === undefined ? undefined : withSymbol(pc, symbol);
  const reason = vector && `IR=${vector.IR} DR=${vector.DR} AIL=${vector.AIL}`;
  const label = l10n.t('Single step');
  return {
    id,
    label,
    description: [word, at].filter(Boolean).join(' · '),
    icon: { name: 'debug-step-into', ...(state === 'idle' ? { color: 'disabledForeground' } : {}) },
    tooltip: markdownTable([
      [l10n.t('Method'), method],
      [l10n.t('State'), phase ?? word],
      ...(at === undefined ? [] : [[l10n.t('Instruction'), at] as const]),
    ]),
    spoken: [label, word, at].filter(Boolean).join(', '),
    context: 'register',
    threadId,
    value: phase ?? state,
    children: [
      fact(`${id}/method`, l10n.t('Method'), method, threadId),
      ...(phase === undefined ? [] : [fact(`${id}/state`, l10n.t('State'), phase, threadId)]),
      ...(vector === undefined || reason === undefined
        ? []
        : [
            fact(
              `${id}/vector`,
              l10n.t('Trace vector'),
              `${withSymbol(vector.address, vector.symbol)} · ${reason}`,
              threadId,
              l10n.t('Where a Trace interrupt would be taken now. A step has a trap word there while the guest runs.'),
            ),
          ]),
    ],
  };
}

/** The trap words of the debugger's in the guest's memory. */
export function trapGroup(id: string, traps: readonly WireTrap[], threadId: number, l10n: Localization): TreeRow {
  const inMemory = traps.filter(({ isInMemory }) => isInMemory).length;
  const waiting = traps.length - inMemory;
  const told = [
    inMemory === 0 ? l10n.t('none in memory') : l10n.t('{0} in memory', inMemory),
    ...(waiting === 0 ? [] : [l10n.t('{0} while the guest runs', waiting)]),
  ];
  return {
    id,
    label: l10n.t('Trap words'),
    description: told.join(', '),
    tooltip: l10n.t(
      "Words that the debugger has put over the guest's own instructions. The disassembly and memory at the guest's own addresses do not show them, physical memory does.",
    ),
    context: 'group',
    threadId,
    children: traps.map(trap => trapRow(`${id}/${trap.address}/${trap.real ?? ''}`, trap, threadId, l10n)),
  };
}

function trapRow(id: string, trap: WireTrap, threadId: number, l10n: Localization): TreeRow {
  const { address, symbol, real, purposes, isInMemory, threadIds, behind } = trap;
  const label = withSymbol(address, symbol);
  const users = [
    ...behind.map(breakpoint => l10n.t('breakpoint {0}', breakpoint.id ?? '?')),
    ...threadIds.map(thread => l10n.t('vCPU {0}', thread - 1)),
  ];
  const described = [...purposes, ...users, ...(isInMemory ? [] : [l10n.t('while the guest runs')])];
  const place = firstPlace(behind);
  return {
    id,
    label,
    description: described.join(' · '),
    icon: { name: isInMemory ? 'debug-breakpoint-function' : 'debug-breakpoint-function-unverified' },
    tooltip: markdownTable([
      [l10n.t('Address'), label],
      ...(real === undefined ? [] : [[l10n.t('Real address'), real] as const]),
      [l10n.t('Purpose'), purposes.join(', ')],
      ...(users.length === 0 ? [] : [[l10n.t('Users'), users.join(', ')] as const]),
      [l10n.t('In memory'), isInMemory ? l10n.t('yes') : l10n.t('while the guest runs')],
    ]),
    spoken: [label, ...described].join(', '),
    context: `trap${place === undefined ? '' : ' placed'}`,
    threadId,
    value: address,
    ...(place === undefined ? {} : { place }),
  };
}
