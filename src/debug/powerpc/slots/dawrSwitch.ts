// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success } from '../../../base/index.js';
import { DAWRX, encode, handlerEntry, INTERRUPT, MSR_BIT, realModeAddress, SRR1_STATUS } from '../../../cpu/index.js';
import { type PpcRegisterName, ppcRegisterId, type Vcpu } from '../../../kvm/index.js';
import type { DebugRegisterBorrower, Machine } from '../../../vmm/index.js';
import type { FacilityParts } from '../../architecture.js';
import type { UserSwitch, WatchMatch } from '../../slots/userSwitch.js';
import type { StepAction } from '../../stepping/stepAction.js';
import type { TrapUse } from '../../stepping/stepView.js';
import { GeneralRegisters } from '../registers/generalRegisters.js';
import type { InternalTraps } from '../trace/internalTraps.js';
import { type DawrPair, dawrRange, inRealModeOnly, isDawrEnabled } from './dawrEncoding.js';

/** What the switch needs of a machine. */
export type DawrMachine = Pick<Machine, 'vcpus' | 'translateByTables' | 'lendDebugRegisters'>;

/** What the switch is made of. */
export interface DawrSwitchParts extends FacilityParts {
  readonly machine: DawrMachine;
  readonly traps: InternalTraps;
  /** The debugger's pairs. */
  readonly pairs: () => readonly DawrPair[];
}

const { IR, DR } = MSR_BIT;
/** DSISR bits 41 and 38: a match of DAWR, a store. */
const [DAWR_MATCH, STORE] = [0x0040_0000n, 0x0200_0000n];
/** dcbz is the access that reaches furthest. */
const LARGEST_ACCESS = 128n;
const DOUBLEWORD_BYTES = 8n;
/** KVM takes no match in hypervisor state from a guest. */
const HYPERVISOR = encode(DAWRX, { HYP: 'enabled' });
const NOTHING: DawrPair = { value: 0n, control: 0n };

/** ONE_REG has DAWR0 without its number. */
export const DAWR_NAMES = [
  { value: 'DAWR', control: 'DAWRX' },
  { value: 'DAWR1', control: 'DAWRX1' },
] as const satisfies readonly Readonly<Record<keyof DawrPair, PpcRegisterName>>[];

const [LPCR_64, DAR, DSISR] = [ppcRegisterId('LPCR_64'), ppcRegisterId('DAR'), ppcRegisterId('DSISR')];
const read = (vcpu: Vcpu, id: bigint): bigint => vcpu.getOneRegValue(id) ?? 0n;

/** DAWRn and DAWRXn of `vcpu`, by ONE_REG. */
export const readDawr = (vcpu: Vcpu, n: 0 | 1): DawrPair => ({
  value: read(vcpu, ppcRegisterId(DAWR_NAMES[n].value)),
  control: read(vcpu, ppcRegisterId(DAWR_NAMES[n].control)),
});
function writeDawr(vcpu: Vcpu, n: 0 | 1, { value, control }: DawrPair): Result<undefined> {
  const [first, second] = (['value', 'control'] as const).map(part =>
    vcpu.result(vcpu.setOneRegValue(ppcRegisterId(DAWR_NAMES[n][part]), part === 'value' ? value : control)),
  );
  const refused = [first, second].find(result => result?.ok === false);
  return refused?.ok === false ? failure('register', `KVM refuses to write DAWR${n}: ${refused.error.message}`) : success(undefined);
}

const NOTHING_TO_DO = success(undefined);

/**
 * DAWR as the debugger's under KVM-HV, which offers none: it is set with ONE_REG, and a trap word at the vector of the Data Storage interrupt gets the
 * vCPU out of the guest, as the Trace method does at its own. The guest's value is kept and comes back; hypercalls that set it meanwhile come here.
 */
export class DawrSwitch implements UserSwitch, DebugRegisterBorrower {
  /** The guest's own pairs while they are borrowed, by vCPU. */
  readonly #kept = new Map<Vcpu, DawrPair[]>();
  /** Real addresses of the traps in memory. */
  readonly #traps = new Set<bigint>();
  /** vCPUs that have the slots, with the traps that these need in memory. */
  readonly #settled = new Set<Vcpu>();
  /** vCPUs whose guest has set DAWR0 while it is borrowed, which has been said. */
  readonly #toldOfDawr = new Set<Vcpu>();
  readonly #registers = new GeneralRegisters();
  #lpcr: bigint | undefined;
  /** Real address of the vector under translation; `undefined` while it cannot be reached. */
  #relocated: bigint | undefined;

