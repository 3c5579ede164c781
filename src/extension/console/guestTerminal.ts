// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { TerminalText } from './terminalText.js';

const DIM = '\u001b[2m';
const PLAIN = '\u001b[0m';

/**
 * The guest's console as a terminal. It begins when the guest first writes, keeps what was written when it is closed and opened
 * again, and stays open after the guest has ended until a key is pressed.
 */
export class GuestTerminal implements vscode.Pseudoterminal, vscode.Disposable {
  readonly #didWrite = new vscode.EventEmitter<string>();
  readonly #didClose = new vscode.EventEmitter<void>();
  readonly #didChangeName = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.#didWrite.event;
  readonly onDidClose = this.#didClose.event;
  readonly onDidChangeName = this.#didChangeName.event;
  readonly #text = new TerminalText();
  #terminal: vscode.Terminal | undefined;
  #isOpen = false;
  #type: ((text: string) => void) | undefined;

  constructor(private readonly name: string) {}

  /** Whether a guest is behind the terminal. */
  get isInUse(): boolean {
    return this.#type !== undefined;
  }

  /** A guest begins; `type` takes what is typed. */
  begin(type: (text: string) => void): void {
    if (this.#text.kept !== '') this.#remark(vscode.l10n.t('The guest starts.'));
    this.#type = type;
    this.#didChangeName.fire(this.name);
  }

  /** The guest wrote to its console. */
  write(output: string): void {
    this.#put(output);
    if (this.#terminal === undefined) this.show();
  }

  /** The guest is gone; `sentence` says how. */
  end(sentence: string): void {
    this.#type = undefined;
    if (this.#terminal === undefined) return;
    this.#remark(`${sentence} ${vscode.l10n.t('Press a key to close the terminal.')}`);
    this.#didChangeName.fire(vscode.l10n.t('{0} (ended)', this.name));
  }

  /** Brings the terminal to the front, opened again if it was closed; the focus stays where it is. */
  show(): void {
    this.#terminal ??= vscode.window.createTerminal({ name: this.name, pty: this, iconPath: new vscode.ThemeIcon('circuit-board') });
    this.#terminal.show(true);
  }

  open(): void {
    this.#isOpen = true;
    if (this.#text.kept !== '') this.#didWrite.fire(this.#text.kept);
  }

  /** The user has closed the terminal; the guest goes on. */
  close(): void {
    this.#isOpen = false;
    this.#terminal = undefined;
  }

  /** A guest's serial line has no size, so a resize (`setDimensions`) is nothing to it. */
  handleInput(data: string): void {
    if (this.#type !== undefined) this.#type(data);
    else this.#didClose.fire();
  }

  dispose(): void {
    this.#type = undefined;
    this.#terminal?.dispose();
    for (const emitter of [this.#didWrite, this.#didClose, this.#didChangeName]) emitter.dispose();
  }

  #remark(sentence: string): void {
    const { kept } = this.#text;
    this.#put(`${kept === '' || kept.endsWith('\n') ? '' : '\n'}${DIM}${sentence}${PLAIN}\n`);
  }

  #put(output: string): void {
    const text = this.#text.add(output);
    if (this.#isOpen) this.#didWrite.fire(text);
  }
}
