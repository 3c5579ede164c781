// SPDX-License-Identifier: MIT
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Folder } from '../../test/vscode/walks/index.js';
import { removeTemporaryFolder, temporaryFolder } from './temporaryFolders.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A fresh folder with the files. */
export function makeFolder(files: Folder): string {
  const folder = temporaryFolder('folder');
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    if ('text' in content) writeFileSync(target, content.text);
    else copyFileSync(join(root, content.from), target);
  }
  return folder;
}

/** The same, gone when the work is done, whatever came of it. */
export async function withFolder<T>(files: Folder, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = makeFolder(files);
  try {
    return await work(folder);
  } finally {
    removeTemporaryFolder(folder);
  }
}
