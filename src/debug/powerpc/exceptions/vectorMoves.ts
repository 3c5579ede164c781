// SPDX-License-Identifier: MIT
import { type ElfFile, PF, PT } from '../../../symbols/index.js';

/** sc 1 (Power ISA, Book III, System Call): H_SET_MODE sets LPCR[AIL] of all vCPUs. */
const HYPERCALL = 0x4400_0022;

/** A kernel calls from some tens of places. */
const MAXIMUM_CALLS = 256;

/** The addresses behind the hypercalls of `programs`, as they are linked and, where that differs, as they are loaded. */
export function vectorMoves(programs: readonly ElfFile[]): readonly bigint[] {
  const found = new Set<bigint>();
  for (const { segments, endianness } of programs) {
    for (const segment of segments) {
      if (segment.type !== PT.PT_LOAD || (segment.flags & PF.PF_X) === 0) continue;
      const { bytes } = segment;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = 0; at + 4 <= bytes.length && found.size < MAXIMUM_CALLS; at += 4) {
        if (view.getUint32(at, endianness === 'little') !== HYPERCALL) continue;
        found.add(segment.address + BigInt(at) + 4n);
        found.add(segment.physicalAddress + BigInt(at) + 4n);
      }
    }
  }
  return [...found];
}
