// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from 'node:fs';
import { failure, type Result, success } from '../base/index.js';
import { aarch64InstructionSet, type CpuModel, type Engine, EngineShare, Interpreter, readImage } from '../cpu/index.js';

/** Where the build puts the generated interpreter: beside the bundle, or beside the compiled sources. */
const PLACES = ['./aarch64.wasm', '../../generated/aarch64.wasm'] as const;

/** The generated interpreter as the build wrote it. */
export function interpreterBytes(): Result<Uint8Array> {
  const place = PLACES.map(each => new URL(each, import.meta.url)).find(each => existsSync(each));
  if (place === undefined) return failure('build', 'The generated interpreter aarch64.wasm is missing; run "npm run build".');
  return success(new Uint8Array(readFileSync(place)));
}

/** A new AArch64 engine for cores of `model`, on the interpreter that the build generated. */
export function makeEngineShare(model: CpuModel): Result<EngineShare> {
  const bytes = interpreterBytes();
  if (!bytes.ok) return bytes;
  const image = readImage(bytes.value);
  if (!image.ok) return image;
  const engine: Engine = new Interpreter(aarch64InstructionSet(model), image.value);
  return success(new EngineShare(engine));
}
