// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The guests of an instruction set whose instructions are counted, and the file that the frequent sequences are written to. */
export interface SequenceProfile {
  /** How a comment calls the instructions. */
  readonly instructions: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

export const SEQUENCE_PROFILES = {
  aarch64: {
    instructions: 'A64',
    inputs: ['bench/workload/workload.aarch64.elf', 'samples/counter/counter.aarch64.O0.elf', 'samples/counter/counter.aarch64.O2.elf'],
    output: 'src/cpu/aarch64/frequentSequences.generated.ts',
  },
  power: {
    instructions: 'Power ISA',
    inputs: ['bench/workload/workload.ppc64.elf', 'bench/workload/workload.ppc64le.elf'],
    output: 'src/cpu/power/book3s/frequentSequences.generated.ts',
  },
} as const satisfies Readonly<Record<string, SequenceProfile>>;

/** SHA-256 of all inputs, which the generated file carries. */
export function hashOfSequenceInputs(root: string, { inputs }: SequenceProfile): string {
  const hash = createHash('sha256');
  for (const name of inputs) hash.update(readFileSync(`${root}${name}`));
  return hash.digest('hex');
}

/** Whether the generated files were made from the inputs as they are. */
export function checkSequences(root: string): readonly string[] {
  return Object.values(SEQUENCE_PROFILES).flatMap(profile =>
    readFileSync(`${root}${profile.output}`, 'utf8').includes(hashOfSequenceInputs(root, profile))
      ? []
      : [`${profile.output}: made from other guests than the bundled ones; run node out/scripts/profileSequences.js.`],
  );
}
