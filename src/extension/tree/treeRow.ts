// SPDX-License-Identifier: MIT
import { plainMarkdown } from '../markdownText.js';

/** An icon of the editor's own set, with one of its theme's colours. */
export interface RowIcon {
  readonly name: string;
  readonly color?: string;
}

/** A place in a source that a row leads to. */
export interface SourcePlace {
  /** The client's path or URI of the file. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** A register, or a field of it, whose value the row shows and that can be given another. */
export interface RegisterEdit {
  /** As `steptrap/setDebugRegister` takes it. */
  readonly name: string;
  readonly field?: string;
  readonly isGuests?: boolean;
}

/** A row of a tree as data: what the editor shows, without the editor. */
export interface TreeRow {
  /** The same from stop to stop, so that a row keeps its place, its selection and whether it is open. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly icon?: RowIcon;
  /** Markdown; whatever comes from the guest is escaped in it. */
  readonly tooltip?: string;
  /** What a screen reader says instead of label and description. */
  readonly spoken?: string;
  /** Words that the menus look at. */
  readonly context: string;
  /** The vCPU that the row belongs to, as thread of the protocol. */
  readonly threadId?: number;
  /** Whether it has changed since the last stop. */
  readonly isChanged?: boolean;
  /** What "Copy Value" copies. */
  readonly value?: string;
  readonly place?: SourcePlace;
  readonly edit?: RegisterEdit;
  /** The user's breakpoints behind the row, by id. */
  readonly breakpoints?: readonly number[];
  /** Memory that it stands for, as the protocol's `memoryReference`. */
  readonly memory?: string;
  /** The address of instructions that it stands for, `0x…`. */
  readonly code?: string;
  /** Whether it is open when it is first seen. */
  readonly isOpen?: boolean;
  /** `undefined`: a leaf. `later`: it has children, which are asked for when the row is opened. */
  readonly children?: readonly TreeRow[] | 'later';
}

/** The row below `id` that says why there are no others. */
export const refusalRow = (id: string, error: unknown): TreeRow => {
  const sentence = error instanceof Error ? error.message : String(error);
  return {
    id: `${id}/refused`,
    label: sentence,
    icon: { name: 'warning', color: 'list.warningForeground' },
    tooltip: plainMarkdown(sentence),
    context: 'refusal',
  };
};

/** The row and all below it as text, two blanks for each level. */
export function rowText(row: TreeRow, level = 0): string {
  const below = Array.isArray(row.children) ? row.children : [];
  const line = `${'  '.repeat(level)}${row.label}${row.description ? `  ${row.description}` : ''}`;
  return [line, ...below.map(child => rowText(child, level + 1))].join('\n');
}
