// SPDX-License-Identifier: MIT
import type { KernelWrite } from '../kernelWrite.js';
import type { StepWrites } from '../stepWrites.js';

/** How far a stay in the guest has come. */
const STAY = { NONE: 0, IN_GUEST: 1, LEFT: 2, REPORTED: 3 } as const;

/**
 * What the debug switch writes for the host's software step. Each step has it and nearly nobody looks at it, so the few values that it follows from are
 * kept for the last stay in the guest. A KVM_RUN rarely has more stays: what it emulates before the step is done.
 */
export class SoftwareStepWrites implements StepWrites {
  readonly #earlier: KernelWrite[] = [];
  #stay: (typeof STAY)[keyof typeof STAY] = STAY.NONE;
  /** MDSCR_EL1 of the guest, and as it is while the guest runs. */
  #guestMdscr = 0n;
  #mdscr = 0n;
  /** PSTATE.SS of the guest, as it was armed, and as the stay has left it. */
  #guestSS = 0;
  #armedSS = 0;
  #leftSS = 0;

  forget(): void {
    this.#stay = STAY.NONE;
    if (this.#earlier.length > 0) this.#earlier.length = 0;
  }

  /** The guest's values of PSTATE.SS and MDSCR_EL1 give way to the host's. */
  enter(guestSS: number, armedSS: number, guestMdscr: bigint, mdscr: bigint): void {
    if (this.#stay !== STAY.NONE) this.#earlier.push(...this.#ofStay());
    this.#stay = STAY.IN_GUEST;
    this.#guestSS = guestSS;
    this.#armedSS = armedSS;
    this.#guestMdscr = guestMdscr;
    this.#mdscr = mdscr;
  }

  /** The guest's values come back; `SS`: what PSTATE.SS was until then. */
  leave(SS: number): void {
    this.#stay = STAY.LEFT;
    this.#leftSS = SS;
  }

  /** The software step exception goes to user space: the mark is cleared. */
  report(): void {
    this.#stay = STAY.REPORTED;
  }

  get records(): readonly KernelWrite[] {
    return [...this.#earlier, ...this.#ofStay()];
  }

  #ofStay(): KernelWrite[] {
    if (this.#stay === STAY.NONE) return [];
    const [mdscr, guestMdscr] = [this.#mdscr, this.#guestMdscr];
    const [guestSS, armedSS, leftSS] = [BigInt(this.#guestSS), BigInt(this.#armedSS), BigInt(this.#leftSS)];
    const entering: KernelWrite[] = [
      { when: 'entering', register: 'mdscr_el1', before: guestMdscr, after: mdscr },
      { when: 'entering', register: 'pstate.SS', before: guestSS, after: armedSS },
    ];
    if (this.#stay === STAY.IN_GUEST) return entering;
    return [
      ...entering,
      ...(leftSS < armedSS ? [pending(0n, 1n)] : []),
      { when: 'leaving', register: 'pstate.SS', before: leftSS, after: guestSS },
      { when: 'leaving', register: 'mdscr_el1', before: mdscr, after: guestMdscr },
      ...(this.#stay === STAY.REPORTED ? [pending(1n, 0n)] : []),
    ];
  }
}

const pending = (before: bigint, after: bigint): KernelWrite => ({ when: 'leaving', register: 'active-pending', before, after });
