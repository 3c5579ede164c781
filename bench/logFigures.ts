// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { presentForNode } from '../scripts/vscode/installation.js';
import { stepAnatomyPage } from '../src/extension/stepAnatomy/stepAnatomyPage.js';
import type { Figures } from './figures.js';
import { ROOT } from './guest.js';
import { median } from './measure.js';

/** Entries of the log that is scrolled. */
const ENTRIES = 100_000;
/** How it is scrolled: pixels a frame, and frames. By the wheel's notches, fast, and by the thumb over the whole log. */
const WAYS: readonly (readonly [pixels: number, frames: number])[] = [
  [120, 200],
  [2_000, 200],
  [99_991, 100],
];

/** What is not counted. */
const WARM_UP = [2_000, 60] as const;

const ORIGIN = 'http://steptrap.invalid/';

/** What the extension is to the page: it answers at once with rows like those of steps under KVM-HV. */
function hostOf(entries: number): void {
  const rowAt = (number: number) =>
    number % 4 === 0
      ? {
          number,
          kind: 'run',
          vcpu: 0,
          text: 'KVM_RUN -> KVM_EXIT_DEBUG address=0xd00 status=0x0',
          address: '0xd00',
          symbol: '<vectors+0xc00>',
        }
      : { number, kind: 'call', vcpu: 0, text: `KVM_SET_REGS pc=0x${(number * 4).toString(16)} msr=0x8000000000003401` };
  const answer = (message: object): void => window.postMessage(message);
  const host = {
    getState: (): undefined => undefined,
    setState: (): void => {},
    postMessage({ type, generation, start, count }: { type: string; generation: number; start: number; count: number }): void {
      if (type === 'ready') {
        answer({ type: 'picture', picture: undefined, sentence: '' });
        answer({ type: 'logChanged' });
      } else if (type === 'read') {
        const rows = Array.from({ length: Math.min(count, entries - start) }, (_, index) => rowAt(start + index));
        answer({ type: 'rows', generation, start, total: entries, rows, summary: '' });
      }
    },
  };
  Object.assign(window, { acquireVsCodeApi: () => host });
}

/** The page as the extension makes it, with its own script and style. */
async function openLog(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1500, height: 1000 } });
  const html = stepAnatomyPage(
    { script: `${ORIGIN}page.js`, style: `${ORIGIN}page.css`, cspSource: ORIGIN, language: 'en' },
    { t: (message: string) => message },
  );
  await page.route(`${ORIGIN}**`, route => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/page.js')
      return route.fulfill({ contentType: 'text/javascript', body: readFileSync(join(ROOT, 'dist/stepAnatomy.js')) });
    if (pathname === '/page.css')
      return route.fulfill({ contentType: 'text/css', body: readFileSync(join(ROOT, 'media/stepAnatomy.css')) });
    return route.fulfill({ contentType: 'text/html', body: html });
  });
  await page.addInitScript(hostOf, ENTRIES);
  await page.goto(ORIGIN);
  await page.locator('.entry .number').first().waitFor();
  return page;
}

/** Scrolls by so many pixels a frame; milliseconds from frame to frame. */
function scroll(page: Page, [pixels, frames]: readonly [number, number]): Promise<readonly number[]> {
  return page.evaluate(
    async ([step, count]) => {
      const box = document.getElementById('log-rows');
      if (box === null) throw new Error('The page has no log.');
      const frame = (): Promise<number> => new Promise(resolve => requestAnimationFrame(resolve));
      const gaps: number[] = [];
      let last = await frame();
      for (let number = 0; number < count; number++) {
        box.scrollTop = (box.scrollTop + step) % (box.scrollHeight - box.clientHeight);
        const now = await frame();
        gaps.push(now - last);
        last = now;
      }
      return gaps;
    },
    [pixels, frames] as const,
  );
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** CPU time of the thread in microseconds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds of processor time of the longest task on the thread that runs the page: what a busy machine does not stretch. */
function longestWork(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const mainThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const tasks = traceEvents.filter(({ ph, name, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && mainThreads.has(`${pid}/${tid}`));
  return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1000));
}

/** `milliseconds.logFrame` while a log of 100,000 entries is scrolled in a browser, and the work in the longest of its frames. */
export async function logScrolling(): Promise<Figures> {
  const program = presentForNode()?.chromium;
  if (program === undefined) {
    console.error('Chromium is not installed (npm run test:vscode installs it); the frames of the KVM log are left out.');
    return {};
  }
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await openLog(browser);
    await scroll(page, WARM_UP);
    const gaps: number[] = [];
    for (const way of WAYS) gaps.push(...(await scroll(page, way)));
    await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] });
    for (const way of WAYS) await scroll(page, way);
    const work = longestWork(await browser.stopTracing());
    return {
      'milliseconds.logFrame': Math.max(...gaps),
      'milliseconds.logFrame.median': median(gaps),
      'milliseconds.logFrame.work': work,
      'rows.logDrawn': await page.locator('.entry').count(),
    };
  } finally {
    await browser.close();
  }
}
