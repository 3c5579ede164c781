// SPDX-License-Identifier: MIT
import { assertNever } from '../../base/index.js';
import type { Decoder } from '../decode/decisionTree.js';
import { mask32 } from '../registers/describeRegister.js';
import { PAYLOAD_SLOT } from '../state/stateLayout.js';
import { type Core, VECTOR } from './core.js';
import { exceptionReturn } from './exceptions/exceptionReturn.js';
import { FP_SYNDROME, syndrome, systemRegisterSyndrome, WFE_SYNDROME, WFI_SYNDROME } from './exceptions/syndromes.js';
import { executeSystemInstruction } from './exceptions/systemInstructions.js';
import type { GuestExit } from './guestExit.js';
import type { A64Routine } from './instructions/routines.js';
import { EXCEPTION_CLASS, HCR_EL2, SCTLR_EL1, SPSR_EL1 } from './registers/controlRegisters.js';
import { encodingOfPayload, registerOfPayload, systemEncoding } from './registers/encoding.js';
import { accessSystemRegister } from './registers/systemRegisterAccess.js';
import { systemRegisterAt, systemRegisterNamed } from './registers/systemRegisters.js';

const [TSC, HCD, TWI, TWE, VI, VF, VSE] = [
  mask32(HCR_EL2, 'TSC'),
  mask32(HCR_EL2, 'HCD'),
  mask32(HCR_EL2, 'TWI'),
  mask32(HCR_EL2, 'TWE'),
  mask32(HCR_EL2, 'VI'),
  mask32(HCR_EL2, 'VF'),
  mask32(HCR_EL2, 'VSE'),
];
const [nTWI, nTWE, UMA, MMU] = [mask32(SCTLR_EL1, 'nTWI'), mask32(SCTLR_EL1, 'nTWE'), mask32(SCTLR_EL1, 'UMA'), mask32(SCTLR_EL1, 'M')];
/** Each of these ends a WFI, masked or not. */
const PENDING = VI | VF | VSE;
const TIDCP = mask32(HCR_EL2, 'TIDCP');
const DAIF_UNIT = mask32(SPSR_EL1, 'F');
/** CRn of the encodings that are IMPLEMENTATION DEFINED. */
const IMPLEMENTATION_DEFINED_CRn = [11, 15];
const SEMIHOSTING = 0xf000;
const SCTLR_ENCODING = systemRegisterNamed('SCTLR_EL1')?.encoding ?? -1;
const [MSR_SPSEL, MSR_DAIFSET, MSR_DAIFCLR] = [
  { op1: 0, op2: 5 },
  { op1: 3, op2: 6 },
  { op1: 3, op2: 7 },
] as const;
/** Why the MMU cannot be switched on. */
export const MMU_REASON = 'Stage 1 translation is not there yet: EL1 and EL0 run with the MMU off.';

/** Executes the instructions that rows leave to: exception generation, system registers, hints. */
export class Routines {
  readonly #semihosting: GuestExit = { kind: 'semihosting' };

  constructor(
    private readonly core: Core,
    private readonly decode: Decoder,
    private readonly wordAtPc: () => number,
  ) {}

  /** The routine and payload of the last stop. `undefined`: the program goes on at pc. */
  execute(): GuestExit | undefined {
    const { core } = this;
    const payload = core.registers.low32(PAYLOAD_SLOT);
    // The engine hands back the names that A64 rows leave with.
    const routine = core.engine.routine as A64Routine;
    switch (routine) {
      case 'MRS':
      case 'MSR':
        return this.#moveSystemRegister(payload, routine === 'MRS');
      case 'MSR immediate':
        return this.#moveImmediate(payload);
      case 'SYS':
      case 'SYSL':
        return this.#system(payload, routine === 'SYSL');
      case 'ERET':
        if (core.registers.isEL0) return core.takeUndefined();
        exceptionReturn(core);
        return undefined;
      case 'SVC':
        core.registers.nextInstruction();
        // The exception counts as the instruction.
        if (core.isStepping) core.finishStep(core.stepped);
        return core.takeSynchronous(syndrome(EXCEPTION_CLASS.SVC, payload));
      case 'HVC':
        if (core.registers.isEL0 || (core.hcr & HCD) !== 0) return core.takeUndefined();
        core.complete();
        return core.takeToEL2(syndrome(EXCEPTION_CLASS.HVC, payload), 0n, 0n, false);
      case 'SMC':
        // There is no EL3: SMC is UNDEFINED unless EL2 traps it.
        if (core.registers.isEL0 || (core.hcr & TSC) === 0) return core.takeUndefined();
        return core.takeToEL2(syndrome(EXCEPTION_CLASS.SMC, payload));
      case 'BRK': {
        // Always taken, whatever the OS lock, MDE, KDE and PSTATE.D say (ARM-HW-03).
        const BRK = syndrome(EXCEPTION_CLASS.BRK, payload);
        return core.takeDebugException(BRK, BRK);
      }
      case 'HLT':
        return payload === SEMIHOSTING && core.isSemihostingEnabled ? this.#semihosting : core.takeUndefined();
      case 'WFI':
        return this.#wait(WFI_SYNDROME, nTWI, TWI, (core.hcr & PENDING) !== 0);
      case 'WFE': {
        const isEvent = core.isEventSet;
        const exit = this.#wait(WFE_SYNDROME, nTWE, TWE, isEvent);
        if (isEvent) core.isEventSet = false;
        return exit;
      }
      case 'SEV':
        core.share.sendEvent();
        core.complete();
        return undefined;
      case 'SEVL':
        core.isEventSet = true;
        core.complete();
        return undefined;
      case 'ISB':
      case 'DSB':
        core.complete();
        return undefined;
      case 'UNDEFINED':
        return core.takeUndefined();
      case 'unimplemented':
        return this.#unimplemented();
      default:
        return assertNever(routine, 'routine');
    }
  }

