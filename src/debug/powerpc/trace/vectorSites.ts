// SPDX-License-Identifier: MIT
import { handlerEntry, INTERRUPT, MSR_BIT, relocationReason } from '../../../cpu/index.js';
import type { SteppedInstruction } from './steppedInstruction.js';
import type { SiteRole, StepSite } from './stepSite.js';

/** Interrupts that the fetch of an instruction can bring. A fetch without translation can fail as well: from where there is no memory. */
const BY_FETCH = [INTERRUPT.instructionStorage, INTERRUPT.instructionSegment] as const;
/** Interrupts that a load or store can bring beside these: it may be one to a device, or have an invalid form. */
const BY_ACCESS = [INTERRUPT.dataStorage, INTERRUPT.dataSegment, INTERRUPT.alignment, INTERRUPT.program] as const;
/** Interrupts that an instruction which uses a facility can bring beside all these. */
const BY_FACILITY = [
  INTERRUPT.floatingPointUnavailable,
  INTERRUPT.vectorUnavailable,
  INTERRUPT.VSXUnavailable,
  INTERRUPT.facilityUnavailable,
] as const;
/** Interrupts from outside that MSR[EE] lets in. */
const FROM_OUTSIDE = [INTERRUPT.external, INTERRUPT.decrementer, INTERRUPT.directedPrivilegedDoorbell] as const;
const { EE } = MSR_BIT;

/** The handler's first instruction for an interrupt that comes under the MSR `under`. */
export function vectorSite(vector: number, under: bigint, lpcr: bigint, role: SiteRole = 'interrupt'): StepSite {
  return {
    role,
    ...handlerEntry(vector, under, lpcr),
    vector: { offset: vector, ...relocationReason(under, lpcr) },
    siteUnder: now => vectorSite(vector, under, now, role),
  };
}

/** Bytes of a cache block: no instruction accesses more, but it may begin anywhere in one. */
export const BLOCK_BYTES = 128;
/** A block's place in the smallest page, which translation leaves as it is. */
export const PLACE_IN_PAGE = 0xf80;
/** The block at a place in the page as a bit of 32. */
export const blockBit = (place: number): number => 1 << ((place & PLACE_IN_PAGE) / BLOCK_BYTES);

/** Sites at vectors that many steps have, the Trace interrupt's first: the object is the same each time. */
export interface VectorList {
  readonly sites: readonly StepSite[];
  /** Of their places in a page. Vectors are placed at multiples of a page. */
  readonly blocks: number;
}
const vectorList = (sites: readonly StepSite[]): VectorList => ({
  sites,
  blocks: sites.reduce((blocks, { vector }) => blocks | blockBit(vector?.offset ?? 0), 0),
});
export const NO_VECTORS: VectorList = vectorList([]);

/** The sites at vectors for what comes under one MSR. */
export interface SitesUnder {
  readonly trace: StepSite;
  /** Of interrupts from outside, whether MSR[EE] lets them in or not. */
  readonly fromOutside: readonly StepSite[];
  /** What may come before an instruction has begun: by its fetch, or from outside. */
  readonly onArrival: readonly StepSite[];
  /** The same and what the instruction itself may bring: `onArrival` if nothing. */
  readonly instead: Readonly<Record<MayBring, readonly StepSite[]>>;
  /** `trace` with `instead`: all that most instructions need. */
  readonly traceOrInstead: Readonly<Record<MayBring, VectorList>>;
}
type MayBring = SteppedInstruction['mayBring'];

function sitesUnder(msr: bigint, lpcr: bigint): SitesUnder {
  const sitesOf = (vectors: readonly number[]): readonly StepSite[] => vectors.map(vector => vectorSite(vector, msr, lpcr));
  const fromOutside = sitesOf(FROM_OUTSIDE);
  const onArrival = [...sitesOf(BY_FETCH), ...((msr & EE) === 0n ? [] : fromOutside)];
  const ofAccess = [...onArrival, ...sitesOf(BY_ACCESS)];
  const instead = { nothing: onArrival, storageInterrupts: ofAccess, anything: [...ofAccess, ...sitesOf(BY_FACILITY)] };
  const trace = vectorSite(INTERRUPT.trace, msr, lpcr, 'trace');
  const traceOrInstead = {
    nothing: vectorList([trace, ...instead.nothing]),
    storageInterrupts: vectorList([trace, ...instead.storageInterrupts]),
    anything: vectorList([trace, ...instead.anything]),
  };
  return { fromOutside, trace, onArrival, instead, traceOrInstead };
}

/** MSRs whose sites are remembered, at most. */
const MAXIMUM_MSRS = 64;

/** The sites at vectors, worked out once: MSR and LPCR hardly ever change from one step to the next. */
export class VectorSites {
  readonly #byMsr = new Map<bigint, SitesUnder>();
  #lpcr = 0n;
  #last: { readonly msr: bigint; readonly sites: SitesUnder } | undefined;

  under(msr: bigint, lpcr: bigint): SitesUnder {
    if (this.#last?.msr === msr && lpcr === this.#lpcr) return this.#last.sites;
    if (lpcr !== this.#lpcr || this.#byMsr.size >= MAXIMUM_MSRS) this.#byMsr.clear();
    this.#lpcr = lpcr;
    let sites = this.#byMsr.get(msr);
    if (sites === undefined) {
      sites = sitesUnder(msr, lpcr);
      this.#byMsr.set(msr, sites);
    }
    this.#last = { msr, sites };
    return sites;
  }
}
