// SPDX-License-Identifier: MIT
import { KVM_EXIT } from '../abi/constants.js';
import { ERRNO } from '../abi/errno.js';
import type { HandlerResult } from '../handlerResult.js';
import { readMmioData, writeMmioData } from '../mmioData.js';
import { EC, exceptionClass } from './exceptionClasses.js';
import { injectAbort } from './injection.js';
import { ESR, PSTATE, SCTLR, SYSREG } from './registerFields.js';
import { ADVANCE, type Arm64VcpuState } from './vcpuState.js';

// Stage 2 aborts (Linux 6.1: arch/arm64/kvm/mmu.c kvm_handle_guest_abort(), mmio.c).

const PAGE_MASK = 0xfffn;

/** Bytes of the access that the syndrome describes: 1, 2, 4 or 8. */
const accessBytes = (esr: number): number => 1 << ((esr & ESR.SAS) >>> ESR.SAS_SHIFT);

const targetRegister = (esr: number): number => (esr & ESR.SRT) >>> ESR.SRT_SHIFT;

/** kvm_vcpu_is_be(): the guest's data accesses are big-endian at its Exception level. */
function isBigEndian(vcpu: Arm64VcpuState): boolean {
  const sctlr = vcpu.pe.systemRegister(SYSREG.SCTLR_EL1) ?? 0n;
  return (sctlr & ((vcpu.pe.pstate & PSTATE.EL) === 0 ? SCTLR.E0E : SCTLR.EE)) !== 0n;
}

/** A stage 2 abort of the guest. */
export function handleGuestAbort(vcpu: Arm64VcpuState, esr: number, FAR: bigint, IPA: bigint): HandlerResult {
  const isInstruction = exceptionClass(esr) === EC.IABT_LOW;
  const isWrite = !isInstruction && (esr & ESR.WnR) !== 0 && (esr & ESR.S1PTW) === 0;
  if ((esr & ESR.FSC_TYPE) === ESR.TRANSLATION_FAULT && IPA >= 1n << BigInt(vcpu.vm.ipaBits)) {
    injectAbort(vcpu, isInstruction ? 'instruction' : 'data', IPA | (FAR & PAGE_MASK), esr);
    return 1;
  }
  const found = vcpu.vm.memory.lookup(IPA);
  if (found !== undefined && (!isWrite || found.isWritable)) {
    // The first write to a page whose log bit is clear.
    if (isWrite && vcpu.vm.memory.markDirty(IPA)) vcpu.vm.flushStage2();
    return 1;
  }
  if (isInstruction) {
    injectAbort(vcpu, 'instruction', FAR, esr);
    return 1;
  }
  if ((esr & ESR.S1PTW) !== 0) {
    injectAbort(vcpu, 'data', FAR, esr);
    return 1;
  }
  // Cache maintenance outside memory has nothing to do.
  if (found === undefined && (esr & ESR.CM) !== 0) {
    vcpu.adjustment = ADVANCE;
    return 1;
  }
  return startMmio(vcpu, esr, IPA);
}

/** io_mem_abort(): an access outside memory goes to user space. */
function startMmio(vcpu: Arm64VcpuState, esr: number, IPA: bigint): HandlerResult {
  const { run } = vcpu;
  if ((esr & ESR.ISV) === 0) {
    if (!vcpu.vm.returnsNisvToUser) return -ERRNO.ENOSYS;
    run.exit_reason = KVM_EXIT.ARM_NISV;
    run.arm_nisv_esr_iss = BigInt(esr & (ESR.CM | ESR.WnR | ESR.FSC));
    run.arm_nisv_fault_ipa = IPA;
    return 0;
  }
  const bytes = accessBytes(esr);
  const isWrite = (esr & ESR.WnR) !== 0;
  if (isWrite) writeMmioData(run.mmio_data, bytes, vcpu.pe.x(targetRegister(esr)), isBigEndian(vcpu));
  run.mmio_is_write = isWrite ? 1 : 0;
  run.mmio_phys_addr = IPA;
  run.mmio_len = bytes;
  run.exit_reason = KVM_EXIT.MMIO;
  vcpu.mmioSyndrome = esr;
  return 0;
}

/** kvm_handle_mmio_return(): at the next KVM_RUN a load takes its data from the run page, and the instruction is over. */
export function completeMmio(vcpu: Arm64VcpuState): void {
  const esr = vcpu.mmioSyndrome;
  if (esr === undefined) return;
  vcpu.mmioSyndrome = undefined;
  if ((esr & ESR.WnR) === 0) {
    const bytes = accessBytes(esr);
    let value = readMmioData(vcpu.run.mmio_data, bytes, isBigEndian(vcpu));
    if ((esr & ESR.SSE) !== 0 && bytes < 8) value = BigInt.asUintN(64, BigInt.asIntN(8 * bytes, value));
    if ((esr & ESR.SF) === 0) value = BigInt.asUintN(32, value);
    vcpu.pe.setX(targetRegister(esr), value);
  }
  vcpu.adjustment = ADVANCE;
}