  constructor(private readonly parts: DawrSwitchParts) {}

  get isBorrowed(): boolean {
    return this.#kept.size > 0;
  }

  get usesTrapWord(): boolean {
    return this.isBorrowed;
  }

  /** Takes the first `count` pairs from the guest, unless it uses one. */
  borrow(count: number): Result<undefined, { readonly code: 'ENOTSUP'; readonly message: string }> {
    if (this.isBorrowed) return success(undefined);
    const indices = ([0, 1] as const).slice(0, count);
    for (const vcpu of this.parts.machine.vcpus)
      for (const n of indices)
        if (isDawrEnabled(readDawr(vcpu, n)))
          return failure('ENOTSUP', `The guest itself watches data with DAWR${n} on vCPU ${vcpu.index}; use the mode "engine".`);
    const lent = this.parts.machine.lendDebugRegisters(this);
    if (!lent.ok) return failure('ENOTSUP', lent.error.message);
    for (const vcpu of this.parts.machine.vcpus)
      this.#kept.set(
        vcpu,
        indices.map(n => readDawr(vcpu, n)),
      );
    return success(undefined);
  }

  /** Gives all pairs back to the guest, with its own values. */
  giveBack(): void {
    this.rest();
    for (const [vcpu, pairs] of this.#kept) for (const n of [0, 1] as const) if (pairs[n] !== undefined) writeDawr(vcpu, n, pairs[n]);
    this.#kept.clear();
    this.#toldOfDawr.clear();
    this.parts.machine.lendDebugRegisters(undefined);
  }

  /** The guest's own pair n, wherever it is kept. */
  guestPair(vcpu: Vcpu, n: 0 | 1): DawrPair {
    return this.#kept.get(vcpu)?.[n] ?? readDawr(vcpu, n);
  }

  writeGuest(vcpu: Vcpu, n: 0 | 1, pair: DawrPair): Result<undefined> {
    const kept = this.#kept.get(vcpu);
    if (kept?.[n] === undefined) return writeDawr(vcpu, n, pair);
    kept[n] = { value: pair.value, control: pair.control & ~HYPERVISOR };
    return success(undefined);
  }

  keepDawr0(vcpu: Vcpu, address: bigint, extension: bigint): void {
    const kept = this.#kept.get(vcpu);
    if (kept === undefined) return;
    kept[0] = { value: address, control: extension };
    // A kernel sets it at each context switch: once says it.
    if (!isDawrEnabled(kept[0]) || this.#toldOfDawr.has(vcpu)) return;
    this.#toldOfDawr.add(vcpu);
    this.parts.warn(`vCPU ${vcpu.index} has set DAWR0 to ${hex(address)}; it does not fire while a data breakpoint of yours uses it.`);
  }

  isStale(vcpu: Vcpu): boolean {
    return this.isBorrowed && !this.#settled.has(vcpu);
  }

  enter(vcpu: Vcpu, isLifted: boolean): Result<undefined> {
    const kept = this.#kept.get(vcpu);
    if (kept === undefined) return NOTHING_TO_DO;
    const placed = this.#placeTraps(vcpu);
    if (!placed.ok) return placed;
    const isReachable = this.#relocated !== undefined;
    const pairs = isLifted ? [] : this.parts.pairs();
    for (const n of [0, 1] as const) {
      if (kept[n] === undefined) continue;
      const pair = pairs[n] ?? NOTHING;
      const written = writeDawr(vcpu, n, isReachable ? pair : inRealModeOnly(pair));
      if (!written.ok) return written;
    }
    // Tables that lead to the vector may come at any time: it is looked for again at each entry.
    if (isReachable) this.#settled.add(vcpu);
    return success(undefined);
  }

  /** Both places where the interrupt may go: that of real mode, and that of LPCR[AIL] under translation. */
  #placeTraps(vcpu: Vcpu): Result<undefined> {
    const lpcr = read(vcpu, LPCR_64);
    const entries = [0n, IR | DR].map(msr => handlerEntry(INTERRUPT.dataStorage, msr, lpcr));
    this.#lpcr = lpcr;
    this.#relocated = undefined;
    for (const [n, { address, msr }] of entries.entries()) {
      const real = (msr & IR) === 0n ? realModeAddress(address) : this.parts.machine.translateByTables(vcpu, address);
      const isPlaced = real !== undefined && (this.#traps.has(real) || this.parts.traps.place(real));
      if (isPlaced) this.#traps.add(real);
      else if (n === 0) return failure('EFAULT', `There is no memory for a trap at ${hex(address)}, where a data breakpoint leads to.`);
      if (n === 1 && isPlaced) this.#relocated = real;
    }
    return success(undefined);
  }

  traps(vcpu: Vcpu): readonly TrapUse[] {
    if (!this.isBorrowed) return [];
    const lpcr = read(vcpu, LPCR_64);
    return [0n, IR | DR].flatMap(under => {
      const { address, msr } = handlerEntry(INTERRUPT.dataStorage, under, lpcr);
      const real = (msr & IR) === 0n ? realModeAddress(address) : this.parts.machine.translateByTables(vcpu, address);
      const purpose = 'the vector of the Data Storage interrupt, where a match of DAWR leads to';
      return real === undefined ? [] : [{ address, real, purpose, isInMemory: this.#traps.has(real) }];
    });
  }

  rest(): void {
    for (const real of this.#traps)
      if (this.parts.traps.release(real) === 'overwritten')
        this.parts.warn(
          `The guest has written other code over the trap at real address ${hex(real)}; data breakpoints were not seen since.`,
        );
    this.#traps.clear();
    this.#settled.clear();
  }

  machineServed(vcpu: Vcpu): void {
    if (this.isBorrowed && read(vcpu, LPCR_64) !== this.#lpcr) this.rest();
  }

  isQuietAt(vcpu: Vcpu, pc: bigint): boolean {
    if (!this.isBorrowed) return false;
    const msr = this.#registers.load(vcpu).get('msr');
    const here = (msr & IR) === 0n ? realModeAddress(pc) : pc;
    // The same code runs in the handler that it begins.
    return here === handlerEntry(INTERRUPT.dataStorage, msr, read(vcpu, LPCR_64)).address;
  }

  matchOf(vcpu: Vcpu, pc: bigint): WatchMatch | undefined {
    if (!this.isBorrowed) return undefined;
    const registers = this.#registers.load(vcpu);
    if (pc !== handlerEntry(INTERRUPT.dataStorage, registers.get('srr1'), this.#lpcr ?? 0n).address) return undefined;
    const status = read(vcpu, DSISR);
    if ((status & DAWR_MATCH) === 0n) return undefined;
    const address = read(vcpu, DAR);
    const isOurs = this.parts.pairs().some(pair => {
      const [low, high] = dawrRange(pair);
      return address < high && address + LARGEST_ACCESS > low;
    });
    if (!isOurs) return undefined;
    const isWrite = (status & STORE) !== 0n;
    const text = `trap word at the Data Storage vector, DAWR match of a ${isWrite ? 'store' : 'load'}`;
    return { address, isWrite, text };
  }

  settle(vcpu: Vcpu): void {
    if (this.isBorrowed && this.matchOf(vcpu, this.#registers.load(vcpu).get('pc')) !== undefined) this.takeBack(vcpu, []);
  }

  /** Bytes of the access that has matched last. No register tells; without the emulator's word it is a doubleword at most. */
  matchedBytes(vcpu: Vcpu): bigint {
    const page = vcpu.steptrapRun;
    return page.has_watchpoint === 1 && !this.parts.quirks.watchpointLosesInterruptState ? BigInt(page.watchpoint_bytes) : DOUBLEWORD_BYTES;
  }

  takeBack(vcpu: Vcpu, actions: StepAction[]): void {
    const registers = this.#registers.load(vcpu);
    const page = vcpu.steptrapRun;
    const set = (register: 'pc' | 'msr' | 'srr0' | 'srr1', after: bigint, why: string): void => {
      actions.push({ kind: 'writeRegister', register, before: registers.get(register), after, why });
      registers.set(register, after);
    };
    const [srr0, srr1] = [registers.get('srr0'), registers.get('srr1')];
    set('pc', srr0, 'SRR0 is the instruction that has not made its access yet');
    set('msr', srr1 & ~SRR1_STATUS, 'SRR1 without its status');
    if (page.has_watchpoint === 1 && !this.parts.quirks.watchpointLosesInterruptState) {
      set('srr0', page.watchpoint_srr0, 'as before the interrupt');
      set('srr1', page.watchpoint_srr1, 'as before the interrupt');
      for (const [register, id, after] of [
        ['dar', DAR, page.watchpoint_dar],
        ['dsisr', DSISR, page.watchpoint_dsisr],
      ] as const) {
        actions.push({ kind: 'writeRegister', register, before: read(vcpu, id), after, why: 'as before the interrupt' });
        vcpu.setOneRegValue(id, after);
      }
    }
    registers.store(vcpu);
  }
}
