// SPDX-License-Identifier: MIT
// usage: node out/scripts/testVscode.js [--host=node|web] [--everywhere] [--reversed] [filter …]: the tests in a real VS Code, in an extension
// host of Node and in one in a web worker. A filter chooses walks by a part of their title; 'suite' is the mocha suite. '--everywhere' does in both
// hosts what is otherwise done in one. '--reversed' walks in the other order: no walk needs what another has left. Failures are kept in
// out/vscode/.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allWalks, type Walk } from '../test/vscode/walks/index.js';
import type { HostKind } from '../test/vscode/workbench/index.js';
import { startBrowser } from './vscode/browser.js';
import { type ExtensionPackage, startNodeHost, startWebHost, type WorkbenchHost } from './vscode/hosts.js';
import { type Installation, installAll, MissingError } from './vscode/installation.js';
import { endProcessesWithThisOne, runToEnd } from './vscode/ownProcesses.js';
import { bundleSuite, runSuite } from './vscode/runSuite.js';
import { type Counts, runWalks } from './vscode/runWalks.js';

const out = fileURLToPath(new URL('..', import.meta.url));
const reports = join(out, 'vscode/');
const KINDS: readonly HostKind[] = ['node', 'web'];

interface Run {
  readonly installation: Installation;
  readonly filters: readonly string[];
  readonly isReversed: boolean;
  /** Whether each walk is done in both hosts. */
  readonly isEverywhere: boolean;
  /** The bundled suite. */
  readonly suite: string;
  /** What a new user has, made while others walk; `undefined` if no walk of one is wanted. */
  readonly asPackage: Promise<ExtensionPackage> | undefined;
}

const isWanted = (filters: readonly string[], title: string): boolean =>
  filters.length === 0 || filters.some(filter => title.includes(filter));

/** Does `work` in a host, which is ended whatever comes of it. */
async function inHost(
  kind: HostKind,
  installation: Installation,
  asPackage: ExtensionPackage | undefined,
  work: (host: WorkbenchHost) => Promise<Counts>,
): Promise<Counts> {
  const logs = join(reports, kind);
  mkdirSync(logs, { recursive: true });
  const host =
    kind === 'node'
      ? await startNodeHost(installation, logs, asPackage === undefined ? {} : { asPackage })
      : startWebHost(installation, logs, asPackage);
  try {
    return await work(host);
  } finally {
    await host.end();
  }
}

async function testIn(kind: HostKind, { installation, filters, isReversed, isEverywhere, suite, asPackage }: Run): Promise<Counts> {
  const browser = await startBrowser(installation.chromium);
  const inOrder = isReversed ? [...allWalks()].reverse() : allWalks();
  const isHere = ({ hosts }: Walk): boolean => isEverywhere || hosts === 'both' || hosts === kind;
  const walks = (isNewUser: boolean): readonly Walk[] =>
    inOrder.filter(walk => walk.isNewUser === isNewUser && isHere(walk) && isWanted(filters, walk.title));
  try {
    const counts = [
      await inHost(kind, installation, undefined, async host => {
        const walked = await runWalks(walks(false), host, browser, reports);
        return isWanted(filters, 'suite') ? sum([walked, await runSuite(suite, host, browser, reports)]) : walked;
      }),
    ];
    if (asPackage !== undefined)
      counts.push(await inHost(kind, installation, await asPackage, host => runWalks(walks(true), host, browser, reports)));
    return sum(counts);
  } finally {
    await browser.close();
  }
}

/** Makes the package that a new user installs. */
async function makePackage(): Promise<ExtensionPackage> {
  const file = join(reports, 'steptrap.vsix');
  await runToEnd(process.execPath, [join(out, 'scripts/package/makePackage.js'), file], 'The package could not be made');
  return { file, contents: join(out, 'package') };
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
  const isPackageWanted = allWalks().some(({ isNewUser, title }) => isNewUser && isWanted(filters, title));
  const asPackage = isPackageWanted ? makePackage() : undefined;
  // A failure is told where it is waited for.
  asPackage?.catch(() => undefined);
  const run: Run = {
    installation,
    filters,
    isReversed: args.includes('--reversed'),
    isEverywhere: args.includes('--everywhere'),
    suite,
    asPackage,
  };
  const { passed, failed } = sum(await Promise.all(kinds.map(kind => testIn(kind, run))));
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
