// SPDX-License-Identifier: MIT
import type { Locator, Page } from 'playwright-core';
import { Debugging } from './debugging.js';
import { DisassemblyView } from './disassemblyView.js';
import { Editor } from './editor.js';
import { Pane } from './pane.js';
import { StepAnatomy } from './stepAnatomy.js';
import { Terminal } from './terminal.js';
import { Walkthrough } from './walkthrough.js';

/** A command of the extension's that is always there. */
const KNOWN_COMMAND = 'Steptrap: Open Sample';

/** Answers of the extension host come within fewer frames than these. */
const FRAMES_AT_REST = 30;

/** Where a row stands in its list, from 0. */
const indexOf = async (row: Locator): Promise<number> => Number(await row.getAttribute('data-index'));

/** Where the workbench runs extensions: in a process of Node, or in a web worker of the page. */
export type HostKind = 'node' | 'web';

/** The workbench as a person sees it: found by its labels, driven by mouse and keyboard. */
export class Workbench {
  readonly editor: Editor;
  readonly debugging: Debugging;
  readonly disassembly: DisassemblyView;
  readonly terminal: Terminal;
  readonly anatomy: StepAnatomy;
  /** The folder's files. */
  private readonly explorer: Locator;
  private tidied = 0;
  readonly walkthrough: Walkthrough;

  constructor(
    readonly page: Page,
    readonly host: HostKind,
  ) {
    this.explorer = page.locator('.explorer-folders-view');
    this.editor = new Editor(this);
    this.debugging = new Debugging(this);
    this.disassembly = new DisassemblyView(this);
    this.terminal = new Terminal(this);
    this.anatomy = new StepAnatomy(this);
    this.walkthrough = new Walkthrough(this);
  }

  /**
   * Waits until the workbench shows the folder's files and the extension runs, which is seen by a list that it offers. Before the extension
   * host is up, F5 does nothing but open a view.
   */
  async ready(): Promise<void> {
    await this.explorer.locator('.monaco-list-row').first().waitFor();
    const [wanted, others] = [this.quickInput.row(KNOWN_COMMAND), this.quickInput.row(/similar commands|No matching commands/)];
    // The palette lists what was known when it opened, so it is opened again until the command is in it.
    for (let isKnown = false; !isKnown; ) {
      await this.press('F1');
      await this.quickInput.fill(`>${KNOWN_COMMAND}`);
      await wanted.or(others).first().waitFor();
      isKnown = await wanted.isVisible();
      if (!isKnown) await this.press('Escape');
    }
    await wanted.click();
    await this.quickInput.row('counter').waitFor();
    await this.press('Escape');
    await this.quickInput.box().waitFor({ state: 'hidden' });
  }

  /** Leaves the workbench as a new window has it, for whoever comes next; fails if it cannot. Without a launch file it has no Variables. */
  async tidy(hasLaunchFile: boolean): Promise<void> {
    // What is open lies over the page and takes the keys.
    await this.press('Escape', 'Escape');
    if (await this.debugging.toolbar.isVisible()) await this.debugging.stop();
    // A section that is closed when a session ends keeps its rows, and shows them for a moment when it is opened in the next one.
    if (hasLaunchFile) {
      await this.showOnly('Variables');
      await this.pane('Variables').rows().first().waitFor({ state: 'detached' });
    }
    await this.command('Tests: Tidy Up');
    await this.statusItem(`Tidied ${++this.tidied}`).waitFor();
    await this.page.mouse.move(0, 0);
  }

  /** A section of the side bar or the panel by its title, opened if it is closed. */
  pane(title: string): Pane {
    return new Pane(this, title);
  }

  /** Opens sections of the Run and Debug side bar and closes all others of it, so that their rows have room to be drawn. */
  async showOnly(...titles: readonly string[]): Promise<void> {
    await this.debugging.show();
    // Before the first session there is one section that asks what to run; the others come in its place.
    await this.page.locator('.part.sidebar .pane-header[aria-label="Run Section"]').waitFor({ state: 'detached' });
    const open = this.page.locator('.part.sidebar .pane-header[aria-expanded="true"]');
    for (const label of await open.evaluateAll(headers => headers.map(header => header.getAttribute('aria-label') ?? ''))) {
      const title = label.replace(/( - .*)? Section$/, '');
      if (!titles.includes(title)) await this.pane(title).collapse();
    }
    for (const title of titles) await this.pane(title).expand();
  }

  /** Draws the side bar's edge to a place, in pixels from the page's left. */
  async dragSideBar(to: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('There is no side bar.');
    const { mouse } = this.page;
    await mouse.move(box.x + box.width, box.y + box.height / 2);
    await mouse.down();
    await mouse.move(to, box.y + box.height / 2, { steps: 4 });
    await mouse.up();
  }

  /** Presses keys, one chord after the other: `Control+Shift+D`. */
  async press(...chords: readonly string[]): Promise<void> {
    for (const chord of chords) await this.page.keyboard.press(chord);
  }

