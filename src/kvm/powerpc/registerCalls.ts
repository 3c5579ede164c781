// SPDX-License-Identifier: MIT
import { POWER_WORDS } from '../../cpu/index.js';
import { ppc_kvm_fpu, ppc_kvm_regs, ppc_kvm_sregs } from '../abi/powerpc/structures.js';
import { type CallAnswer, refusal } from '../kvmFile.js';
import type { PowerpcVcpuState } from './vcpuState.js';

// KVM_GET_REGS, KVM_SET_REGS, KVM_GET_SREGS, KVM_SET_SREGS, KVM_GET_FPU, KVM_SET_FPU (Linux 6.1: arch/powerpc/kvm/book3s.c, book3s_hv.c, book3s_pr.c).

const GPRS = 32;
/** In each of the two groups of four. */
const SPRGS = 4;
const { fields } = ppc_kvm_regs;
// biome-ignore format: a table
const OFFSET = {
  pc: fields.pc[1], cr: fields.cr[1], ctr: fields.ctr[1], lr: fields.lr[1], xer: fields.xer[1], msr: fields.msr[1], srr0: fields.srr0[1],
  srr1: fields.srr1[1], pid: fields.pid[1], sprg0: fields.sprg0[1], sprg4: fields.sprg4[1], gpr: fields.gpr[1],
} as const;
const WORDS = POWER_WORDS;
/** NIP's last two bits are ignored. */
const WORD_ALIGNED = ~3;

// No `ppc_kvm_regs.over()`, no bigints and no new objects: each step of a debugger comes here, several times.

/** Views of an argument. Callers have the same few buffers each time. */
class ArgumentViews {
  #bytes: Uint8Array | undefined;
  view: DataView = new DataView(new ArrayBuffer(0));
  gprs: Uint8Array = new Uint8Array(0);

  of(bytes: Uint8Array): this {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, ppc_kvm_regs.bytes);
      this.gprs = bytes.subarray(OFFSET.gpr, OFFSET.gpr + 8 * GPRS);
    }
    return this;
  }
}
const [got, given] = [new ArgumentViews(), new ArgumentViews()];

function copyOut(words: Int32Array, place: number, view: DataView, offset: number): void {
  view.setInt32(offset, words[place] ?? 0, true);
  view.setInt32(offset + 4, words[place + 1] ?? 0, true);
}

function copyIn(words: Int32Array, place: number, view: DataView, offset: number): void {
  words[place] = view.getInt32(offset, true);
  words[place + 1] = view.getInt32(offset + 4, true);
}

export function getRegs({ pe, otherSPRG }: PowerpcVcpuState, into: Uint8Array): CallAnswer {
  const { registers } = pe;
  const { words } = registers;
  const { view, gprs } = got.of(into);
  copyOut(words, WORDS.pc, view, OFFSET.pc);
  view.setUint32(OFFSET.cr, registers.cr, true);
  view.setUint32(OFFSET.cr + 4, 0, true);
  copyOut(words, WORDS.ctr, view, OFFSET.ctr);
  copyOut(words, WORDS.lr, view, OFFSET.lr);
  view.setUint32(OFFSET.xer, registers.xerWord, true);
  view.setUint32(OFFSET.xer + 4, 0, true);
  copyOut(words, WORDS.msr, view, OFFSET.msr);
  copyOut(words, WORDS.srr0, view, OFFSET.srr0);
  copyOut(words, WORDS.srr1, view, OFFSET.srr1);
  copyOut(words, WORDS.pid, view, OFFSET.pid);
  for (let n = 0; n < SPRGS; n++) {
    copyOut(words, WORDS.sprg[n] ?? 0, view, OFFSET.sprg0 + 8 * n);
    copyOut(otherSPRG, 2 * n, view, OFFSET.sprg4 + 8 * n);
  }
  gprs.set(registers.gprBytes);
  return 0;
}

/** PID is not taken: KVM_REG_PPC_PID sets it. */
export function setRegs(vcpu: PowerpcVcpuState, from: Uint8Array): CallAnswer {
  const { pe, otherSPRG } = vcpu;
  const { registers } = pe;
  const { words } = registers;
  const { view, gprs } = given.of(from);
  words[WORDS.pc] = view.getInt32(OFFSET.pc, true) & WORD_ALIGNED;
  words[WORDS.pc + 1] = view.getInt32(OFFSET.pc + 4, true);
  registers.cr = view.getUint32(OFFSET.cr, true);
  copyIn(words, WORDS.ctr, view, OFFSET.ctr);
  copyIn(words, WORDS.lr, view, OFFSET.lr);
  registers.xerWord = view.getUint32(OFFSET.xer, true);
  pe.setMsrWords(view.getInt32(OFFSET.msr, true), view.getInt32(OFFSET.msr + 4, true));
  copyIn(words, WORDS.srr0, view, OFFSET.srr0);
  copyIn(words, WORDS.srr1, view, OFFSET.srr1);
  for (let n = 0; n < SPRGS; n++) {
    copyIn(words, WORDS.sprg[n] ?? 0, view, OFFSET.sprg0 + 8 * n);
    copyIn(otherSPRG, 2 * n, view, OFFSET.sprg4 + 8 * n);
  }
  registers.gprBytes.set(gprs);
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
