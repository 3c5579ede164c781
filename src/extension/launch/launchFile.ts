// SPDX-License-Identifier: MIT
/** A place in a text file, from 0. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** What a launch file says of one configuration. */
interface ConfigurationPlaces {
  readonly name: string | undefined;
  readonly start: number;
  /** Where the key of each attribute begins. */
  readonly keys: ReadonlyMap<string, number>;
}

/** A token of JSON with comments: a string with its value, or one other character. */
const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"((?:\\.|[^"\\\n])*)"?|[{}[\]:,]|[^\s{}[\]:,"/]+|\//g;

/**
 * Where a launch file says `setting` of the configuration called `name`; where that configuration begins, if it says nothing of
 * `setting`; `undefined` if there is no such configuration. The text may have comments and be unfinished.
 */
export function placeOfSetting(text: string, name: string, setting: string | undefined): TextPlace | undefined {
  const found = configurations(text).find(configuration => configuration.name === name);
  if (found === undefined) return undefined;
  const offset = (setting === undefined ? undefined : found.keys.get(setting)) ?? found.start;
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
}

/** The setting that a sentence of the launch check begins with: `Setting "smp" must be …`. */
export const settingOfSentence = (sentence: string): string | undefined => /^Setting "([^"]+)"/.exec(sentence)?.[1];

/** Every object of the text that could be a configuration: each object inside a list. */
function configurations(text: string): readonly ConfigurationPlaces[] {
  const found: ConfigurationPlaces[] = [];
  const open: { readonly bracket: string; readonly start: number; readonly keys: Map<string, number>; name: string | undefined }[] = [];
  let last: { readonly value: string; readonly offset: number } | undefined;
  let key: string | undefined;
  for (const match of text.matchAll(TOKEN)) {
    const [token, content] = match;
    const inner = open.at(-1);
    if (token.startsWith('//') || token.startsWith('/*')) continue;
    if (content !== undefined) {
      const value = unescaped(content);
      if (key === 'name' && inner?.bracket === '{') inner.name = value;
      last = { value, offset: match.index };
      key = undefined;
    } else if (token === ':') {
      if (inner?.bracket === '{' && last !== undefined) {
        if (!inner.keys.has(last.value)) inner.keys.set(last.value, last.offset);
        key = last.value;
      }
    } else if (token === '{' || token === '[') {
      open.push({ bracket: token, start: match.index, keys: new Map(), name: undefined });
      key = undefined;
    } else if (token === '}' || token === ']') {
      const closed = open.pop();
      if (closed?.bracket === '{' && open.at(-1)?.bracket === '[') found.push(closed);
      key = undefined;
    } else {
      key = undefined;
    }
  }
  return found;
}

function unescaped(content: string): string {
  try {
    const value: unknown = JSON.parse(`"${content}"`);
    return typeof value === 'string' ? value : content;
  } catch {
    return content;
  }
}
