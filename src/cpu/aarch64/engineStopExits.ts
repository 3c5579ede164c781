// SPDX-License-Identifier: MIT

import type { EngineStopExit } from '../engine/exits.js';
import type { Core } from './core.js';
import { type ComparedAccess, comparedAddress } from './debug/debugUnit.js';

/** Which private stops an instruction passes over: one that passes its breakpoint may still touch watched bytes. */
export type EngineStopKinds = 'breakpoint' | 'watchpoints' | 'both';

/** Private engine breakpoints and watchpoints as stops of `run`, with the passing over of the one at pc. */
export class EngineStops {
  /** Virtual time at which passing over was asked for; it holds until something retires. */
  #passedAt = -1;
  #passedPc = 0n;
  #kinds: EngineStopKinds = 'both';

  constructor(private readonly core: Core) {}

  passOver(kinds: EngineStopKinds): void {
    this.#kinds = kinds;
    this.#passedAt = this.core.retired;
    this.#passedPc = this.core.registers.pc;
  }

  #isPassing(kind: 'breakpoint' | 'watchpoints'): boolean {
    return (
      (this.#kinds === 'both' || this.#kinds === kind) && this.#passedAt === this.core.retired && this.#passedPc === this.core.registers.pc
    );
  }

  atBreakpoint(): EngineStopExit | undefined {
    const { pc } = this.core.registers;
    const ids = this.core.debug.engineBreakpoints.get(comparedAddress(pc));
    if (ids === undefined || this.#isPassing('breakpoint')) return undefined;
    return { kind: 'engine', cause: 'breakpoint', ids, address: pc, access: undefined };
  }

  atAccess(compared: ComparedAccess): EngineStopExit | undefined {
    if (this.core.debug.engineWatchpoints.length === 0 || this.#isPassing('watchpoints')) return undefined;
    const match = this.core.debug.matchEngineWatchpoints(compared);
    if (match === undefined) return undefined;
    return { kind: 'engine', cause: 'watchpoint', ids: match.ids, address: match.address, access: compared.access.direction };
  }
}
