// SPDX-License-Identifier: MIT
import { populationCount, signed, unsigned } from '../../../base/index.js';
import type { EngineBreakpoint, EngineWatchpoint } from '../../engine/engineStops.js';
import type { Slot } from '../../operations/emitter.js';
import { decode, maskOf } from '../../registers/describeRegister.js';
import type { DecodedAccess } from '../../state/accessWord.js';
import { ZERO_SLOT } from '../../state/stateLayout.js';
import type { CpuModel } from '../cpuModels.js';
import { DBGBCR_EL1, DBGWCR_EL1 } from '../registers/debugRegisters.js';
import type { RegisterFile } from '../registers/registerFile.js';
import { systemSlot } from '../registers/systemRegisters.js';
import { type BreakpointControl, stateMatches, type WatchpointControl } from './stateMatch.js';

/** A virtual address is compared by these bits; the others repeat bit 48, or are a tag (ARM-HW-12). */
const COMPARED_BITS = 49;
const PAGE_BYTES = 4096n;
const MAXIMUM_PAIRS = 16;
const CONTEXTIDR = systemSlot('CONTEXTIDR_EL1');
const VMID_SHIFT = 32n;
const VMID_BITS = 8;

const pairSlots = (kind: string) => Array.from({ length: MAXIMUM_PAIRS }, (_, n) => systemSlot(`DBG${kind}${n}_EL1`));
const [BVR, BCR, WVR, WCR] = [pairSlots('BVR'), pairSlots('BCR'), pairSlots('WVR'), pairSlots('WCR')];

// Most pairs are free most of the time: their enable bit is looked at before anything is decoded.
const [BREAKPOINT_ENABLE, WATCHPOINT_ENABLE] = [maskOf(DBGBCR_EL1, 'E'), maskOf(DBGWCR_EL1, 'E')];

interface Breakpoint {
  readonly number: number;
  readonly value: bigint;
  readonly control: BreakpointControl;
}

interface Watchpoint {
  readonly control: WatchpointControl;
  /** Bytes [low, high) among which the watched ones lie, compared bits. */
  readonly low: bigint;
  readonly high: bigint;
  /** Whether a byte at this offset from `low` is watched. */
  readonly watches: (offset: bigint) => boolean;
}

/** An access for the comparison. */
export interface ComparedAccess {
  readonly address: bigint;
  readonly access: DecodedAccess;
  /** With the rights of EL1. */
  readonly isPrivileged: boolean;
}

/** A watchpoint match: the lowest watched byte that is touched. */
export interface WatchpointMatch {
  readonly address: bigint;
  readonly WnR: number;
}

/** The part of a virtual address that takes part in comparisons. */
export const comparedAddress = (va: bigint): bigint => unsigned(va, COMPARED_BITS);

const reads = (access: DecodedAccess): boolean => access.direction !== 'store';
const writes = (access: DecodedAccess): boolean => access.direction !== 'load';

/** The breakpoint and watchpoint pairs of one processing element, and the private ones of the engine: what must be trapped, and what matches. */
export class DebugUnit {
  engineBreakpoints: ReadonlyMap<bigint, readonly number[]> = new Map();
  engineWatchpoints: readonly EngineWatchpoint[] = [];
  vmid = 0;
  /** Something was written since `refresh`. */
  isStale = true;
  readonly #values: bigint[] = [];

  #breakpoints: readonly Breakpoint[] = [];
  #watchpoints: readonly Watchpoint[] = [];
  #engineSetIsNew = false;
  readonly #model: CpuModel;
  readonly #registers: RegisterFile;

  constructor(model: CpuModel, registers: RegisterFile) {
    this.#model = model;
    this.#registers = registers;
  }

