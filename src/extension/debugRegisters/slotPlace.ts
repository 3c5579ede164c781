// SPDX-License-Identifier: MIT
import type { WireSlot } from '../../dap/index.js';
import type { SourcePlace } from '../tree/treeRow.js';

/** The first place in a source among the breakpoints behind a slot or a trap word. */
export function firstPlace(behind: WireSlot['behind']): SourcePlace | undefined {
  for (const { source, line } of behind) if (source?.path !== undefined && line !== undefined) return { path: source.path, line };
  return undefined;
}
