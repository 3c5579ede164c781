// SPDX-License-Identifier: MIT

/** Where a source's interrupts go. */
export interface InterruptRoute {
  /** `ibm,ppc-interrupt-server#s` of a processor. */
  readonly server: number;
  /** 0 is the most urgent, `LEAST_FAVOURED` none at all. */
  readonly priority: number;
}

/** PAPR: the priority of a source that is off. */
export const LEAST_FAVOURED = 0xff;

/** The interrupt sources of the machine as RTAS sets them: ibm,set-xive, ibm,int-off and so on. */
export class InterruptSources {
  readonly #routes = new Map<number, InterruptRoute>();
  /** Priorities of sources that ibm,int-off has switched off. */
  readonly #saved = new Map<number, number>();

  constructor(numbers: readonly number[]) {
    for (const number of numbers) this.#routes.set(number, { server: 0, priority: LEAST_FAVOURED });
  }

  /** `undefined`: there is no such source. */
  route(number: number): InterruptRoute | undefined {
    return this.#routes.get(number);
  }

  /** False if there is no such source. */
  setRoute(number: number, route: InterruptRoute): boolean {
    if (!this.#routes.has(number)) return false;
    this.#routes.set(number, route);
    this.#saved.set(number, route.priority);
    return true;
  }

  switchOff(number: number): boolean {
    return this.#change(number, LEAST_FAVOURED);
  }

  switchOn(number: number): boolean {
    return this.#change(number, this.#saved.get(number) ?? LEAST_FAVOURED);
  }

  #change(number: number, priority: number): boolean {
    const route = this.#routes.get(number);
    if (route === undefined) return false;
    this.#routes.set(number, { server: route.server, priority });
    return true;
  }
}
