// SPDX-License-Identifier: MIT
import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.js';

/** Buttons of the debug toolbar, by their icon. */
const BUTTONS = {
  continue: 'codicon-debug-continue',
  pause: 'codicon-debug-pause',
  stepOver: 'codicon-debug-step-over',
  stepInto: 'codicon-debug-step-into',
  stepOut: 'codicon-debug-step-out',
  restart: 'codicon-debug-restart',
  stop: 'codicon-debug-stop',
} as const;

/** The Run and Debug side bar and the debug toolbar. */
export class Debugging {
  constructor(private readonly bench: Workbench) {}

  /** Opens the Run and Debug side bar. */
  async show(): Promise<void> {
    await this.bench.press('Control+Shift+D');
    await this.bench.page.locator('.debug-viewlet, .pane-header[aria-label^="Run"]').first().waitFor();
  }

  /** Leaves one configuration in the launch file, so that F5 starts it, or has 'No launch file'. */
  async choose(configuration: string): Promise<void> {
    await this.bench.command('Tests: Choose Configuration');
    await this.bench.quickInput.choose(configuration);
    await this.bench.statusItem(`F5 starts ${configuration}`).waitFor();
  }

  /** Starts the chosen configuration as F5 does, and shows the call stack: the Run and Debug side bar does not open by itself. */
  async start(): Promise<void> {
    await this.bench.showOnly('Call Stack');
    await this.bench.press('F5');
    await this.toolbar.waitFor();
  }

  /** Agrees where VS Code asks whether the folder is trusted: the workbench without a server trusts every folder. */
  async agreeToTrust(): Promise<void> {
    if (this.bench.host !== 'node') return;
    await this.bench.message('Debugging executes build tasks and program code from your workspace.').waitFor();
    await this.bench.pressButton('Trust Folder & Continue');
    await this.bench.statusItem('Restricted Mode').waitFor({ state: 'hidden' });
  }

  get toolbar(): Locator {
    return this.bench.page.locator('.debug-toolbar');
  }

  button(name: keyof typeof BUTTONS): Locator {
    return this.toolbar.locator(`a.${BUTTONS[name]}`);
  }

  /** Waits until the innermost frame that the call stack shows is of a function, and stands in a line. */
  async stoppedIn(functionName: string, line?: number): Promise<void> {
    const where = line === undefined ? '' : ` line ${line},`;
    const { page } = this.bench;
    const innermost = page.locator('.debug-call-stack .monaco-list-row', { has: page.locator('.stack-frame') }).first();
    await innermost.and(page.locator(`[aria-label^="Stack Frame ${functionName},${where}"]`)).waitFor();
    await this.button('continue').waitFor();
  }

  /** Waits until the editor shows where the guest stands, with which it takes the focus. */
  async paused(): Promise<void> {
    await this.bench.page.locator('.editor-instance .glyph-margin-widgets .codicon-debug-stackframe').first().waitFor();
  }

  /**
   * Chooses a frame of the call stack by a click. VS Code does so itself for the innermost one; but when the section asks for the frames
   * before the first one is there, which is seen on a busy machine, it loses that choice, and with it hovers and inline values.
   */
  async chooseFrame(functionName: string): Promise<void> {
    const row = this.callStackRow(`Stack Frame ${functionName},`);
    await row.click();
    await row.and(this.bench.page.locator('.selected')).waitFor();
  }

  /** The row of the call stack whose label begins with the words. */
  callStackRow(words: string): Locator {
    return this.bench.page.locator(`.debug-call-stack .monaco-list-row[aria-label^="${words}"]`).first();
  }

  /** What the exception widget says in the editor. */
  get exceptionWidget(): Locator {
    return this.bench.page.locator('.exception-widget');
  }

  /** Waits until the session is over. */
  async ended(): Promise<void> {
    await this.toolbar.waitFor({ state: 'hidden' });
  }

  /** Ends the session. */
  async stop(): Promise<void> {
    await this.bench.press('Shift+F5');
    await this.ended();
  }

  /**
   * Gives the debug console the focus. The keys that open it close it again when it has the focus. A stop gives the focus to the editor, and
   * does so last: the console has it for good when the page has nothing left to do.
   */
  private async focusConsole(): Promise<void> {
    const focused = this.bench.page.locator('.repl-input-wrapper .monaco-editor.focused');
    do {
      if (!(await focused.isVisible())) await this.bench.press('Control+Shift+Y');
      await focused.waitFor();
      await this.bench.idle();
    } while (!(await focused.isVisible()));
  }

  /** Waits until the debug console shows the words. */
  async printed(words: string | RegExp): Promise<void> {
    await this.focusConsole();
    await this.bench.page.locator('.repl .monaco-list-row', { hasText: words }).first().waitFor();
  }

  /** Begins a line in the debug console, takes what the list of completions offers for it, and enters it; returns the row with the answer. */
  async complete(beginning: string, offered: string, answer: string | RegExp): Promise<Locator> {
    await this.focusConsole();
    await this.bench.page.keyboard.type(beginning);
    const list = this.bench.page.locator('.suggest-widget.visible .monaco-list-row');
    while (!(await list.and(this.bench.page.locator('.focused')).filter({ hasText: offered }).isVisible())) {
      await list.filter({ hasText: offered }).first().waitFor();
      await this.bench.press('ArrowDown');
    }
    await this.bench.press('Tab');
    await this.bench.page.locator('.repl-input-wrapper .view-line', { hasText: offered }).waitFor();
    await this.bench.press('Enter');
    const row = this.bench.page.locator('.repl .monaco-list-row', { hasText: answer }).last();
    await row.waitFor();
    return row;
  }

  /** Evaluates an expression in the debug console and returns the row with the answer. */
  async evaluate(expression: string, answer: string | RegExp): Promise<Locator> {
    await this.focusConsole();
    await this.bench.page.keyboard.type(expression);
    // Escape closes the list of completions.
    await this.bench.press('Escape', 'Enter');
    const row = this.bench.page.locator('.repl .monaco-list-row', { hasText: answer }).last();
    await row.waitFor();
    return row;
  }
}
