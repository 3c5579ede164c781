// SPDX-License-Identifier: MIT
import type { DecodedAccess } from '../state/accessWord.js';
import type { EngineStopExit } from './exits.js';

/** Which private stops an instruction passes over: one that passes its breakpoint may still touch watched bytes. */
export type EngineStopKinds = 'breakpoint' | 'watchpoints' | 'both';

/** Where a processing element is. */
export interface StoppedElement {
  readonly retired: number;
  readonly registers: { readonly pc: bigint };
}

/** Knows the private stops and compares. */
export interface EngineStopMatcher<Compared> {
  /** Ids of the private breakpoints on the instruction at `pc`, ascending; `undefined`: none. */
  engineBreakpointsAt(pc: bigint): readonly number[] | undefined;
  /** The private watchpoints that the access touches, and the lowest byte of theirs. */
  matchEngineWatchpoints(compared: Compared): { readonly ids: readonly number[]; readonly address: bigint } | undefined;
}

/** Private engine breakpoints and watchpoints as stops of `run`, with the passing over of the one at pc. */
export class EngineStops<Compared extends { readonly access: DecodedAccess }> {
  /** Virtual time at which passing over was asked for; it holds until something retires. */
  #passedAt = -1;
  #passedPc = 0n;
  #kinds: EngineStopKinds = 'both';

  constructor(
    private readonly element: StoppedElement,
    private readonly matcher: EngineStopMatcher<Compared>,
  ) {}

  passOver(kinds: EngineStopKinds): void {
    this.#kinds = kinds;
    this.#passedAt = this.element.retired;
    this.#passedPc = this.element.registers.pc;
  }

  #isPassing(kind: 'breakpoint' | 'watchpoints'): boolean {
    const { element } = this;
    return (
      (this.#kinds === 'both' || this.#kinds === kind) && this.#passedAt === element.retired && this.#passedPc === element.registers.pc
    );
  }

  atBreakpoint(): EngineStopExit | undefined {
    const { pc } = this.element.registers;
    const ids = this.matcher.engineBreakpointsAt(pc);
    if (ids === undefined || this.#isPassing('breakpoint')) return undefined;
    return { kind: 'engine', cause: 'breakpoint', ids, address: pc, access: undefined };
  }

  atAccess(compared: Compared): EngineStopExit | undefined {
    if (this.#isPassing('watchpoints')) return undefined;
    const match = this.matcher.matchEngineWatchpoints(compared);
    if (match === undefined) return undefined;
    return { kind: 'engine', cause: 'watchpoint', ids: match.ids, address: match.address, access: compared.access.direction };
  }
}
