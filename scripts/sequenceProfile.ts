// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The guests whose instructions are counted, and the file that the frequent sequences are written to. */
export const SEQUENCE_INPUTS = [
  'bench/workload/workload.aarch64.elf',
  'samples/counter/counter.aarch64.O0.elf',
  'samples/counter/counter.aarch64.O2.elf',
] as const;
export const SEQUENCE_OUTPUT = 'src/cpu/aarch64/frequentSequences.generated.ts';

/** SHA-256 of all inputs, which the generated file carries. */
export function hashOfSequenceInputs(root: string): string {
  const hash = createHash('sha256');
  for (const name of SEQUENCE_INPUTS) hash.update(readFileSync(`${root}${name}`));
  return hash.digest('hex');
}

/** Whether the generated file was made from the inputs as they are. */
export function checkSequences(root: string): readonly string[] {
  return readFileSync(`${root}${SEQUENCE_OUTPUT}`, 'utf8').includes(hashOfSequenceInputs(root))
    ? []
    : [`${SEQUENCE_OUTPUT}: made from other guests than the bundled ones; run node out/scripts/profileSequences.js.`];
}
