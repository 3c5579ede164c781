// SPDX-License-Identifier: MIT
import type { TreeRow } from './treeRow.js';

/** What of a tree has to be painted again: all of it, or the rows with these ids and what is below them. */
export type Repaint = 'all' | readonly string[];

/** The rows that a view shows, found by id. A new set of rows says what has changed, so that the rest stays on the screen as it is. */
export class RowTree {
  #rows = new Map<string, TreeRow>();
  #parents = new Map<string, string>();
  #roots: readonly TreeRow[] = [];

  get roots(): readonly TreeRow[] {
    return this.#roots;
  }

  row(id: string): TreeRow | undefined {
    return this.#rows.get(id);
  }

  parent(id: string): string | undefined {
    return this.#parents.get(id);
  }

  /** Ids of the rows below `id`, of the outermost rows without it. */
  children(id?: string): readonly string[] {
    const rows = id === undefined ? this.#roots : this.#rows.get(id)?.children;
    return Array.isArray(rows) ? rows.map((row: TreeRow) => row.id) : [];
  }

  /** Shows `roots` from now on. */
  update(roots: readonly TreeRow[]): Repaint {
    const before = this.#roots;
    this.#roots = roots;
    this.#rows = new Map();
    this.#parents = new Map();
    for (const row of roots) this.#index(row);
    if (!haveSameIds(before, roots)) return 'all';
    return roots.flatMap((row, index) => changes(before[index], row));
  }

  /** Puts `children` under a row whose children were to come later. */
  graft(id: string, children: readonly TreeRow[]): void {
    const grafted = (row: TreeRow): TreeRow => {
      if (row.id === id) return row.children === 'later' ? { ...row, children } : row;
      return Array.isArray(row.children) ? { ...row, children: row.children.map(grafted) } : row;
    };
    this.update(this.#roots.map(grafted));
  }

  #index(row: TreeRow): void {
    this.#rows.set(row.id, row);
    if (!Array.isArray(row.children)) return;
    for (const child of row.children as readonly TreeRow[]) {
      this.#parents.set(child.id, row.id);
      this.#index(child);
    }
  }
}

const haveSameIds = (before: readonly TreeRow[], after: readonly TreeRow[]): boolean =>
  before.length === after.length && before.every((row, index) => row.id === after[index]?.id);

/** The outermost rows at and below `after` that do not look as they did. */
function changes(before: TreeRow | undefined, after: TreeRow): readonly string[] {
  if (before === undefined || !looksLike(before, after)) return [after.id];
  const old = before.children;
  const now = after.children;
  if (!Array.isArray(old) || !Array.isArray(now)) return old === now ? [] : [after.id];
  if (!haveSameIds(old, now)) return [after.id];
  return (now as readonly TreeRow[]).flatMap((row, index) => changes((old as readonly TreeRow[])[index], row));
}

const appearance = ({ children, ...row }: TreeRow): string => JSON.stringify([row, children === undefined]);

const looksLike = (before: TreeRow, after: TreeRow): boolean => appearance(before) === appearance(after);
