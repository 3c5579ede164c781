// SPDX-License-Identifier: MIT
import { maskOf } from '../../registers/describeRegister.js';
import type { Core } from '../core.js';
import { TCR_EL1 } from '../registers/controlRegisters.js';
import { systemSlot } from '../registers/systemRegisters.js';

const TCR = systemSlot('TCR_EL1');
const [TBI0, TBI1] = [maskOf(TCR_EL1, 'TBI0'), maskOf(TCR_EL1, 'TBI1')];
const TAG_SHIFT = 56;
const SELECTS_TTBR1 = 1n << 55n;

/** Whether the top byte of `va` is a tag: TCR_EL1.TBI0 or TBI1, by bit 55. */
const hasTag = ({ registers }: Core, va: bigint): boolean => (registers.read(TCR) & ((va & SELECTS_TTBR1) !== 0n ? TBI1 : TBI0)) !== 0n;

/** Arm DDI 0487, AArch64.BranchAddr(): where a branch or exception return to `target` goes. A tag becomes copies of bit 55. */
export const branchAddress = (core: Core, target: bigint): bigint =>
  hasTag(core, target) ? BigInt.asUintN(64, BigInt.asIntN(TAG_SHIFT, target)) : target;

/**
 * Arm DDI 0487, AArch64.TranslateAddress() with the MMU off: the intermediate physical address is the virtual
 * address without its tag, and all memory is Device-nGnRnE. `undefined`: Address size fault, level 0.
 */
export function translateStage1Off(core: Core, va: bigint): bigint | undefined {
  const address = hasTag(core, va) ? BigInt.asUintN(TAG_SHIFT, va) : va;
  return address >> BigInt(core.model.physicalAddressBits) === 0n ? address : undefined;
}
