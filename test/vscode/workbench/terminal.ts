// SPDX-License-Identifier: MIT
import type { Workbench } from './workbench.js';

/** The integrated terminal that is in front. */
export class Terminal {
  constructor(private readonly bench: Workbench) {}

  /** Waits until the terminal shows the words. */
  async shows(words: string): Promise<void> {
    await this.bench.page.waitForFunction(
      wanted => [...document.querySelectorAll('.terminal-wrapper.active .xterm-rows')].some(rows => rows.textContent?.includes(wanted)),
      words,
    );
  }

  /** Types into the terminal. */
  async type(words: string): Promise<void> {
    await this.bench.page.locator('.terminal-wrapper.active .xterm').click();
    await this.bench.page.keyboard.type(words);
  }
}
