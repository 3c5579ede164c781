// SPDX-License-Identifier: MIT
import { type Disposable, Owner } from '../../base/index.js';
import type { Delay } from '../extensionHost.js';

/** How long a stop may take that still belongs to the key press, in milliseconds: who waits longer looks elsewhere meanwhile. */
const SOON = 1000;

/** What staying in the view listens to and does. */
export interface StayInViewParts {
  /** The guest stands. */
  readonly isStopped: () => boolean;
  /** The editor has turned to a frame. */
  onDidShowFrame(listener: () => void): Disposable;
  onDidEnd(listener: () => void): Disposable;
  readonly delay: Delay;
  /** Gives the view the keyboard. */
  focus(): void;
}

/**
 * A stop takes the keyboard to the editor. Who works in the view goes on there: once the frame is shown, the view gets the keyboard back,
 * unless the stop is long in coming.
 */
export class StayInView extends Owner {
  constructor({ isStopped, onDidShowFrame, onDidEnd, delay, focus }: StayInViewParts) {
    super();
    this.own(
      onDidShowFrame(() => {
        if (!isStopped()) return;
        this.dispose();
        focus();
      }),
    );
    this.own(onDidEnd(() => this.dispose()));
    const callOff = delay(() => {
      if (!isStopped()) this.dispose();
    }, SOON);
    this.own({ dispose: callOff });
  }
}
