// SPDX-License-Identifier: MIT
import { differencesFromQemuPower, type PowerDeviation } from './deviations.js';
import type { RecordedModel } from './inputs.js';
import { describePowerInput, type PowerInput, type PowerOutcome, type PowerSubject } from './observation.js';

/** What a subject did otherwise than QEMU. */
export interface PowerVectorReport {
  readonly failures: number;
  /** The first few failures, each with its input and what differed. */
  readonly examples: readonly string[];
  readonly used: ReadonlySet<PowerDeviation>;
}

const MAXIMUM_EXAMPLES = 3;

/** Runs `inputs` on `subject` and compares with `expected`, of the same length. */
export function runPowerVectors(
  subject: PowerSubject,
  rowName: string,
  inputs: readonly PowerInput[],
  expected: readonly PowerOutcome[],
  model: RecordedModel = 'power9',
): PowerVectorReport {
  const examples: string[] = [];
  const used = new Set<PowerDeviation>();
  let failures = 0;
  inputs.forEach((input, n) => {
    const wanted = expected[n];
    if (wanted === undefined) throw new Error(`'${rowName}' has ${inputs.length} inputs but ${expected.length} outcomes.`);
    const report = differencesFromQemuPower(input, wanted, subject.run(input), model);
    for (const deviation of report.used) used.add(deviation);
    if (report.found.length === 0) return;
    failures++;
    if (examples.length < MAXIMUM_EXAMPLES)
      examples.push(`${rowName}, ${subject.name}: ${report.found.join('; ')}\n  ${describePowerInput(input)}`);
  });
  return { failures, examples, used };
}
