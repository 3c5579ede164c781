// SPDX-License-Identifier: MIT
import { Emitter, failure, hex, type Result, success } from '../../base/index.js';
import { KVM_CAP, KVM_GUESTDBG, type Kvm, STEPTRAP_ACCESS, STEPTRAP_CAP_ENGINE, type Vcpu } from '../../kvm/index.js';
import type { AccessKind, DebugSlots, WatchRequest } from '../slots/debugSlots.js';
import type { Instructions } from '../stepping/instructions.js';
import type { TrapUse } from '../stepping/stepView.js';
import type { CodeMemory } from './codeMemory.js';
import { SoftwareBreakpoints } from './softwareBreakpoints.js';

/** No instruction writes more bytes (DC ZVA). */
const LARGEST_ACCESS = 64n;

/** In the key of a lift: watchpoint slots are out of force. */
const WATCHPOINTS = 'w';

/** A mechanism, once chosen. */
export type Mechanism = 'hardware' | 'software' | 'engine';

const ACCESS: Readonly<Record<AccessKind, number>> = {
  read: STEPTRAP_ACCESS.READ,
  write: STEPTRAP_ACCESS.WRITE,
  readWrite: STEPTRAP_ACCESS.READ | STEPTRAP_ACCESS.WRITE,
};

/** What is out of force while one vCPU steps over something. */
export interface Lift {
  readonly vcpu: Vcpu;
  readonly breakpoint: bigint | undefined;
  readonly watchpoints: boolean;
  /** The guest's own breakpoint registers: an external set is loaded in their place, even an empty one. */
  readonly guestSet?: boolean;
}

/** What KVM_SET_GUEST_DEBUG was last told about a vCPU. */
interface Applied {
  readonly version: number;
  readonly isStepping: boolean;
  readonly lift: string;
}

/**
 * All that can stop the guest, by mechanism, and its way into KVM: one set for all vCPUs (RV-03), handed over with KVM_SET_GUEST_DEBUG
 * and the engine's calls whenever it has changed since a vCPU last got it.
 */
