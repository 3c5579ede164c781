// SPDX-License-Identifier: MIT
import { type HandlerEntry, handlerEntry, INTERRUPT, MSR_BIT, relocationReason } from '../../../cpu/index.js';
import type { SiteRole, StepSite } from './stepSite.js';

/** Interrupts that the fetch of an instruction can bring. A fetch without translation can fail as well: from where there is no memory. */
const BY_FETCH = [INTERRUPT.instructionStorage, INTERRUPT.instructionSegment] as const;
/** Interrupts that an instruction can bring beside these. */
const BY_EXECUTION = [
  INTERRUPT.dataStorage,
  INTERRUPT.dataSegment,
  INTERRUPT.alignment,
  INTERRUPT.program,
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
  const entryUnder = (now: bigint): HandlerEntry => handlerEntry(vector, under, now);
  return { role, ...entryUnder(lpcr), entryUnder, vector: { offset: vector, ...relocationReason(under, lpcr) } };
}

/** The sites at vectors for what comes under one MSR. */
export interface SitesUnder {
  readonly trace: StepSite;
  /** Of interrupts from outside, whether MSR[EE] lets them in or not. */
  readonly fromOutside: readonly StepSite[];
  /** What may come before an instruction has begun: by its fetch, or from outside. */
  readonly onArrival: readonly StepSite[];
  /** The same and what the instruction itself may bring. */
  readonly instead: readonly StepSite[];
  /** `trace` with `onArrival`, and with `instead`: all that most instructions need. */
  readonly traceOrArrival: readonly StepSite[];
  readonly traceOrInstead: readonly StepSite[];
}

function sitesUnder(msr: bigint, lpcr: bigint): SitesUnder {
  const sitesOf = (vectors: readonly number[]): readonly StepSite[] => vectors.map(vector => vectorSite(vector, msr, lpcr));
  const fromOutside = sitesOf(FROM_OUTSIDE);
  const onArrival = [...sitesOf(BY_FETCH), ...((msr & EE) === 0n ? [] : fromOutside)];
  const instead = [...onArrival, ...sitesOf(BY_EXECUTION)];
  const trace = vectorSite(INTERRUPT.trace, msr, lpcr, 'trace');
  return { fromOutside, trace, onArrival, instead, traceOrArrival: [trace, ...onArrival], traceOrInstead: [trace, ...instead] };
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
