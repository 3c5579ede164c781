// SPDX-License-Identifier: MIT
import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.js';

/** One step of a walkthrough, by its title. */
export interface WalkthroughStep {
  /** Opens the step, with its description and what is shown beside it. */
  open(): Promise<void>;
  /** Opens the step and waits until its description says so. */
  says(words: string | RegExp): Promise<void>;
  /** Its mark when it is done. */
  done(): Locator;
}

/** VS Code's page with a walkthrough. */
export class Walkthrough {
  constructor(private readonly bench: Workbench) {}

  private get page(): Locator {
    return this.bench.page.locator('.gettingStartedContainer');
  }

  async open(title: string): Promise<void> {
    await this.bench.command('Welcome: Open Walkthrough...');
    await this.bench.quickInput.choose(title);
    await this.page.locator('.category-title', { hasText: title }).first().waitFor();
  }

  /** Opens it in a window that has just loaded a sample's folder. */
  async openAgain(title: string): Promise<void> {
    await this.bench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'counter.c' }).waitFor();
    await this.bench.ready();
    await this.open(title);
  }

  /** As a person comes back to it whose view was opened over it: a view opens beside the editor that has the focus, which may be the source's. */
  async #show(): Promise<void> {
    if (!(await this.page.isVisible())) await this.bench.page.locator('.tabs-container .tab', { hasText: 'Welcome' }).first().click();
  }

  step(title: string): WalkthroughStep {
    const step = this.page.locator('.getting-started-step', { has: this.bench.page.locator('.step-title', { hasText: title }) }).first();
    const open = async (): Promise<void> => {
      await this.#show();
      if (!((await step.getAttribute('class')) ?? '').split(' ').includes('expanded')) await step.locator('.step-title').click();
      await step.and(this.bench.page.locator('.expanded')).waitFor();
    };
    return {
      open,
      says: async words => {
        await open();
        await step.getByText(words).first().waitFor();
      },
      done: () => step.locator('.codicon-getting-started-step-checked'),
    };
  }

  /** Presses a button of the step that is open. */
  async press(label: string): Promise<void> {
    await this.page.locator('.getting-started-step.expanded').getByRole('button', { name: label, exact: true }).click();
  }
}
