// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Result, success } from '../../src/base/index.js';
import type { InstructionSet } from '../../src/cpu/interpreter/index.js';
import { book3sInstructionSet } from '../../src/cpu/power/book3s/instructionSet.js';
import { mutated } from '../vectors/plantedRow.js';
import { differencesFromQemuPower } from '../vectors/power/deviations.js';
import {
  anyPowerInput,
  mayStore,
  observableRows,
  observableVariants,
  RECORDED_MODES,
  type RecordedMode,
  usesVectors,
} from '../vectors/power/inputs.js';
import { describePowerInput, type PowerSubject } from '../vectors/power/observation.js';
import { PowerInterpreter, PowerReference } from '../vectors/power/subjects.js';
import { Random } from '../vectors/random.js';
import { powerProgramLockstep } from './powerProgramLockstep.js';
import { observePower, qemuPowerVersion } from './powerRecorder/qemu.js';

/** Programs without which there is nothing to compare with. */
export const peers = [['qemu-ppc64'], ['qemu-ppc64le']] as const;

const INSTRUCTIONS = 200_000;
const PLANTED_INSTRUCTIONS = 10_000;
/** Instructions for one start of QEMU, which is also when memory starts anew. */
const BATCH = 10_000;
const MAXIMUM_PRINTED = 10;
const PROGRAMS = fileURLToPath(new URL('../../../test/oracle/powerPrograms/', import.meta.url));

/** Runs random allocated encodings of every row in QEMU and on `subjects`, each on the memory that those before have left. */
function randomComparison(
  seed: number,
  mode: RecordedMode,
  instructions: number,
  subjects: readonly PowerSubject[],
): Result<readonly string[]> {
  const rows = observableRows(mode).map(row => ({ row, variants: observableVariants(row, mode) }));
  const random = new Random(seed);
  const failures: string[] = [];
  for (let done = 0; done < instructions; done += BATCH) {
    const runs = Array.from({ length: Math.min(BATCH, instructions - done) }, () => {
      for (;;) {
        const entry = rows[random.below(rows.length)];
        const variant = entry?.variants[random.below(Math.max(entry.variants.length, 1))];
        const input = variant === undefined ? undefined : anyPowerInput(random, variant, mode);
        if (variant === undefined || input === undefined) continue;
        const memory = mayStore(variant.row) ? ('keep' as const) : ('ignore' as const);
        return { ...input, hasVectors: usesVectors(variant.row), memory };
      }
    });
    const observed = observePower(mode, runs);
    if (!observed.ok) return observed;
    for (const subject of subjects) subject.startAnew();
    runs.forEach((run, n) => {
      const expected = observed.value[n];
      if (expected === undefined) return;
      for (const subject of subjects) {
        const { found } = differencesFromQemuPower(run, expected, subject.run(run));
        if (found.length > 0) failures.push(`instruction ${done + n}, ${subject.name}: ${found.join('; ')}\n  ${describePowerInput(run)}`);
        // From here on as QEMU did it, so that one difference is reported once.
        if (expected.changes.length > 0) subject.apply(expected.changes);
      }
    });
  }
  return success(failures);
}

/** `set` with an `adde` that ignores the carry. */
function withPlantedRow(set: InstructionSet): Pick<InstructionSet, 'decode'> {
  return {
    decode: word => {
      const row = set.decode(word);
      return row?.name === 'adde' ? mutated(row, e => ({ shiftRightUnsigned: () => e.constant(0n) })) : row;
    },
  };
}

/** Compares both printers with QEMU in both byte orders. `failed` counts checks, not instructions. */
export async function run({ seed }: { readonly seed: number }): Promise<{ readonly passed: number; readonly failed: number }> {
  const checks: boolean[] = [];
  for (const mode of RECORDED_MODES) {
    console.log(`Execution oracle of ${mode}: ${qemuPowerVersion(mode)}, seed ${seed}`);
    const set = book3sInstructionSet(mode);
    const problems = (result: Result<readonly string[]>): readonly string[] => (result.ok ? result.value : [result.error.message]);
    checks.push(
      check(`${INSTRUCTIONS} random instructions on both printers, ${mode}`, () =>
        problems(randomComparison(seed, mode, INSTRUCTIONS, [new PowerReference(set, mode), new PowerInterpreter(set, mode)])),
      ),
      check(`a wrong row, planted here, is found, ${mode}`, () => {
        const found = randomComparison(seed, mode, PLANTED_INSTRUCTIONS, [new PowerReference(withPlantedRow(set), mode)]);
        if (!found.ok) return [found.error.message];
        return found.value.length > 0 ? [] : ["'adde' ignores the carry and nobody saw it."];
      }),
      check(`a compiled program, instruction by instruction, ${mode}`, () => {
        const result = powerProgramLockstep(join(PROGRAMS, `mix.${mode}.elf`), mode, set);
        if (!result.ok) return [result.error.message];
        const { instructions, difference } = result.value;
        if (difference !== undefined) return [difference];
        return instructions >= INSTRUCTIONS ? [] : [`The program has ${instructions} instructions only.`];
      }),
    );
  }
  return { passed: checks.filter(passed => passed).length, failed: checks.filter(passed => !passed).length };
}

function check(name: string, find: () => readonly string[]): boolean {
  const found = find();
  console.log(`${found.length === 0 ? 'ok' : 'FAILED'}: ${name}`);
  for (const problem of found.slice(0, MAXIMUM_PRINTED)) console.log(`  ${problem}`);
  if (found.length > MAXIMUM_PRINTED) console.log(`  and ${found.length - MAXIMUM_PRINTED} more`);
  return found.length === 0;
}
