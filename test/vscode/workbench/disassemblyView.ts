// SPDX-License-Identifier: MIT
import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.js';

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

  /** Turns the mouse wheel over the view, in pixels; down is positive. */
  async scroll(pixels: number): Promise<void> {
    await this.bench.page.locator('.disassembly-view').hover();
    await this.bench.page.mouse.wheel(0, pixels);
  }
}
