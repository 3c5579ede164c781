// SPDX-License-Identifier: MIT
import type { KernelDebugExit } from '../../execution/debugExit.js';
import type { DebugQuirks } from '../../execution/debugQuirks.js';
import type { RegisterFile } from '../../registers/registerFile.js';
import { EC } from './debugExit.js';

/** PSTATE on entry to EL1h: D, A, I and F set (Arm DDI 0487, AArch64.TakeException). */
const EL1H_MASKED = 0x3c5n;
/** PAN and DIT survive the entry. */
const SURVIVING = (1n << 22n) | (1n << 24n);
const AARCH32 = 1n << 4n;
/** Vector offsets of synchronous exceptions. */
const VECTOR = { currentSp0: 0x000n, currentSpx: 0x200n, lower64: 0x400n, lower32: 0x600n } as const;
const SAME_LEVEL = 1;
const EC_SHIFT = 26;

/**
 * Gives the debug exception of `exit` to the guest's EL1, as hardware would have taken it there: ESR_EL1, ELR_EL1,
 * SPSR_EL1, FAR_EL1 for watchpoints, and the vector. The registers are KVM's: the next KVM_RUN starts at the vector.
 */
export function injectDebugException(
  registers: RegisterFile,
  exit: KernelDebugExit,
  quirks: Pick<DebugQuirks, 'injectsRawSyndrome'>,
): void {
  const { pc } = registers;
  const pstate = registers.read('pstate')?.value ?? 0n;
  const hsr = exit.syndrome ?? 0;
  const isFromEl1 = registers.privilege === 1;
  const exceptionClass = hsr >>> EC_SHIFT;
  const hasSameLevelClass = exceptionClass !== EC.BRK && exceptionClass !== EC.BKPT32;
  const adjusted = isFromEl1 && hasSameLevelClass && !quirks.injectsRawSyndrome ? hsr + SAME_LEVEL * 2 ** EC_SHIFT : hsr;
  const offset = isFromEl1
    ? (pstate & 1n) === 1n
      ? VECTOR.currentSpx
      : VECTOR.currentSp0
    : (pstate & AARCH32) !== 0n
      ? VECTOR.lower32
      : VECTOR.lower64;
  registers.write('esr_el1', BigInt(adjusted >>> 0));
  if (exit.kind === 'watchpoint' && !quirks.injectsRawSyndrome) registers.write('far_el1', exit.address);
  registers.write('elr_el1', pc);
  registers.write('spsr_el1', pstate);
  const vector = (registers.read('vbar_el1')?.value ?? 0n) + offset;
  registers.write('pstate', EL1H_MASKED | (pstate & SURVIVING));
  registers.pc = vector;
}

/** MDSCR_EL1 bits that decide whether the guest's own debug exceptions are enabled. */
const MDSCR = { KDE: 1n << 13n, MDE: 1n << 15n } as const;
const OSLK = 1n << 1n;
const PSTATE_D = 1n << 9n;

/** ARM-HW-02 with EL1 as the debug target level: would the guest itself have got a breakpoint or watchpoint exception now? */
export function guestTakesDebugExceptions(registers: RegisterFile): boolean {
  const mdscr = registers.read('mdscr_el1')?.value ?? 0n;
  const oslsr = registers.read('oslsr_el1')?.value ?? 0n;
  if ((mdscr & MDSCR.MDE) === 0n || (oslsr & OSLK) !== 0n) return false;
  const pstate = registers.read('pstate')?.value ?? 0n;
  return registers.privilege === 0 || ((mdscr & MDSCR.KDE) !== 0n && (pstate & PSTATE_D) === 0n);
}
