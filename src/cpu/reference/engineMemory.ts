// SPDX-License-Identifier: MIT
import type { Endianness } from '../../base/index.js';
import type { Engine } from '../engine/engine.js';
import { decodeAccess } from '../state/accessWord.js';
import type { ReferenceMemory } from './referencePrinter.js';

/** Where the byte at `address` lies in linear memory, for an access as `access` (an `accessWord`) says; `undefined`: it cannot be accessed so. */
export type ByteTranslation = (address: bigint, access: number) => number | undefined;

/**
 * An engine's memory for the reference printer: what an instruction is run on that the engine cannot run by itself, because one of its
 * accesses crosses a page or because it is rare.
 */
export class EngineMemory implements ReferenceMemory {
  constructor(
    private readonly engine: Engine,
    private readonly translate: ByteTranslation,
    private readonly endianness: Endianness,
  ) {}

  faultOf(address: bigint, bytes: number, access: number): bigint | undefined {
    if (address % BigInt(decodeAccess(access).alignment) !== 0n) return address;
    for (let offset = 0; offset < bytes; offset++) {
      const at = BigInt.asUintN(64, address + BigInt(offset));
      if (this.translate(at, access) === undefined) return at;
    }
    return undefined;
  }

  read(address: bigint, bytes: number): bigint {
    let value = 0n;
    for (const offset of this.#mostSignificantFirst(bytes))
      value = (value << 8n) | BigInt(this.engine.memory[this.#host(address, offset)] ?? 0);
    return value;
  }

  write(address: bigint, bytes: number, value: bigint): void {
    let rest = value;
    for (const offset of [...this.#mostSignificantFirst(bytes)].reverse()) {
      const host = this.#host(address, offset);
      this.engine.memory[host] = Number(rest & 0xffn);
      this.engine.invalidateCode(host, 1);
      rest >>= 8n;
    }
  }

  /** Places of the bytes of an element, the most significant first. */
  #mostSignificantFirst(bytes: number): readonly number[] {
    const places = Array.from({ length: bytes }, (_, n) => n);
    return this.endianness === 'big' ? places : places.reverse();
  }

  /** `faultOf` has allowed the access. */
  #host(address: bigint, offset: number): number {
    return this.translate(BigInt.asUintN(64, address + BigInt(offset)), 0) ?? 0;
  }
}
