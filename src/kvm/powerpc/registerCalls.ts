// SPDX-License-Identifier: MIT
import { ppc_kvm_fpu, ppc_kvm_regs, ppc_kvm_sregs } from '../abi/powerpc/structures.js';
import { type CallAnswer, refusal } from '../kvmFile.js';
import type { PowerpcVcpuState } from './vcpuState.js';

// KVM_GET_REGS, KVM_SET_REGS, KVM_GET_SREGS, KVM_SET_SREGS, KVM_GET_FPU, KVM_SET_FPU (Linux 6.1: arch/powerpc/kvm/book3s.c, book3s_hv.c, book3s_pr.c).

const [SRR0, SRR1, PID, SPRG0] = [26, 27, 48, 272];
const GPRS = 32;

const spr = ({ pe }: PowerpcVcpuState, number: number): bigint => pe.specialPurposeRegister(number) ?? 0n;

export function getRegs(vcpu: PowerpcVcpuState, into: Uint8Array): CallAnswer {
  const { pe, otherSPRG } = vcpu;
  const { registers } = pe;
  const values = [
    pe.pc,
    BigInt(registers.cr),
    registers.ctr,
    registers.lr,
    registers.xer,
    pe.msr,
    spr(vcpu, SRR0),
    spr(vcpu, SRR1),
    spr(vcpu, PID),
  ];
  for (let n = 0; n < 4; n++) values.push(spr(vcpu, SPRG0 + n));
  values.push(...otherSPRG);
  for (let n = 0; n < GPRS; n++) values.push(registers.gpr(n));
  const view = new DataView(into.buffer, into.byteOffset, ppc_kvm_regs.bytes);
  for (const [n, value] of values.entries()) view.setBigUint64(8 * n, value, true);
  return 0;
}

/** PID is not taken: KVM_REG_PPC_PID sets it. */
export function setRegs(vcpu: PowerpcVcpuState, from: Uint8Array): CallAnswer {
  const { pe, otherSPRG } = vcpu;
  const { registers } = pe;
  const view = new DataView(from.buffer, from.byteOffset, ppc_kvm_regs.bytes);
  const at = (name: Exclude<keyof typeof ppc_kvm_regs.fields, 'gpr'>): bigint => view.getBigUint64(ppc_kvm_regs.fields[name][1], true);
  pe.pc = at('pc');
  registers.cr = Number(BigInt.asUintN(32, at('cr')));
  registers.ctr = at('ctr');
  registers.lr = at('lr');
  registers.xer = at('xer');
  pe.msr = at('msr');
  pe.setSpecialPurposeRegister(SRR0, at('srr0'));
  pe.setSpecialPurposeRegister(SRR1, at('srr1'));
  (['sprg0', 'sprg1', 'sprg2', 'sprg3'] as const).forEach((name, n) => {
    pe.setSpecialPurposeRegister(SPRG0 + n, at(name));
  });
  (['sprg4', 'sprg5', 'sprg6', 'sprg7'] as const).forEach((name, n) => {
    otherSPRG[n] = at(name);
  });
  const [, first] = ppc_kvm_regs.fields.gpr;
  for (let n = 0; n < GPRS; n++) registers.setGpr(n, view.getBigUint64(first + 8 * n, true));
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
