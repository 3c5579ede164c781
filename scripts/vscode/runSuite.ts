// SPDX-License-Identifier: MIT
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { SUITE_FOLDER } from '../../test/vscode/walks/index.js';
import type { Browser } from './browser.js';
import type { WorkbenchHost } from './hosts.js';
import { type Counts, within } from './runWalks.js';
import { withFolder } from './workFolder.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Longest time for the whole suite in one host, in milliseconds. */
const LIMIT = 180_000;

/** Bundles the suite with mocha into one file that any extension host can load; returns its path. */
export async function bundleSuite(): Promise<string> {
  const outfile = join(root, 'out', 'vscode', 'suite', 'index.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/vscode/suite/index.ts'],
    outfile,
    bundle: true,
    platform: 'browser',
    format: 'cjs',
    target: 'es2022',
    external: ['vscode'],
    define: { global: 'globalThis' },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}

/** The closing line that the suite prints in the extension host. */
const CLOSING = /^(\d+) passed, (\d+) failed$/m;

/** Runs the suite in the extension host of a page and counts what it says at its end. */
export async function runSuite(suite: string, host: WorkbenchHost, browser: Browser, reports: string): Promise<Counts> {
  const report = join(reports, `${host.kind}-suite`);
  const lines: string[] = [];
  return await withFolder(SUITE_FOLDER, async folder => {
    const served = await host.serve({ folder, tests: suite });
    try {
      let prepare: (page: Page) => Promise<void> = () => Promise.resolve();
      const ended = new Promise<void>(resolve => {
        prepare = async page => {
          await page.exposeFunction('codeAutomationLog', (_: string, args: readonly unknown[]) => {
            lines.push(args.join(' '));
          });
          await page.exposeFunction('codeAutomationExit', () => resolve());
        };
      });
      const opened = await browser.open(served, prepare);
      try {
        await within(LIMIT, ended);
        const closing = CLOSING.exec(lines.join('\n'));
        if (closing === null) throw new Error('The suite ended without its closing line.');
        const failed = Number(closing[2]);
        if (failed > 0) await opened.keep(report);
        return { passed: Number(closing[1]), failed };
      } catch (error) {
        await opened.keep(report);
        console.log(`FAILED the suite (${host.kind}); kept in ${report}: ${error instanceof Error ? error.message : String(error)}`);
        return { passed: 0, failed: 1 };
      } finally {
        await opened.close();
      }
    } finally {
      await served.end();
      mkdirSync(reports, { recursive: true });
      writeFileSync(join(reports, `${host.kind}-suite.log`), lines.join('\n'));
      // Among them are the workbench's own messages.
      for (const line of lines) if (/^(ok|FAILED) /.test(line)) console.log(line.replace(/$/m, ` (${host.kind}, suite)`));
    }
  });
}
