// SPDX-License-Identifier: MIT
import type { Engine } from '../engine/engine.js';
import type { RegisterFile } from './registers/registerFile.js';

/** One engine and who of the processing elements that share it has its state page loaded. */
export class EngineShare {
  #occupant: RegisterFile | undefined;
  readonly #listeners: (() => void)[] = [];

  constructor(readonly engine: Engine) {}

  /** Loads `file` into the state page if another one is there; all translations are flushed then. True if it was not there. */
  enter(file: RegisterFile): boolean {
    if (this.#occupant === file) return false;
    this.#occupant?.detach(this.engine);
    this.#occupant = file;
    file.attach(this.engine);
    this.engine.flushTranslations();
    return true;
  }

  /** `receive` is called at each SEV of any processing element. */
  onSendEvent(receive: () => void): void {
    this.#listeners.push(receive);
  }

  /** SEV. */
  sendEvent(): void {
    for (const receive of this.#listeners) receive();
  }
}
