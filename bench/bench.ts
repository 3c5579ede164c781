// SPDX-License-Identifier: MIT
// usage: npm run bench [-- [--json] [group …]]: measures, prints a table and, last, one line of JSON.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  adapterSteps,
  adapterStepsPpc64,
  adapterStepsPpc64le,
  falseConditions,
  falseConditionsHardware,
  reportedHits,
} from './adapterFigures.js';
import { type Figures, figuresTable, missedTargets } from './figures.js';
import { breakpointSlowdown, kvmSteps, watchpointSlowdown } from './kvmFigures.js';
import { logScrolling } from './logFigures.js';
import { engineSteps, prSteps } from './powerStepFigures.js';
import { processFigures } from './processFigures.js';
import { speed, speedPpc64, speedPpc64le } from './speed.js';
import { stopWithAllViews } from './stopFigures.js';
import { traceSteps } from './traceStepFigures.js';
import { stepInWorkbench } from './workbenchFigures.js';

/** Each group runs in a process of its own, as a session has its own worker: what one has warmed up is not the next one's burden. */
const GROUPS: Readonly<Record<string, () => Promise<Figures>>> = {
  speed,
  speedPpc64,
  speedPpc64le,
  kvmSteps,
  engineStepsPpc64: engineSteps('ppc64'),
  engineStepsPpc64le: engineSteps('ppc64le'),
  prStepsPpc64: prSteps('ppc64'),
  prStepsPpc64le: prSteps('ppc64le'),
  traceStepsPpc64: traceSteps('ppc64'),
  traceStepsPpc64le: traceSteps('ppc64le'),
  breakpointSlowdown,
  watchpointSlowdown,
  adapterSteps,
  adapterStepsPpc64,
  adapterStepsPpc64le,
  falseConditions,
  falseConditionsHardware,
  reportedHits,
  stopWithAllViews,
  stepInWorkbench,
  logScrolling,
  process: processFigures,
};

/** The parent starts this file again with this word and a group's name. */
const ONLY = '--only';

/** Measures `name` in a child process. Nothing, and a failed run, if that fails; it says why itself. */
function inOwnProcess(name: string): Figures {
  console.error(`measuring: ${name} …`);
  const { status, stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ONLY, name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === 0) return JSON.parse(stdout); // The child has just printed a `Figures`.
  process.exitCode = 1;
  return {};
}

async function measureOnly(name: string): Promise<void> {
  try {
    console.log(JSON.stringify(await GROUPS[name]?.()));
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

function measureAll(names: readonly string[]): void {
  const figures: Figures = Object.assign({}, ...names.map(inOwnProcess), { node: process.version });
  if (!process.argv.includes('--json')) {
    console.log(figuresTable(figures));
    for (const sentence of missedTargets(figures)) console.log(sentence);
  }
  console.log(JSON.stringify(figures));
}

const names = process.argv.slice(2).filter(argument => !argument.startsWith('--'));
const unknown = names.filter(name => !(name in GROUPS));
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(', ')}; there are: ${Object.keys(GROUPS).join(', ')}.`);
  process.exitCode = 2;
} else if (process.argv.includes(ONLY)) {
  await measureOnly(names[0] ?? '');
} else {
  measureAll(names.length > 0 ? names : Object.keys(GROUPS));
}
