// SPDX-License-Identifier: MIT
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openPage } from '../scripts/vscode/browser.js';
import { startNodeHost } from '../scripts/vscode/hosts.js';
import { presentForNode } from '../scripts/vscode/installation.js';
import { endProcessesWithThisOne } from '../scripts/vscode/ownProcesses.js';
import { withFolder } from '../scripts/vscode/workFolder.js';
import { StoppedSession } from '../test/support/stoppedSession.js';
import { type Folder, sample } from '../test/vscode/walks/walk.js';
import { Workbench } from '../test/vscode/workbench/index.js';
import type { Figures } from './figures.js';
import { ROOT } from './guest.js';
import { median } from './measure.js';
import { StepWatch } from './stepWatch.js';

const PROGRAM = 'samples/counter/counter.aarch64.O0.elf';
const SOURCE = 'samples/counter/counter.c';
/** Sessions of each side, in turns; the first of each is not counted. */
const ROUNDS = 5;
/** Steps of a session; the first ones are not counted. */
const STEPS = 15;
const WARM_STEPS = 5;

/** The lines in which the steps over of a session stand, from the one before the first step on. */
async function linesOfSteps(): Promise<readonly number[]> {
  const session = await StoppedSession.launch(PROGRAM);
  const lines: number[] = [];
  for (let step = 0; step <= STEPS; step++) {
    lines.push(Number((await session.frames())[0]?.['line']));
    await session.run('next');
  }
  await session.close();
  return lines;
}

/** Configurations of both sides, which start in the same line of the same file. */
function launchFile(lines: readonly number[]): Folder {
  const common = { request: 'launch', internalConsoleOptions: 'neverOpen' };
  const configurations = [
    { ...common, name: 'Guest', type: 'steptrap', program: `\${workspaceFolder}/${PROGRAM}`, stopOnEntry: false, stopAt: 'main' },
    { ...common, name: 'Mock', type: 'mock', program: `\${workspaceFolder}/${SOURCE}`, lines },
  ];
  return { '.vscode/launch.json': { text: JSON.stringify({ version: '0.2.0', configurations }) } };
}

/** One session: milliseconds of each counted step over, from the key press to the frame that shows the next line. */
async function stepsOf(name: 'Guest' | 'Mock', bench: Workbench, lines: readonly number[]): Promise<readonly number[]> {
  await bench.press('F1');
  await bench.quickInput.fill(`debug ${name}`);
  await bench.quickInput.choose(name);
  const [first = 0, ...others] = lines;
  const watch = new StepWatch(bench.page);
  await watch.shows(first);
  await bench.editor.line('first statement').click();
  const milliseconds: number[] = [];
  for (const line of others) milliseconds.push(await watch.press('F10', line));
  await bench.debugging.stop();
  return milliseconds.slice(WARM_STEPS);
}

async function measure(bench: Workbench, lines: readonly number[]): Promise<Figures> {
  await bench.ready();
  await bench.openFile(SOURCE);
  await bench.debugging.show();
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [left, right] = [await stepsOf('Guest', bench, lines), await stepsOf('Mock', bench, lines)];
    if (round === 0) continue;
    ours.push(...left);
    theirs.push(...right);
  }
  return {
    'milliseconds.stepInWorkbench': median(ours),
    'milliseconds.stepInWorkbench.mock': median(theirs),
    'ratio.stepInWorkbench.mock': median(ours) / median(theirs),
  };
}

/** `milliseconds.stepInWorkbench`, and beside it the same for an adapter that answers at once, by turns in one page. */
export async function stepInWorkbench(): Promise<Figures> {
  const installation = presentForNode();
  if (installation === undefined) {
    console.error('code-server or Chromium is not installed (npm run test:vscode installs both); steps in the workbench are left out.');
    return {};
  }
  endProcessesWithThisOne();
  const logs = join(ROOT, 'out', 'vscode', 'bench');
  mkdirSync(logs, { recursive: true });
  const lines = await linesOfSteps();
  const host = await startNodeHost(installation, logs, { fixtures: ['mockDebugger'] });
  try {
    return await withFolder({ ...sample('counter'), ...launchFile(lines) }, async folder => {
      const opened = await openPage(installation.chromium, await host.serve({ folder }));
      try {
        return await measure(new Workbench(opened.page, host.kind), lines);
      } catch (error) {
        await opened.keep(logs);
        throw error;
      } finally {
        await opened.close();
      }
    });
  } finally {
    await host.end();
  }
}
