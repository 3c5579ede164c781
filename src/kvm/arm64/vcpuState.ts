// SPDX-License-Identifier: MIT
import type { ProcessingElement } from '../../cpu/index.js';
import { KVM_ARM_VCPU } from '../abi/arm64/constants.js';
import type { KvmQuirks } from '../quirks.js';
import { VcpuState } from '../vcpuState.js';
import { DebugRegisterSet } from './debugRegisterSet.js';
import { HCR, OSLSR, SCTLR, SYSREG } from './registerFields.js';
import { SoftwareStepWrites } from './softwareStepWrites.js';
import type { Arm64VmState, VcpuOfVm, VcpuStart } from './vmState.js';

/** What is committed to PC and PSTATE before the guest runs or user space looks: Linux's INCREMENT_PC and PENDING_EXCEPTION flags. */
export type PendingAdjustment =
  | { readonly kind: 'none' }
  | { readonly kind: 'advance' }
  | { readonly kind: 'exception'; readonly ESR: number; readonly FAR: bigint | undefined };

/** Nothing to commit. */
export const NO_ADJUSTMENT: PendingAdjustment = { kind: 'none' };
/** The instruction at pc has been emulated. */
export const ADVANCE: PendingAdjustment = { kind: 'advance' };

/** HCR_EL2 of a guest: HCR_GUEST_FLAGS in Linux, as far as this processing element has the traps. */
const HCR_GUEST = HCR.RW | HCR.VM | HCR.FMO | HCR.IMO | HCR.AMO | HCR.TWI | HCR.TWE | HCR.TSC | HCR.TID3;

/** struct kvm_vcpu_arch of arm64. Behaviour lives in the files that say what is done with it. */
export class Arm64VcpuState extends VcpuState implements VcpuOfVm {
  /** `undefined` before KVM_ARM_VCPU_INIT. */
  features: number | undefined;
  target = 0;
  resetRequest: VcpuStart | undefined;

  /** The set of KVM_SET_GUEST_DEBUG with USE_HW. */
  readonly externalSet = new DebugRegisterSet();
  /** The guest's breakpoint and watchpoint registers while they are not in hardware. */
  readonly guestSet = new DebugRegisterSet();
  /** The guest's own values. */
  MDSCR = 0n;
  MDCCINT = 0n;
  DBGVCR32 = 0n;
  OSLSR: bigint = OSLSR.OSLM_IMPLEMENTED;
  isOsLocked = false;
  /** Linux: DEBUG_DIRTY. */
  isDebugDirty = false;
  /** Linux: DBG_SS_PENDING, the "active-pending" mark of the host's step. */
  isStepPending = false;
  /** The guest's PSTATE.SS, 0 or 1, while the host's value is in PSTATE. */
  savedSS = 0;
  readonly stepWrites = new SoftwareStepWrites();

  adjustment: PendingAdjustment = NO_ADJUSTMENT;
  /** An MMIO exit waits for its completion, with the syndrome of the access. */
  mmioSyndrome: number | undefined;
  /** FAR_EL2 of the last abort or watchpoint (Linux: fault.far_el2). */
  FAR_EL2 = 0n;

  /** SPSR_abt, SPSR_und, SPSR_irq, SPSR_fiq: storage only. */
  readonly otherSPSR = new BigUint64Array(4);
  /** V0 to V31: storage only, no instruction reads them. */
  readonly fpsimd = new Uint8Array(32 * 16);

  constructor(
    readonly vm: Arm64VmState,
    readonly pe: ProcessingElement,
    index: number,
    quirks: KvmQuirks,
  ) {
    super(index, quirks);
    this.loadHcr();
  }

  /** Whether the vCPU was made with `feature`, a KVM_ARM_VCPU bit number. */
  hasFeature(feature: number): boolean {
    return this.features !== undefined && (this.features & (1 << feature)) !== 0;
  }

  /** Linux: kvm_reset_vcpu(). Registers to reset values; the debug word of user space stays. */
  reset(): void {
    this.pe.reset();
    this.guestSet.reset();
    this.MDSCR = 0n;
    this.MDCCINT = 0n;
    this.DBGVCR32 = 0n;
    this.setOslsr(OSLSR.OSLM_IMPLEMENTED);
    this.otherSPSR.fill(0n);
    this.fpsimd.fill(0);
    this.adjustment = NO_ADJUSTMENT;
    this.loadHcr();
    const start = this.resetRequest;
    if (start === undefined) return;
    this.resetRequest = undefined;
    this.pe.pc = start.pc;
    this.pe.setX(0, start.x0);
    // The new vCPU starts in the byte order of the one that called CPU_ON.
    if (start.isBigEndian) this.pe.setSystemRegister(SYSREG.SCTLR_EL1, (this.pe.systemRegister(SYSREG.SCTLR_EL1) ?? 0n) | SCTLR.EE);
  }

  setOslsr(value: bigint): void {
    this.OSLSR = value;
    this.isOsLocked = (value & OSLSR.OSLK) !== 0n;
  }

  /** Linux: kvm_arch_vcpu_runnable(), the part that ends a WFI. */
  hasPendingInterrupt = false;
  #lines = 0;

  setInterruptLine(line: 0 | 1, isHigh: boolean): void {
    this.#lines = isHigh ? this.#lines | (1 << line) : this.#lines & ~(1 << line);
    this.hasPendingInterrupt = this.#lines !== 0;
    this.pe.setVirtualInterrupt(line === 0 ? 'IRQ' : 'FIQ', isHigh);
  }

  /** kvm_inject_vabt(): a virtual SError interrupt is pending until the guest takes it. */
  injectSError(): void {
    this.pe.HCR_EL2 |= HCR.VSE;
  }

  get isSErrorPending(): boolean {
    return (this.pe.HCR_EL2 & HCR.VSE) !== 0n;
  }

  /** HCR_EL2 out of reset: the interrupt lines are as they are, no SError is pending. */
  loadHcr(): void {
    this.pe.HCR_EL2 = HCR_GUEST;
    for (const line of [0, 1] as const) this.pe.setVirtualInterrupt(line === 0 ? 'IRQ' : 'FIQ', (this.#lines & (1 << line)) !== 0);
  }

  /** PSCI 0.2 or later was asked for. */
  get wantsPsci02(): boolean {
    return this.hasFeature(KVM_ARM_VCPU.PSCI_0_2);
  }
}
