// SPDX-License-Identifier: MIT
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Walk } from '../../test/vscode/walks/index.js';
import { Workbench } from '../../test/vscode/workbench/index.js';
import { openPage } from './browser.js';
import type { WorkbenchHost } from './hosts.js';
import { withFolder } from './workFolder.js';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Longest time for one walk, in milliseconds: one that hangs is a failure, with the page it hung at. */
const LIMIT = 120_000;

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Runs walks one after the other, each in a fresh folder and page; what is left of a failure goes to a folder of its own. */
export async function runWalks(walks: readonly Walk[], host: WorkbenchHost, browser: string, reports: string): Promise<Counts> {
  let failed = 0;
  for (const walk of walks) {
    const start = Date.now();
    const report = join(reports, `${host.kind}-${/^\S+/.exec(walk.title)?.[0] ?? 'walk'}`);
    try {
      await withFolder(walk.folder, folder => runWalk(walk, host, browser, folder, report));
      console.log(`ok ${walk.title} (${host.kind}, ${seconds(start)})`);
    } catch (error) {
      failed++;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      mkdirSync(report, { recursive: true });
      writeFileSync(join(report, 'error.txt'), text);
      console.log(`FAILED ${walk.title} (${host.kind}, ${seconds(start)}); kept in ${report}`);
      console.log(text.replace(/^/gm, '    '));
    }
  }
  return { passed: walks.length - failed, failed };
}

async function runWalk(walk: Walk, host: WorkbenchHost, browser: string, folder: string, report: string): Promise<void> {
  const served = await host.serve({ folder });
  try {
    const opened = await openPage(browser, served);
    try {
      const bench = new Workbench(opened.page, host.kind);
      await within(
        LIMIT,
        bench.ready().then(() => walk.run(bench)),
      );
    } catch (error) {
      await opened.keep(report);
      throw error;
    } finally {
      await opened.close();
    }
  } finally {
    await served.end();
  }
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
