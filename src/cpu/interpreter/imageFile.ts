// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import { uleb } from '../wasm/moduleWriter.js';
import type { InterpreterImage } from './interpreterModule.js';

/** WebAssembly Core Specification 2.0, "Custom Section": the section's id, and the name under which the handler table travels with the module. */
const CUSTOM_SECTION = 0;
const SECTION_NAME = 'steptrap.handlers';
const MODULE_HEADER_BYTES = 8;

/** `image` as one file: the module, with the handler table in a custom section at its end. */
export function writeImage(image: InterpreterImage): Uint8Array {
  const { module, ...table } = image;
  const encoder = new TextEncoder();
  const name = encoder.encode(SECTION_NAME);
  const content = encoder.encode(JSON.stringify(table));
  const prefix = [...uleb(name.length), ...name];
  const header = Uint8Array.from([CUSTOM_SECTION, ...uleb(prefix.length + content.length), ...prefix]);
  const bytes = new Uint8Array(module.length + header.length + content.length);
  bytes.set(module);
  bytes.set(header, module.length);
  bytes.set(content, module.length + header.length);
  return bytes;
}

/** The image in a file that `writeImage` made. */
export function readImage(bytes: Uint8Array): Result<InterpreterImage> {
  for (let at = MODULE_HEADER_BYTES; at < bytes.length; ) {
    const id = bytes[at++];
    const [size, start] = readUleb(bytes, at);
    if (id === CUSTOM_SECTION) {
      const [nameBytes, nameStart] = readUleb(bytes, start);
      const decoder = new TextDecoder();
      if (decoder.decode(bytes.subarray(nameStart, nameStart + nameBytes)) === SECTION_NAME) {
        const table: unknown = JSON.parse(decoder.decode(bytes.subarray(nameStart + nameBytes, start + size)));
        // Written by `writeImage` in the same build.
        return success({ ...(table as Omit<InterpreterImage, 'module'>), module: bytes });
      }
    }
    at = start + size;
  }
  return failure('EINVAL', 'The interpreter module carries no handler table; run the build again.');
}

function readUleb(bytes: Uint8Array, from: number): readonly [value: number, next: number] {
  let value = 0;
  for (let at = from, shift = 0; at < bytes.length; at++, shift += 7) {
    const byte = bytes[at] ?? 0;
    value |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) return [value >>> 0, at + 1];
  }
  return [value >>> 0, bytes.length];
}
