// SPDX-License-Identifier: MIT
import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.js';

/** A section with a tree: Variables, Watch, Call Stack, vCPUs, Debug Registers. */
export class Pane {
  private readonly header: Locator;
  private readonly body: Locator;

  constructor(
    private readonly bench: Workbench,
    title: string,
  ) {
    this.header = bench.page.locator(`.pane-header[aria-label="${title} Section"]`);
    this.body = bench.page.locator('.pane', { has: this.header });
  }

  /** Opens the section if it is closed. */
  async expand(): Promise<this> {
    await this.header.waitFor();
    if ((await this.header.getAttribute('aria-expanded')) !== 'true') await this.header.click();
    await this.body.locator('.monaco-list').first().waitFor();
    return this;
  }

  /** Closes the section if it is open. */
  async collapse(): Promise<void> {
    if ((await this.header.getAttribute('aria-expanded')) === 'true') await this.header.click();
  }

  /** The first row that holds the words. */
  row(words: string | RegExp): Locator {
    return this.body.locator('.monaco-list-row', { hasText: words }).first();
  }

  rows(): Locator {
    return this.body.locator('.monaco-list-row');
  }

  /** The texts of the rows that are drawn now, in order. */
  async texts(): Promise<readonly string[]> {
    return (await this.rows().allInnerTexts()).map(text => text.replace(/\s+/g, ' ').trim());
  }

  /** Opens a row that has children. */
  async open(words: string | RegExp): Promise<void> {
    const row = this.row(words);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'true') return;
    await row.locator('.monaco-tl-twistie').click();
    await this.body.locator('.monaco-list-row[aria-expanded="true"]', { hasText: words }).first().waitFor();
  }

  /** Presses a button of the row, by its title. */
  async rowAction(words: string | RegExp, title: string): Promise<void> {
    const row = this.row(words);
    await row.hover();
    await row.locator(`.action-label[aria-label^="${title}"]`).first().click();
  }

  /** Presses a button of the section's title. */
  async titleAction(title: string): Promise<void> {
    await this.header.hover();
    await this.header.locator(`.action-label[aria-label^="${title}"]`).first().click();
  }

  /** Opens the context menu of a row and chooses an entry. */
  async menu(words: string | RegExp, entry: string): Promise<void> {
    await this.row(words).click({ button: 'right' });
    await this.bench.menuEntry(entry).click();
  }
}
