// SPDX-License-Identifier: MIT
import { type ElfFile, PF, PT } from '../../../symbols/index.js';

/** MSR VBAR_EL1, Xt (Arm DDI 0487, System instruction encoding): Rt is 4:0. */
const MSR_VBAR_EL1 = { mask: 0xffff_ffe0, value: 0xd518_c000 } as const;

/** A program has one or two; in data that looks like code there may be more. */
const MAXIMUM_WRITES = 64;

/** The addresses behind the instructions of `programs` that write VBAR_EL1, as they are linked and, where that differs, as they are loaded. */
export function vectorTableWrites(programs: readonly ElfFile[]): readonly bigint[] {
  const found = new Set<bigint>();
  for (const segment of programs.flatMap(({ segments }) => segments)) {
    if (segment.type !== PT.PT_LOAD || (segment.flags & PF.PF_X) === 0) continue;
    const { bytes } = segment;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 4 <= bytes.length && found.size < MAXIMUM_WRITES; at += 4) {
      if ((view.getUint32(at, true) & MSR_VBAR_EL1.mask) >>> 0 !== MSR_VBAR_EL1.value) continue;
      found.add(segment.address + BigInt(at) + 4n);
      found.add(segment.physicalAddress + BigInt(at) + 4n);
    }
  }
  return [...found];
}
