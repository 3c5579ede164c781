// SPDX-License-Identifier: MIT

/** A part of a Markdown text that is no text but code: a fence, or a span between backticks. */
const CODE = /(^```[\s\S]*?^```|`[^`\n]*`)/m;
const IMAGE = /!\[([^\]]*)\]\((?!https:|data:)([^)\s]+)\)/g;
const LINK = /(?<!!)\[([^\]]*)\]\((?!https?:|#|mailto:)[^)]+\)/g;
/** `src` of an <img>, `srcset` of a <source>. */
const ATTRIBUTE = /\b(src|srcset)="(?!https:|data:)([^"]+)"/g;

/**
 * A README for the page of the extension, where nothing relative can be followed: a link to a file becomes its text, and a
 * picture becomes part of the text. `readImage` returns the bytes of a PNG by its path. An SVG, which the page may not have, is the PNG
 * that media/render.sh has drawn of it.
 */
export function packagedReadme(markdown: string, readImage: (path: string) => Uint8Array): string {
  const png = (path: string): string => path.replace(/\.svg$/, '.png');
  const data = (path: string): string => `data:image/png;base64,${Buffer.from(readImage(png(path))).toString('base64')}`;
  return markdown
    .split(CODE)
    .map((part, index) =>
      // split() with a group puts the separators, which are code, at the odd places.
      index % 2 === 1
        ? part
        : part
            .replace(LINK, '$1')
            .replace(IMAGE, (_, alternative: string, path: string) => `![${alternative}](${data(path)})`)
            .replace(ATTRIBUTE, (_, name: string, path: string) => `${name}="${data(path)}"`),
    )
    .join('');
}