  /** WFI and WFE. The traps apply only if the instruction would wait; nobody can wake a PE inside `run`, so that without a trap it is a NOP. */
  #wait(ESR: number, notTrappedByEL1: number, trap: number, isAwake: boolean): GuestExit | undefined {
    const { core } = this;
    if (!isAwake && core.registers.isEL0 && !core.sctlrHas(notTrappedByEL1)) return core.takeSynchronous(ESR);
    if (!isAwake && (core.hcr & trap) !== 0) return core.takeToEL2(ESR);
    core.complete();
    return undefined;
  }

  #moveSystemRegister(payload: number, isRead: boolean): GuestExit | undefined {
    const { core } = this;
    const encoding = encodingOfPayload(payload);
    const Rt = registerOfPayload(payload);
    if (this.#isTrappedImplementationDefined(encoding)) return core.takeToEL2(systemRegisterSyndrome(encoding, Rt, isRead));
    if (!isRead && encoding === SCTLR_ENCODING && !core.registers.isEL0 && (core.registers.x(Rt) & BigInt(MMU)) !== 0n) {
      return core.unimplemented('SCTLR_EL1.M', MMU_REASON, this.wordAtPc());
    }
    return accessSystemRegister(core, systemRegisterAt(encoding), encoding, Rt, isRead);
  }

  #isTrappedImplementationDefined(encoding: number): boolean {
    const CRn = (encoding >>> 7) & 0b1111;
    return (this.core.hcr & TIDCP) !== 0 && !this.core.registers.isEL0 && IMPLEMENTATION_DEFINED_CRn.includes(CRn);
  }

  #system(payload: number, isSYSL: boolean): GuestExit | undefined {
    const { core } = this;
    const [encoding, Rt] = [encodingOfPayload(payload), registerOfPayload(payload)];
    if (this.#isTrappedImplementationDefined(encoding)) return core.takeToEL2(systemRegisterSyndrome(encoding, Rt, isSYSL));
    // Armv8.0 allocates no SYSL.
    return isSYSL ? core.takeUndefined() : executeSystemInstruction(core, encoding, Rt);
  }

  /** MSR (immediate): SPSel, DAIFSet, DAIFClr. */
  #moveImmediate(payload: number): GuestExit | undefined {
    const { core } = this;
    const { registers } = core;
    const [op1, CRm, op2] = [(payload >>> 7) & 0b111, (payload >>> 3) & 0b1111, payload & 0b111];
    if (op1 === MSR_SPSEL.op1 && op2 === MSR_SPSEL.op2) {
      if (registers.isEL0) return core.takeUndefined();
      registers.status = (registers.status & ~1) | (CRm & 1);
    } else if (op1 === MSR_DAIFSET.op1 && (op2 === MSR_DAIFSET.op2 || op2 === MSR_DAIFCLR.op2)) {
      // Trapped as MSR with Op0 0 and CRn 4, as it is encoded.
      if (registers.isEL0 && !core.sctlrHas(UMA))
        return core.takeSynchronous(systemRegisterSyndrome(systemEncoding(0, op1, 4, CRm, op2), 31, false));
      const bits = CRm * DAIF_UNIT;
      registers.status = op2 === MSR_DAIFSET.op2 ? registers.status | bits : registers.status & ~bits;
    } else {
      return core.takeUndefined();
    }
    core.complete();
    return undefined;
  }

  #unimplemented(): GuestExit | undefined {
    const { core } = this;
    const word = this.wordAtPc();
    if (isFloatingPoint(word) && core.trapsFloatingPoint) return core.takeSynchronous(FP_SYNDROME);
    const row = this.decode(word);
    const reason = row?.support.kind === 'unimplemented' ? row.support.reason : 'It has no row.';
    return core.unimplemented(row?.name ?? 'an instruction', reason, word);
  }
}

/** Arm DDI 0487, A64 instruction set encoding: op0 x111 (Scalar Floating-Point and Advanced SIMD), or x1x0 (Loads and Stores) with V set. */
function isFloatingPoint(word: number): boolean {
  const op0 = (word >>> 25) & 0b1111;
  return (op0 & 0b0111) === 0b0111 || ((op0 & 0b0101) === 0b0100 && ((word >>> 26) & 1) === 1);
}

/** The vector of a pending, unmasked virtual interrupt. `undefined`: none. The order is IMPLEMENTATION DEFINED. Choice: FIQ, IRQ, SError. */
export function pendingInterrupt(core: Core): number | undefined {
  const { hcr } = core;
  if ((hcr & PENDING) === 0) return undefined;
  const { status } = core.registers;
  if ((hcr & VF) !== 0 && (status & mask32(SPSR_EL1, 'F')) === 0) return VECTOR.FIQ;
  if ((hcr & VI) !== 0 && (status & PSTATE_I) === 0) return VECTOR.IRQ;
  return (hcr & VSE) !== 0 && (status & PSTATE_A) === 0 ? VECTOR.SError : undefined;
}
const [PSTATE_A, PSTATE_I] = [mask32(SPSR_EL1, 'A'), mask32(SPSR_EL1, 'I')];
