// SPDX-License-Identifier: MIT
import { TYPE, type ValueType } from './opcodes.js';

/** A piece of WebAssembly: instructions in binary form. */
export type Code = readonly number[];

/** `value` as unsigned LEB128. */
export function uleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

/** `value` as signed LEB128. */
export function sleb(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0)) {
      bytes.push(byte);
      return bytes;
    }
    bytes.push(byte | 0x80);
  }
}

/** The type of a function. At most one result. */
export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly result?: ValueType;
}

/** A function's body: locals beyond the parameters by type, in index order, and its instructions without the final `end`. */
export interface FunctionBody {
  readonly locals: readonly (readonly [count: number, type: ValueType])[];
  readonly code: Code;
}

/** Length-prefixed bytes. A loop, because a body may have more bytes than a call may have arguments. */
function sized(content: Code): number[] {
  const bytes = uleb(content.length);
  for (const byte of content) bytes.push(byte);
  return bytes;
}

const vector = (items: readonly Code[]): number[] => {
  const bytes = uleb(items.length);
  for (const item of items) for (const byte of item) bytes.push(byte);
  return bytes;
};

const name = (text: string): number[] => sized([...new TextEncoder().encode(text)]);

/**
 * Writes a module that imports one memory and exports functions. Functions are declared first, so
 * that bodies may call each other by index in any order. Knows nothing of CPUs.
 */
export class ModuleWriter {
  readonly #types: FunctionType[] = [];
  readonly #functions: { readonly type: number; body?: FunctionBody }[] = [];
  readonly #exports: (readonly [name: string, index: number])[] = [];

  /** Reserves the next function index. Its body must be given by `define` before `bytes`. */
  declare(type: FunctionType): number {
    this.#functions.push({ type: this.#types.push(type) - 1 });
    return this.#functions.length - 1;
  }

  define(index: number, body: FunctionBody): void {
    const entry = this.#functions[index];
    if (entry !== undefined) entry.body = body;
  }

  export(exportName: string, index: number): void {
    this.#exports.push([exportName, index]);
  }

  /** Bytes of the body of function `index`. */
  bodyBytes(index: number): number {
    return this.#functions[index]?.body?.code.length ?? 0;
  }

  /** The binary module. It imports its memory as `host.memory`. */
  bytes(): Uint8Array {
    const types = this.#types.map(type => [
      TYPE.function,
      ...vector(type.parameters.map(parameter => [parameter])),
      ...vector(type.result === undefined ? [] : [[type.result]]),
    ]);
    const bodies = this.#functions.map(({ body }) => {
      const locals = vector((body?.locals ?? []).map(([count, type]) => [...uleb(count), type]));
      const content = locals;
      for (const byte of body?.code ?? []) content.push(byte);
      content.push(0x0b);
      return sized(content);
    });
    const MEMORY = 2;
    const sections: (readonly [id: number, content: number[]])[] = [
      [1, vector(types)],
      [2, vector([[...name('host'), ...name('memory'), MEMORY, 0, ...uleb(1)]])],
      [3, vector(this.#functions.map(({ type }) => uleb(type)))],
      [7, vector(this.#exports.map(([exportName, index]) => [...name(exportName), 0, ...uleb(index)]))],
      [10, vector(bodies)],
    ];
    const parts = [Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)];
    for (const [id, content] of sections) parts.push(Uint8Array.of(id), Uint8Array.from(sized(content)));
    const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}
