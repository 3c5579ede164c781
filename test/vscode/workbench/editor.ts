// SPDX-License-Identifier: MIT
import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.js';

/** Marks in the margin of a line, by the icon that VS Code draws. */
const MARKS = {
  breakpoint: 'codicon-debug-breakpoint',
  unverified: 'codicon-debug-breakpoint-unverified',
  conditional: 'codicon-debug-breakpoint-conditional',
  log: 'codicon-debug-breakpoint-log',
} as const;

/** The text editor that is in front. */
export class Editor {
  constructor(private readonly bench: Workbench) {}

  private get root(): Locator {
    return this.bench.page.locator('.editor-group-container.active .editor-instance').first();
  }

  /** Goes to a line, and a column counted from 1. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.bench.press('Control+g');
    await this.bench.quickInput.fill(`:${line}:${column}`);
    // Enter before the list has its row is lost.
    await this.bench.quickInput.row(new RegExp(`line ${line}\\b`)).waitFor();
    await this.bench.quickInput.accept();
    await this.bench.page.getByText(`Ln ${line}, Col ${column}`).waitFor();
  }

  /** Centre of a line's number in the margin, in pixels of the page; the line must be in sight. */
  private async lineCentre(line: number): Promise<{ readonly margin: number; readonly y: number }> {
    const number = this.root.locator('.margin-view-overlays .line-numbers', { hasText: new RegExp(`^${line}$`) }).first();
    await number.waitFor();
    const [box, margin] = [await number.boundingBox(), await this.root.locator('.margin').first().boundingBox()];
    if (box === null || margin === null) throw new Error(`Line ${line} is not drawn.`);
    return { margin: margin.x, y: box.y + box.height / 2 };
  }

  /** A mark in the margin beside a line. */
  async markAt(line: number, mark: keyof typeof MARKS): Promise<Locator> {
    const { y } = await this.lineCentre(line);
    const all = this.root.locator(`.glyph-margin-widgets .${MARKS[mark]}`);
    for (const one of await all.all()) {
      const box = await one.boundingBox();
      if (box !== null && box.y <= y && y <= box.y + box.height) return one;
    }
    return this.root.locator('.no-such-mark');
  }

  /** Clicks into the margin as a mouse does: the mark is offered when the pointer moves, and set by the click. */
  async clickGutter(line: number, mark: keyof typeof MARKS = 'breakpoint'): Promise<void> {
    const { margin, y } = await this.lineCentre(line);
    const { mouse } = this.bench.page;
    await mouse.move(margin + 12, y - 1);
    await mouse.move(margin + 10, y);
    await this.root.locator('.glyph-margin-widgets .codicon-debug-hint, .glyph-margin-widgets .codicon-debug-breakpoint').first().waitFor();
    await mouse.click(margin + 10, y);
    await this.mark(mark).first().waitFor();
  }

  /**
   * Fills in the box in which a condition, a hit count or a message is edited, and accepts it. `kind` is the entry of its
   * list, when it has to be chosen.
   */
  async fillBreakpointBox(words: string, kind?: 'Expression' | 'Hit Count' | 'Log Message'): Promise<void> {
    const box = this.bench.page.locator('.breakpoint-widget');
    await box.locator('.monaco-editor').waitFor();
    if (kind !== undefined) await box.locator('select').first().selectOption({ label: kind });
    await box.locator('.monaco-editor').click();
    await this.bench.page.keyboard.type(words);
    await this.bench.press('Enter');
    await box.waitFor({ state: 'hidden' });
  }

  /** All marks of a kind in the margin. */
  mark(mark: keyof typeof MARKS): Locator {
    return this.root.locator(`.glyph-margin-widgets .${MARKS[mark]}`);
  }

  /** Puts the pointer on the first mark of a kind in the margin, and returns what pops up with the words. */
  async hoverMark(mark: keyof typeof MARKS, words: string): Promise<Locator> {
    await this.mark(mark).first().hover();
    return this.bench.page.getByText(new RegExp(words.replaceAll(' ', '\\s'))).first();
  }

  /** Marks inside the text, for places within a line. */
  columnMark(): Locator {
    return this.root.locator('.view-line .debug-breakpoint-placeholder');
  }

  /** Waits until the cursor stands in a line. */
  async cursorAt(line: number): Promise<void> {
    await this.bench.page.getByText(`Ln ${line}, Col`).waitFor();
  }

  /** The drawn line that holds the words. */
  line(words: string): Locator {
    return this.root.locator('.view-line', { hasText: words }).first();
  }

  /** Puts the pointer on a word of the line that holds the words, and returns the hover. */
  async hover(words: string, word: string): Promise<Locator> {
    // A frame that comes into focus takes away the hover that is there.
    await this.bench.idle();
    const box = await this.line(words).evaluate((line, wanted) => {
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = node.textContent?.indexOf(wanted) ?? -1;
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      }
      return undefined;
    }, word);
    if (box === undefined) throw new Error(`'${word}' is not drawn in the line with '${words}'.`);
    await this.bench.page.mouse.move(box.x - 1, box.y);
    await this.bench.page.mouse.move(box.x, box.y);
    return this.bench.page.locator('.debug-hover-widget:visible');
  }

  /** What the editor writes behind a line's end while the program is stopped. */
  inlineValue(words: string): Locator {
    return this.root.locator('.view-line .debug-inline-value', { hasText: words.replaceAll(' ', '\u00a0') }).first();
  }
}
