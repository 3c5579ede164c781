// SPDX-License-Identifier: MIT
import type { Decoder } from '../../decode/decisionTree.js';
import type { InstructionRow } from '../../decode/row.js';
import type { EngineStops } from '../../engine/engineStopExits.js';
import { EngineMemory } from '../../reference/engineMemory.js';
import { executeReference, type ReferenceMemory } from '../../reference/referencePrinter.js';
import { encode, maskOf } from '../../registers/describeRegister.js';
import { type DecodedAccess, decodeAccess } from '../../state/accessWord.js';
import { executeMultipleOrString } from '../common/multipleAndString.js';
import type { PowerCore } from './core.js';
import type { ComparedAccess } from './debug/watchUnit.js';
import { INTERRUPT } from './exceptions/interruptVectors.js';
import type { PowerGuestExit } from './guestExit.js';
import { POWER_MODE_NAMES, POWER_MODES } from './instructionSet.js';
import { DSISR } from './registers/controlRegisters.js';
import { SRR1_ISI } from './registers/machineState.js';
import type { PartitionScopedPage } from './translation/partitionScope.js';
import type { AccessKind, StorageFault } from './translation/processScope.js';
import { translate } from './translation/translate.js';

const PAGE_BYTES = 4096;
const PAGE = BigInt(PAGE_BYTES);
const STORE = maskOf(DSISR, 'STORE');
const DAWR_MATCH = encode(DSISR, { DAWR: 1 });
const NO_TRANSLATION = encode(DSISR, { NO_TRANSLATION: 1 });
const PROTECTION = encode(DSISR, { PROTECTION: 1 });
/** DSISR of a storage interrupt and SRR1 have these in the same places; NO_EXECUTE is for fetches only. */
const FETCH_STATUS = encode(SRR1_ISI, {
  NO_TRANSLATION: 1,
  NO_EXECUTE: 1,
  PROTECTION: 1,
  KEY: 1,
  CONFIGURATION: 1,
  REFERENCE: 1,
  TABLE: 1,
});
const ILLEGAL_FORM_FIELDS = { shift: 16, mask: 0x3ff } as const;

/** What to do about the engine's stops for memory: fills translations, takes storage interrupts, and tells watched accesses from passers-by. */
export class PowerMemoryStops {
  constructor(
    private readonly core: PowerCore,
    private readonly decoders: readonly Decoder[],
    private readonly engineStops: EngineStops<ComparedAccess>,
    /** Runs the instruction at pc once without traps, going on with whatever stops it. */
    private readonly runUntrapped: () => PowerGuestExit | undefined,
  ) {}

