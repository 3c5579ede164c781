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
    // A section with a description behind its title has that in its label, too.
    this.header = bench.page.locator(`.pane-header[aria-label="${title} Section"], .pane-header[aria-label^="${title} - "]`);
    this.body = bench.page.locator('.pane', { has: this.header });
  }

  /** Opens the section if it is closed. */
  async expand(): Promise<this> {
    await this.header.waitFor();
    if ((await this.header.getAttribute('aria-expanded')) !== 'true') await this.header.click();
    await this.header.and(this.bench.page.locator('[aria-expanded="true"]')).waitFor();
    await this.body.locator('.monaco-list').first().waitFor();
    return this;
  }

  /** Closes the section if it is open. */
  async collapse(): Promise<void> {
    if ((await this.header.getAttribute('aria-expanded')) === 'true') await this.header.click();
    await this.header.and(this.bench.page.locator('[aria-expanded="false"]')).waitFor();
  }

  /** The first row that holds the words. */
  row(words: string | RegExp): Locator {
    return this.body.locator('.monaco-list-row', { hasText: words }).first();
  }

  rows(): Locator {
    return this.body.locator('.monaco-list-row');
  }

  /** The section's title with what stands behind it. */
  get title(): Locator {
    return this.header;
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
    await this.#turn(row);
    await this.body.locator('.monaco-list-row[aria-expanded="true"]', { hasText: words }).first().waitFor();
  }

  /** Closes a row that has children. */
  async close(words: string | RegExp): Promise<void> {
    const row = this.row(words);
    if ((await row.getAttribute('aria-expanded')) !== 'true') return;
    await this.#turn(row);
    await this.body.locator('.monaco-list-row[aria-expanded="false"]', { hasText: words }).first().waitFor();
  }

  /** Clicks a row's twistie at once: behind a stop the tree is filled anew, and a mouse that travels would arrive at another row. */
  async #turn(row: Locator): Promise<void> {
    await row.locator('.monaco-tl-twistie').evaluate((twistie: HTMLElement) => twistie.click());
  }

  /** A variable's row, by its name and what is shown as its value. */
  variable(name: string, value?: string): Locator {
    const label = value === undefined ? `[aria-label^="${name}, value "]` : `[aria-label="${name}, value ${value}"]`;
    return this.body.locator(`.monaco-list-row${label}`).first();
  }

  /** The value of a variable that the last step changed, as the view marks it. */
  changed(name: string): Locator {
    return this.variable(name).locator('.value.changed');
  }

  /** Types a value in place of a variable's. */
  async setValue(name: string, value: string): Promise<void> {
    await this.variable(name).locator('.value').dblclick();
    await this.type(value);
  }

  /** Adds a watch expression. */
  async addExpression(expression: string): Promise<void> {
    await this.titleAction('Add Expression');
    await this.type(expression);
  }

  /** Types into the box that has opened in a row. */
  async type(words: string): Promise<void> {
    const input = this.body.locator('.monaco-list-row input.input:visible');
    await input.fill(words);
    await this.bench.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** Presses a button of the row, by its title. */
  async rowAction(words: string | RegExp, title: string): Promise<void> {
    const row = this.row(words);
    await row.hover();
    await row.locator(`.action-label[aria-label^="${title}"]`).first().click();
  }

  /** Ticks a row's box. */
  async tick(words: string | RegExp): Promise<void> {
    await this.row(words).locator('input[type="checkbox"], .monaco-checkbox').first().click();
  }

  /** The row of a breakpoint that could not be set. */
  unverified(words: string | RegExp): Locator {
    const icon = this.body.page().locator('.codicon-debug-breakpoint-unverified');
    return this.body.locator('.monaco-list-row', { hasText: words, has: icon }).first();
  }

  /** Presses a button of the section's title. */
  async titleAction(title: string): Promise<void> {
    await this.header.hover();
    await this.header.locator(`.action-label[aria-label^="${title}"]`).first().click();
  }

  /** Opens the context menu of a row and chooses an entry, or the last of several through the menus of those before. */
  async menu(words: string | RegExp, ...entries: readonly string[]): Promise<void> {
    await this.row(words).click({ button: 'right' });
    await this.bench.chooseFromMenu(...entries);
  }
}
