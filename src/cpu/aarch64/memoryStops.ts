// SPDX-License-Identifier: MIT

import type { Decoder } from '../decode/decisionTree.js';
import { fieldsOf } from '../decode/row.js';
import type { EngineStops } from '../engine/engineStopExits.js';
import { mask32 } from '../registers/describeRegister.js';
import { type DecodedAccess, decodeAccess } from '../state/accessWord.js';
import type { Core } from './core.js';
import { debugExceptionsEnabled, monitorDebugEnabled } from './debug/debugExceptions.js';
import type { ComparedAccess } from './debug/debugUnit.js';
import { breakpointSyndrome, dataAbortSyndrome, instructionAbortSyndrome, syndrome, watchpointSyndrome } from './exceptions/syndromes.js';
import type { GuestExit } from './guestExit.js';
import { EXCEPTION_CLASS, FAULT_STATUS, SCTLR_EL1 } from './registers/controlRegisters.js';
import { translateStage1Off } from './translation/stage1Off.js';
import type { Stage2Page } from './translation/stage2.js';

const PAGE_BYTES = 4096;
const PAGE = BigInt(PAGE_BYTES);
const ALIGNMENT_CHECK = mask32(SCTLR_EL1, 'A');
const WATCHPOINT_SYNDROMES = [0, 1].map(WnR => [watchpointSyndrome(false, WnR), watchpointSyndrome(true, WnR)] as const);
const BREAKPOINT_SYNDROMES = [breakpointSyndrome(false), breakpointSyndrome(true)] as const;
const PC_ALIGNMENT_SYNDROME = syndrome(EXCEPTION_CLASS.PCAlignment, 0);

/** What to do about the engine's stops for memory: fills translations, takes aborts, and tells breakpoints and watchpoints from passers-by. */
export class MemoryStops {
  constructor(
    private readonly core: Core,
    private readonly decode: Decoder,
    private readonly engineStops: EngineStops<ComparedAccess>,
    /** Runs the instruction at pc once without traps, going on with whatever stops it. */
    private readonly runUntrapped: () => GuestExit | undefined,
  ) {}

  /** The instruction word at pc; 0 if there is none. */
  wordAtPc(): number {
    const { core } = this;
    const { pc } = core.registers;
    const ipa = translateStage1Off(core, pc);
    const page = ipa === undefined ? undefined : core.stage2.translate(ipa);
    if (page === undefined) return 0;
    const memory = core.engine.memory;
    const place = page.hostOffset + Number(pc % PAGE);
    // A64 instructions are little-endian always.
    return new DataView(memory.buffer, memory.byteOffset + place, 4).getUint32(0, true);
  }

  /** STOP.FETCH: fills the translation, or takes the exception that fetching makes. */
  fetch(): GuestExit | undefined {
    const { core } = this;
    const { pc, isEL0 } = core.registers;
    if ((pc & 0b11n) !== 0n) return core.takeSynchronous(PC_ALIGNMENT_SYNDROME, pc);
    const ipa = translateStage1Off(core, pc);
    if (ipa === undefined) return core.takeSynchronous(instructionAbortSyndrome(!isEL0, FAULT_STATUS.addressSizeLevel0), pc);
    const page = core.stage2.translate(ipa);
    if (page === undefined) return core.takeToEL2(instructionAbortSyndrome(false, FAULT_STATUS.translationLevel3), pc, ipa);
    core.engine.fillFetch(pc, page.hostOffset, core.debug.trapsIn(pc));
    return undefined;
  }

  /** Whether fetching from pc would take an exception: for what ranks behind it. */
  get canFetch(): boolean {
    const { core } = this;
    const { pc } = core.registers;
    const ipa = (pc & 0b11n) !== 0n ? undefined : translateStage1Off(core, pc);
    return ipa !== undefined && core.stage2.translate(ipa) !== undefined;
  }

  /** Whether the instruction at pc has an enabled breakpoint that matches. */
  get isAtBreakpoint(): boolean {
    const { core } = this;
    const { registers } = core;
    return monitorDebugEnabled(registers) && debugExceptionsEnabled(registers, core) && core.debug.matchesBreakpoint(registers.pc);
  }

