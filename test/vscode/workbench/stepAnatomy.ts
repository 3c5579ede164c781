// SPDX-License-Identifier: MIT
import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from './workbench.js';

/** The view "Step Anatomy": the drawn step, and KVM's log beside it. */
export class StepAnatomy {
  constructor(private readonly bench: Workbench) {}

  /** Opens the view. */
  async open(): Promise<void> {
    await this.bench.command('Steptrap: Show Step Anatomy');
    await this.page.locator('main').waitFor();
    // The page takes the focus when it is shown, and would close the palette of whoever is faster.
    await this.bench.idle();
  }

  /** Steps one instruction and waits until the view shows that step. */
  async stepAndShow(): Promise<void> {
    const before = await this.page.locator('#step-place').textContent();
    await this.bench.command('Steptrap: Step One Instruction');
    await this.page
      .locator('#step-place', { hasText: /0x/ })
      .and(this.page.locator(`#step-place:not(:text-is("${before ?? ''}"))`))
      .waitFor();
    // The editor takes the focus when it shows the stop, and would close the palette.
    await this.bench.idle();
  }

  /** Other pages, a walkthrough for one, have frames, too. */
  get page(): FrameLocator {
    return this.bench.page.frameLocator('iframe.webview.ready[src*="extensionId=steptrap."]').frameLocator('#active-frame');
  }

  /** A mark of the step by its title. */
  mark(title: string): Locator {
    return this.page.locator('.row.mark', { has: this.page.getByText(title, { exact: true }) }).first();
  }

  /** The drawn entries of the log. */
  entries(): Locator {
    return this.page.locator('.entry:not(.waiting)');
  }

  entry(words: string | RegExp): Locator {
    return this.page.locator('.entry', { hasText: words }).first();
  }

  /** Types a text to look for in the log. */
  async filter(text: string): Promise<void> {
    await this.page.locator('#log-text').fill(text);
  }

  button(title: string): Locator {
    return this.page.getByRole('button', { name: title });
  }

  /** What the Tab key comes to next, `count` times: its id, and whether it has a name and the focus is seen on it. */
  async tabStops(count: number): Promise<readonly { readonly id: string; readonly isNamed: boolean; readonly isSeen: boolean }[]> {
    const stops = [];
    for (let stop = 0; stop < count; stop++) {
      await this.bench.press('Tab');
      stops.push(
        await this.page.locator(':focus').evaluate(element => ({
          id: element.id,
          isNamed: (element.getAttribute('aria-label') ?? element.textContent ?? '') !== '',
          isSeen: getComputedStyle(element).outlineStyle === 'solid',
        })),
      );
    }
    return stops;
  }

  /** How many rows are drawn of the log, how many can be seen, and how many there are. */
  async rowCounts(): Promise<{ readonly drawn: number; readonly seen: number; readonly all: number }> {
    return this.page.locator('#log-rows').evaluate(box => {
      const [first] = box.querySelectorAll('.entry');
      const height = first?.getBoundingClientRect().height ?? 1;
      return {
        drawn: box.querySelectorAll('.entry').length,
        seen: Math.ceil(box.clientHeight / height),
        all: Number(first?.getAttribute('aria-setsize')),
      };
    });
  }
}
