// SPDX-License-Identifier: MIT
import { KVM_EXIT, STEPTRAP_ACCESS, STEPTRAP_ENGINE, STEPTRAP_EXIT, type Vcpu } from '../../kvm/index.js';
import type { RegisterFile } from '../registers/registerFile.js';

/** KVM_EXIT_DEBUG as an architecture reads it. Fields that the exit does not write are not looked at (API-05, RV-20). */
export type KernelDebugExit = {
  /** What it was, for the step anatomy: `software step`, `BRK`, … */
  readonly text: string;
  /** The syndrome that KVM gives with it, if it gives one. */
  readonly syndrome: number | undefined;
} & (
  | { readonly kind: 'step' }
  | { readonly kind: 'breakpoint' }
  /** `isTrapWord`: the word that a software breakpoint is, and not another instruction of its kind. */
  | { readonly kind: 'trapInstruction'; readonly isTrapWord: boolean }
  /** `isOurs`: a slot of ours for sure, though perhaps no byte that was asked for. */
  | { readonly kind: 'watchpoint'; readonly address: bigint; readonly isWrite: boolean; readonly isOurs?: boolean }
  | { readonly kind: 'unknown' }
);

/** A stop by the emulator's own tables (STEPTRAP_CAP_ENGINE). */
export type EngineDebugExit =
  | { readonly kind: 'engineBreakpoint'; readonly pc: bigint }
  | {
      readonly kind: 'engineWatchpoint';
      readonly pc: bigint;
      readonly address: bigint;
      readonly isWrite: boolean;
      readonly hits: readonly number[];
    }
  | { readonly kind: 'instructionLimit' };

/** KVM_EXIT_DEBUG or an engine stop, as read from the run page. */
export type DebugExit = KernelDebugExit | EngineDebugExit;

/** What a KVM_EXIT_DEBUG that says little is told apart by. */
export interface DebugExitWorld {
  readonly registers: RegisterFile;
  /** The vCPU was to step the instruction there. */
  readonly steppedFrom: bigint | undefined;
  /** The guest's instruction word, without our breakpoints. */
  instructionAt(address: bigint): number | undefined;
}

/** Reads the KVM_EXIT_DEBUG in the run page of `vcpu`. */
export type ReadKernelDebugExit = (vcpu: Vcpu, world: DebugExitWorld) => KernelDebugExit;

/** The debug exit in the run page of `vcpu`, `undefined` if its exit is another one. */
export function readDebugExit(vcpu: Vcpu, world: DebugExitWorld, readKernel: ReadKernelDebugExit): DebugExit | undefined {
  const run = vcpu.kvmRun;
  if (run.exit_reason === KVM_EXIT.DEBUG) return readKernel(vcpu, world);
  if (run.exit_reason !== STEPTRAP_EXIT.ENGINE) return undefined;
  const page = vcpu.steptrapRun;
  switch (page.kind) {
    case STEPTRAP_ENGINE.BREAKPOINT:
      return { kind: 'engineBreakpoint', pc: page.pc };
    case STEPTRAP_ENGINE.WATCHPOINT:
      return {
        kind: 'engineWatchpoint',
        pc: page.pc,
        address: page.address,
        isWrite: (page.access & STEPTRAP_ACCESS.WRITE) !== 0,
        hits: [...page.hits.subarray(0, Math.min(page.hits_count, page.hits.length))],
      };
    default:
      return { kind: 'instructionLimit' };
  }
}

/** For the step anatomy and the log. */
export function describeDebugExit(exit: DebugExit): string {
  switch (exit.kind) {
    case 'engineBreakpoint':
      return 'STEPTRAP_EXIT_ENGINE: breakpoint';
    case 'engineWatchpoint':
      return 'STEPTRAP_EXIT_ENGINE: watchpoint';
    case 'instructionLimit':
      return 'STEPTRAP_EXIT_ENGINE: instruction limit';
    default:
      return `KVM_EXIT_DEBUG: ${exit.text}`;
  }
}

/** The kernel's name of an exit reason. */
export function exitReasonName(reason: number): string {
  const known = Object.entries(KVM_EXIT).find(([, number]) => number === reason);
  if (known) return `KVM_EXIT_${known[0]}`;
  const own = Object.entries(STEPTRAP_EXIT).find(([, number]) => number === reason);
  return own ? `STEPTRAP_EXIT_${own[0]}` : `exit ${reason}`;
}
