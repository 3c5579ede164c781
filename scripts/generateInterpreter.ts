// SPDX-License-Identifier: MIT
// usage: node out/scripts/generateInterpreter.js: prints the interpreter of each instruction set into out/generated/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

const { rows, routines } = AARCH64_INSTRUCTION_SET;
write('aarch64.wasm', writeImage(buildInterpreter(rows, routines, AARCH64_INSTRUCTION_SET)));
for (const mode of Object.keys(POWER_MODES) as PowerModeName[]) {
  const set = book3sInstructionSet(mode);
  write(`${mode}.wasm`, writeImage(buildInterpreter(set.rows, set.routines, set)));
}
