// SPDX-License-Identifier: MIT
import { KVM_ARM_MAX_DBG_REGS } from '../abi/arm64/constants.js';

const SLOTS = KVM_ARM_MAX_DBG_REGS;

/** The four arrays of breakpoint and watchpoint registers: struct kvm_guest_debug_arch. Always 16 of each; those beyond the implemented pairs are plain storage. */
export class DebugRegisterSet {
  /** Registers of a set. */
  static readonly VALUES = 4 * SLOTS;
  /** All of them in the order DBGBVR, DBGBCR, DBGWVR, DBGWCR. */
  readonly values = new BigUint64Array(DebugRegisterSet.VALUES);
  readonly bvr = this.values.subarray(0, SLOTS);
  readonly bcr = this.values.subarray(SLOTS, 2 * SLOTS);
  readonly wvr = this.values.subarray(2 * SLOTS, 3 * SLOTS);
  readonly wcr = this.values.subarray(3 * SLOTS, 4 * SLOTS);
  /** Grows with each change, so that an unchanged set costs nothing to load again. */
  version = 0;

  /** The array that op2 = 4, 5, 6, 7 of an encoding 2,0,0,n,op2 names. */
  byOp2(op2: number): BigUint64Array | undefined {
    return [this.bvr, this.bcr, this.wvr, this.wcr][op2 - 4];
  }

  /** Writes element `slot` of `array`, one of this set's. */
  write(array: BigUint64Array, slot: number, value: bigint): void {
    array[slot] = value;
    this.version++;
  }

  reset(): void {
    this.values.fill(0n);
    this.version++;
  }
}
