// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from 'node:fs';
import { failure, type Result, success } from '../base/index.js';
import { type InterpreterImage, readImage } from '../cpu/index.js';
import type { InterpreterName } from '../vmm/index.js';

/** Where the build puts what it generates: beside the bundle, or beside the compiled sources. */
const PLACES = ['./', '../../generated/'] as const;

/** A generated interpreter as the build wrote it. */
export function interpreterBytes(name: InterpreterName): Result<Uint8Array> {
  const place = PLACES.map(each => new URL(`${each}${name}.wasm`, import.meta.url)).find(each => existsSync(each));
  if (place === undefined) return failure('build', `The generated interpreter ${name}.wasm is missing; run "npm run build".`);
  return success(new Uint8Array(readFileSync(place)));
}

/** The same, ready for an engine. */
export function interpreterImage(name: InterpreterName): Result<InterpreterImage> {
  const bytes = interpreterBytes(name);
  return bytes.ok ? readImage(bytes.value) : bytes;
}
