// SPDX-License-Identifier: MIT
/** Characters that are kept for a terminal that is opened late. */
const KEPT_CHARACTERS = 1 << 18;

/** What a guest writes to its serial line, as a terminal wants it: each line feed with a carriage return, the latest kept. */
export class TerminalText {
  #kept = '';
  #endsWithReturn = false;

  /** The latest text that was added. */
  get kept(): string {
    return this.#kept;
  }

  /** Adds what the guest wrote and returns it for the terminal. */
  add(output: string): string {
    const first = this.#endsWithReturn && output.startsWith('\n') ? '\n' : '';
    const text = first + output.slice(first.length).replace(/\r?\n/g, '\r\n');
    if (output !== '') this.#endsWithReturn = output.endsWith('\r');
    this.#kept += text;
    // Cut at a line, so that no escape sequence is cut in two.
    if (this.#kept.length > KEPT_CHARACTERS) {
      const cut = this.#kept.indexOf('\n', this.#kept.length - KEPT_CHARACTERS);
      this.#kept = this.#kept.slice(cut < 0 ? this.#kept.length - KEPT_CHARACTERS : cut + 1);
    }
    return text;
  }
}
