// SPDX-License-Identifier: MIT
import type { CpuModel } from './cpuModels.js';
import type { EngineBreakpoint, EngineWatchpoint } from './debug/engineStops.js';
import type { EngineShare } from './engineShare.js';
import type { GuestExit } from './guestExit.js';
import type { Stage2 } from './translation/stage2.js';

/** What a processing element is made of. */
export interface ProcessingElementOptions {
  /** The engine that all processing elements of the machine share. */
  readonly share: EngineShare;
  readonly model: CpuModel;
  /** 0 for the first one; becomes MPIDR_EL1.Aff0 (and Aff1 above 15). */
  readonly index: number;
  readonly stage2: Stage2;
  /** The generic timer's physical count at this moment, exact inside a run because it may read `retired`. Default: `retired` / 16 (1 GHz, CNTFRQ_EL0 62.5 MHz). */
  readonly counterTicks?: () => bigint;
}

/** The virtual interrupts that HCR_EL2 makes pending: bits VI, VF. */
export type VirtualInterrupt = 'IRQ' | 'FIQ';

/** What `ProcessingElement.copyCoreRegisters` delivers: x0 to x30, the stack pointer in use, pc, pstate. */
export const CORE_REGISTER_COUNT = 34;

/**
 * One AArch64 processing element with EL0 and EL1. EL2's software is the caller: what hardware takes to
 * EL2 makes `run` return; the next `run` is the exception return from EL2.
 */
export class ProcessingElement {
  readonly index: number;
  readonly model: CpuModel;
  /** Stage 2; call `flushStage2` after replacing it or after any change of what it answers. */
  stage2: Stage2;
  /** HLT #0xF000 makes `run` return instead of being UNDEFINED. */
  isSemihostingEnabled = false;
  /** VTTBR_EL2.VMID as breakpoints compare it, 0 to 255. */
  vmid = 0;

  constructor(options: ProcessingElementOptions) {
    this.index = options.index;
    this.model = options.model;
    this.stage2 = options.stage2;
  }

  /**
   * Runs until `maximumInstructions` have retired (an exception taken to EL1 counts as one too) or until
   * something else ends it. A pending software step exception to EL2 is reported even when the budget is used up.
   */
  run(_maximumInstructions: number): GuestExit {
    return { kind: 'budget' };
  }

  /** The next instruction of the next `run` is not stopped by private engine breakpoints and watchpoints, once. */
  passOverEngineStops(): void {}
  /** Replaces the private breakpoints. */
  setEngineBreakpoints(_breakpoints: readonly EngineBreakpoint[]): void {}
  /** Replaces the private watchpoints. */
  setEngineWatchpoints(_watchpoints: readonly EngineWatchpoint[]): void {}

  /** Virtual time: instructions retired plus exceptions taken to EL1 that no retired instruction caused, since creation. */
  get retired(): number {
    return 0;
  }

  /** The instruction at pc has been emulated: pc moves on, PSTATE.SS becomes 0, one instruction retires (Linux: kvm_skip_instr). */
  advance(): void {}

  /**
   * Takes a synchronous exception to EL1 now (Linux: enter_exception64): ELR_EL1 = pc, SPSR_EL1 = pstate, ESR_EL1 = `ESR`, FAR_EL1 = `FAR`
   * if given, pc = the vector. Counts as one retired instruction.
   */
  injectSynchronousException(_ESR: number, _FAR?: bigint): void {}

  /** HCR_EL2.VI or HCR_EL2.VF. Effective at the next instruction boundary, that is before the next `run` executes anything. */
  setVirtualInterrupt(_interrupt: VirtualInterrupt, _isPending: boolean): void {}

  /** HCR_EL2, 64 bits; described by `HCR_EL2` in registers. */
  get HCR_EL2(): bigint {
    return 0n;
  }
  set HCR_EL2(_value: bigint) {}
  /** MDCR_EL2, 64 bits; described by `MDCR_EL2` in registers. */
  get MDCR_EL2(): bigint {
    return 0n;
  }
  set MDCR_EL2(_value: bigint) {}

  /** To be called after any change of what `stage2` answers. */
  flushStage2(): void {}

  /** Xn, n from 0 to 30; 31 reads as 0. */
  x(_n: number): bigint {
    return 0n;
  }
  /** n = 31: no effect. */
  setX(_n: number, _value: bigint): void {}
  get sp_el0(): bigint {
    return 0n;
  }
  set sp_el0(_value: bigint) {}
  get sp_el1(): bigint {
    return 0n;
  }
  set sp_el1(_value: bigint) {}
  get pc(): bigint {
    return 0n;
  }
  set pc(_value: bigint) {}
  /** PSTATE in the layout of SPSR_EL2, NZCV included. 32 bits, unsigned. */
  get pstate(): number {
    return 0;
  }
  set pstate(_value: number) {}
  get elr_el1(): bigint {
    return 0n;
  }
  set elr_el1(_value: bigint) {}
  /** SPSR_EL1, 64 bits. */
  get spsr_el1(): bigint {
    return 0n;
  }
  set spsr_el1(_value: bigint) {}

  /** Copies x0 to x30, the stack pointer in use, pc and pstate, in that order. `into` has `CORE_REGISTER_COUNT` elements or more. */
  copyCoreRegisters(_into: BigUint64Array): void {}

  /**
   * The register named by `encoding` (op0<<14 | op1<<11 | CRn<<7 | CRm<<3 | op2) as EL2 sees it: no trap and no access right is looked at.
   * `undefined`: there is none.
   */
  systemRegister(_encoding: number): bigint | undefined {
    return undefined;
  }
  /** Writes storage through the register's write mask; false: no such register, or it is read-only. Debug registers take effect at the next `run`. */
  setSystemRegister(_encoding: number, _value: bigint): boolean {
    return false;
  }

  /** The intermediate physical address of a virtual address in the current state, for debuggers; no side effect. `undefined`: it would fault. */
  translateForDebugger(_va: bigint): bigint | undefined {
    return undefined;
  }

  /** Architectural warm reset: registers to their reset values, EL1h with all exceptions masked, pc 0. Engine stops and EL2 controls stay. */
  reset(): void {}
}
