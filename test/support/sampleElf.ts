// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The samples' folder, seen from the built tests. */
const SAMPLES = fileURLToPath(new URL('../../../samples/', import.meta.url));

/** The bytes of `samples/<name>/<name>.<variant>.elf`. */
export const sampleElf = (name: string, variant: string): Uint8Array =>
  new Uint8Array(readFileSync(join(SAMPLES, name, `${name}.${variant}.elf`)));

/** The text of a source file below `samples/`. */
export const sampleSource = (path: string): string => readFileSync(join(SAMPLES, path), 'utf8');

/** The paths of all sample ELF files. */
export const allSampleElfs = (): string[] =>
  readdirSync(SAMPLES, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.elf'))
    .map(path => join(SAMPLES, path))
    .sort();
