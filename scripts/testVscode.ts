// SPDX-License-Identifier: MIT
// usage: node out/scripts/testVscode.js [--host=node|web] [filter …]: the tests in a real VS Code, in an extension host of Node and in one in a
// web worker. A filter chooses walks by a part of their title; 'suite' is the mocha suite. Failures are kept in out/vscode/.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allWalks } from '../test/vscode/walks/index.js';
import type { HostKind } from '../test/vscode/workbench/index.js';
import { startNodeHost, startWebHost, type WorkbenchHost } from './vscode/hosts.js';
import { type Installation, installAll, MissingError } from './vscode/installation.js';
import { endProcessesWithThisOne } from './vscode/ownProcesses.js';
import { bundleSuite, runSuite } from './vscode/runSuite.js';
import { type Counts, runWalks } from './vscode/runWalks.js';

const reports = fileURLToPath(new URL('../vscode/', import.meta.url));
const KINDS: readonly HostKind[] = ['node', 'web'];

async function testIn(kind: HostKind, filters: readonly string[], suite: string, installation: Installation): Promise<Counts> {
  const logs = join(reports, kind);
  mkdirSync(logs, { recursive: true });
  const host: WorkbenchHost = kind === 'node' ? await startNodeHost(installation, logs) : startWebHost(installation, logs);
  try {
    const isWanted = (title: string): boolean => filters.length === 0 || filters.some(filter => title.includes(filter));
    const counts = [
      await runWalks(
        allWalks().filter(({ title }) => isWanted(title)),
        host,
        installation.chromium,
        reports,
      ),
    ];
    if (isWanted('suite')) counts.push(await runSuite(suite, host, installation.chromium, reports));
    return sum(counts);
  } finally {
    await host.end();
  }
}

const sum = (all: readonly Counts[]): Counts => ({
  passed: all.reduce((total, { passed }) => total + passed, 0),
  failed: all.reduce((total, { failed }) => total + failed, 0),
});

async function main(): Promise<number> {
  endProcessesWithThisOne();
  const args = process.argv.slice(2);
  const kinds = KINDS.filter(kind => !args.some(argument => argument.startsWith('--host=')) || args.includes(`--host=${kind}`));
  const filters = args.filter(argument => !argument.startsWith('--'));
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const installation = installAll();
  const suite = await bundleSuite();
  const start = Date.now();
  const { passed, failed } = sum(await Promise.all(kinds.map(kind => testIn(kind, filters, suite, installation))));
  console.log(`In VS Code: ${Math.round((Date.now() - start) / 1000)} s.`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof MissingError ? error.message : error);
  process.exitCode = 1;
}
