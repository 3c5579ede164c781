// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The folder whose files every sample is built with. */
const SHARED = 'start';
/** The row of a sample in the table of samples/README.md: its name and what it shows. */
const ROW = /^\| `(\w+)` \| ([^|]+?) \|/gm;

/** Launch settings that a sample needs to show what it is there for, as options of the command line in its row. */
const OPTION = / \(`--([a-z]+) (\d+)`\)/;

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter(name => /\.(c|h|S|ld|elf)$/.test(name))
    .sort();

/** The list of samples for who cannot list a folder: each with what it shows and its files, and the files that all share. */
export function sampleIndex(root: string): object {
  const samples = join(root, 'samples');
  const shows = new Map(
    [...readFileSync(join(samples, 'README.md'), 'utf8').matchAll(ROW)].map(([, name = '', text = '']) => [name, text]),
  );
  const names = readdirSync(samples).filter(name => name !== SHARED && statSync(join(samples, name)).isDirectory());
  return {
    samples: names.sort().map(name => {
      const text = shows.get(name) ?? '';
      const [, setting, value] = OPTION.exec(text) ?? [];
      return {
        name,
        description: text.replace(OPTION, '').replaceAll('`', ''),
        settings: setting === undefined ? {} : { [setting]: Number(value) },
        files: filesOf(join(samples, name)),
      };
    }),
    shared: { folder: SHARED, files: filesOf(join(samples, SHARED)) },
  };
}
