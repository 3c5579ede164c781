// SPDX-License-Identifier: MIT
import type { Page } from 'playwright-core';

/**
 * A workbench is at rest when nothing has been drawn for so many milliseconds: longer than VS Code waits before it asks for the outer
 * frames of a stack. Only then a key is pressed, so that what follows a stop is not the next step's burden.
 */
const REST = 600;
/** How long a step may take, in milliseconds. */
const PATIENCE = 20_000;

/** What is waited for: a key, unless it is waited for without one, and then the arrow in a line. */
interface Wanted {
  readonly key?: string;
  readonly line: number;
}

/**
 * Runs in the page: looks frame by frame for the arrow of the stopped frame. `painted` is the milliseconds from the key to the frame that
 * shows it; the way between the page and this process is not in them.
 */
function lookForArrow({ key, line }: Wanted): { readonly painted: Promise<number> } {
  /** The number of the line that the arrow is drawn beside. */
  const lineOfArrow = (): number | undefined => {
    const editor = document.querySelector('.editor-group-container.active .editor-instance');
    const arrow = editor?.querySelector('.glyph-margin-widgets .codicon-debug-stackframe');
    if (!editor || !arrow) return undefined;
    const { top } = arrow.getBoundingClientRect();
    const number = [...editor.querySelectorAll('.margin-view-overlays .line-numbers')].find(
      each => Math.abs(each.getBoundingClientRect().top - top) < 2,
    );
    return number === undefined ? undefined : Number(number.textContent);
  };
  const painted = new Promise<number>(resolve => {
    let start = key === undefined ? 0 : undefined;
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== key) return;
      start = event.timeStamp;
      window.removeEventListener('keydown', pressed, true);
    };
    window.addEventListener('keydown', pressed, true);
    // What has changed before this call is in the frame that is painted after it.
    const look = (now: number): void => {
      if (start !== undefined && lineOfArrow() === line) resolve(now - start);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  return { painted };
}

/** Runs in the page: waits until no element has come or gone for `rest` milliseconds. */
function untilRest(rest: number): Promise<void> {
  return new Promise(resolve => {
    let timer = 0;
    const wait = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        changes.disconnect();
        resolve();
      }, rest);
    };
    const changes = new MutationObserver(wait);
    changes.observe(document.body, { childList: true, subtree: true });
    wait();
  });
}

/** Watches the editor in front for the line that the program is stopped in. */
export class StepWatch {
  constructor(private readonly page: Page) {}

  /** Waits until the program is shown as stopped in `line`. */
  async shows(line: number): Promise<void> {
    const looking = await this.page.evaluateHandle(lookForArrow, { line });
    await this.#inTime(
      looking.evaluate(({ painted }) => painted),
      line,
    );
  }

  /** Waits until the workbench is at rest, presses a key, and returns the milliseconds until the frame that shows the program stopped in `line`. */
  async press(key: string, line: number): Promise<number> {
    await this.page.evaluate(untilRest, REST);
    const looking = await this.page.evaluateHandle(lookForArrow, { key, line });
    await this.page.keyboard.press(key);
    return await this.#inTime(
      looking.evaluate(({ painted }) => painted),
      line,
    );
  }

  async #inTime<T>(painted: Promise<T>, line: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`The editor does not show the program stopped in line ${line}.`)), PATIENCE);
    });
    try {
      return await Promise.race([painted, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
