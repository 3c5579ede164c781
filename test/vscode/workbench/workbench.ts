// SPDX-License-Identifier: MIT
import type { Locator, Page } from 'playwright-core';
import { Debugging } from './debugging.js';
import { DisassemblyView } from './disassemblyView.js';
import { Editor } from './editor.js';
import { Pane } from './pane.js';
import { Terminal } from './terminal.js';

/** Where the workbench runs extensions: in a process of Node, or in a web worker of the page. */
export type HostKind = 'node' | 'web';

/** The workbench as a person sees it: found by its labels, driven by mouse and keyboard. */
export class Workbench {
  readonly editor: Editor;
  readonly debugging: Debugging;
  readonly disassembly: DisassemblyView;
  readonly terminal: Terminal;

  constructor(
    readonly page: Page,
    readonly host: HostKind,
  ) {
    this.editor = new Editor(this);
    this.debugging = new Debugging(this);
    this.disassembly = new DisassemblyView(this);
    this.terminal = new Terminal(this);
  }

  /** Waits until the workbench is there and shows the folder's files. */
  async ready(): Promise<void> {
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  }

  /** A section of the side bar or the panel by its title, opened if it is closed. */
  pane(title: string): Pane {
    return new Pane(this, title);
  }

  /** Presses keys, one chord after the other: `Control+Shift+D`. */
  async press(...chords: readonly string[]): Promise<void> {
    for (const chord of chords) await this.page.keyboard.press(chord);
  }

  readonly quickInput = {
    /** The quick pick or input box, when one is open. */
    box: (): Locator => this.page.locator('.quick-input-widget:visible'),
    /** The offered row that holds the words. */
    row: (words: string | RegExp): Locator => this.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: words }).first(),
    /** Types into the input, in place of what it held. */
    fill: async (words: string): Promise<void> => {
      await this.page.locator('.quick-input-widget:visible input.input').fill(words);
    },
    /** Chooses the row that holds the words. */
    choose: async (words: string | RegExp): Promise<void> => {
      await this.quickInput.row(words).click();
    },
    accept: (): Promise<void> => this.press('Enter'),
  };

  /** Runs a command by its title in the palette. */
  async command(title: string): Promise<void> {
    await this.press('F1');
    await this.quickInput.fill(`>${title}`);
    await this.page
      .locator('.quick-input-widget:visible .monaco-list-row', { has: this.page.getByText(title, { exact: true }) })
      .first()
      .click();
  }

  /** Opens a file by its path in the folder, as a double click on it in the Explorer does. */
  async openFile(path: string): Promise<void> {
    await this.press('Control+Shift+E');
    const names = path.split('/');
    for (const [level, name] of names.entries()) {
      const row = this.page.locator(`.explorer-folders-view .monaco-list-row[aria-level="${level + 1}"]`, {
        has: this.page.getByText(name, { exact: true }),
      });
      await row.waitFor();
      if (level === names.length - 1) await row.dblclick();
      else if ((await row.getAttribute('aria-expanded')) !== 'true') await row.click();
    }
    await this.page.locator(`.tab.active[data-resource-name="${names.at(-1)}"]`).waitFor();
    await this.page.locator('.editor-instance .view-line').first().waitFor();
  }

  /** A notification by words in it. */
  notification(words: string | RegExp): Locator {
    return this.page.locator('.notification-list-item', { hasText: words }).first();
  }

  /** A modal dialog by words in it. */
  dialog(words: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box', { hasText: words });
  }

  /** An entry of the open context menu. */
  menuEntry(title: string): Locator {
    return this.page.locator('.monaco-menu .action-item:not(.disabled)', { has: this.page.getByText(title, { exact: true }) }).first();
  }
}
