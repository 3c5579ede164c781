// SPDX-License-Identifier: MIT
import type { EngineBreakpoint, EngineWatchpoint } from '../../../engine/engineStops.js';
import { decode, maskOf } from '../../../registers/describeRegister.js';
import type { DecodedAccess } from '../../../state/accessWord.js';
import { CIABR, DAWR, DAWRX } from '../registers/debugRegisters.js';
import { MSR_BIT } from '../registers/machineState.js';
import type { PowerRegisterFile } from '../registers/registerFile.js';
import { specialPurposeSlot } from '../registers/specialPurposeRegisters.js';

const PAGE_BYTES = 4096n;
const [CIABR_SLOT, DAWR0, DAWRX0] = [specialPurposeSlot('CIABR'), specialPurposeSlot('DAWR0'), specialPurposeSlot('DAWRX0')];
const [CIEA, DEAW] = [maskOf(CIABR, 'CIEA'), maskOf(DAWR, 'DEAW')];
const PRIV = Number(maskOf(CIABR, 'PRIV'));
const DOUBLEWORD_BYTES = 8n;
/** Before version 3.1 a range does not cross a boundary of this many bytes. */
const RANGE_BOUNDARY = 512n;
const [PROBLEM, PRIVILEGED] = [1, 2];

/** An access for the comparison. */
export interface ComparedAccess {
  readonly address: bigint;
  readonly access: DecodedAccess;
}

const reads = (access: DecodedAccess): boolean => access.direction !== 'store';
const writes = (access: DecodedAccess): boolean => access.direction !== 'load';
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** CIABR and DAWR of one processing element, and the private stops of the engine: what must be trapped, and what matches. */
export class WatchUnit {
  engineBreakpoints: ReadonlyMap<bigint, readonly number[]> = new Map();
  engineWatchpoints: readonly EngineWatchpoint[] = [];
  /** Something was written that traps and watched ranges follow from; whoever sees it makes translations anew and clears it. */
  isStale = true;

  constructor(private readonly registers: PowerRegisterFile) {}

  setEngineBreakpoints(breakpoints: readonly EngineBreakpoint[]): void {
    const byAddress = new Map<bigint, readonly number[]>();
    for (const { address, id } of breakpoints)
      byAddress.set(
        address,
        [...(byAddress.get(address) ?? []), id].sort((a, b) => a - b),
      );
    this.engineBreakpoints = byAddress;
    this.isStale = true;
  }

  setEngineWatchpoints(watchpoints: readonly EngineWatchpoint[]): void {
    this.engineWatchpoints = [...watchpoints].sort((a, b) => a.id - b.id);
    this.isStale = true;
  }

  /** Offsets in the page of `ea` at which an instruction has a breakpoint of either kind. */
  trapsIn(ea: bigint): readonly number[] {
    const page = ea / PAGE_BYTES;
    const ciabr = this.registers.read(CIABR_SLOT);
    const addresses = [...this.engineBreakpoints.keys(), ...(decode(CIABR, ciabr).PRIV === 0 ? [] : [ciabr & CIEA])];
    return addresses.filter(address => address / PAGE_BYTES === page).map(address => Number(address % PAGE_BYTES));
  }

  /** Whether CIABR is on at all. */
  get usesCIABR(): boolean {
    return (this.registers.low32(CIABR_SLOT) & PRIV) !== 0;
  }

  /** Whether the completion of the instruction at `pc` in this state matches CIABR. */
  matchesCIABR(pc: bigint, isProblemState: boolean): boolean {
    if (!this.usesCIABR) return false;
    const value = this.registers.read(CIABR_SLOT);
    return (value & CIEA) === pc && decode(CIABR, value).PRIV === (isProblemState ? PROBLEM : PRIVILEGED);
  }

  /** The bytes [low, high) that DAWR0 watches. */
  #range(): readonly [low: bigint, high: bigint] {
    const low = this.registers.read(DAWR0) & DEAW;
    const { MRD } = decode(DAWRX, this.registers.read(DAWRX0));
    const boundary = (low / RANGE_BOUNDARY + 1n) * RANGE_BOUNDARY;
    return [low, smaller(low + DOUBLEWORD_BYTES * BigInt(MRD + 1), boundary)];
  }

  /** Whether DAWR0 watches at all in this direction. */
  #watches(direction: 'load' | 'store'): boolean {
    const { DW, DR } = decode(DAWRX, this.registers.read(DAWRX0));
    return (direction === 'load' ? DR : DW) !== 0;
  }

  /** The hull [low, high) of watched bytes in the page of `ea`, for loads or for stores. */
  hullIn(ea: bigint, direction: 'load' | 'store'): readonly [low: number, high: number] | undefined {
    const watched = this.engineWatchpoints
      .filter(each => (direction === 'load' ? each.onRead : each.onWrite))
      .map(each => [each.start, each.start + BigInt(each.bytes)] as const);
    if (this.#watches(direction)) watched.push(this.#range());
    if (watched.length === 0) return undefined;
    const start = ea - (ea % PAGE_BYTES);
    let [low, high] = [Number(PAGE_BYTES), 0];
    for (const [from, to] of watched) {
      if (to <= start || from >= start + PAGE_BYTES) continue;
      low = Math.min(low, from > start ? Number(from - start) : 0);
      high = Math.max(high, to < start + PAGE_BYTES ? Number(to - start) : Number(PAGE_BYTES));
    }
    return low < high ? [low, high] : undefined;
  }

  /** Power ISA, Data Address Watchpoint: whether the access matches DAWR0 under `msr`. */
  matchesDAWR({ address, access }: ComparedAccess, msr: bigint): boolean {
    const { DW, DR, WT, WTI, PNH, PRO } = decode(DAWRX, this.registers.read(DAWRX0));
    if (!(reads(access) && DR === 1) && !(writes(access) && DW === 1)) return false;
    if (((msr & MSR_BIT.PR) !== 0n ? PRO : PNH) === 0) return false;
    if (WTI === 0 && ((msr & MSR_BIT.DR) !== 0n ? 1 : 0) !== WT) return false;
    const [low, high] = this.#range();
    return address < high && address + BigInt(access.bytes) > low;
  }

  /** Ids of the private breakpoints on the instruction at `pc`. */
  engineBreakpointsAt(pc: bigint): readonly number[] | undefined {
    return this.engineBreakpoints.get(pc);
  }

  /** The private watchpoints that the access touches, and the lowest byte of theirs. */
  matchEngineWatchpoints({ address, access }: ComparedAccess): { readonly ids: readonly number[]; readonly address: bigint } | undefined {
    const end = address + BigInt(access.bytes);
    const hit = this.engineWatchpoints.filter(
      ({ start, bytes, onRead, onWrite }) =>
        ((onRead && reads(access)) || (onWrite && writes(access))) && address < start + BigInt(bytes) && end > start,
    );
    if (hit.length === 0) return undefined;
    const lowest = hit.map(({ start }) => start).reduce(smaller);
    return { ids: hit.map(({ id }) => id), address: lowest > address ? lowest : address };
  }
}
