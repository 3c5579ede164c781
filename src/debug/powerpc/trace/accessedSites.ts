// SPDX-License-Identifier: MIT
import { operandAddress } from '../../../cpu/index.js';
import type { Vcpu } from '../../../kvm/index.js';
import type { GeneralRegisters } from '../registers/generalRegisters.js';
import type { SteppedInstruction } from './steppedInstruction.js';
import type { StepSite } from './stepSite.js';
import { effectiveAddress, type StepContext } from './stepSites.js';
import type { TrapPlacement } from './trapPlacement.js';

/** Bytes of a cache block: no instruction accesses more, but it may begin anywhere in one. */
const BLOCK_BYTES = 128;
const BLOCK = ~BigInt(BLOCK_BYTES - 1);
/** A block's place in the smallest page, which translation leaves as it is. */
const PLACE_IN_PAGE = 0xf80;

const inPage = (address: bigint): number => Number(BigInt.asUintN(12, address)) & PLACE_IN_PAGE;
/** Vectors are placed at multiples of a page. */
const placeOf = ({ address, vector }: StepSite): number => (vector === undefined ? inPage(address) : vector.offset & PLACE_IN_PAGE);

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
  const place = inPage(first);
  const nextPlace = (place + BLOCK_BYTES) & PLACE_IN_PAGE;
  let reals: readonly (bigint | undefined)[] | undefined;
  return site => {
    const sitePlace = placeOf(site);
    if (sitePlace !== place && sitePlace !== nextPlace) return false;
    const block = first & BLOCK;
    reals ??= [block, effectiveAddress(block + BigInt(BLOCK_BYTES), msr)].map(each => traps.realOfData(vcpu, each, msr));
    const real = traps.realOf(vcpu, site, msr);
    return real !== undefined && reals.includes(real & BLOCK);
  };
}
