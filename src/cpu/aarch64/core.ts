// SPDX-License-Identifier: MIT
import type { Engine } from '../engine/engine.js';
import type { UnimplementedExit } from '../engine/exits.js';
import { mask32, maskOf } from '../registers/describeRegister.js';
import type { CpuModel } from './cpuModels.js';
import { routesDebugToEL2, stepIsActive } from './debug/debugExceptions.js';
import { DebugUnit } from './debug/debugUnit.js';
import type { EngineShare } from './engineShare.js';
import { SERROR_SYNDROME, UNDEFINED_SYNDROME } from './exceptions/syndromes.js';
import type { ExceptionExit, GuestExit } from './guestExit.js';
import { CPACR_EL1, HCR_EL2, SCTLR_EL1, SPSR_EL1 } from './registers/controlRegisters.js';
import { RegisterFile } from './registers/registerFile.js';
import { SYSTEM_REGISTERS, systemSlot } from './registers/systemRegisters.js';
import type { Stage2 } from './translation/stage2.js';

const MODE = mask32(SPSR_EL1, 'M');
const [D, A, I, F] = [mask32(SPSR_EL1, 'D'), mask32(SPSR_EL1, 'A'), mask32(SPSR_EL1, 'I'), mask32(SPSR_EL1, 'F')];
const PAN = mask32(SPSR_EL1, 'PAN');
const VSE = maskOf(HCR_EL2, 'VSE');
const EL1h = 0b0101;
const MMU = mask32(SCTLR_EL1, 'M');
const FPEN = mask32(CPACR_EL1, 'FPEN');
const FPEN_NOT_TRAPPED = 0b11;
const FPEN_TRAP_EL0 = 0b01;
const FPEN_UNIT = FPEN / FPEN_NOT_TRAPPED;

/** Arm DDI 0487, Exception vectors: offsets from VBAR_EL1. */
export const VECTOR = { synchronous: 0x000, IRQ: 0x080, FIQ: 0x100, SError: 0x180 } as const;
const FROM_EL1_SPX = 0x200n;
const FROM_EL0 = 0x400n;

const [VBAR, ELR, SPSR, ESR, FAR] = [
  systemSlot('VBAR_EL1'),
  systemSlot('ELR_EL1'),
  systemSlot('SPSR_EL1'),
  systemSlot('ESR_EL1'),
  systemSlot('FAR_EL1'),
];
const SCTLR = systemSlot('SCTLR_EL1');
const CPACR = systemSlot('CPACR_EL1');

/** What has been stepped since the step became active: index into the step syndromes. */
export const STEPPED = { nothing: 0, instruction: 1, loadExclusive: 2 } as const;

