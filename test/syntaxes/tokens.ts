// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// Both packages are CommonJS without exports that an ES module could name.
const require = createRequire(import.meta.url);
const load = <T>(name: string): T => require(name) as T;
const textmate = load<typeof import('vscode-textmate')>('vscode-textmate');

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A piece of a line, and its scopes without that of the grammar. */
export interface Token {
  readonly text: string;
  readonly scopes: readonly string[];
}

/** One line of a text, divided. */
export interface TokenizedLine {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** How often the line was searched for the next of some patterns. */
  readonly searches: number;
}

const oniguruma = load<typeof import('vscode-oniguruma')>('vscode-oniguruma');
const loaded = oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')));

/** Oniguruma, with the number of searches. */
class CountingEngine {
  searches = 0;

  createOnigScanner(patterns: string[]): InstanceType<typeof oniguruma.OnigScanner> {
    const scanner = new oniguruma.OnigScanner(patterns);
    const search = scanner.findNextMatchSync.bind(scanner) as (...parameters: unknown[]) => unknown;
    return Object.assign(scanner, {
      findNextMatchSync: (...parameters: unknown[]) => {
        this.searches++;
        return search(...parameters);
      },
    });
  }

  createOnigString(text: string): InstanceType<typeof oniguruma.OnigString> {
    return new oniguruma.OnigString(text);
  }
}

/** Loads a grammar of syntaxes/ as VS Code does, and returns what divides a text into tokens. Lines may take any time. */
export async function tokenizer(file: string, scopeName: string): Promise<(text: string) => readonly TokenizedLine[]> {
  const engine = new CountingEngine();
  const registry = new textmate.Registry({
    onigLib: loaded.then(() => engine),
    loadGrammar: async scope =>
      scope === scopeName ? textmate.parseRawGrammar(readFileSync(`${ROOT}syntaxes/${file}`, 'utf8'), file) : null,
  });
  const grammar = await registry.loadGrammar(scopeName);
  if (grammar === null) throw new Error(`There is no grammar ${scopeName}.`);
  return text => {
    let state = textmate.INITIAL;
    return text.split('\n').map(line => {
      const before = engine.searches;
      const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
      state = ruleStack;
      return {
        text: line,
        searches: engine.searches - before,
        tokens: tokens.map(({ startIndex, endIndex, scopes }) => ({
          text: line.slice(startIndex, endIndex),
          scopes: scopes.slice(1),
        })),
      };
    });
  };
}

/** The regular expressions of a grammar of syntaxes/, each once. */
export function patternsOf(file: string): readonly string[] {
  const patterns = new Set<string>();
  const visit = (rule: unknown): void => {
    if (typeof rule !== 'object' || rule === null) return;
    for (const [key, value] of Object.entries(rule)) {
      if (typeof value !== 'string') visit(value);
      else if (['match', 'begin', 'end', 'while'].includes(key)) patterns.add(value);
    }
  };
  visit(JSON.parse(readFileSync(`${ROOT}syntaxes/${file}`, 'utf8')));
  return [...patterns];
}

/** The tokens of `lines`, one a line below the source line they belong to; white space without a scope is left out. */
export function describeTokens(lines: readonly TokenizedLine[]): readonly string[] {
  return lines.flatMap(({ text, tokens }) => [
    text,
    ...tokens
      .filter(token => token.text.trim() !== '' || token.scopes.length > 0)
      .map(token => `    ${JSON.stringify(token.text)} ${token.scopes.map(scope => scope.replace(/\.asm$/, '')).join(' ') || '-'}`),
  ]);
}