  /** Waits until the page is at rest: nothing was left to do in several frames on end. */
  async idle(): Promise<void> {
    await this.page.evaluate(async frames => {
      for (let frame = 0; frame < frames; frame++) {
        await new Promise(resolve => requestAnimationFrame(resolve));
        await new Promise(resolve => requestIdleCallback(resolve));
      }
    }, FRAMES_AT_REST);
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
    const rows = this.page.locator('.quick-input-widget:visible .monaco-list-row');
    const row = rows.filter({ has: this.page.getByText(title, { exact: true }) }).first();
    await row.click();
    await row.waitFor({ state: 'hidden' });
  }

  /** Gives the focus to the editor on the left. */
  async focusFirstEditor(): Promise<void> {
    await this.press('Control+1');
    await this.page.locator('.editor-group-container.active .monaco-editor.focused').first().waitFor();
  }

  /** Opens a file by its path in the folder, as a double click on it in the Explorer does. */
  async openFile(path: string): Promise<void> {
    await this.press('Control+Shift+E');
    const names = path.split('/');
    for (const [level, name] of names.entries()) {
      const row = this.explorer.locator(`.monaco-list-row[aria-level="${level + 1}"]`, { has: this.page.getByText(name, { exact: true }) });
      await row.waitFor();
      if (level === names.length - 1) await row.dblclick();
      else if ((await row.getAttribute('aria-expanded')) !== 'true') await row.click();
    }
    await this.page.locator(`.tab.active[data-resource-name="${names.at(-1)}"]`).waitFor();
    await this.page.locator('.editor-instance .view-line').first().waitFor();
  }

  /** Text in the webview that is in front. */
  webview(words: string | RegExp): Locator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame').getByText(words);
  }

  /** An entry of the status bar. */
  statusItem(words: string): Locator {
    return this.page.locator('.statusbar-item', { hasText: words }).first();
  }

  /** A notification or a dialog by words in it. */
  message(words: string | RegExp): Locator {
    return this.page.locator('.notification-list-item, .monaco-dialog-box', { hasText: words }).first();
  }

  /**
   * Waits for a notification with the words. It pops up, but not in the host of Node: the driver that a development folder needs there keeps
   * notifications in their list.
   */
  async notified(words: string | RegExp): Promise<void> {
    if (this.host === 'node') {
      await this.page.getByText(words).first().waitFor({ state: 'attached' });
      await this.command('Notifications: Show Notifications');
    }
    await this.message(words).waitFor();
  }

  /** Presses a button of a notification or a dialog. */
  async pressButton(title: string): Promise<void> {
    await this.page.locator('.notification-list-item, .monaco-dialog-box').locator('.monaco-button', { hasText: title }).first().click();
  }

  /** Opens a file in the Explorer by the keyboard: goes to each name, opens folders, opens the file at the end. */
  async explorerKeys(...names: readonly string[]): Promise<void> {
    await this.press('Control+Shift+E', 'Home');
    for (const [level, name] of names.entries()) {
      const row = this.explorer.locator(`.monaco-list-row[aria-level="${level + 1}"]`, { has: this.page.getByText(name, { exact: true }) });
      await row.waitFor();
      await this.#moveFocus(row);
      if (level === names.length - 1) await this.press('Enter');
      else await this.#expandByKey(row);
    }
    await this.page.locator(`.tab.active[data-resource-name="${names.at(-1)}"]`).waitFor();
  }

  /** Moves the Explorer's focus to a row, as someone who looks after each key where it is: files that come and go move rows, too. */
  async #moveFocus(row: Locator): Promise<void> {
    const focused = this.explorer.locator('.monaco-list-row.focused').first();
    for (;;) {
      await this.idle();
      const [at, wanted] = [await indexOf(focused), await indexOf(row)];
      if (at === wanted) return;
      await this.press(at < wanted ? 'ArrowDown' : 'ArrowUp');
    }
  }

  /** Opens a folder. A key that came while the Explorer filled itself anew may be lost. */
  async #expandByKey(row: Locator): Promise<void> {
    for (;;) {
      await this.press('ArrowRight');
      await this.idle();
      if ((await row.getAttribute('aria-expanded')) === 'true') return;
      await this.#moveFocus(row);
    }
  }

  /**
   * Chooses an entry of the open context menu, or the last of several through the menus of those before. A menu takes no click in the moment
   * in which it opens, so the keyboard does it.
   */
  async chooseFromMenu(...titles: readonly string[]): Promise<void> {
    const opened = this.page.locator('.monaco-menu');
    for (const [level, title] of titles.entries()) {
      const has = { has: this.page.getByText(title, { exact: true }) };
      const item = opened.locator('.action-item:not(.disabled)', has).last();
      await item.hover();
      await opened.locator('.action-item.focused', has).last().waitFor();
      await this.press(level === titles.length - 1 ? 'Enter' : 'ArrowRight');
    }
    await opened.first().waitFor({ state: 'hidden' });
  }

  /** An entry of the open context menu. */
  menuEntry(title: string): Locator {
    return this.page.locator('.monaco-menu .action-item', { has: this.page.getByText(title, { exact: true }) }).first();
  }
}