export class StopMechanisms {
  readonly slots: DebugSlots;
  readonly software: SoftwareBreakpoints;
  /** Whether KVM_SET_GUEST_DEBUG is there at all (RV-02). */
  readonly hasGuestDebug: boolean;
  readonly hasEngine: boolean;
  /** Control words handed to KVM_SET_GUEST_DEBUG by vCPU, for views. */
  readonly controls = new Map<Vcpu, number>();
  /** A breakpoint or watchpoint register was taken or freed. */
  readonly didChangeSlots = new Emitter<void>();
  readonly #engine = new Map<bigint, number>();
  #usesTrapWord = false;
  readonly #engineWatches: WatchRequest[] = [];
  readonly #applied = new Map<Vcpu, Applied>();
  readonly #engineApplied = new Map<Vcpu, number>();
  readonly #watchesApplied = new Map<Vcpu, number>();
  /** struct kvm_guest_debug by control word and lift: of the sets' present version, because a step asks for the same two again and again. */
  readonly #structures = new Map<string, Uint8Array>();
  #structuresVersion = 0;
  #version = 1;
  #engineVersion = 1;
  /** The last answer of `sync` that had nothing to tell. */
  #unchanged: { readonly ok: true; readonly value: { readonly control: number; readonly isChanged: boolean } } = {
    ok: true,
    value: { control: 0, isChanged: false },
  };
  #watchVersion = 1;

  constructor(
    kvm: Pick<Kvm, 'checkExtension'>,
    slots: DebugSlots,
    private readonly instructions: Instructions,
    memories: (first?: Vcpu) => readonly CodeMemory[],
  ) {
    this.hasGuestDebug = kvm.checkExtension(KVM_CAP.SET_GUEST_DEBUG) > 0;
    this.hasEngine = kvm.checkExtension(STEPTRAP_CAP_ENGINE) > 0;
    this.slots = slots;
    this.software = new SoftwareBreakpoints(instructions, memories);
  }

  /** Whether steps put trap words into memory: then every vCPU must leave the guest at one (PPC-HV-09). */
  get usesTrapWord(): boolean {
    return this.#usesTrapWord;
  }
  set usesTrapWord(isUsed: boolean) {
    if (isUsed !== this.#usesTrapWord) this.#version++;
    this.#usesTrapWord = isUsed;
  }

  /** Grows with each change of any set. */
  get version(): number {
    return this.#version + this.#engineVersion + this.#watchVersion;
  }

  #slotsChanged(): void {
    this.#version++;
    this.didChangeSlots.fire();
  }

  /** `by`: whose code it is, if it is one vCPU's: others may have another word at this address. */
  insertBreakpoint(address: bigint, mechanism: Mechanism, by?: Vcpu): Result<undefined> {
    switch (mechanism) {
      case 'hardware': {
        if (!this.hasGuestDebug) return failure('ENOTSUP', 'This KVM has no guest debugging (KVM_CAP_SET_GUEST_DEBUG).');
        const outcome = this.slots.insertBreakpoint(address);
        if (outcome.ok) this.#slotsChanged();
        return outcome;
      }
      case 'software': {
        if (!this.hasGuestDebug) return failure('ENOTSUP', 'This KVM has no guest debugging (KVM_CAP_SET_GUEST_DEBUG).');
        const outcome = this.software.insert(address, by);
        if (outcome.ok) this.#version++;
        return outcome;
      }
      case 'engine':
        if (!this.hasEngine) return failure('ENOTSUP', 'This KVM has no engine breakpoints.');
        if (address % 4n !== 0n)
          return failure('EINVAL', `${hex(address)} is not the address of ${this.instructions.noun}: it is no multiple of 4.`);
        this.#engine.set(address, (this.#engine.get(address) ?? 0) + 1);
        this.#engineVersion++;
        return success(undefined);
    }
  }

  removeBreakpoint(address: bigint, mechanism: Mechanism): Result<undefined> {
    switch (mechanism) {
      case 'hardware': {
        const outcome = this.slots.removeBreakpoint(address);
        if (outcome.ok) this.#slotsChanged();
        return outcome;
      }
      case 'software':
        this.#version++;
        return this.software.remove(address);
      case 'engine': {
        const users = this.#engine.get(address);
        if (users === undefined) return failure('ENOENT', `There is no engine breakpoint at ${hex(address)}.`);
        if (users > 1) this.#engine.set(address, users - 1);
        else this.#engine.delete(address);
        this.#engineVersion++;
        return success(undefined);
      }
    }
  }

  insertWatchpoint(request: WatchRequest, mechanism: Mechanism): Result<undefined> {
    if (mechanism === 'software') return failure('ENOTSUP', 'There are no software data breakpoints; use hardware or engine.');
    if (mechanism === 'hardware') {
      if (!this.hasGuestDebug) return failure('ENOTSUP', 'This KVM has no guest debugging (KVM_CAP_SET_GUEST_DEBUG).');
      const outcome = this.slots.insertWatchpoint(request);
      if (outcome.ok) this.#slotsChanged();
      return outcome;
    }
    if (!this.hasEngine) return failure('ENOTSUP', 'This KVM has no engine watchpoints.');
    if (request.bytes < 1n || request.address + request.bytes > 1n << 64n)
      return failure('EINVAL', `${request.bytes} bytes at ${hex(request.address)} cannot be watched.`);
    this.#engineWatches.push(request);
    this.#watchVersion++;
    return success(undefined);
  }

  removeWatchpoint(request: WatchRequest, mechanism: Mechanism): Result<undefined> {
    if (mechanism === 'hardware') {
      const outcome = this.slots.removeWatchpoint(request);
      if (outcome.ok) this.#slotsChanged();
      return outcome;
    }
    const index = this.#engineWatches.findIndex(
      watch => watch.address === request.address && watch.bytes === request.bytes && watch.access === request.access,
    );
    if (index < 0) return failure('ENOENT', `There is no engine watchpoint on ${request.bytes} bytes at ${hex(request.address)}.`);
    this.#engineWatches.splice(index, 1);
    this.#watchVersion++;
    return success(undefined);
  }

  /** Takes everything away; `sync` then leaves KVM without a control word (API-31, ARM-HW-44). */
  removeAll(): Result<undefined> {
    this.slots.removeAll();
    this.didChangeSlots.fire();
    this.#engine.clear();
    this.#engineWatches.length = 0;
    this.#usesTrapWord = false;
    this.#version++;
    this.#engineVersion++;
    this.#watchVersion++;
    return this.software.removeAll();
  }

  /** By which mechanisms the guest stops before the instruction at `pc`. */
  mechanismsAt(pc: bigint): readonly Mechanism[] {
    const found: Mechanism[] = [];
    if (this.#engine.has(pc)) found.push('engine');
    if (this.slots.hasBreakpointAt(pc)) found.push('hardware');
    if (this.software.has(pc)) found.push('software');
    return found;
  }

  /** Whether a register or a trap stops the instruction at `pc`, so that passing it takes a step without them; an engine breakpoint is passed by a flag. */
  mustBeLiftedAt(pc: bigint): boolean {
    return this.slots.hasBreakpointAt(pc) || this.software.has(pc);
  }

  hasEngineBreakpointAt(pc: bigint): boolean {
    return this.#engine.has(pc);
  }

  /** The engine watches that `hits` of struct steptrap_run names: indices in the set that KVM has. */
  engineWatches(hits: readonly number[]): readonly WatchRequest[] {
    return hits.flatMap(index => this.#engineWatches[index] ?? []);
  }

  /** The watches for stores, beside `known`, that an instruction whose lowest watched byte is at `address` may write into as well. */
  writeWatchesNear(address: bigint, known: readonly WatchRequest[]): readonly WatchRequest[] {
    const key = (watch: WatchRequest): string => `${BigInt.asUintN(64, watch.address)} ${watch.bytes} ${watch.access}`;
    const start = BigInt.asUintN(64, address);
    const found = new Map<string, WatchRequest>();
    for (const watch of [...this.slots.watchRequests, ...this.#engineWatches]) {
      const low = BigInt.asUintN(64, watch.address);
      const isNear = low < start + LARGEST_ACCESS && low + watch.bytes > start;
      if (watch.access !== 'read' && isNear && !known.some(other => key(other) === key(watch))) found.set(key(watch), watch);
    }
    return [...found.values()];
  }

  /** The control word for a vCPU that does, or does not, single-step. */
  control(isStepping: boolean, lift?: Lift): number {
    const usesSoftware = this.#usesTrapWord || this.software.size > 0 || this.slots.userSwitch?.usesTrapWord === true;
    // USE_HW exactly while a slot is in use: without it the guest's own registers work (ARM-HW-45).
    const word =
      (isStepping ? KVM_GUESTDBG.SINGLESTEP : 0) |
      (usesSoftware ? KVM_GUESTDBG.USE_SW_BP : 0) |
      (this.slots.isInUse || lift?.guestSet ? KVM_GUESTDBG.USE_HW : 0);
    return word === 0 ? 0 : word | KVM_GUESTDBG.ENABLE;
  }

  /** Whether `sync` has something to tell KVM about `vcpu`: then it must be outside of KVM_RUN. */
  isStale(vcpu: Vcpu, isStepping: boolean, lift?: Lift): boolean {
    const { userSwitch } = this.slots;
    if (userSwitch?.isStale(vcpu) === true) return true;
    return !this.#isApplied(vcpu, isStepping, this.#liftKey(vcpu, lift)) || !this.#isEngineApplied(vcpu);
  }

  #isEngineApplied(vcpu: Vcpu): boolean {
    return this.#engineApplied.get(vcpu) === this.#engineVersion && this.#watchesApplied.get(vcpu) === this.#watchVersion;
  }

  #isApplied(vcpu: Vcpu, isStepping: boolean, lift: string): boolean {
    const applied = this.#applied.get(vcpu);
    return applied !== undefined && applied.version === this.#version && applied.isStepping === isStepping && applied.lift === lift;
  }

  /** What of `lift` KVM sees: only slots of the breakpoint's address make a difference. */
  #liftKey(vcpu: Vcpu, lift: Lift | undefined): string {
    if (lift?.vcpu !== vcpu) return '';
    // Most steps lift nothing.
    if (lift.breakpoint === undefined && !lift.guestSet && this.slots.watchpointsInUse === 0) return '';
    const slot = lift.breakpoint === undefined ? undefined : this.slots.slotOfBreakpoint(lift.breakpoint);
    const watches = this.slots.watchpointsInUse > 0 && this.#liftsWatchpoints(vcpu, lift) ? WATCHPOINTS : '';
    return `${slot ?? ''}${watches}${lift.guestSet ? 'g' : ''}`;
  }

  #liftsWatchpoints(vcpu: Vcpu, { watchpoints, breakpoint }: Lift): boolean {
    return watchpoints || (breakpoint !== undefined && this.slots.userSwitch?.isQuietAt(vcpu, breakpoint) === true);
  }

  /** Nothing that a slot needs stays in the memory of a guest that stands still. */
  rest(): void {
    this.slots.userSwitch?.rest();
  }

  /** The trap words of breakpoints and slots; `breakpointsAt`: the user's at an address. */
  trapUses(vcpu: Vcpu, breakpointsAt: (address: bigint) => readonly number[]): readonly TrapUse[] {
    const software = this.software.addresses.map(address => {
      const breakpoints = breakpointsAt(address);
      const purpose = breakpoints.length > 0 ? 'a breakpoint' : "a stop of the debugger's own";
      return { address, real: undefined, purpose, breakpoints, isInMemory: true };
    });
    return [...software, ...(this.slots.userSwitch?.traps(vcpu) ?? [])];
  }

  /** Hands the present sets to KVM for `vcpu`. Nothing is called that would not change anything. */
  sync(vcpu: Vcpu, isStepping: boolean, lift?: Lift): Result<{ readonly control: number; readonly isChanged: boolean }> {
    const control = this.control(isStepping, lift?.vcpu === vcpu ? lift : undefined);
    const key = this.#liftKey(vcpu, lift);
    const isApplied = this.#isApplied(vcpu, isStepping, key);
    const isFirst = !isApplied && !this.#applied.has(vcpu);
    const isChanged = !isApplied && !(isFirst && control === 0);
    if (isChanged) {
      const outcome = vcpu.result(vcpu.setGuestDebug(this.#guestDebug(vcpu, control, lift, key)));
      if (!outcome.ok) return outcome;
      this.controls.set(vcpu, control);
    }
    if (!isApplied) this.#applied.set(vcpu, { version: this.#version, isStepping, lift: key });
    const entered = this.slots.userSwitch?.enter(vcpu, key.includes(WATCHPOINTS));
    if (entered && !entered.ok) return entered;
    const engine = this.#isEngineApplied(vcpu) ? undefined : this.#syncEngine(vcpu);
    if (engine && !engine.ok) return engine;
    if (isChanged) return success({ control, isChanged });
    if (this.#unchanged.value.control !== control) this.#unchanged = { ok: true, value: { control, isChanged } };
    return this.#unchanged;
  }

  /** Each of the two sets that has changed; an empty one that KVM has never had is not told. */
  #syncEngine(vcpu: Vcpu): Result<unknown> {
    if (this.#engineApplied.get(vcpu) !== this.#engineVersion) {
      const isNews = this.#engineApplied.has(vcpu) || this.#engine.size > 0;
      this.#engineApplied.set(vcpu, this.#engineVersion);
      const outcome = isNews && this.hasEngine ? vcpu.result(vcpu.setEngineBreakpoints([...this.#engine.keys()])) : undefined;
      if (outcome && !outcome.ok) return outcome;
    }
    if (this.#watchesApplied.get(vcpu) !== this.#watchVersion) {
      const isNews = this.#watchesApplied.has(vcpu) || this.#engineWatches.length > 0;
      this.#watchesApplied.set(vcpu, this.#watchVersion);
      const watches = this.#engineWatches.map(({ address, bytes, access }) => ({ address, bytes: Number(bytes), access: ACCESS[access] }));
      const outcome = isNews && this.hasEngine ? vcpu.result(vcpu.setEngineWatchpoints(watches)) : undefined;
      if (outcome && !outcome.ok) return outcome;
    }
    return success(undefined);
  }

  #guestDebug(vcpu: Vcpu, control: number, lift: Lift | undefined, key: string): Uint8Array {
    if (this.#structuresVersion !== this.#version) {
      this.#structures.clear();
      this.#structuresVersion = this.#version;
    }
    const name = `${control} ${key}`;
    let bytes = this.#structures.get(name);
    if (bytes === undefined) {
      bytes = this.slots.guestDebug(control, lift?.vcpu === vcpu ? { breakpoint: lift.breakpoint, watchpoints: lift.watchpoints } : {});
      this.#structures.set(name, bytes);
    }
    return bytes;
  }
}

const NAMES_OF_CONTROLS = new Map<number, readonly string[]>();

/** The names of the bits of a KVM_SET_GUEST_DEBUG control word. There are few such words: the names are remembered. */
export function controlNames(control: number): readonly string[] {
  const known = NAMES_OF_CONTROLS.get(control);
  if (known !== undefined) return known;
  const bits = Object.entries(KVM_GUESTDBG).filter(([, bit]) => (control & bit) !== 0);
  const names = bits.map(([name]) => `KVM_GUESTDBG_${name}`);
  NAMES_OF_CONTROLS.set(control, names);
  return names;
}
