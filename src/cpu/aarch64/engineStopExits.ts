// SPDX-License-Identifier: MIT
import type { Core } from './core.js';
import { type ComparedAccess, comparedAddress } from './debug/debugUnit.js';
import type { EngineStopExit } from './guestExit.js';

/** Private engine breakpoints and watchpoints as stops of `run`, with the passing over of the one at pc. */
export class EngineStops {
  /** Virtual time at which passing over was asked for; it holds until something retires. */
  #passedAt = -1;
  #passedPc = 0n;

  constructor(private readonly core: Core) {}

  passOver(): void {
    this.#passedAt = this.core.retired;
    this.#passedPc = this.core.registers.pc;
  }

  get #isPassing(): boolean {
    return this.#passedAt === this.core.retired && this.#passedPc === this.core.registers.pc;
  }

  atBreakpoint(): EngineStopExit | undefined {
    const { pc } = this.core.registers;
    const ids = this.core.debug.engineBreakpoints.get(comparedAddress(pc));
    if (ids === undefined || this.#isPassing) return undefined;
    return { kind: 'engine', cause: 'breakpoint', ids, address: pc, access: undefined };
  }

  atAccess(compared: ComparedAccess): EngineStopExit | undefined {
    if (this.core.debug.engineWatchpoints.length === 0 || this.#isPassing) return undefined;
    const match = this.core.debug.matchEngineWatchpoints(compared);
    if (match === undefined) return undefined;
    return { kind: 'engine', cause: 'watchpoint', ids: match.ids, address: match.address, access: compared.access.direction };
  }
}
