// SPDX-License-Identifier: MIT
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AARCH64_INSTRUCTION_SET } from '../../src/cpu/aarch64/instructionSet.js';
import { decodeA64, OBSERVABLE_ROWS } from '../vectors/aarch64.js';
import { InterpreterSubject } from '../vectors/interpreterSubject.js';
import { plantedDecoder, plantedRow } from '../vectors/plantedRow.js';
import { ReferenceSubject } from '../vectors/referenceSubject.js';
import { programLockstep, VALUE_DEVIATIONS } from './programLockstep.js';
import { randomLockstep } from './randomLockstep.js';
import { qemuVersion, ROOT } from './recorder/qemu.js';

/** What to compare: the seed is printed, so that a failure can be had again. */
export interface OracleOptions {
  readonly seed?: number;
  readonly instructions?: number;
}

/** Programs without which there is nothing to compare with. */
export const peers = [['qemu-system-aarch64']] as const;

const DEFAULT_INSTRUCTIONS = 200_000;
const PLANTED_INSTRUCTIONS = 20_000;
const MAXIMUM_PRINTED = 10;

/** Compares both printers with QEMU, instruction by instruction. `failed` counts checks, not instructions. */
export async function run({
  seed = 1,
  instructions = DEFAULT_INSTRUCTIONS,
}: OracleOptions = {}): Promise<{ passed: number; failed: number }> {
  const version = qemuVersion();
  if (version === undefined) {
    const isRequired = process.env.STEPTRAP_REQUIRE_ORACLE === '1';
    console.log('The execution oracle did not run: qemu-system-aarch64 is not installed (Debian: qemu-system-arm).');
    return { passed: 0, failed: isRequired ? 1 : 0 };
  }
  console.log(`Execution oracle: ${version}, seed ${seed}`);
  const checks = [
    check(`${instructions} random instructions of ${OBSERVABLE_ROWS.length} rows on both printers`, () =>
      report(
        randomLockstep({
          seed,
          instructions,
          rows: OBSERVABLE_ROWS,
          decode: decodeA64,
          subjects: [
            new ReferenceSubject(decodeA64),
            new InterpreterSubject(AARCH64_INSTRUCTION_SET),
            new InterpreterSubject(AARCH64_INSTRUCTION_SET, { path: 'slow' }),
          ],
        }),
      ),
    ),
    check('a wrong row, planted here, is found', () => {
      const row = plantedRow();
      const found = randomLockstep({
        seed,
        instructions: PLANTED_INSTRUCTIONS,
        rows: OBSERVABLE_ROWS,
        decode: decodeA64,
        subjects: [new ReferenceSubject(plantedDecoder(row))],
      });
      if (!found.ok) return [found.error.message];
      return found.value.failures.length > 0 ? [] : [`'${row.name}' ignores the carry and nobody saw it.`];
    }),
  ];
  const used = new Set<unknown>();
  for (const image of samples()) {
    checks.push(
      check(`${image}, instruction by instruction`, () => {
        const result = programLockstep(join(ROOT, image));
        if (!result.ok) return [result.error.message];
        for (const deviation of result.value.used) used.add(deviation);
        return result.value.difference === undefined ? [] : [result.value.difference];
      }),
    );
  }
  checks.push(
    check('every listed deviation of the programs is met', () =>
      VALUE_DEVIATIONS.filter(deviation => !used.has(deviation)).map(({ reason }) => reason),
    ),
  );
  return { passed: checks.filter(passed => passed).length, failed: checks.filter(passed => !passed).length };
}

/** The sample guests, built, relative to the project's root. */
const samples = (): readonly string[] =>
  readdirSync(join(ROOT, 'samples'), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.aarch64\..*\.elf$/.test(name))
    .sort()
    .map(name => join('samples', name));

const report = (result: ReturnType<typeof randomLockstep>): readonly string[] =>
  result.ok ? result.value.failures : [result.error.message];

function check(name: string, find: () => readonly string[]): boolean {
  const problems = find();
  console.log(`${problems.length === 0 ? 'ok' : 'FAILED'}: ${name}`);
  for (const problem of problems.slice(0, MAXIMUM_PRINTED)) console.log(`  ${problem}`);
  if (problems.length > MAXIMUM_PRINTED) console.log(`  and ${problems.length - MAXIMUM_PRINTED} more`);
  return problems.length === 0;
}
