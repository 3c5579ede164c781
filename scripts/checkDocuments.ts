// SPDX-License-Identifier: MIT
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const LINK = /\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g;
/** A path of the repository in code style, as the guides name files: no space, no pattern. */
const PATH = /`((?:src|test|docs|scripts|bench|samples)\/[\w./-]+)`/g;

/** Links and file names in the documents that lead nowhere. */
export function checkDocuments(root: string): readonly string[] {
  const documents = [
    ...readdirSync(root, { encoding: 'utf8' }),
    ...['docs', 'samples', 'bench'].flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)),
    ),
  ].filter(name => name.endsWith('.md'));
  return documents.flatMap(name => {
    const text = readFileSync(join(root, name), 'utf8');
    const links = [...text.matchAll(LINK)].map(([, target = '']) => join(dirname(join(root, name)), target));
    const paths = [...text.matchAll(PATH)].map(([, target = '']) => join(root, target));
    return [...links, ...paths].filter(target => !existsSync(target)).map(target => `${name}: '${relative(root, target)}' does not exist.`);
  });
}
