// SPDX-License-Identifier: MIT
import type { StatePage } from '../state/statePage.js';
import type { Engine } from './engine.js';

/** One engine and who of the processing elements that share it has its state page loaded. */
export class SharedEngine<E extends Engine = Engine> {
  #occupant: StatePage | undefined;

  constructor(readonly engine: E) {
    engine.onGrowth = () => this.#occupant?.follow(engine);
  }

  /** Loads `page` into the state page if another one is there; all translations are flushed then. True if it was not there. */
  enter(page: StatePage): boolean {
    if (this.#occupant === page) return false;
    this.#occupant?.detach(this.engine);
    this.#occupant = page;
    page.attach(this.engine);
    this.engine.flushTranslations();
    return true;
  }
}
