// SPDX-License-Identifier: MIT
import type { EngineStopExit, UnimplementedExit } from '../cpu/index.js';
import { KVM_EXIT, KVM_INTERNAL_ERROR } from './abi/constants.js';
import { STEPTRAP_ACCESS, STEPTRAP_ENGINE, STEPTRAP_EXIT } from './abi/steptrap.js';
import { type HandlerResult, TO_USER_SPACE } from './handlerResult.js';
import type { VcpuState } from './vcpuState.js';

// The exits that no kernel has, the same on every architecture: the private engine's, and what the emulator lacks.

const ACCESS_BITS = {
  load: STEPTRAP_ACCESS.READ,
  store: STEPTRAP_ACCESS.WRITE,
  update: STEPTRAP_ACCESS.READ | STEPTRAP_ACCESS.WRITE,
} as const;

/** STEPTRAP_EXIT.ENGINE: maximum_instructions have retired; `pc` is the next one. */
export function reportInstructionLimit({ run, steptrapRun: { fields } }: VcpuState, pc: bigint): void {
  run.exit_reason = STEPTRAP_EXIT.ENGINE;
  fields.kind = STEPTRAP_ENGINE.INSTRUCTION_LIMIT;
  fields.hits_count = 0;
  fields.pc = pc;
}

/** STEPTRAP_EXIT.ENGINE: an engine breakpoint or watchpoint before the instruction at `pc`. */
export function reportEngineStop({ run, steptrapRun }: VcpuState, exit: EngineStopExit, pc: bigint): HandlerResult {
  const { fields, hits } = steptrapRun;
  run.exit_reason = STEPTRAP_EXIT.ENGINE;
  fields.kind = exit.cause === 'breakpoint' ? STEPTRAP_ENGINE.BREAKPOINT : STEPTRAP_ENGINE.WATCHPOINT;
  fields.access = exit.access === undefined ? 0 : ACCESS_BITS[exit.access];
  fields.pc = exit.cause === 'breakpoint' ? exit.address : pc;
  fields.address = exit.address;
  fields.hits_count = exit.ids.length;
  for (let n = 0; n < Math.min(exit.ids.length, hits.length); n++) hits[n] = exit.ids[n] ?? 0;
  return TO_USER_SPACE;
}

/** KVM_EXIT_INTERNAL_ERROR: the guest needs what the emulator does not have. */
export function reportUnimplemented(state: VcpuState, exit: UnimplementedExit): HandlerResult {
  const { run } = state;
  run.exit_reason = KVM_EXIT.INTERNAL_ERROR;
  run.internal_suberror = KVM_INTERNAL_ERROR.EMULATION;
  run.internal_ndata = 2;
  run.internal_data[0] = BigInt(exit.word);
  run.internal_data[1] = exit.address;
  state.internalErrorSentence = `The guest needs ${exit.name} at 0x${exit.address.toString(16)}, which this emulator does not have: ${exit.reason}.`;
  return TO_USER_SPACE;
}
