// SPDX-License-Identifier: MIT

interface Branch {
  readonly next: Map<string, Branch>;
  isEnd: boolean;
}

const escaped = (character: string): string => (/\w/.test(character) ? character : `\\${character}`);

function print({ next, isEnd }: Branch): string {
  const alternatives = [...next].map(([character, branch]) => escaped(character) + print(branch));
  const [only = ''] = alternatives;
  if (alternatives.length === 0) return '';
  if (alternatives.length === 1 && !isEnd) return only;
  return `(?:${alternatives.join('|')})${isEnd ? '?' : ''}`;
}

/** A regular expression for exactly these words, the longest first, that looks at each character of a text once: as a tree of prefixes. */
export function wordPattern(words: Iterable<string>): string {
  const root: Branch = { next: new Map(), isEnd: false };
  for (const word of [...new Set(words)].sort()) {
    let branch = root;
    for (const character of word) {
      const next = branch.next.get(character) ?? { next: new Map(), isEnd: false };
      branch.next.set(character, next);
      branch = next;
    }
    branch.isEnd = true;
  }
  return print(root);
}