  setEngineBreakpoints(breakpoints: readonly EngineBreakpoint[]): void {
    const byAddress = new Map<bigint, number[]>();
    for (const { address, id } of breakpoints) {
      const ids = byAddress.get(comparedAddress(address)) ?? [];
      byAddress.set(
        comparedAddress(address),
        [...ids, id].sort((a, b) => a - b),
      );
    }
    this.engineBreakpoints = byAddress;
    this.#engineSetIsNew = this.isStale = true;
  }

  setEngineWatchpoints(watchpoints: readonly EngineWatchpoint[]): void {
    this.engineWatchpoints = [...watchpoints].sort((a, b) => a.id - b.id);
    this.#engineSetIsNew = this.isStale = true;
  }

  /** Reads the pairs again. True if traps and watched ranges differ from before, so that translations must be made again. */
  refresh(): boolean {
    this.isStale = false;
    const { breakpoints, watchpoints } = this.#model;
    let isChanged = this.#engineSetIsNew;
    let index = 0;
    const read = (slot: Slot): void => {
      const value = this.#registers.read(slot);
      if (value !== this.#values[index]) isChanged = true;
      this.#values[index++] = value;
    };
    for (const kind of [BVR, BCR]) for (let number = 0; number < breakpoints; number++) read(kind[number] ?? ZERO_SLOT);
    for (const kind of [WVR, WCR]) for (let number = 0; number < watchpoints; number++) read(kind[number] ?? ZERO_SLOT);
    this.#engineSetIsNew = false;
    if (!isChanged) return false;
    const [breakpointControls, watchpointValues] = [breakpoints, 2 * breakpoints];
    this.#breakpoints = this.#values.slice(0, breakpoints).flatMap((value, number) => {
      const control = this.#values[breakpointControls + number] ?? 0n;
      return (control & BREAKPOINT_ENABLE) === 0n ? [] : [{ number, value, control: decode(DBGBCR_EL1, control) }];
    });
    this.#watchpoints = this.#values.slice(watchpointValues, watchpointValues + watchpoints).flatMap((value, number) => {
      const control = this.#values[watchpointValues + watchpoints + number] ?? 0n;
      return (control & WATCHPOINT_ENABLE) === 0n ? [] : watchpoint(value, decode(DBGWCR_EL1, control));
    });
    return true;
  }

  /** Offsets in the page of `va` at which an instruction has a breakpoint of either kind. */
  trapsIn(va: bigint): readonly number[] {
    const page = comparedAddress(va) / PAGE_BYTES;
    const addresses = [
      ...this.#breakpoints.filter(({ control }) => isAddressType(control.BT)).map(({ value }) => comparedAddress(value)),
      ...this.engineBreakpoints.keys(),
    ];
    return addresses.filter(address => address / PAGE_BYTES === page).map(address => Number(address % PAGE_BYTES) & ~0b11);
  }

  /** The hull [low, high) of watched bytes in the page of `va`, for loads or for stores. */
  hullIn(va: bigint, direction: 'load' | 'store'): readonly [low: number, high: number] | undefined {
    if (this.#watchpoints.length === 0 && this.engineWatchpoints.length === 0) return undefined;
    const start = comparedAddress(va) & -PAGE_BYTES;
    let [low, high] = [Number(PAGE_BYTES), 0];
    const include = (from: bigint, to: bigint): void => {
      if (to <= start || from >= start + PAGE_BYTES) return;
      low = Math.min(low, from > start ? Number(from - start) : 0);
      high = Math.max(high, to < start + PAGE_BYTES ? Number(to - start) : Number(PAGE_BYTES));
    };
    const bit = direction === 'load' ? LOADS : STORES;
    for (const each of this.#watchpoints) if ((each.control.LSC & bit) !== 0) include(each.low, each.high);
    for (const each of this.engineWatchpoints) {
      if (direction === 'load' ? each.onRead : each.onWrite)
        include(comparedAddress(each.start), comparedAddress(each.start) + BigInt(each.bytes));
    }
    return low < high ? [low, high] : undefined;
  }

  /** Whether a context breakpoint or an address breakpoint matches the instruction at `pc`: AArch64.BreakpointMatch(). */
  matchesBreakpoint(pc: bigint): boolean {
    return this.#breakpoints.some(
      each => this.#stateMatches(each.control, !this.#registers.isEL0, isLinked(each.control.BT)) && this.#valueMatches(each, pc),
    );
  }

  /** Whether there are breakpoints that match by context alone, which no trapped address announces. */
  get hasContextBreakpoints(): boolean {
    return this.#breakpoints.some(({ control }) => !isAddressType(control.BT));
  }

  /** AArch64.WatchpointMatch(): the lowest watched byte that the access touches. */
  matchWatchpoint(compared: ComparedAccess): WatchpointMatch | undefined {
    let match: WatchpointMatch | undefined;
    for (const { control, low, high, watches } of this.#watchpoints) {
      const isLoadMatch = reads(compared.access) && (control.LSC & LOADS) !== 0;
      if (!isLoadMatch && !(writes(compared.access) && (control.LSC & STORES) !== 0)) continue;
      if (!this.#stateMatches(control, compared.isPrivileged, control.WT === 1)) continue;
      const start = comparedAddress(compared.address);
      for (let byte = 0; byte < compared.access.bytes; byte++) {
        const address = start + BigInt(byte);
        if (address < low || address >= high || !watches(address - low)) continue;
        // ARM-HW-10: an access that is both reports a read if reads are watched.
        if (match === undefined || start + BigInt(byte) < comparedAddress(match.address)) {
          match = { address: compared.address + BigInt(byte), WnR: isLoadMatch ? 0 : 1 };
        }
        break;
      }
    }
    return match;
  }

  /** Ids of the private breakpoints on the instruction at `pc`. */
  engineBreakpointsAt(pc: bigint): readonly number[] | undefined {
    return this.engineBreakpoints.get(comparedAddress(pc));
  }

  /** The private watchpoints that the access touches, and the lowest byte of theirs. */
  matchEngineWatchpoints({ address, access }: ComparedAccess): { readonly ids: readonly number[]; readonly address: bigint } | undefined {
    if (this.engineWatchpoints.length === 0) return undefined;
    const start = comparedAddress(address);
    const hit = this.engineWatchpoints.filter(each => {
      const low = comparedAddress(each.start);
      const isDirection = (each.onRead && reads(access)) || (each.onWrite && writes(access));
      return isDirection && start < low + BigInt(each.bytes) && start + BigInt(access.bytes) > low;
    });
    if (hit.length === 0) return undefined;
    // How far above the access's first byte the lowest watched byte lies.
    const distances = hit.map(each => Math.max(0, Number(comparedAddress(each.start) - start)));
    return { ids: hit.map(each => each.id), address: address + BigInt(Math.min(...distances)) };
  }

  #stateMatches(control: BreakpointControl | WatchpointControl, isPrivileged: boolean, isLinkedOne: boolean): boolean {
    const PxC = 'PMC' in control ? control.PMC : control.PAC;
    if (!stateMatches(control.HMC, control.SSC, PxC, isPrivileged)) return false;
    if (!isLinkedOne || ('PMC' in control && !isAddressType(control.BT))) return true;
    // CONSTRAINED UNPREDICTABLE: linked to a breakpoint that is not context-aware, not implemented or not of a linked context type. Choice: no match.
    const linked = this.#breakpoints.find(({ number }) => number === control.LBN);
    return linked !== undefined && isLinked(linked.control.BT) && !isAddressType(linked.control.BT) && this.#contextMatches(linked);
  }

  /** AArch64.BreakpointValueMatch() of a breakpoint that is not reached through a link. */
  #valueMatches(each: Breakpoint, pc: bigint): boolean {
    const { BT, BAS } = each.control;
    // CONSTRAINED UNPREDICTABLE: BAS other than 1111 for an A64 instruction. Choice: BAS[0] decides, as it does for the byte at the address.
    if (BT === BT_ADDRESS || BT === BT_LINKED_ADDRESS)
      return (BAS & 1) === 1 && comparedAddress(each.value) >> 2n === comparedAddress(pc) >> 2n;
    return !isLinked(BT) && this.#contextMatches(each);
  }

  #contextMatches({ number, value, control }: Breakpoint): boolean {
    // CONSTRAINED UNPREDICTABLE: a context type on a breakpoint that is not context-aware, or a reserved type. Choice: disabled.
    if (number < this.#model.breakpoints - this.#model.contextAwareBreakpoints) return false;
    const context = CONTEXT_TYPES.find(({ types }) => types.includes(control.BT));
    if (context === undefined) return false;
    const isContext = unsigned(value, 32) === unsigned(this.#registers.read(CONTEXTIDR), 32);
    const isMachine = unsigned(value >> VMID_SHIFT, VMID_BITS) === BigInt(this.vmid);
    return (!context.comparesContext || isContext) && (!context.comparesVMID || isMachine);
  }
}

