// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success } from '../../../base/index.js';
import { MSR_BIT, realModeAddress } from '../../../cpu/index.js';
import type { Vcpu } from '../../../kvm/index.js';
import type { DebugQuirks } from '../../execution/debugQuirks.js';
import type { StepAction } from '../../stepping/stepAction.js';
import type { StepMemory } from '../../stepping/stepMethod.js';
import { GeneralRegisters } from '../registers/generalRegisters.js';
import type { InternalTraps, TrapPlace } from './internalTraps.js';
import { PlacedTrap } from './placedTrap.js';
import type { StepSite } from './stepSite.js';
import type { Arming } from './stepSites.js';
import type { VectorList } from './vectorSites.js';

// Where the traps of a step lie in real memory, and the table of them all.

const { IR, DR } = MSR_BIT;
const TRANSLATION = IR | DR;
/** The first four bits of where Linux maps all memory, in order: without them an address is the real one. */
const LINEAR_MAP = 0xcn;

function hasPlace(traps: readonly PlacedTrap[], place: TrapPlace | undefined): boolean {
  for (const trap of traps) if (trap.place === place) return true;
  return false;
}

const isSame = (a: StepSite, b: StepSite): boolean =>
  a === b || (a.role === b.role && a.address === b.address && a.msr === b.msr && a.vector === b.vector && a.siteUnder === b.siteUnder);

/** Writes traps of steps and takes them away again, with the records of both. */
export class TrapPlacement {
  readonly #registers = new GeneralRegisters();
  /** The traps of sites whose address is the same in each context. */
  #placed = new WeakMap<StepSite, PlacedTrap>();
  /** The last trap of another site at each place: an instruction that is stepped again has the same successors. */
  #passing = new Map<TrapPlace, PlacedTrap>();
  #lists = new WeakMap<VectorList, readonly PlacedTrap[]>();
  #generation = 0;

  constructor(
    readonly table: InternalTraps,
    private readonly memory: StepMemory,
    private readonly quirks: DebugQuirks,
    private readonly warn: (line: string) => void,
  ) {}

  /** Where a site lies: by rule, whatever the context of `vcpu` is now (PPC-HV-35). `now`: its MSR. */
  realOf(vcpu: Vcpu, { address, msr }: Pick<StepSite, 'address' | 'msr'>, now: bigint): bigint | undefined {
    // The posted series read and wrote memory as the vCPU does, whose translation need not be the handler's.
    if (this.quirks.trapThroughCurrentContext && (now & TRANSLATION) !== 0n) return this.memory.translate(vcpu, address);
    if ((msr & IR) === 0n) return realModeAddress(address);
    if ((now & IR) !== 0n) return this.memory.translate(vcpu, address);
    return this.#translateUnder(vcpu, address, msr) ?? (address >> 60n === LINEAR_MAP ? realModeAddress(address) : undefined);
  }

  /** The word there; `undefined`: that is no RAM. */
  placeOf(vcpu: Vcpu, site: Pick<StepSite, 'address' | 'msr'>, now: bigint): TrapPlace | undefined {
    const real = this.realOf(vcpu, site, now);
    return real === undefined ? undefined : this.table.placeAt(real);
  }

