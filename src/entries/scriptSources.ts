// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { ScriptSources } from '../dap/index.js';

/** Sources of a session by marker comments, read from the program's folders. */
export class MarkedSources implements ScriptSources {
  readonly #lines = new Map<string, readonly string[]>();

  constructor(
    /** Where a short name of a source is looked for; each is tried in order. */
    private readonly folders: readonly string[],
    readonly replace: ScriptSources['replace'],
    /** Names for addresses of the program; without it, numbers are printed. */
    private readonly nameOf: ((address: bigint) => string | undefined) | undefined = undefined,
  ) {}

  addressName(address: bigint): string | undefined {
    return this.nameOf?.(address);
  }

  lineText(path: string, line: number): string | undefined {
    const text = this.#read(path)[line - 1]?.trim().replace(/\s+/g, ' ');
    return text === '' ? undefined : text;
  }

  lineName(path: string, line: number): string | undefined {
    const marker = this.#markerOf(path, line);
    return marker === undefined ? undefined : `<${marker}>`;
  }

  lineOf(path: string, marker: string): number | undefined {
    const found = this.#read(path).flatMap((_, index) => (this.#markerOf(path, index + 1) === marker ? [index + 1] : []));
    return found.length === 1 ? found[0] : undefined;
  }

  pathOf(name: string): string {
    if (this.#read(name).length > 0) return name;
    return this.folders.map(folder => `${folder}/${basename(name)}`).find(path => this.#read(path).length > 0) ?? name;
  }

  /** The comment that ends a line of code. */
  #markerOf(path: string, line: number): string | undefined {
    const text = this.#read(path)[line - 1] ?? '';
    return (/\S.*\/\* ([^*]+) \*\/\s*$/.exec(text) ?? /\S.*\/\/ (\w[^<>]*\w)\s*$/.exec(text))?.[1];
  }

  #read(path: string): readonly string[] {
    const known = this.#lines.get(path);
    if (known !== undefined) return known;
    let lines: readonly string[] = [];
    try {
      lines = readFileSync(path, 'utf8').split('\n');
    } catch {
      // A source that is not there has no markers; its lines are printed as numbers.
    }
    this.#lines.set(path, lines);
    return lines;
  }
}
