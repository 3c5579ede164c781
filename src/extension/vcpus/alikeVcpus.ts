// SPDX-License-Identifier: MIT
import type { WireVcpu } from '../../dap/index.js';
import type { Localization } from '../localization.js';
import type { TreeRow } from '../tree/treeRow.js';

/** From so many vCPUs on, those that are alike are folded. */
export const MANY_VCPUS = 9;
/** So many have to be alike. */
const FEWEST_ALIKE = 4;

/** A vCPU with its row, and how it stands. */
interface StandingRow {
  readonly vcpu: WireVcpu;
  readonly standing: string;
  readonly row: TreeRow;
}

/** Puts rows of vCPUs that stand alike at the same place under one row, where the first of them was. */
export function foldAlike(rows: readonly StandingRow[], l10n: Localization): readonly TreeRow[] {
  const groups = new Map<string, StandingRow[]>();
  for (const each of rows) {
    const key = keyOf(each);
    const alike = groups.get(key);
    if (alike === undefined) groups.set(key, [each]);
    else alike.push(each);
  }
  return rows.flatMap(each => {
    const key = keyOf(each);
    const alike = groups.get(key) ?? [];
    if (alike.length < FEWEST_ALIKE) return [each.row];
    return alike[0] === each ? [groupRow(key, alike, l10n)] : [];
  });
}

/** What is the same for vCPUs that are alike. The row's description has state, place and mode; addresses tell places without a line apart. */
const keyOf = ({ vcpu, standing, row }: StandingRow): string =>
  `${standing}/${row.description}${vcpu.line === undefined && standing !== 'off' ? vcpu.pc : ''}`;

function groupRow(key: string, alike: readonly StandingRow[], l10n: Localization): TreeRow {
  const [first] = alike;
  const label = l10n.t('vCPUs {0}', ranges(alike.map(({ vcpu }) => vcpu.index)));
  const description = [l10n.t('{0} alike', alike.length), first?.row.description ?? ''].join(' · ');
  return {
    id: `alike/${key}`,
    label,
    description,
    ...(first?.row.icon === undefined ? {} : { icon: first.row.icon }),
    spoken: `${label}, ${description}`,
    context: 'alike',
    children: alike.map(({ row }) => row),
  };
}

/** `1–3, 5` for 1, 2, 3, 5. */
function ranges(indices: readonly number[]): string {
  const parts: [first: number, last: number][] = [];
  for (const index of indices) {
    const open = parts.at(-1);
    if (open !== undefined && open[1] === index - 1) open[1] = index;
    else parts.push([index, index]);
  }
  return parts.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
}
