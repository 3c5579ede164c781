// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bytesOfRegister, KVM_CAP, KVM_EXIT, KVM_PPC_DEBUG_SLOTS, KVMIO, KVMPPC_DEBUG, KVMPPC_INST_SW_BREAKPOINT, kvm_interrupt, kvm_run, numberOfIoctl, POWERPC_IOCTL_CODING,
  POWERPC_IOCTLS, PPC_REGISTER_NAMES, ppc_guest_debug_entry, ppc_kvm_guest_debug, ppc_kvm_regs, ppc_kvm_sregs, ppcRegisterId,
} from '../../src/kvm/index.js'; // biome-ignore format: names

test('ST-KVM-070 struct kvm_regs of powerpc has pc, cr, ctr, lr, xer, msr, SRRs, pid, SPRGs and 32 GPRs as doublewords in that order', () => {
  const fields = ['pc', 'cr', 'ctr', 'lr', 'xer', 'msr', 'srr0', 'srr1', 'pid'] as const;
  assert.deepEqual(
    fields.map(name => ppc_kvm_regs.fields[name][1]),
    fields.map((_, n) => 8 * n),
  );
  assert.deepEqual([ppc_kvm_regs.fields.sprg0[1], ppc_kvm_regs.fields.sprg7[1], ppc_kvm_regs.fields.gpr[1]], [72, 128, 136]);
  assert.equal(ppc_kvm_regs.bytes, ppc_kvm_regs.fields.gpr[1] + 32 * 8);
});

test('ST-KVM-071 the sizes of powerpc structures are those in the ioctl numbers', () => {
  const bytes = (name: string) => POWERPC_IOCTLS.find(row => row.name === name)?.bytes;
  assert.deepEqual(['KVM_GET_REGS', 'KVM_SET_SREGS', 'KVM_SET_GUEST_DEBUG', 'KVM_INTERRUPT'].map(bytes), [
    ppc_kvm_regs.bytes,
    ppc_kvm_sregs.bytes,
    ppc_kvm_guest_debug.bytes,
    kvm_interrupt.bytes,
  ]);
  assert.equal(numberOfIoctl(POWERPC_IOCTL_CODING, KVMIO, POWERPC_IOCTLS, 'KVM_SET_GUEST_DEBUG'), 0x8108_ae9b);
  assert.deepEqual([ppc_kvm_sregs.fields.sdr1[1], ppc_kvm_sregs.fields.slb[1]], [8, 16]);
});

test('ST-KVM-072 struct kvm_guest_debug of powerpc has 16 entries of address, type and padding', () => {
  assert.equal(ppc_kvm_guest_debug.fields.bp[2], KVM_PPC_DEBUG_SLOTS * ppc_guest_debug_entry.bytes);
  assert.deepEqual(ppc_guest_debug_entry.fields, { addr: ['u64', 0], type: ['u32', 8], reserved: ['u32', 12] });
});

test('ST-KVM-073 the trap word of powerpc reads the same in both byte orders', () => {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint32(0, KVMPPC_INST_SW_BREAKPOINT, false);
  assert.equal(bytes.getUint32(0, true), 0x00dd_dd00);
  assert.equal(KVMPPC_INST_SW_BREAKPOINT, 0x00dd_dd00);
});

test('ST-KVM-074 powerpc register ids are architecture 1, the size and the number', () => {
  assert.deepEqual(
    (['DEBUG_INST', 'LPCR', 'LPCR_64', 'CIABR', 'DAWR', 'DAWRX', 'DAWR1', 'DAWRX1', 'DABR', 'DABRX', 'DAR', 'DSISR', 'SIAR', 'SDAR', 'EPCR', 'DBSR', 'SPRG9', 'IAC1', 'DAC2'] as const).map(name => ppcRegisterId(name)),
    [
      0x1020_0000_0000_008bn, 0x1020_0000_0000_00b5n, 0x1030_0000_0000_00b5n, 0x1030_0000_0000_00acn, 0x1030_0000_0000_00aan, 0x1030_0000_0000_00abn, 0x1030_0000_0000_00c4n,
      0x1030_0000_0000_00c5n, 0x1030_0000_0000_0008n, 0x1020_0000_0000_00b8n, 0x1030_0000_0000_000cn, 0x1020_0000_0000_000dn, 0x1030_0000_0000_0015n, 0x1030_0000_0000_0016n,
      0x1020_0000_0000_0085n, 0x1020_0000_0000_00bbn, 0x1030_0000_0000_00ban, 0x1030_0000_0000_0002n, 0x1030_0000_0000_0007n,
    ],
  ); // biome-ignore format: two columns
  assert.equal(ppcRegisterId('VSR0', 31), 0x1040_0000_0000_007fn);
  assert.equal(bytesOfRegister(ppcRegisterId('VR0')), 16);
});

test('ST-KVM-075 no two powerpc registers share an id', () => {
  const ids = PPC_REGISTER_NAMES.flatMap(name =>
    name === 'FPR0' || name === 'VR0' || name === 'VSR0'
      ? Array.from({ length: 32 }, (_, n) => ppcRegisterId(name, n))
      : [ppcRegisterId(name)],
  );
  assert.equal(new Set(ids).size, ids.length);
});

test('ST-KVM-076 the powerpc records of the exit union are where the kernel has them', () => {
  const at = (name: keyof typeof kvm_run.fields) => kvm_run.fields[name][1];
  assert.deepEqual([at('papr_hcall_nr'), at('papr_hcall_ret'), at('papr_hcall_args')], [32, 40, 48]);
  assert.deepEqual([at('ppc_debug_address'), at('ppc_debug_status'), at('ppc_debug_reserved')], [32, 40, 44]);
  assert.deepEqual([KVM_EXIT.PAPR_HCALL, KVM_EXIT.DEBUG], [19, 4]);
  assert.deepEqual(Object.values(KVMPPC_DEBUG), [0, 2, 4, 8]);
  assert.deepEqual([KVM_CAP.PPC_GUEST_DEBUG_SSTEP, KVM_CAP.PPC_DAWR1, KVM_CAP.PPC_PAPR], [176, 194, 68]);
});