  /** Forgets traps whose places the table has forgotten. */
  #keepUp(): void {
    const { generation } = this.table;
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#placed = new WeakMap();
    this.#passing.clear();
    this.#lists = new WeakMap();
  }

  /** Whether the real address of a site depends on nothing but the site. */
  #isFixed({ msr, vector }: StepSite): boolean {
    return vector !== undefined && (msr & IR) === 0n && !this.quirks.trapThroughCurrentContext;
  }

  /** Where a load or store of `vcpu` gets to. `now`: its MSR. */
  realOfData(vcpu: Vcpu, address: bigint, msr: bigint, now: bigint): bigint | undefined {
    if ((msr & DR) === 0n) return realModeAddress(address);
    return (now & DR) === 0n ? this.#translateUnder(vcpu, address, msr) : this.memory.translate(vcpu, address);
  }

  /** Translation is on there and is not on now: the vCPU, which stands still, is asked with the other MSR. */
  #translateUnder(vcpu: Vcpu, address: bigint, msr: bigint): bigint | undefined {
    const registers = this.#registers.load(vcpu);
    const now = registers.msr;
    registers.set('msr', msr);
    registers.store(vcpu);
    const real = this.memory.translate(vcpu, address);
    registers.set('msr', now);
    registers.store(vcpu);
    return real;
  }

  /**
   * Traps at all of `vectors` and `sites`. What only may come instead is left out where it cannot have one; where the step itself is to end there must be one,
   * unless nothing is mapped where the instruction goes on: the fetch there faults, which is a site of its own.
   * `here`: the instruction itself, which gets none: one that goes on at itself ends its step at another site, or never.
   */
  placeAll(
    vcpu: Vcpu,
    { vectors, sites }: Pick<Arming, 'vectors' | 'sites'>,
    { msr, here }: { readonly msr: bigint; readonly here: TrapPlace | undefined },
    actions: StepAction[],
  ): Result<readonly PlacedTrap[]> {
    const list = this.#listOf(vectors);
    const isAsEver = list !== undefined && !hasPlace(list, here);
    if (isAsEver) for (const trap of list) this.#place(trap, actions);
    if (isAsEver && sites.length === 0) return success(list);
    const placed: PlacedTrap[] = isAsEver ? list.slice() : [];
    for (const site of isAsEver ? sites : [...vectors.sites, ...sites]) {
      const trap = this.#trapAt(vcpu, site, msr);
      if (trap !== undefined) {
        if (trap.place.real === here?.real) continue;
        this.#place(trap, actions);
        placed.push(trap);
      } else if (site.role !== 'interrupt') {
        const real = this.realOf(vcpu, site, msr);
        if (site.role === 'successor' && real === undefined) continue;
        this.releaseAll(placed, actions);
        const why = real === undefined ? 'the debugger cannot translate' : 'there is no memory for a trap at';
        return failure('EFAULT', `The step cannot be made: ${why} ${hex(site.address)}, where the guest goes on.`);
      }
    }
    return success(placed);
  }

  /** The traps of a list once each of its sites has one. */
  #listOf(vectors: VectorList): readonly PlacedTrap[] | undefined {
    this.#keepUp();
    const known = this.#lists.get(vectors);
    if (known !== undefined) return known;
    const list = vectors.sites.flatMap(site => this.#placed.get(site) ?? []);
    if (list.length < vectors.sites.length) return undefined;
    this.#lists.set(vectors, list);
    return list;
  }

  /** The trap of a site as `vcpu` has it with the MSR `now`; `undefined`: that is no RAM. */
  #trapAt(vcpu: Vcpu, site: StepSite, now: bigint): PlacedTrap | undefined {
    this.#keepUp();
    const isFixed = this.#isFixed(site);
    const fixed = isFixed ? this.#placed.get(site) : undefined;
    if (fixed !== undefined) return fixed;
    const place = this.placeOf(vcpu, site, now);
    if (place === undefined) return undefined;
    const known = isFixed ? undefined : this.#passing.get(place);
    if (known !== undefined && isSame(known.site, site)) return known;
    const trap = new PlacedTrap(site, place);
    if (isFixed) this.#placed.set(site, trap);
    else this.#passing.set(place, trap);
    return trap;
  }

  #place(trap: PlacedTrap, actions: StepAction[]): void {
    const isNew = trap.place.users === 0;
    this.table.use(trap.place);
    if (isNew) actions.push(trap.placing(this.table.trapWord));
  }

  /** Gives the traps back. One that the guest has written over is told of and forgotten (PPC-HV-38). */
  releaseAll(traps: readonly PlacedTrap[], actions: StepAction[]): void {
    for (const trap of traps) {
      const release = this.table.giveBack(trap.place);
      if (release === 'overwritten')
        this.warn(`The guest has written other code over the trap of a step at ${hex(trap.site.address)}; it stays.`);
      if (release === 'removed') actions.push(trap.removing(this.table.trapWord));
    }
  }

  /** Another step's trap at the instruction itself: out of memory while it runs. */
  lift(real: bigint | undefined): void {
    if (real !== undefined) this.table.lift(real);
  }

  putBack(real: bigint | undefined): void {
    if (real !== undefined) this.table.putBack(real);
  }
}
