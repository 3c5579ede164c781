// SPDX-License-Identifier: MIT
import type { Vcpu } from '../../../kvm/index.js';
import type { KernelDebugExit } from '../../execution/debugExit.js';

/** Exception classes of debug exceptions from a lower level (Arm DDI 0487, ESR_ELx.EC). The same level is one more, except for BRK. */
export const EC = { BREAKPOINT: 0x30, SOFTWARE_STEP: 0x32, WATCHPOINT: 0x34, BKPT32: 0x38, BRK: 0x3c } as const;

/** ISS of a BRK: its immediate. */
const BRK_IMMEDIATE = 0xffff;

const field = (word: number, high: number, low: number): number => (word >>> low) & (2 ** (high - low + 1) - 1);

/** KVM_EXIT_DEBUG by the syndrome that it carries. */
export function readArm64DebugExit({ kvmRun }: Vcpu): KernelDebugExit {
  const { debug_hsr: syndrome } = kvmRun;
  switch (field(syndrome, 31, 26)) {
    case EC.SOFTWARE_STEP:
      return { kind: 'step', text: 'software step', syndrome };
    case EC.BREAKPOINT:
      return { kind: 'breakpoint', text: 'breakpoint', syndrome };
    case EC.WATCHPOINT: {
      const isWrite = field(syndrome, 6, 6) === 1;
      return { kind: 'watchpoint', text: `watchpoint, ${isWrite ? 'write' : 'read'}`, syndrome, address: kvmRun.debug_far, isWrite };
    }
    case EC.BRK:
      // Ours is BRK #0.
      return { kind: 'trapInstruction', text: 'BRK', syndrome, isTrapWord: (syndrome & BRK_IMMEDIATE) === 0 };
    case EC.BKPT32:
      return { kind: 'trapInstruction', text: 'BKPT', syndrome, isTrapWord: false };
    default:
      return { kind: 'unknown', text: `syndrome 0x${syndrome.toString(16)}`, syndrome };
  }
}
