// SPDX-License-Identifier: MIT
import { KVM_GUESTDBG } from '../abi/constants.js';
import { DebugRegisterSet } from './debugRegisterSet.js';
import { debugRegister, MDCR, MDSCR, PSTATE, SYSREG } from './registerFields.js';
import type { Arm64VcpuState } from './vcpuState.js';

// The lazy switch of the debug registers (Linux 6.1: arch/arm64/kvm/debug.c, hyp/include/hyp/debug-sr.h).

const { SINGLESTEP, USE_HW } = KVM_GUESTDBG;

const ALWAYS = MDCR.TPM | MDCR.TPMS | MDCR.TPMCR | MDCR.TDRA | MDCR.TDOSA;
const ALWAYS_DEBUGGED = ALWAYS | MDCR.TDE;
const TRAPPING = ALWAYS | MDCR.TDA;
const TRAPPING_DEBUGGED = ALWAYS_DEBUGGED | MDCR.TDA;

/**
 * The debug part of one vCPU's world switch. `enter` and `leave` bracket every stay in the guest.
 * What the processing element holds is remembered, so that a value that is there already is not written again; the counters
 * count what the kernel would do.
 */
export class DebugSwitch {
  #mdcr = -1n;
  /** Inputs and result of the adjustment of MDSCR_EL1, so that unchanged inputs cost nothing. */
  #inputGuestDebug = -1;
  #inputMdscr = -1n;
  #inputIsOsLocked = false;
  #mdscr = 0n;
  #isMonitoring = false;
  #loadedMdscr = -1n;
  /** Which set's values are in the processing element, and which version of it. */
  #loadedSet: DebugRegisterSet | undefined;
  #loadedVersion = -1;
  readonly #loadedValues = new BigUint64Array(DebugRegisterSet.VALUES).fill(1n << 63n);
  #loadedMdccint = -1n;
  /** Whether the guest reaches debug registers directly during this stay. */
  #isDirect = false;
  /** Exceptions that the processing element had taken to EL1 when a step was armed. */
  #exceptionsAtEntry = 0;

  constructor(private readonly vcpu: Arm64VcpuState) {}

