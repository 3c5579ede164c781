// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// Both packages are CommonJS without exports that an ES module could name.
const require = createRequire(import.meta.url);
const textmate = require('vscode-textmate') as typeof import('vscode-textmate');
const oniguruma = require('vscode-oniguruma') as typeof import('vscode-oniguruma');

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
  /** Whether the line took longer than the limit and was left as it was. */
  readonly stoppedEarly: boolean;
}

/** What takes longer than this, in milliseconds, hangs: on the slowest machine a line takes a fraction of it. */
const TIME_LIMIT = 60_000;

const engine = oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm'))).then(() => ({
  createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
  createOnigString: (text: string) => new oniguruma.OnigString(text),
}));

/** Loads a grammar of syntaxes/ as VS Code does, and returns what divides a text into tokens. */
export async function tokenizer(file: string, scopeName: string): Promise<(text: string) => readonly TokenizedLine[]> {
  const registry = new textmate.Registry({
    onigLib: engine,
    loadGrammar: async scope =>
      scope === scopeName ? textmate.parseRawGrammar(readFileSync(`${ROOT}syntaxes/${file}`, 'utf8'), file) : null,
  });
  const grammar = await registry.loadGrammar(scopeName);
  if (grammar === null) throw new Error(`There is no grammar ${scopeName}.`);
  return text => {
    let state = textmate.INITIAL;
    return text.split('\n').map(line => {
      const { tokens, ruleStack, stoppedEarly } = grammar.tokenizeLine(line, state, TIME_LIMIT);
      state = ruleStack;
      return {
        text: line,
        stoppedEarly,
        tokens: tokens.map(({ startIndex, endIndex, scopes }) => ({
          text: line.slice(startIndex, endIndex),
          scopes: scopes.slice(1),
        })),
      };
    });
  };
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
