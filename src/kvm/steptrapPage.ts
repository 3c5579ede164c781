// SPDX-License-Identifier: MIT
import { steptrap_run } from './abi/steptrap.js';
import type { StructureView } from './abi/structure.js';

const SKIP_OFFSET = steptrap_run.fields.skip_breakpoint_at_pc[1];
const LIMIT_OFFSET = steptrap_run.fields.maximum_instructions[1];

/** By STEPTRAP_SKIP bits. */
const SKIPS = [undefined, 'breakpoint', 'watchpoints', 'both'] as const;

/** The kernel's side of struct steptrap_run, with the two inputs that each KVM_RUN looks at read as numbers. */
export class SteptrapPage {
  readonly bytes = new Uint8Array(steptrap_run.bytes);
  readonly fields: StructureView<typeof steptrap_run.fields> = steptrap_run.over(this.bytes);
  readonly hits = this.fields.hits;
  readonly #view = new DataView(this.bytes.buffer);

  /** maximum_instructions; 0 for none. Exact up to 2^53. */
  get instructionLimit(): number {
    return this.#view.getUint32(LIMIT_OFFSET, true) + this.#view.getUint32(LIMIT_OFFSET + 4, true) * 2 ** 32;
  }

  /** What skip_breakpoint_at_pc asks to pass over; clears it. */
  takeSkip(): (typeof SKIPS)[number] {
    const skip = (this.bytes[SKIP_OFFSET] ?? 0) & (SKIPS.length - 1);
    if (skip !== 0) this.bytes[SKIP_OFFSET] = 0;
    return SKIPS[skip];
  }
}
