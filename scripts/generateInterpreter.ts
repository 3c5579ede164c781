// SPDX-License-Identifier: MIT
// usage: node out/scripts/generateInterpreter.js: prints the interpreter of each instruction set into out/generated/.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  AARCH64_INSTRUCTION_SET,
  book3sInstructionSet,
  buildInterpreter,
  POWER_MODES,
  type PowerModeName,
  writeImage,
} from '../src/cpu/index.js';

const folder = new URL('../generated/', import.meta.url);
mkdirSync(folder, { recursive: true });

/** Writes `bytes` to `name` unless they are there, so that what depends on the file's age is not built again. */
function write(name: string, bytes: Uint8Array): void {
  const path = new URL(name, folder);
  if (existsSync(path) && Buffer.compare(readFileSync(path), bytes) === 0) return;
  writeFileSync(path, bytes);
}

/** What the modules follow from: the compiled sources, by name and age. */
function sources(): string {
  const root = fileURLToPath(new URL('../src/', import.meta.url));
  const files = ['base', 'cpu'].flatMap(layer =>
    readdirSync(`${root}${layer}`, { recursive: true, encoding: 'utf8' }).map(name => `${layer}/${name}`),
  );
  const scripts = files.filter(name => name.endsWith('.js')).sort();
  return [...scripts.map(name => `${name} ${statSync(root + name).mtimeMs}`), statSync(fileURLToPath(import.meta.url)).mtimeMs].join('\n');
}

/** Prints all modules. */
function generate(): void {
  const { rows, routines } = AARCH64_INSTRUCTION_SET;
  write('aarch64.wasm', writeImage(buildInterpreter(rows, routines, AARCH64_INSTRUCTION_SET)));
  for (const mode of Object.keys(POWER_MODES) as PowerModeName[]) {
    const set = book3sInstructionSet(mode);
    write(`${mode}.wasm`, writeImage(buildInterpreter(set.rows, set.routines, set)));
  }
}

// Rows are printed only when they may have changed: most builds are of other layers.
const stamp = new URL('sources.txt', folder);
const current = sources();
const isComplete = ['aarch64', ...Object.keys(POWER_MODES)].every(name => existsSync(new URL(`${name}.wasm`, folder)));
if (!isComplete || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== current) {
  generate();
  writeFileSync(stamp, current);
}