/** The state of one processing element that its parts share, with the taking of exceptions. */
export class Core {
  readonly registers = new RegisterFile();
  readonly debug: DebugUnit;
  readonly engine: Engine;
  /** Virtual time: see `ProcessingElement.retired`. */
  retired = 0;
  /** Exceptions taken to EL1 so far. */
  exceptionsTaken = 0;
  /** The instruction in progress is stepped: software step is active and not pending. */
  isStepping = false;
  stepped: (typeof STEPPED)[keyof typeof STEPPED] = STEPPED.nothing;
  wasExclusive = false;
  /** The event register of WFE. */
  isEventSet = false;
  isSemihostingEnabled = false;
  /** The low word of MDCR_EL2. */
  mdcr = 0;
  #HCR_EL2 = maskOf(HCR_EL2, 'RW');
  /** The low word of HCR_EL2. */
  hcr = Number(BigInt.asIntN(32, this.#HCR_EL2));
  readonly #exception: { -readonly [K in keyof ExceptionExit]: ExceptionExit[K] } = {
    kind: 'exception',
    ESR: 0,
    FAR: 0n,
    IPA: 0n,
    isSameInstruction: true,
  };

  constructor(
    readonly share: EngineShare,
    readonly model: CpuModel,
    readonly index: number,
    public stage2: Stage2,
    readonly counterTicks: () => bigint,
  ) {
    this.engine = share.engine;
    this.debug = new DebugUnit(model, this.registers);
  }

  get HCR_EL2(): bigint {
    return this.#HCR_EL2;
  }

  set HCR_EL2(value: bigint) {
    this.#HCR_EL2 = BigInt.asUintN(64, value);
    this.hcr = Number(BigInt.asIntN(32, value));
  }

  reset(): void {
    const { registers } = this;
    for (let n = 0; n <= 30; n++) registers.setX(n, 0n);
    registers.pstate = D | A | I | F | EL1h;
    registers.sp_el0 = registers.sp_el1 = registers.pc = 0n;
    for (const { slot, reset } of SYSTEM_REGISTERS) if (slot !== undefined) registers.write(slot, reset);
    registers.clearExclusive();
    this.debug.isStale = true;
    this.isEventSet = this.isStepping = false;
    this.stepped = STEPPED.nothing;
  }

  get isSteppedNow(): boolean {
    return stepIsActive(this.registers, this);
  }

  get routesDebugToEL2(): boolean {
    return routesDebugToEL2(this);
  }

  get isMMUOn(): boolean {
    return (this.registers.low32(SCTLR) & MMU) !== 0;
  }

  /** Whether SCTLR_EL1 has any of these bits. */
  sctlrHas(bits: number): boolean {
    return (this.registers.low32(SCTLR) & bits) !== 0;
  }

  /** Whether CPACR_EL1.FPEN traps floating point at the current Exception level. */
  get trapsFloatingPoint(): boolean {
    const setting = (this.registers.low32(CPACR) & FPEN) / FPEN_UNIT;
    return setting !== FPEN_NOT_TRAPPED && (setting !== FPEN_TRAP_EL0 || this.registers.isEL0);
  }

  /** The stepped instruction is complete: active-not-pending becomes active-pending. */
  finishStep(stepped: Core['stepped']): void {
    this.registers.SS = 0;
    this.stepped = stepped;
  }

  /** The instruction at pc was done by a routine: pc moves on, one instruction retires. */
  complete(): void {
    this.registers.nextInstruction();
    this.retireHere();
  }

  /** As `complete` when pc is already where the program goes on. */
  retireHere(): void {
    this.retired++;
    if (this.isStepping) this.finishStep(STEPPED.instruction);
  }

  /** Takes an exception to EL1 with pc as the preferred return address: AArch64.TakeException(). Virtual time advances by one. */
  takeToEL1(vector: number, ESRValue?: number, FARValue?: bigint): void {
    const { registers } = this;
    const before = registers.pstate;
    const from = registers.isEL0 ? FROM_EL0 : (before & MODE) === EL1h ? FROM_EL1_SPX : 0n;
    registers.write(SPSR, BigInt(before));
    registers.write(ELR, registers.pc);
    if (ESRValue !== undefined) registers.write(ESR, BigInt(ESRValue));
    if (FARValue !== undefined) registers.write(FAR, FARValue);
    registers.status = (before & PAN) | D | A | I | F | EL1h;
    registers.pc = registers.read(VBAR) + BigInt(vector) + from;
    this.retired++;
    this.exceptionsTaken++;
    this.stepped = STEPPED.nothing;
  }

  /** Takes the virtual SError interrupt that HCR_EL2.VSE makes pending, which is not pending any more then. */
  takeVirtualSError(): void {
    this.HCR_EL2 &= ~VSE;
    this.takeToEL1(VECTOR.SError, SERROR_SYNDROME);
  }

  /** An exception taken to EL2: the exit that `run` returns. */
  takeToEL2(ESRValue: number, FARValue = 0n, IPA = 0n, isSameInstruction = true): GuestExit {
    const exit = this.#exception;
    exit.ESR = ESRValue;
    exit.FAR = FARValue;
    exit.IPA = IPA;
    exit.isSameInstruction = isSameInstruction;
    this.stepped = STEPPED.nothing;
    return exit;
  }

  /** A debug exception: to ELd. `ESRs` from a lower and from the same Exception level. */
  takeDebugException(fromLower: number, fromSame: number, FARValue?: bigint): GuestExit | undefined {
    if (this.routesDebugToEL2) return this.takeToEL2(fromLower, FARValue ?? 0n);
    this.takeToEL1(VECTOR.synchronous, this.registers.isEL0 ? fromLower : fromSame, FARValue);
    return undefined;
  }

  /** A synchronous exception to EL1. Returns `undefined`: the program goes on. */
  takeSynchronous(ESRValue: number, FARValue?: bigint): undefined {
    this.takeToEL1(VECTOR.synchronous, ESRValue, FARValue);
    return undefined;
  }

  /** The instruction is UNDEFINED. */
  takeUndefined(): undefined {
    return this.takeSynchronous(UNDEFINED_SYNDROME);
  }

  /** The exit for what this engine does not have, with the word at pc. */
  unimplemented(name: string, reason: string, word: number): UnimplementedExit {
    return { kind: 'unimplemented', name, reason, word: word >>> 0, address: this.registers.pc };
  }
}
