// SPDX-License-Identifier: MIT
// usage: node out/scripts/localization.js --update: writes l10n/bundle.l10n.json, the texts that the extension shows, from its calls of l10n.t.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const UPDATE = 'npm run docs:update';
const BUNDLE = join('l10n', 'bundle.l10n.json');
const CALL = /\bl10n\s*\.\s*t\s*\(\s*/g;
/** The text of a call: a literal without substitutions, by itself or as `message` of an object. */
const LITERAL = /^(?:\{\s*message:\s*)?(?:'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\$])*)`)/;

const unescaped = (literal: string): string => literal.replace(/\\(?:n|(.))/gs, (_, character?: string) => character ?? '\n');

interface Texts {
  readonly bundle: string;
  readonly problems: readonly string[];
}

function textsOf(root: string): Texts {
  const texts = new Set<string>();
  const problems: string[] = [];
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const source = readFileSync(join(root, 'src', name), 'utf8');
    for (const { 0: call, index } of source.matchAll(CALL)) {
      const literal = LITERAL.exec(source.slice(index + call.length));
      const text = literal?.[1] ?? literal?.[2] ?? literal?.[3];
      const line = source.slice(0, index).split('\n').length;
      if (text === undefined) problems.push(`src/${name}:${line}: the text of l10n.t must be one literal, with {0} for what varies.`);
      else texts.add(unescaped(text));
    }
  }
  const sorted = [...texts].sort();
  return { bundle: `${JSON.stringify(Object.fromEntries(sorted.map(text => [text, text])), undefined, 2)}\n`, problems };
}

/** Compares the texts in the sources with the bundle that translators start from. */
export function checkLocalization(root: string): readonly string[] {
  const { bundle, problems } = textsOf(root);
  return readFileSync(join(root, BUNDLE), 'utf8') === bundle ? problems : [...problems, `${BUNDLE} is out of date; run ${UPDATE}.`];
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--update')) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  writeFileSync(join(root, BUNDLE), textsOf(root).bundle);
}
