// SPDX-License-Identifier: MIT

/** The flags of a PSTATE as letters, capital where set: `NzCv DaIF`. */
export function pstateText(pstate: bigint): string {
  const letter = (name: string, bit: bigint): string => ((pstate >> bit) & 1n ? name : name.toLowerCase());
  const flags = letter('N', 31n) + letter('Z', 30n) + letter('C', 29n) + letter('V', 28n);
  return `${flags} ${interruptText(pstate)} ${modeText(pstate)}`;
}

/** PSTATE's masks: `DAIF`, small where clear. */
export function interruptText(pstate: bigint): string {
  return [['D', 9n] as const, ['A', 8n] as const, ['I', 7n] as const, ['F', 6n] as const]
    .map(([name, bit]) => ((pstate >> bit) & 1n ? name : name.toLowerCase()))
    .join('');
}

/** `EL1h`, `EL0t`, `EL0 (AArch32)`. */
export function modeText(pstate: bigint): string {
  if ((pstate >> 4n) & 1n) return 'EL0 (AArch32)';
  return `EL${(pstate >> 2n) & 3n}${pstate & 1n ? 'h' : 't'}`;
}
