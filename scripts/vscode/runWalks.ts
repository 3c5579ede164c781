// SPDX-License-Identifier: MIT
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, idOf, type Walk } from '../../test/vscode/walks/index.js';
import { Workbench } from '../../test/vscode/workbench/index.js';
import type { Browser } from './browser.js';
import type { Served, WorkbenchHost } from './hosts.js';
import { removeTemporaryFolder } from './temporaryFolders.js';
import { makeFolder } from './workFolder.js';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Longest time for one walk, in milliseconds: one that hangs is a failure, with the page it hung at. */
const LIMIT = 120_000;

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** A workbench in a folder of its own. */
interface WalkPage {
  readonly bench: Workbench;
  /** Keeps what the page shows and said. */
  keep(report: string): Promise<void>;
  /** Ends the page and removes the folder. */
  close(): Promise<void>;
}

/** Opens a page; its workbench is not ready yet. */
async function openWalkPage(walk: Walk, host: WorkbenchHost, browser: Browser): Promise<WalkPage> {
  const folder = makeFolder(folderOf(walk));
  let served: Served | undefined;
  const end = async (): Promise<void> => {
    await served?.end();
    removeTemporaryFolder(folder);
  };
  try {
    served = await host.serve({ folder });
    const opened = await browser.open(served);
    return {
      bench: new Workbench(opened.page, host.kind),
      keep: opened.keep,
      async close() {
        await opened.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/**
 * Runs walks one after the other. They share a page as long as they pass: each finds it tidied up, and one that fails, or leaves what cannot be
 * tidied up, takes it along. A new user has a page to himself. What is left of a failure goes to a folder of its own.
 */
export async function runWalks(walks: readonly Walk[], host: WorkbenchHost, browser: Browser, reports: string): Promise<Counts> {
  let failed = 0;
  let shared: WalkPage | undefined;
  for (const walk of walks) {
    const start = Date.now();
    const isSharing = !walk.isNewUser;
    let page = isSharing ? shared : undefined;
    const isNew = page === undefined;
    try {
      page ??= await openWalkPage(walk, host, browser);
      await within(LIMIT, runWalk(walk, page.bench, isNew));
      console.log(`ok ${walk.title} (${host.kind}, ${seconds(start)}${isNew ? ' with a new page' : ''})`);
      if (isSharing) shared = page;
      else await page.close();
    } catch (error) {
      failed++;
      const report = join(reports, `${host.kind}-${idOf(walk)}`);
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      mkdirSync(report, { recursive: true });
      writeFileSync(join(report, 'error.txt'), text);
      console.log(`FAILED ${walk.title} (${host.kind}, ${seconds(start)}); kept in ${report}`);
      console.log(text.replace(/^/gm, '    '));
      await page?.keep(report);
      await page?.close();
      if (isSharing) shared = undefined;
    }
  }
  await shared?.close();
  return { passed: walks.length - failed, failed };
}

async function runWalk(walk: Walk, bench: Workbench, isNew: boolean): Promise<void> {
  if (isNew) await bench.ready();
  if (walk.isNewUser) {
    await walk.run(bench);
    return;
  }
  const hasLaunchFile = walk.configuration !== undefined;
  await bench.debugging.choose(hasLaunchFile ? idOf(walk) : 'No launch file');
  await walk.run(bench);
  await bench.tidy(hasLaunchFile);
}

/** Fails when the work takes longer than the limit. */
export async function within<T>(limit: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${limit / 1000} s.`)), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
