// SPDX-License-Identifier: MIT
import type { StepAction } from '../../stepping/stepAction.js';
import type { TrapPlace } from './internalTraps.js';
import { SITE_PLACES, type StepSite } from './stepSite.js';

type TrapWrite = Extract<StepAction, { kind: 'writeMemory' }>;

/** What a trap is for, in words. */
const PURPOSES: Readonly<Record<StepSite['role'], string>> = {
  trace: `trap at ${SITE_PLACES.trace}`,
  interrupt: `trap at ${SITE_PLACES.interrupt}`,
  successor: `trap ${SITE_PLACES.successor}`,
};

/** A site and its trap, with the records of both ways: they say the same in each step that finds the same word there, and are made once. */
export class PlacedTrap {
  #placing: TrapWrite | undefined;
  #removing: TrapWrite | undefined;

  constructor(
    readonly site: StepSite,
    readonly place: TrapPlace,
  ) {}

  /** The record of the trap word's coming over what is beneath now. */
  placing(trapWord: Uint8Array): TrapWrite {
    const { original } = this.place;
    if (this.#placing?.before !== original) {
      const { address, role, vector } = this.site;
      this.#placing = {
        kind: 'writeMemory',
        address: this.place.real,
        before: original,
        after: trapWord,
        why: PURPOSES[role],
        trap: { isPlaced: true, address, role, ...(vector === undefined ? {} : { vector }) },
      };
    }
    return this.#placing;
  }

  /** The record of its going. */
  removing(trapWord: Uint8Array): TrapWrite {
    const { original } = this.place;
    if (this.#removing?.after !== original) {
      const { address, role } = this.site;
      const why = "the guest's own word again";
      this.#removing = {
        kind: 'writeMemory',
        address: this.place.real,
        before: trapWord,
        after: original,
        why,
        trap: { isPlaced: false, address, role },
      };
    }
    return this.#removing;
  }
}
