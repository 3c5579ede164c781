// SPDX-License-Identifier: MIT
import { KVM_EXIT, STEPTRAP_ACCESS, STEPTRAP_ENGINE, STEPTRAP_EXIT, type Vcpu } from '../../kvm/index.js';

/** Exception classes of debug exceptions from a lower level (Arm DDI 0487, ESR_ELx.EC). The same level is one more, except for BRK. */
export const EC = { BREAKPOINT: 0x30, SOFTWARE_STEP: 0x32, WATCHPOINT: 0x34, BKPT32: 0x38, BRK: 0x3c } as const;

/** KVM_EXIT_DEBUG or an engine stop, as read from the run page. Fields that the exit does not write are not looked at (API-05, RV-20). */
export type DebugExit =
  | { readonly kind: 'step'; readonly hsr: number; readonly isLoadExclusive: boolean }
  | { readonly kind: 'breakpoint'; readonly hsr: number }
  | { readonly kind: 'trapInstruction'; readonly hsr: number; readonly isAArch32: boolean }
  | { readonly kind: 'watchpoint'; readonly hsr: number; readonly far: bigint; readonly isWrite: boolean }
  | { readonly kind: 'engineBreakpoint'; readonly pc: bigint }
  | {
      readonly kind: 'engineWatchpoint';
      readonly pc: bigint;
      readonly address: bigint;
      readonly isWrite: boolean;
      readonly hits: readonly number[];
    }
  | { readonly kind: 'instructionLimit' }
  | { readonly kind: 'unknown'; readonly hsr: number };

const field = (word: number, high: number, low: number): number => (word >>> low) & (2 ** (high - low + 1) - 1);

/** The debug exit in the run page of `vcpu`, `undefined` if its exit is another one. */
export function readDebugExit(vcpu: Vcpu): DebugExit | undefined {
  const run = vcpu.kvmRun;
  if (run.exit_reason === KVM_EXIT.DEBUG) return classify(run.debug_hsr, run.debug_far);
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

function classify(hsr: number, far: bigint): DebugExit {
  switch (field(hsr, 31, 26)) {
    case EC.SOFTWARE_STEP:
      return { kind: 'step', hsr, isLoadExclusive: field(hsr, 24, 24) === 1 && field(hsr, 6, 6) === 1 };
    case EC.BREAKPOINT:
      return { kind: 'breakpoint', hsr };
    case EC.WATCHPOINT:
      return { kind: 'watchpoint', hsr, far, isWrite: field(hsr, 6, 6) === 1 };
    case EC.BRK:
      return { kind: 'trapInstruction', hsr, isAArch32: false };
    case EC.BKPT32:
      return { kind: 'trapInstruction', hsr, isAArch32: true };
    default:
      return { kind: 'unknown', hsr };
  }
}

/** For the step anatomy and the log. */
export function describeDebugExit(exit: DebugExit): string {
  switch (exit.kind) {
    case 'step':
      return 'KVM_EXIT_DEBUG: software step';
    case 'breakpoint':
      return 'KVM_EXIT_DEBUG: breakpoint';
    case 'trapInstruction':
      return `KVM_EXIT_DEBUG: ${exit.isAArch32 ? 'BKPT' : 'BRK'}`;
    case 'watchpoint':
      return `KVM_EXIT_DEBUG: watchpoint, ${exit.isWrite ? 'write' : 'read'}`;
    case 'engineBreakpoint':
      return 'STEPTRAP_EXIT_ENGINE: breakpoint';
    case 'engineWatchpoint':
      return 'STEPTRAP_EXIT_ENGINE: watchpoint';
    case 'instructionLimit':
      return 'STEPTRAP_EXIT_ENGINE: instruction limit';
    case 'unknown':
      return `KVM_EXIT_DEBUG: syndrome 0x${exit.hsr.toString(16)}`;
  }
}

/** The kernel's name of an exit reason. */
export function exitReasonName(reason: number): string {
  const known = Object.entries(KVM_EXIT).find(([, number]) => number === reason);
  if (known) return `KVM_EXIT_${known[0]}`;
  const own = Object.entries(STEPTRAP_EXIT).find(([, number]) => number === reason);
  return own ? `STEPTRAP_EXIT_${own[0]}` : `exit ${reason}`;
}
