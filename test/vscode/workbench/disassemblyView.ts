// SPDX-License-Identifier: MIT
import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.js';

/** Scrolling is animated; it is over when the rows are the same for so many frames. */
const STANDSTILL = 12;

/** What one notch of a mouse wheel sends, in pixels. VS Code scrolls by notches, not by pixels. */
const NOTCH = 120;

/** The Disassembly view. */
export class DisassemblyView {
  constructor(private readonly bench: Workbench) {}

  /** Opens the view at the frame that has the focus. */
  async open(): Promise<void> {
    await this.bench.command('Open Disassembly View');
    await this.rows().first().waitFor();
  }

  rows(): Locator {
    return this.bench.page.locator('.disassembly-view .monaco-list-row');
  }

  row(words: string | RegExp): Locator {
    return this.bench.page.locator('.disassembly-view .monaco-list-row', { hasText: words }).first();
  }

  /** The drawn rows from top to bottom, each as its address and text. */
  async texts(): Promise<readonly string[]> {
    const rows = await this.rows().evaluateAll(all =>
      all.map(row => ({ top: row.getBoundingClientRect().top, text: (row.textContent ?? '').replace(/\s+/g, ' ').trim() })),
    );
    return rows.sort((a, b) => a.top - b.top).map(({ text }) => text);
  }

  /** The instruction that the program is stopped at. */
  current(): Locator {
    return this.bench.page.locator('.disassembly-view .monaco-list-row', {
      has: this.bench.page.locator('.codicon-debug-stackframe, .codicon-debug-stackframe-focused'),
    });
  }

  /**
   * Turns the mouse wheel over the view by notches (down is positive), and returns the texts once another row is at the top; which one it is, is for
   * the caller to judge.
   */
  async scroll(notches: number): Promise<readonly string[]> {
    await this.bench.page.locator('.disassembly-view').hover();
    const [before] = await this.texts();
    for (let turned = 0; turned < Math.abs(notches); turned++) await this.bench.page.mouse.wheel(0, Math.sign(notches) * NOTCH);
    // A busy page gets the wheel's events long after they were sent.
    for (;;) {
      const now = await this.settled();
      if (now[0] !== before) return now;
    }
  }

  /** Waits until the rows stand still and none is empty, and returns their texts. */
  async settled(): Promise<readonly string[]> {
    await this.bench.page.evaluate(async frames => {
      const view = document.querySelector('.disassembly-view');
      const drawn = (): readonly string[] =>
        [...(view?.querySelectorAll('.monaco-list-row') ?? [])].map(row => row.textContent ?? '').sort();
      let last = '';
      for (let still = 0; still < frames; ) {
        await new Promise(resolve => requestAnimationFrame(resolve));
        const rows = drawn();
        // Rows that were asked for are empty until the answer is there.
        const isWhole = rows.length > 0 && rows.every(row => row.trim() !== '');
        const now = rows.join('\n');
        still = isWhole && now === last ? still + 1 : 0;
        last = now;
      }
    }, STANDSTILL);
    return this.texts();
  }
}
