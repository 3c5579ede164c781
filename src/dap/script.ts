// SPDX-License-Identifier: MIT
/** One line of a session script: a verb, words, and `key=value` options. */
export interface Statement {
  /** Line of the script, from 1. */
  readonly line: number;
  readonly verb: string;
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  /** Everything behind the verb as it was typed. */
  readonly rest: string;
}

/** A statement that could not be read. */
export interface ScriptProblem {
  readonly line: number;
  readonly message: string;
}

/** Reads a script. Empty lines and lines that begin with `#` say nothing. A word may be quoted, or be a marker in angle brackets, or JSON in braces. */
export function parseScript(text: string): { readonly statements: readonly Statement[]; readonly problems: readonly ScriptProblem[] } {
  const statements: Statement[] = [];
  const problems: ScriptProblem[] = [];
  for (const [index, source] of text.split(/\r?\n/).entries()) {
    const trimmed = source.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const verb = /^\S+/.exec(trimmed)?.[0] ?? '';
    const rest = trimmed.slice(verb.length).trim();
    const words: string[] = [];
    const options: Record<string, string> = {};
    for (const word of splitWords(rest)) {
      if (word === undefined) {
        problems.push({ line: index + 1, message: 'A quote or bracket is not closed.' });
        break;
      }
      const option = /^([A-Za-z]\w*)=([^=].*)?$/s.exec(word);
      if (option === null) words.push(unquote(word));
      else options[option[1] ?? ''] = unquote(option[2] ?? '');
    }
    statements.push({ line: index + 1, verb, words, options, rest });
  }
  return { statements, problems };
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', '<': '>', '{': '}', '[': ']' };

/** Words at blanks that are not inside quotes, angle brackets, braces or brackets; `undefined` at the end if one of these is left open. */
function splitWords(text: string): readonly (string | undefined)[] {
  const words: string[] = [];
  let word = '';
  const open: string[] = [];
  for (const character of text) {
    const closing = open.at(-1);
    if (character === closing) open.pop();
    else if (closing !== '"' && CLOSING[character] !== undefined && (character !== '<' || word === '' || /[=:]$/.test(word)))
      open.push(CLOSING[character] ?? '');
    if (/\s/.test(character) && open.length === 0) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      word += character;
    }
  }
  if (word !== '') words.push(word);
  return open.length === 0 ? words : [...words, undefined];
}

const unquote = (word: string): string => (/^".*"$/s.test(word) ? word.slice(1, -1) : word);

/** `true`, numbers and JSON in braces or brackets as such; everything else is text. */
export function valueOfWord(word: string): unknown {
  if (word === 'true' || word === 'false') return word === 'true';
  if (/^-?\d{1,15}$/.test(word)) return Number(word);
  if (!/^[[{]/.test(word)) return word;
  try {
    return JSON.parse(word);
  } catch {
    return word;
  }
}
