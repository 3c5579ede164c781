// SPDX-License-Identifier: MIT
import { type Endianness, failure, success } from '../../src/base/index.js';
import type { FrameContext } from '../../src/debug/frames/frameContext.js';
import { PT, type SymbolFile } from '../../src/symbols/index.js';

/** A frame at `pc` of a program that has not run: memory as the file loads it, and the given registers, least significant byte first. */
export function elfFrame({ elf, debug }: SymbolFile, registers: Map<number, Uint8Array> = new Map(), pc = 0n): FrameContext {
  const endianness: Endianness = elf.endianness;
  const segments = elf.segments
    .filter(({ type }) => type === PT.PT_LOAD)
    .map(({ address, bytes, memoryBytes }) => {
      const memory = new Uint8Array(Number(memoryBytes));
      memory.set(bytes);
      return { address, memory };
    });
  const part = (address: bigint, size: number): Uint8Array | undefined => {
    const segment = segments.find(({ address: start, memory }) => start <= address && address < start + BigInt(memory.length));
    const offset = segment === undefined ? 0 : Number(address - segment.address);
    return segment?.memory.subarray(offset, offset + size);
  };
  return {
    vcpu: 0,
    endianness,
    lookupPc: pc,
    debug,
    subprogram: debug.functionAt(pc),
    evaluation: {
      readRegister: () => undefined,
      readMemory: part,
      frameBase: () => undefined,
      callFrameAddress: () => undefined,
      entryValue: () => undefined,
    },
    readRegisterBytes: register => registers.get(register),
    writeRegisterBytes: (register, bytes) => {
      registers.set(register, bytes);
      return success(undefined);
    },
    readNamedRegister: () => undefined,
    writeNamedRegister: () => failure('register', 'There are no named registers here.'),
    readMemory: part,
    writeMemory: (address, bytes) => {
      part(address, bytes.length)?.set(bytes);
      return success(undefined);
    },
  };
}
