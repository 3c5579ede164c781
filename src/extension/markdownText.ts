// SPDX-License-Identifier: MIT
/** Text as it is, for a place where Markdown is read: what a guest, a file name or a symbol says must not become a link or an image. */
export const plainMarkdown = (text: string): string =>
  text
    .replace(/[\\`*_{}[\]()#+\-.!|~&<>:/@]/g, '\\$&')
    .replace(/\\([&<>])/g, (_, sign: string) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '')
    .replace(/\s+/g, ' ');

/** Text as it is, for a message of the editor, which makes links of `[text](command:…)` and runs them. */
export const plainMessage = (text: string): string => text.replaceAll('](', '] (');

/** A table of two columns without a head, from names and texts. */
export const markdownTable = (rows: readonly (readonly [string, string])[]): string =>
  ['| | |', '|:---|:---|', ...rows.map(([name, text]) => `| ${plainMarkdown(name)} | ${plainMarkdown(text)} |`)].join('\n');
