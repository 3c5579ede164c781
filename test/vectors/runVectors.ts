// SPDX-License-Identifier: MIT
import { type Deviation, differencesFromQemu } from './deviations.js';
import { describeInput, type RunInput, type RunOutcome, type Subject } from './observation.js';

/** What a subject did otherwise than QEMU. */
export interface VectorReport {
  readonly failures: number;
  /** The first few failures, each with its input and what differed. */
  readonly examples: readonly string[];
  readonly used: ReadonlySet<Deviation>;
}

const MAXIMUM_EXAMPLES = 3;

/** Runs `inputs` on `subject` and compares with `expected`, of the same length. */
export function runVectors(subject: Subject, rowName: string, inputs: readonly RunInput[], expected: readonly RunOutcome[]): VectorReport {
  const examples: string[] = [];
  const used = new Set<Deviation>();
  let failures = 0;
  inputs.forEach((input, n) => {
    const wanted = expected[n];
    if (wanted === undefined) throw new Error(`'${rowName}' has ${inputs.length} inputs but ${expected.length} outcomes.`);
    const report = differencesFromQemu(input, wanted, subject.run(input));
    for (const deviation of report.used) used.add(deviation);
    if (report.found.length === 0) return;
    failures++;
    if (examples.length < MAXIMUM_EXAMPLES)
      examples.push(`${rowName}, ${subject.name}: ${report.found.join('; ')}\n  ${describeInput(input)}`);
  });
  return { failures, examples, used };
}
