// SPDX-License-Identifier: MIT
import { ppc_kvm_fpu, ppc_kvm_regs, ppc_kvm_sregs } from '../abi/powerpc/structures.js';
import { type CallAnswer, refusal } from '../kvmFile.js';
import type { PowerpcVcpuState } from './vcpuState.js';

// KVM_GET_REGS, KVM_SET_REGS, KVM_GET_SREGS, KVM_SET_SREGS, KVM_GET_FPU, KVM_SET_FPU (Linux 6.1: arch/powerpc/kvm/book3s.c, book3s_hv.c, book3s_pr.c).

const [SRR0, SRR1, PID, SPRG0] = [26, 27, 48, 272];
const GPRS = 32;
const { fields } = ppc_kvm_regs;
// biome-ignore format: a table
const OFFSET = {
  pc: fields.pc[1], cr: fields.cr[1], ctr: fields.ctr[1], lr: fields.lr[1], xer: fields.xer[1], msr: fields.msr[1], srr0: fields.srr0[1],
  srr1: fields.srr1[1], pid: fields.pid[1], sprg0: fields.sprg0[1], sprg4: fields.sprg4[1], gpr: fields.gpr[1],
} as const;

const spr = ({ pe }: PowerpcVcpuState, number: number): bigint => pe.specialPurposeRegister(number) ?? 0n;

export function getRegs(vcpu: PowerpcVcpuState, into: Uint8Array): CallAnswer {
  const { pe, otherSPRG } = vcpu;
  const { registers } = pe;
  // No `ppc_kvm_regs.over()`: each step of a debugger comes here.
  const view = new DataView(into.buffer, into.byteOffset, ppc_kvm_regs.bytes);
  view.setBigUint64(OFFSET.pc, pe.pc, true);
  view.setUint32(OFFSET.cr, registers.cr, true);
  view.setUint32(OFFSET.cr + 4, 0, true);
  view.setBigUint64(OFFSET.ctr, registers.ctr, true);
  view.setBigUint64(OFFSET.lr, registers.lr, true);
  view.setBigUint64(OFFSET.xer, registers.xer, true);
  view.setBigUint64(OFFSET.msr, pe.msr, true);
  view.setBigUint64(OFFSET.srr0, spr(vcpu, SRR0), true);
  view.setBigUint64(OFFSET.srr1, spr(vcpu, SRR1), true);
  view.setBigUint64(OFFSET.pid, spr(vcpu, PID), true);
  for (let n = 0; n < 4; n++) {
    view.setBigUint64(OFFSET.sprg0 + 8 * n, spr(vcpu, SPRG0 + n), true);
    view.setBigUint64(OFFSET.sprg4 + 8 * n, otherSPRG[n] ?? 0n, true);
  }
  into.set(registers.gprBytes, OFFSET.gpr);
  return 0;
}

/** PID is not taken: KVM_REG_PPC_PID sets it. */
export function setRegs(vcpu: PowerpcVcpuState, from: Uint8Array): CallAnswer {
  const { pe, otherSPRG } = vcpu;
  const { registers } = pe;
  const view = new DataView(from.buffer, from.byteOffset, ppc_kvm_regs.bytes);
  pe.pc = view.getBigUint64(OFFSET.pc, true);
  registers.cr = view.getUint32(OFFSET.cr, true);
  registers.ctr = view.getBigUint64(OFFSET.ctr, true);
  registers.lr = view.getBigUint64(OFFSET.lr, true);
  registers.xer = view.getBigUint64(OFFSET.xer, true);
  pe.msr = view.getBigUint64(OFFSET.msr, true);
  pe.setSpecialPurposeRegister(SRR0, view.getBigUint64(OFFSET.srr0, true));
  pe.setSpecialPurposeRegister(SRR1, view.getBigUint64(OFFSET.srr1, true));
  for (let n = 0; n < 4; n++) {
    pe.setSpecialPurposeRegister(SPRG0 + n, view.getBigUint64(OFFSET.sprg0 + 8 * n, true));
    otherSPRG[n] = view.getBigUint64(OFFSET.sprg4 + 8 * n, true);
  }
  registers.gprBytes.set(from.subarray(OFFSET.gpr, OFFSET.gpr + 8 * GPRS));
  // kvmppc_set_msr_hv() ends a cede.
  vcpu.isCeded = false;
  return 0;
}

const [, SLB_OFFSET, SLB_WORDS] = ppc_kvm_sregs.fields.slb;
const SLB_ENTRIES = SLB_WORDS / 2;
const ENTRY_BYTES = 16;
/** SLB_ESID_V. */
const VALID = 1n << 27n;
const [PVR_OFFSET, SDR1_OFFSET] = [ppc_kvm_sregs.fields.pvr[1], ppc_kvm_sregs.fields.sdr1[1]];

export function getSregs(vcpu: PowerpcVcpuState, into: Uint8Array): CallAnswer {
  const view = new DataView(into.buffer, into.byteOffset, ppc_kvm_sregs.bytes);
  into.fill(0, 0, ppc_kvm_sregs.bytes);
  view.setUint32(PVR_OFFSET, vcpu.vm.model.PVR, true);
  if (vcpu.vm.kind === 'pr') view.setBigUint64(SDR1_OFFSET, vcpu.SDR1, true);
  for (const [n, { esid, vsid }] of vcpu.pe.slb.entries.entries()) {
    if ((esid & VALID) === 0n) continue;
    view.setBigUint64(SLB_OFFSET + ENTRY_BYTES * n, esid | BigInt(n), true);
    view.setBigUint64(SLB_OFFSET + ENTRY_BYTES * n + 8, vsid, true);
  }
  return 0;
}

/** KVM-HV takes the host's PVR only: it cannot pretend another one. Entries of the SLB that are not valid are left out. */
export function setSregs(vcpu: PowerpcVcpuState, from: Uint8Array): CallAnswer {
  const view = new DataView(from.buffer, from.byteOffset, ppc_kvm_sregs.bytes);
  const pvr = view.getUint32(PVR_OFFSET, true);
  if (pvr !== vcpu.vm.model.PVR)
    return refusal('EINVAL', `The processor version 0x${pvr.toString(16)} is not this host's, 0x${vcpu.vm.model.PVR.toString(16)}.`);
  const { pe } = vcpu;
  vcpu.SDR1 = view.getBigUint64(SDR1_OFFSET, true);
  pe.slb.clear();
  for (let n = 0; n < SLB_ENTRIES; n++) {
    const esid = view.getBigUint64(SLB_OFFSET + ENTRY_BYTES * n, true);
    if ((esid & VALID) !== 0n) pe.slb.moveToEntry(esid, view.getBigUint64(SLB_OFFSET + ENTRY_BYTES * n + 8, true));
  }
  pe.flush();
  return 0;
}

export function getFpu({ pe }: PowerpcVcpuState, into: Uint8Array): CallAnswer {
  const view = new DataView(into.buffer, into.byteOffset, ppc_kvm_fpu.bytes);
  for (let n = 0; n < GPRS; n++) view.setBigUint64(8 * n, pe.registers.vsr(n, 0), true);
  return 0;
}

export function setFpu({ pe }: PowerpcVcpuState, from: Uint8Array): CallAnswer {
  const view = new DataView(from.buffer, from.byteOffset, ppc_kvm_fpu.bytes);
  for (let n = 0; n < GPRS; n++) pe.registers.setVsr(n, 0, view.getBigUint64(8 * n, true));
  return 0;
}
