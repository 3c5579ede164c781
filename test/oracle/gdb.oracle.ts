// SPDX-License-Identifier: MIT
import type { Sample } from './gdb/comparedGuest.js';
import { imageOf } from './gdb/comparedGuest.js';
import { type Comparison, compareFinishes, compareInstructions, comparePlaces, compareSteps, compareWatches } from './gdb/comparisons.js';
import { DEVIATIONS } from './gdb/deviations.js';
import type { Difference } from './gdb/difference.js';

/** Programs without which there is nothing to compare with. */
export const peers = [['qemu-system-aarch64'], ['gdb-multiarch']] as const;

const STEPS = 60;
const INSTRUCTIONS = 300;
const WRITES = 10;
const MAXIMUM_PRINTED = Number(process.env.STEPTRAP_ORACLE_LINES ?? 10);
/** gdb and QEMU wait for each other most of the time. */
const AT_ONCE = 2;

/** Where `stepi` begins anew, beside the entry; functions that both samples' levels have. */
const BEGINNINGS: Readonly<Record<string, readonly string[]>> = {
  counter: ['fibonacci'],
  svc: ['breakpoint_at_el1'],
  hello: ['console_get'],
};
/** Functions to step out of, in the order in which they are reached. */
const CALLEES: Readonly<Record<string, readonly string[]>> = {
  counter: [
    'console_open',
    'make_list',
    'increment',
    'observe',
    'scale',
    'digest',
    'mix',
    'fibonacci',
    'ackermann',
    'walk',
    'swap',
    'sum_of_squares',
    'many',
    'multiply_high',
    'shadow',
    'console_put',
    'console_decimal',
    'console_hex',
  ],
  svc: [
    'console_open',
    'install_vectors',
    'console_text',
    'console_put',
    'console_hex',
    'handle_exception',
    'class_name',
    'load_word',
    'atomic_add',
    'serve_call',
  ],
  hello: ['console_open', 'console_text', 'console_get'],
};

/** Compares our debugger with gdb at QEMU's stub, on the same programs: steps, stacks, values, places of breakpoints, watchpoints. */
export async function run(_options: { readonly seed: number }): Promise<{ passed: number; failed: number }> {
  const samples = Object.keys(CALLEES).flatMap(name => (['O0', 'O2'] as const).map((level): Sample => ({ name, level })));
  const used = new Set<unknown>();
  let passed = 0;
  let failed = 0;
  const waiting: (() => Promise<void>)[] = [];
  const check = (sample: Sample, name: string, find: () => Promise<Comparison>): void => {
    waiting.push(async () => {
      const title = `${imageOf(sample)}: ${name}`;
      try {
        const { count, differences } = await find();
        const unexpected = differences.filter(difference => {
          const deviation = DEVIATIONS.find(({ concerns }) => concerns(difference));
          if (deviation) used.add(deviation);
          return !deviation;
        });
        if (unexpected.length === 0) passed++;
        else failed++;
        print(title, count, differences.length, unexpected);
      } catch (error) {
        failed++;
        console.log(`FAILED: ${title}: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  };
  for (const sample of samples) {
    const beginnings = [null, ...(BEGINNINGS[sample.name] ?? [])];
    check(sample, 'places of breakpoints and lines of instructions', () => comparePlaces(sample));
    check(sample, 'stepi', () => compareInstructions(sample, beginnings, INSTRUCTIONS));
    for (const command of ['step', 'next'] as const) check(sample, command, () => compareSteps(sample, command, 'main', STEPS));
    check(sample, 'finish', () => compareFinishes(sample, CALLEES[sample.name] ?? []));
    if (sample.name === 'counter') check(sample, 'watch counter', () => compareWatches(sample, 'counter', WRITES));
  }
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const { reason } of DEVIATIONS.filter(deviation => !used.has(deviation))) {
    console.log(`FAILED: this expected deviation was not met: ${reason}`);
    failed++;
  }
  return { passed, failed };
}

function print(title: string, count: number, all: number, unexpected: readonly Difference[]): void {
  const expected = all - unexpected.length;
  console.log(
    `${unexpected.length === 0 ? 'ok' : 'FAILED'}: ${title}: ${count} compared${expected > 0 ? `, ${expected} expected deviations` : ''}`,
  );
  for (const { aspect, where, theirs, ours } of unexpected.slice(0, MAXIMUM_PRINTED)) {
    console.log(`  ${aspect} ${where}\n    gdb:  ${theirs}\n    ours: ${ours}`);
  }
  if (unexpected.length > MAXIMUM_PRINTED) console.log(`  and ${unexpected.length - MAXIMUM_PRINTED} more`);
}