  /** Linux: kvm_arm_setup_debug() and __debug_switch_to_guest(). */
  enter(): void {
    const vcpu = this.vcpu;
    const guestDebug = vcpu.guestDebug;
    // Decided before DEBUG_DIRTY is derived from MDSCR_EL1 below: a residency may load the set and still trap the first access.
    const traps = (guestDebug & USE_HW) !== 0 || !vcpu.isDebugDirty || vcpu.isOsLocked;
    const mdcr = guestDebug !== 0 ? (traps ? TRAPPING_DEBUGGED : ALWAYS_DEBUGGED) : traps ? TRAPPING : ALWAYS;
    if (mdcr !== this.#mdcr) {
      this.#mdcr = mdcr;
      vcpu.pe.MDCR_EL2 = mdcr;
    }
    this.#isDirect = !traps && guestDebug === 0;
    if (guestDebug !== this.#inputGuestDebug || vcpu.MDSCR !== this.#inputMdscr || vcpu.isOsLocked !== this.#inputIsOsLocked)
      this.#adjustMdscr();
    if (guestDebug !== 0 || vcpu.isOsLocked) vcpu.savedSS = vcpu.pe.SS;
    if (guestDebug !== 0) {
      if ((guestDebug & USE_HW) !== 0) vcpu.isDebugDirty = true;
      if ((guestDebug & SINGLESTEP) !== 0) this.#armStep();
      else if (!vcpu.quirks.stalePendingStep) vcpu.isStepPending = false;
    }
    if (this.#isMonitoring) vcpu.isDebugDirty = true;
    if (this.#mdscr !== this.#loadedMdscr) {
      this.#loadedMdscr = this.#mdscr;
      vcpu.pe.setSystemRegister(SYSREG.MDSCR_EL1, this.#mdscr);
    }
    if (vcpu.isDebugDirty) {
      vcpu.counters.debugRegisterLoads++;
      this.#load((guestDebug & USE_HW) !== 0 ? vcpu.externalSet : vcpu.guestSet, vcpu.MDCCINT);
    } else if (this.#loadedSet !== vcpu.vm.hostDebugRegisters) {
      this.#load(vcpu.vm.hostDebugRegisters, 0n);
    }
  }

  /** Linux: __debug_switch_to_host() and kvm_arm_clear_debug(). */
  leave(): void {
    const vcpu = this.vcpu;
    if (vcpu.isDebugDirty) {
      vcpu.counters.debugRegisterSaves++;
      vcpu.isDebugDirty = false;
      if (this.#isDirect) this.#saveGuestSet();
    }
    if (vcpu.guestDebug !== 0 || vcpu.isOsLocked) this.#restoreStepBit();
  }

  /** After a reset of the processing element nothing of what was written into it is there any more. */
  forget(): void {
    this.#mdcr = -1n;
    this.#loadedMdscr = -1n;
    this.#loadedSet = undefined;
    this.#loadedMdccint = -1n;
    this.#loadedValues.fill(1n << 63n);
  }

  #adjustMdscr(): void {
    const vcpu = this.vcpu;
    this.#inputGuestDebug = vcpu.guestDebug;
    this.#inputMdscr = vcpu.MDSCR;
    this.#inputIsOsLocked = vcpu.isOsLocked;
    let mdscr = vcpu.MDSCR;
    if (vcpu.guestDebug !== 0 || vcpu.isOsLocked) {
      mdscr = (vcpu.guestDebug & SINGLESTEP) !== 0 ? mdscr | MDSCR.SS : mdscr & ~MDSCR.SS;
      if ((vcpu.guestDebug & USE_HW) !== 0) mdscr |= MDSCR.MDE;
      else if (vcpu.isOsLocked) mdscr &= ~MDSCR.MDE;
    }
    this.#mdscr = mdscr;
    this.#isMonitoring = (mdscr & (MDSCR.KDE | MDSCR.MDE)) !== 0n;
  }

  #armStep(): void {
    const vcpu = this.vcpu;
    this.#exceptionsAtEntry = vcpu.pe.exceptionsTaken;
    const armedSS = vcpu.isStepPending ? 0 : 1;
    vcpu.pe.SS = armedSS;
    vcpu.stepWrites.enter(vcpu.savedSS, armedSS, vcpu.MDSCR, this.#mdscr);
  }

  /** The step bit that an exception of this stay has saved is the host's: the guest had none. */
  #cleanSavedState(): void {
    const { pe } = this.vcpu;
    if (pe.exceptionsTaken !== this.#exceptionsAtEntry) pe.spsr_el1 &= ~BigInt(PSTATE.SS);
  }

  /** The guest's PSTATE.SS comes back, whatever the host's step or the suppression of the guest's has made of it (ARM-HW-19). */
  #restoreStepBit(): void {
    const vcpu = this.vcpu;
    if ((vcpu.guestDebug & SINGLESTEP) !== 0) {
      const { SS } = vcpu.pe;
      vcpu.stepWrites.leave(SS);
      if (SS === 0) vcpu.isStepPending = true;
      if (vcpu.savedSS === 0 && !vcpu.quirks.stepBitInSavedState) this.#cleanSavedState();
    }
    vcpu.pe.SS = vcpu.savedSS;
  }

  #load(set: DebugRegisterSet, mdccint: bigint): void {
    const { pe, counters } = this.vcpu;
    if (mdccint !== this.#loadedMdccint) {
      this.#loadedMdccint = mdccint;
      pe.setSystemRegister(SYSREG.MDCCINT_EL1, mdccint);
    }
    if (set === this.#loadedSet && set.version === this.#loadedVersion) return;
    this.#loadedSet = set;
    this.#loadedVersion = set.version;
    for (const [op2, first, pairs] of this.#arrays()) {
      for (let slot = 0; slot < pairs; slot++) {
        const value = set.values[first + slot] ?? 0n;
        if (this.#loadedValues[first + slot] === value) continue;
        this.#loadedValues[first + slot] = value;
        pe.setSystemRegister(debugRegister(slot, op2), value);
        counters.debugRegisterWrites++;
      }
    }
  }

  #saveGuestSet(): void {
    const { pe, guestSet } = this.vcpu;
    let isChanged = false;
    for (const [op2, first, pairs] of this.#arrays()) {
      for (let slot = 0; slot < pairs; slot++) {
        const value = pe.systemRegister(debugRegister(slot, op2)) ?? 0n;
        if (guestSet.values[first + slot] === value) continue;
        guestSet.values[first + slot] = value;
        this.#loadedValues[first + slot] = value;
        isChanged = true;
      }
    }
    if (isChanged) this.#loadedVersion = ++guestSet.version;
    // The guest's view of MDSCR_EL1 was not adjusted during a direct stay, so hardware holds its own value.
    this.vcpu.MDSCR = this.#loadedMdscr = pe.systemRegister(SYSREG.MDSCR_EL1) ?? 0n;
    this.vcpu.MDCCINT = this.#loadedMdccint = pe.systemRegister(SYSREG.MDCCINT_EL1) ?? 0n;
  }

  #arrays(): readonly (readonly [op2: 4 | 5 | 6 | 7, first: number, pairs: number])[] {
    return (this.#arrayTable ??= [
      [4, 0, this.vcpu.pe.model.breakpoints],
      [5, 16, this.vcpu.pe.model.breakpoints],
      [6, 32, this.vcpu.pe.model.watchpoints],
      [7, 48, this.vcpu.pe.model.watchpoints],
    ]);
  }
  #arrayTable: readonly (readonly [op2: 4 | 5 | 6 | 7, first: number, pairs: number])[] | undefined;
}
