// SPDX-License-Identifier: MIT
import { operandAddress } from '../../../cpu/index.js';
import type { Vcpu } from '../../../kvm/index.js';
import type { GeneralRegisters } from '../registers/generalRegisters.js';
import type { SteppedInstruction } from './steppedInstruction.js';
import { effectiveAddress, type StepContext } from './stepSites.js';
import type { TrapPlacement } from './trapPlacement.js';

/** Bytes of a cache block: no instruction accesses more, but it may begin anywhere in one. */
const BLOCK_BYTES = 128n;
const BLOCK = ~(BLOCK_BYTES - 1n);
/** The block's place in the smallest page, which translation leaves as it is. */
const PLACE_IN_PAGE = 0xf80n;

/**
 * Tells whether `instruction`, which `vcpu` stands before, may read or write the word of a site, where a trap would show in what it loads or be lost under
 * what it stores: as when a kernel copies its vectors. By whole cache blocks.
 */
export function accessedSites(
  vcpu: Vcpu,
  { storage }: SteppedInstruction,
  { registers, msr }: { readonly registers: GeneralRegisters; readonly msr: bigint },
  traps: TrapPlacement,
): StepContext['isAccessed'] {
  if (storage === undefined) return () => false;
  const first = effectiveAddress(
    operandAddress(storage, n => registers.gpr(n)),
    msr,
  );
  const blocks = [first & BLOCK, effectiveAddress((first & BLOCK) + BLOCK_BYTES, msr)];
  let reals: readonly (bigint | undefined)[] | undefined;
  return site => {
    if (!blocks.some(block => ((block ^ site.address) & PLACE_IN_PAGE) === 0n)) return false;
    reals ??= blocks.map(block => traps.realOfData(vcpu, block, msr));
    const real = traps.realOf(vcpu, site, msr);
    return real !== undefined && reals.includes(real & BLOCK);
  };
}