const [LOADS, STORES] = [0b01, 0b10];
const [BT_ADDRESS, BT_LINKED_ADDRESS] = [0b0000, 0b0001];
/** Breakpoint types that compare a context on a core without VHE; the types of VHE and of AArch32 are reserved here. */
const CONTEXT_TYPES = [
  { types: [0b0010, 0b0011], comparesContext: true, comparesVMID: false },
  { types: [0b1000, 0b1001], comparesContext: false, comparesVMID: true },
  { types: [0b1010, 0b1011], comparesContext: true, comparesVMID: true },
] as const satisfies readonly { types: readonly number[]; comparesContext: boolean; comparesVMID: boolean }[] as readonly {
  types: readonly number[];
  comparesContext: boolean;
  comparesVMID: boolean;
}[];
/** Types 0x0x: address match and (AArch32) mismatch. */
const isAddressType = (BT: number): boolean => (BT & 0b1010) === 0;
const isLinked = (BT: number): boolean => (BT & 1) === 1;

const DOUBLEWORD = 8n;
const ALL_BYTES = 0xff;
const SMALLEST_MASK = 3;

/** The bytes that an enabled pair watches: AArch64.WatchpointByteMatch(). None: it watches nothing. */
function watchpoint(value: bigint, control: WatchpointControl): Watchpoint[] {
  if (control.E === 0) return [];
  const start = comparedAddress(signed(value, 64) & -4n);
  if (control.MASK !== 0) {
    // CONSTRAINED UNPREDICTABLE: MASK 1 and 2 are reserved. Choice: disabled.
    if (control.MASK < SMALLEST_MASK) return [];
    // CONSTRAINED UNPREDICTABLE: BAS not 11111111, or masked bits of the value not 0. Choice: both are ignored.
    const bytes = 1n << BigInt(control.MASK);
    return [{ control, low: start & -bytes, high: (start & -bytes) + bytes, watches: () => true }];
  }
  // DBGWVR[2] = 1: only BAS[3:0] counts, for the word.
  const isWord = (start & 4n) !== 0n;
  const BAS = isWord ? control.BAS & 0xf : control.BAS;
  if (BAS === 0) return [];
  const lowest = BAS & -BAS;
  const isContiguous = populationCount(BigInt(BAS + lowest)) === 1 || ((BAS + lowest) & BAS) === 0;
  // CONSTRAINED UNPREDICTABLE: BAS is not contiguous. Choice: the whole doubleword is watched.
  const bytes = isContiguous ? BAS : ALL_BYTES;
  const low = isContiguous ? start : start & -DOUBLEWORD;
  return [
    { control, low, high: low + (isWord && isContiguous ? 4n : DOUBLEWORD), watches: offset => ((bytes >> Number(offset)) & 1) === 1 },
  ];
}
