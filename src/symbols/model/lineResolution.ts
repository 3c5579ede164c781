// SPDX-License-Identifier: MIT
import type { VirtualAddress } from '../../base/index.js';
import type { LineLocation, LineResolution } from './debugInformation.js';
import { rowAt, upperBound } from './lineTable.js';
import { type FunctionScope, isInRanges } from './scope.js';
import type { LineRow, SourceFile, SourcePosition } from './sourceLine.js';

/** What the resolution asks of the file. */
export interface LineQueries {
  readonly rowsOfFile: (file: SourceFile) => readonly LineRow[];
  readonly functionScopesAt: (pc: bigint) => readonly FunctionScope[];
  readonly breakpointAddressOf: (scope: FunctionScope) => VirtualAddress;
}

/** Looks for the code of `line` in `files`; see `DebugInformation.locationsOfLine`. */
export function resolveLine(files: readonly SourceFile[], line: number, column: number | undefined, queries: LineQueries): LineResolution {
  const statements = files.flatMap(file => queries.rowsOfFile(file)).filter(row => row.isStatement && row.line >= line && row.line > 0);
  let found = Number.POSITIVE_INFINITY;
  for (const row of statements) found = Math.min(found, row.line);
  if (found === Number.POSITIVE_INFINITY) return { line, locations: [] };
  let rows = statements.filter(row => row.line === found);
  if (column !== undefined && found === line) rows = rowsOfColumn(rows, column);
  rows.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  const seen = new Set<number | string>();
  const locations: LineLocation[] = [];
  for (const row of rows) {
    const [scope] = queries.functionScopesAt(row.address);
    // A line above a function must not slide into it: the user meant what stands above.
    if (found !== line && scope?.declaration !== undefined && scope.declaration.file === row.file && scope.declaration.line > line)
      continue;
    const key = scope === undefined ? 'no function' : scope.offset;
    if (seen.has(key)) continue;
    seen.add(key);
    const address = scope?.kind === 'function' && scope.entryPoint === row.address ? queries.breakpointAddressOf(scope) : row.address;
    locations.push({ address, row, scope });
  }
  return { line: locations.length === 0 ? line : found, locations };
}

/** Of rows of one line, those of the best column: equal, else the next to the right, else all. */
function rowsOfColumn(rows: LineRow[], column: number): LineRow[] {
  let best = Number.POSITIVE_INFINITY;
  for (const row of rows) if (row.column >= column) best = Math.min(best, row.column);
  const chosen = rows.filter(row => row.column === best);
  return chosen.length > 0 ? chosen : rows;
}

/** Positions in [first, last] at which statements begin, in order, each once. */
export function statementPositions(rows: readonly LineRow[], first: number, last: number): SourcePosition[] {
  const positions = new Map<string, SourcePosition>();
  for (const { isStatement, file, line, column } of rows) {
    if (isStatement && line >= first && line <= last && line > 0) positions.set(`${line}:${column}:${file.path}`, { file, line, column });
  }
  return [...positions.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/**
 * Where the prologue of `scope` ends, as gdb finds it: the compiler's own mark, else the second place that the line table knows.
 * `tracksVariables` says that variables are right from the first instruction on (GCC with optimisation): then nothing is skipped.
 */
export function prologueEnd(scope: FunctionScope, rows: readonly LineRow[], tracksVariables: boolean): VirtualAddress {
  const entry = scope.entryPoint;
  if (scope.kind === 'inlined') return entry;
  const range = scope.ranges.find(({ start, end }) => start <= entry && entry < end);
  if (range === undefined) return entry;
  const marked = rows.slice(upperBound(rows, entry - 1n)).find(row => row.isPrologueEnd || row.address >= range.end);
  if (marked?.isPrologueEnd && marked.address < range.end) return marked.address;
  if (tracksVariables) return entry;
  // gdb, skip_prologue_using_sal: two rows with lines at the entry are a prologue without instructions.
  const atEntry = upperBound(rows, entry - 1n);
  const [opening, body] = [rows[atEntry], rows[atEntry + 1]];
  if (opening?.address === entry && opening.line !== 0 && body?.address === entry && body.line !== 0) return entry;
  // gdb, the same: the line goes back while the compiler moves later statements into the prologue.
  let prologue = rowAt(rows, entry);
  while (prologue !== undefined && prologue.line !== 0 && prologue.endAddress < range.end) {
    const next = rowAt(rows, prologue.endAddress);
    if (next === undefined || next.line === 0 || next.line >= prologue.line || next.file !== prologue.file) return prologue.endAddress;
    prologue = next;
  }
  // One row covers the whole function: there is nothing to skip to.
  return prologue !== undefined && prologue.line !== 0 && isInRanges([range], prologue.endAddress) ? prologue.endAddress : entry;
}