  #kind(kind: AccessKind['kind'], records = true): AccessKind {
    return { kind, isProblemState: this.core.isProblemState, records };
  }

  /** The row of `word` in the current mode. */
  rowOf(word: number) {
    return this.decoders[this.core.mode]?.(word);
  }

  /** The instruction word at pc, in register order, unsigned; 0 if there is none. No side effect. */
  wordAtPc(): number {
    const { core } = this;
    core.engine.selectMode(core.mode);
    const fetched = core.engine.wordAtPc;
    if (fetched !== undefined) return fetched;
    const { pc } = core.registers;
    const translated = translate(core, pc, this.#kind('fetch', false));
    const page = translated.kind === 'real' ? core.partitionScope.translate(translated.address) : undefined;
    if (page === undefined) return 0;
    const { memory } = core.engine;
    const place = page.hostOffset + Number(pc % PAGE);
    const byte = (n: number): number => memory[place + n] ?? 0;
    return this.#endianness === 'little'
      ? (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0
      : ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0;
  }

  get #mode() {
    return POWER_MODES[POWER_MODE_NAMES[this.core.mode] ?? 'ppc64'];
  }

  get #endianness() {
    return this.#mode.endianness;
  }

  /** STOP.FETCH: fills the translation, or takes the interrupt that fetching makes. */
  fetch(): PowerGuestExit | undefined {
    const { core } = this;
    const { pc } = core.registers;
    const translated = translate(core, pc, this.#kind('fetch'));
    if (translated.kind === 'segment') return core.interrupt(INTERRUPT.instructionSegment);
    if (translated.kind === 'storage') return core.interrupt(INTERRUPT.instructionStorage, { status: translated.status & FETCH_STATUS });
    const page = core.partitionScope.translate(translated.address);
    if (page === undefined) return core.exit(INTERRUPT.hypervisorInstructionStorage, NO_TRANSLATION, pc, 0n, translated.address);
    core.engine.fillFetch(pc, page.hostOffset, core.watch.trapsIn(pc));
    return undefined;
  }

  /** STOP.MEMORY. */
  access(): PowerGuestExit | undefined {
    const { core } = this;
    const { registers, engine } = core;
    const ea = engine.faultAddress;
    const access = decodeAccess(engine.faultAccess);
    if (ea % BigInt(access.alignment) !== 0n) return this.alignment(ea);
    const compared = { address: ea, access };
    const exit = this.#compare(compared);
    if (exit !== 'go on') return exit;
    if (Number(ea % PAGE) + access.bytes > PAGE_BYTES) return this.#acrossPages(registers.pc);

    const found = this.#find(ea, access);
    if (found.kind !== 'page') return found.take();
    const direction = access.direction === 'load' ? 'load' : 'store';
    const hull = core.watch.hullIn(ea, direction);
    const offset = Number(ea % PAGE);
    if (hull === undefined || offset >= hull[1] || offset + access.bytes <= hull[0]) {
      this.#fill(access, ea, found.page, hull);
      return undefined;
    }
    // An access inside the hull that nothing matches. The elements of a pair follow upwards, so those behind it stay watched.
    this.#fill(access, ea, found.page, offset + access.bytes < hull[1] ? [offset + access.bytes, hull[1]] : undefined);
    const outcome = this.runUntrapped();
    this.#fill(access, ea, found.page, hull);
    return outcome;
  }

  /** Private watchpoints, then DAWR. */
  #compare(compared: ComparedAccess): PowerGuestExit | undefined | 'go on' {
    const { core } = this;
    const exit = this.engineStops.atAccess(compared);
    if (exit !== undefined) return exit;
    if (!core.watch.matchesDAWR(compared, core.registers.msr)) return 'go on';
    const status = DAWR_MATCH | (compared.access.direction === 'load' ? 0n : STORE);
    return core.watchpoint(compared.address, compared.access.bytes, status);
  }

  /** The page for an access, or how its fault is taken. */
  #find(
    ea: bigint,
    { direction }: Pick<DecodedAccess, 'direction'>,
  ): { readonly kind: 'page'; readonly page: PartitionScopedPage } | { readonly kind: 'fault'; take(): PowerGuestExit | undefined } {
    const { core } = this;
    const kind = direction === 'load' ? 'load' : 'store';
    const store = direction === 'load' ? 0n : STORE;
    const translated = translate(core, ea, this.#kind(kind));
    if (translated.kind !== 'real') return { kind: 'fault', take: () => this.#fault(ea, translated, store) };
    const page = core.partitionScope.translate(translated.address);
    if (page !== undefined && (direction === 'load' || page.writable)) return { kind: 'page', page };
    const status = (page === undefined ? NO_TRANSLATION : PROTECTION) | store;
    return { kind: 'fault', take: () => core.exit(INTERRUPT.hypervisorDataStorage, 0n, ea, status, translated.address) };
  }

  #fault(ea: bigint, fault: StorageFault, store: bigint): PowerGuestExit | undefined {
    if (fault.kind === 'segment') return this.core.interrupt(INTERRUPT.dataSegment, { address: ea });
    return this.core.interrupt(INTERRUPT.dataStorage, { address: ea, DSISR: fault.status | store });
  }

  /** An Alignment interrupt. What DSISR holds is left to the implementation. Choice: the fields RT and RA of the instruction, as QEMU has it. */
  alignment(ea: bigint): PowerGuestExit | undefined {
    const fields = (this.core.wordAtPc() >>> ILLEGAL_FORM_FIELDS.shift) & ILLEGAL_FORM_FIELDS.mask;
    return this.core.interrupt(INTERRUPT.alignment, { address: ea, DSISR: BigInt(fields) });
  }

  #fill(access: DecodedAccess, ea: bigint, { hostOffset }: PartitionScopedPage, hull: readonly [number, number] | undefined): void {
    if (access.direction === 'load') this.core.engine.fillRead(ea, hostOffset, hull);
    else this.core.engine.fillWrite(ea, hostOffset, hull);
  }

  /** Memory as an instruction meets it that the engine cannot run by itself. What has faulted last is told by `address`. */
  #memory(): EngineMemory {
    const translateByte = (ea: bigint, access: number): number | undefined => {
      const found = this.#find(ea, decodeAccess(access));
      return found.kind === 'page' ? found.page.hostOffset + Number(ea % PAGE) : undefined;
    };
    return new EngineMemory(this.core.engine, translateByte, this.#endianness);
  }

  /** An instruction with an access that crosses a page. */
  #acrossPages(pc: bigint): PowerGuestExit | undefined {
    const { core } = this;
    const word = core.wordAtPc();
    const row = this.rowOf(word);
    if (row === undefined) return core.illegal();
    const outcome = executeReference(row, word, pc, core.engine.state, this.#memory());
    switch (outcome.kind) {
      case 'memory fault':
        return this.#takeFault(outcome.address, outcome.access);
      case 'branch':
      case 'next':
        return core.complete();
      case 'leave':
        return core.illegal();
    }
  }

  /** The routine `multiple or string`. */
  multipleOrString(): PowerGuestExit | undefined {
    const { core } = this;
    const outcome = executeMultipleOrString(core.wordAtPc(), core.engine.state, this.#watched(), this.#mode);
    switch (outcome.kind) {
      case 'next':
        return core.complete();
      case 'illegal':
        return core.illegal();
      case 'alignment':
        return this.alignment(outcome.address);
      case 'memory fault':
        return this.#takeFault(outcome.address, outcome.access);
    }
  }

  /** The same memory with watched bytes as faults. */
  #watched(): ReferenceMemory {
    const memory = this.#memory();
    return {
      faultOf: (address, bytes, access) => {
        const compared = { address, access: { ...decodeAccess(access), bytes } };
        const isWatched =
          this.core.watch.matchesDAWR(compared, this.core.registers.msr) || this.core.watch.matchEngineWatchpoints(compared) !== undefined;
        return isWatched ? address : memory.faultOf(address, bytes, access);
      },
      read: (address, bytes) => memory.read(address, bytes),
      write: (address, bytes, value) => memory.write(address, bytes, value),
    };
  }

  #takeFault(ea: bigint, word: number): PowerGuestExit | undefined {
    const access = decodeAccess(word);
    if (ea % BigInt(access.alignment) !== 0n) return this.alignment(ea);
    const exit = this.#compare({ address: ea, access });
    if (exit !== 'go on') return exit;
    const found = this.#find(ea, access);
    return found.kind === 'page' ? undefined : found.take();
  }

  /** The first access of the instruction `word` of `row` at pc; `undefined`: it makes none. The state is left as it is. */
  operandOf(row: InstructionRow, word: number): { readonly address: bigint; readonly access: DecodedAccess } | undefined {
    const { core } = this;
    const memory: ReferenceMemory = { faultOf: address => address, read: () => 0n, write: () => undefined };
    const state = { read: core.engine.state.read, write: () => undefined };
    const outcome = executeReference(row, word, core.registers.pc, state, memory);
    if (outcome.kind === 'memory fault') return { address: outcome.address, access: decodeAccess(outcome.access) };
    if (outcome.kind !== 'leave' || outcome.routine !== 'multiple or string') return undefined;
    const several = executeMultipleOrString(word, state, memory, this.#mode);
    return several.kind === 'memory fault' ? { address: several.address, access: decodeAccess(several.access) } : undefined;
  }
}
