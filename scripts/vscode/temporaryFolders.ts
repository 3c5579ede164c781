// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Those that are there. A run that is ended by Ctrl-C reaches no `finally`, but it does reach the end of the process. */
const present = new Set<string>();

process.on('exit', () => {
  for (const folder of present) removeTemporaryFolder(folder);
});

/** A fresh folder whose name begins with `steptrap-` and `name`; it goes with the process at the latest. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `steptrap-${name}-`));
  present.add(folder);
  return folder;
}

/** Removes the folder with all that is in it. A program that has just been ended may still be writing. */
export function removeTemporaryFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  present.delete(folder);
}