  takeBreakpoint(): GuestExit | undefined {
    return this.core.takeDebugException(BREAKPOINT_SYNDROMES[0], BREAKPOINT_SYNDROMES[1]);
  }

  /** STOP.TRAP: the trap belongs to a physical address; whether anything matches is decided here. */
  trap(): GuestExit | undefined {
    const exit = this.engineStops.atBreakpoint();
    if (exit !== undefined) return exit;
    return this.isAtBreakpoint ? this.takeBreakpoint() : this.runUntrapped();
  }

  /** STOP.MEMORY. */
  access(): GuestExit | undefined {
    const { core } = this;
    const { registers, engine } = core;
    const va = engine.faultAddress;
    const access = decodeAccess(engine.faultAccess);
    const writes = access.direction !== 'load';
    const isMisaligned = va % BigInt(access.alignment) !== 0n;
    const takeAbort = (status: number): GuestExit | undefined =>
      core.takeSynchronous(dataAbortSyndrome(!registers.isEL0, status, writes ? 1 : 0), va);
    if (isMisaligned && (access.isAlignmentFixed || core.sctlrHas(ALIGNMENT_CHECK))) return takeAbort(FAULT_STATUS.alignment);
    const ipa = translateStage1Off(core, va);
    if (ipa === undefined) return takeAbort(FAULT_STATUS.addressSizeLevel0);
    // Device memory: the alignment that the access wants is demanded.
    if (isMisaligned) return takeAbort(FAULT_STATUS.alignment);

    const compared = { address: va, access, isPrivileged: !registers.isEL0 && !access.isUnprivileged };
    const exit = this.engineStops.atAccess(compared);
    if (exit !== undefined) return exit;
    const page = core.stage2.translate(ipa);
    if (page === undefined) return this.#takeStage2Abort(FAULT_STATUS.translationLevel3, writes, va, ipa);
    if (writes && !page.writable) return this.#takeStage2Abort(FAULT_STATUS.permissionLevel3, writes, va, ipa);

    const hull = core.debug.hullIn(va, writes ? 'store' : 'load');
    const offset = Number(va % PAGE);
    if (hull === undefined || offset >= hull[1] || offset + access.bytes <= hull[0]) {
      this.#fill(access, va, page, hull);
      return undefined;
    }
    const match =
      monitorDebugEnabled(registers) && debugExceptionsEnabled(registers, core) ? core.debug.matchWatchpoint(compared) : undefined;
    if (match !== undefined) {
      const [fromLower, fromSame] = WATCHPOINT_SYNDROMES[match.WnR] ?? BREAKPOINT_SYNDROMES;
      return core.takeDebugException(fromLower, fromSame, match.address);
    }
    return this.#performUnwatched(access, va, page, hull);
  }

  /** An access inside the hull that no watchpoint matches. The elements of a pair follow upwards, so those behind it stay watched. */
  #performUnwatched(access: DecodedAccess, va: bigint, page: Stage2Page, hull: readonly [number, number]): GuestExit | undefined {
    const end = Number(va % PAGE) + access.bytes;
    this.#fill(access, va, page, end < hull[1] ? [end, hull[1]] : undefined);
    const exit = this.runUntrapped();
    this.#fill(access, va, page, hull);
    return exit;
  }

  #fill(access: DecodedAccess, va: bigint, { hostOffset }: Stage2Page, hull: readonly [number, number] | undefined): void {
    if (access.direction === 'load') this.core.engine.fillRead(va, hostOffset, hull);
    else this.core.engine.fillWrite(va, hostOffset, hull);
  }

  #takeStage2Abort(status: number, writes: boolean, va: bigint, ipa: bigint): GuestExit {
    const word = this.wordAtPc();
    const row = this.decode(word);
    const instructionSyndrome = row === undefined ? 0 : row.syndrome(fieldsOf(row.encoding, word));
    return this.core.takeToEL2(dataAbortSyndrome(false, status, writes ? 1 : 0, instructionSyndrome), va, ipa);
  }
}
