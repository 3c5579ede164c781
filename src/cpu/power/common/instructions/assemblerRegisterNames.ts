// SPDX-License-Identifier: MIT
/**
 * The special purpose registers that have move mnemonics of their own in GNU binutils for power9 (`mflr`, `mtdec`), by number. All others are
 * written with their number.
 */
// biome-ignore format: tables
const READ_AND_WRITTEN: Readonly<Record<number, string>> = {
  1: 'xer', 3: 'udscr', 8: 'lr', 9: 'ctr', 13: 'uamr', 17: 'dscr', 18: 'dsisr', 19: 'dar', 22: 'dec', 25: 'sdr1', 26: 'srr0',
  27: 'srr1', 28: 'cfar', 29: 'amr', 157: 'uamor', 256: 'vrsave', 280: 'asr', 282: 'ear', 336: 'hmer', 337: 'hmeer', 349: 'amor',
  769: 'ummcr2', 770: 'ummcra', 771: 'upmc1', 772: 'upmc2', 773: 'upmc3', 774: 'upmc4', 775: 'upmc5', 776: 'upmc6', 779: 'ummcr0',
  800: 'bescrs', 801: 'bescrsu', 802: 'bescrr', 803: 'bescrru', 804: 'ebbhr', 805: 'ebbrr', 806: 'bescr', 815: 'tar', 848: 'ic',
  849: 'vtb', 896: 'ppr', 898: 'ppr32',
};
// biome-ignore format: tables
const READ_ONLY: Readonly<Record<number, string>> = {
  4: 'rtcu', 5: 'rtcl', 136: 'ctrl', 268: 'tb', 269: 'tbu', 287: 'pvr', 780: 'usiar', 781: 'usdar', 782: 'ummcr1',
};
// biome-ignore format: tables
const WRITE_ONLY: Readonly<Record<number, string>> = {
  20: 'rtcu', 21: 'rtcl', 128: 'tfhar', 129: 'tfiar', 130: 'texasr', 131: 'texasru', 152: 'ctrl', 284: 'tbl', 285: 'tbu',
  786: 'mmcra', 787: 'pmc1', 788: 'pmc2', 789: 'pmc3', 790: 'pmc4', 791: 'pmc5', 792: 'pmc6', 795: 'mmcr0', 798: 'mmcr1',
};

/** Groups of registers whose mnemonic takes a number: first register, how far two of the same name lie apart, how many there are. */
const NUMBERED = [
  { name: 'sprg', first: 272, stride: 1, count: 4 },
  { name: 'ibatu', first: 528, stride: 2, count: 4 },
  { name: 'ibatl', first: 529, stride: 2, count: 4 },
  { name: 'dbatu', first: 536, stride: 2, count: 4 },
  { name: 'dbatl', first: 537, stride: 2, count: 4 },
] as const;

/** How the assembler names register `spr` in a move; `number`: which one of a numbered group. */
export interface AssemblerRegister {
  readonly name: string;
  readonly number?: string;
}

/** The name that a move from or to `spr` has in its mnemonic; `undefined`: it is written `mfspr` or `mtspr`. */
export function assemblerRegister(spr: number, move: 'read' | 'write'): AssemblerRegister | undefined {
  for (const { name, first, stride, count } of NUMBERED) {
    const place = (spr - first) / stride;
    if (Number.isInteger(place) && place >= 0 && place < count) return { name, number: String(place) };
  }
  const name = READ_AND_WRITTEN[spr] ?? (move === 'read' ? READ_ONLY : WRITE_ONLY)[spr];
  return name === undefined ? undefined : { name };
}
