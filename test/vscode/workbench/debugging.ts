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

  get toolbar(): Locator {
    return this.bench.page.locator('.debug-toolbar');
  }

  button(name: keyof typeof BUTTONS): Locator {
    return this.toolbar.locator(`a.${BUTTONS[name]}`);
  }

  /** The innermost frame of a stopped vCPU. */
  private get topFrame(): Locator {
    return this.bench.page.locator('.debug-call-stack .monaco-list-row .stack-frame').first();
  }

  /** Waits until a stop in a function is shown in the call stack, and returns the frame's label. */
  async stoppedIn(functionName: string, line?: number): Promise<void> {
    const where = line === undefined ? '' : `, line ${line},`;
    await this.bench.page
      .locator(`.debug-call-stack .monaco-list-row[aria-label^="Stack Frame ${functionName}${where}"]`)
      .first()
      .waitFor();
    await this.button('continue').waitFor();
  }

  /** The label of the innermost frame: `Stack Frame main, line 12, main.c`. */
  async where(): Promise<string> {
    await this.topFrame.waitFor();
    const row = this.bench.page.locator('.debug-call-stack .monaco-list-row', { has: this.bench.page.locator('.stack-frame') }).first();
    return (await row.getAttribute('aria-label')) ?? '';
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

  /** Evaluates an expression in the debug console and returns the row with the answer. */
  async evaluate(expression: string, answer: string | RegExp): Promise<Locator> {
    await this.bench.press('Control+Shift+Y');
    const input = this.bench.page.locator('.repl-input-wrapper .monaco-editor');
    await input.click();
    await this.bench.page.keyboard.type(expression);
    await this.bench.press('Escape', 'Enter');
    const row = this.bench.page.locator('.repl .monaco-list-row', { hasText: answer }).last();
    await row.waitFor();
    return row;
  }
}
