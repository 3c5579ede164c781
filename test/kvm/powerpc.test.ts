// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ERRNO,
  KVM_CAP,
  KVM_EXIT,
  KVM_GUESTDBG,
  kvm_enable_cap,
  kvm_interrupt,
  kvm_mp_state,
  ppc_kvm_sregs,
  ppcRegisterId,
} from '../../src/kvm/index.js';
import { KVM_TRAP, NOP, ppc } from '../cpu/powerWords.js';
import { CODE, guestDebug, MSR_REAL, oneReg, powerpcGuest, regs, setOneReg, setRegs } from './powerpcGuest.js';

const { ENABLE, SINGLESTEP, USE_SW_BP } = KVM_GUESTDBG;
const [SE, EE, PR] = [0x400n, 0x8000n, 0x4000n];
const ILLEGAL = 0x8_0000n;
const hcall = ppc.sc(1);

test('API-01 capability 176 is 0 on KVM-HV and 1 on KVM-PR, and the call for guest debugging exists on both', () => {
  const answers = (['hv', 'pr'] as const).map(kind => {
    const { kvm } = powerpcGuest({ kind });
    return [KVM_CAP.SET_GUEST_DEBUG, KVM_CAP.PPC_GUEST_DEBUG_SSTEP, KVM_CAP.GUEST_DEBUG_HW_BPS, KVM_CAP.PPC_DAWR1].map(cap =>
      kvm.checkExtension(cap),
    );
  });
  assert.deepEqual(answers, [[1, 0, 0, 0], [1, 1, 0, 0]]); // biome-ignore format: rows
});

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`S-004 SINGLESTEP on KVM-HV is accepted and ignored (${fidelity})`, () => {
    const { vcpu } = powerpcGuest({ fidelity, code: [NOP, NOP, hcall] });
    assert.equal(guestDebug(vcpu, ENABLE | SINGLESTEP), 0);
    assert.equal(vcpu.run(), 0);
    assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.PAPR_HCALL);
  });

  test(`API-09 USE_SW_BP without ENABLE makes the trap word an exit on KVM-HV, and without it it is the guest's (${fidelity})`, () => {
    const { vcpu, put } = powerpcGuest({ fidelity, code: [NOP, KVM_TRAP] });
    put(0x700, [hcall]);
    assert.equal(guestDebug(vcpu, USE_SW_BP), 0);
    assert.equal(vcpu.run(), 0);
    assert.deepEqual(
      [vcpu.kvmRun.exit_reason, vcpu.kvmRun.ppc_debug_address, regs(vcpu).pc],
      [KVM_EXIT.DEBUG, BigInt(CODE + 4), BigInt(CODE + 4)],
    );
    assert.equal(guestDebug(vcpu, ENABLE), 0);
    assert.equal(vcpu.run(), 0);
    const { srr0, srr1, pc } = regs(vcpu);
    assert.deepEqual([vcpu.kvmRun.exit_reason, srr0, srr1 & ILLEGAL, pc], [KVM_EXIT.PAPR_HCALL, BigInt(CODE + 4), ILLEGAL, 0x704n]);
  });

  test(`API-05 a trap word after a hypercall ${fidelity === 'exact' ? 'clears the status' : 'keeps the bytes of its return value'} (${fidelity})`, () => {
    const { vcpu } = powerpcGuest({ fidelity, code: [hcall, KVM_TRAP] });
    guestDebug(vcpu, ENABLE | USE_SW_BP);
    vcpu.run();
    vcpu.kvmRun.papr_hcall_ret = 0x1234_5678n;
    vcpu.run();
    assert.deepEqual([vcpu.kvmRun.exit_reason, vcpu.kvmRun.ppc_debug_status], [KVM_EXIT.DEBUG, fidelity === 'exact' ? 0 : 0x1234_5678]);
  });

  test(`ST-KVM-080 a hypercall for user space has number and nine arguments, and its answers are in the registers with the next run (${fidelity})`, () => {
    const { vcpu } = powerpcGuest({ fidelity, code: [hcall, hcall] });
    setRegs(vcpu, {}, { 3: 0x58n, 4: 1n, 12: 9n });
    assert.equal(vcpu.run(), 0);
    const run = vcpu.kvmRun;
    assert.deepEqual(
      [run.exit_reason, run.papr_hcall_nr, run.papr_hcall_args[0], run.papr_hcall_args[8]],
      [KVM_EXIT.PAPR_HCALL, 0x58n, 1n, 9n],
    );
    assert.equal(regs(vcpu).pc, BigInt(CODE + 4));
    run.papr_hcall_ret = 0n;
    run.papr_hcall_args[0] = 77n;
    run.immediate_exit = 1;
    assert.equal(vcpu.run(), -ERRNO.EINTR);
    const { gpr, pc } = regs(vcpu);
    assert.deepEqual([gpr[3], gpr[4], pc], [0n, 77n, BigInt(CODE + 4)]);
  });

  test(`S-070 PPC-HV-47 KVM-PR steps by MSR[SE]${fidelity === 'exact' ? " and keeps the guest's own" : ", and the guest's own is lost"} (${fidelity})`, () => {
    const { vcpu, put } = powerpcGuest({ kind: 'pr', fidelity, code: [NOP, NOP, NOP] });
    put(0xd00, [NOP, NOP]);
    guestDebug(vcpu, ENABLE | SINGLESTEP);
    assert.equal(vcpu.run(), 0);
    assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).pc, regs(vcpu).msr], [KVM_EXIT.DEBUG, BigInt(CODE + 4), MSR_REAL]);
    setRegs(vcpu, { msr: MSR_REAL | SE });
    assert.equal(vcpu.run(), 0);
    assert.deepEqual([regs(vcpu).pc, regs(vcpu).msr & SE], [BigInt(CODE + 8), fidelity === 'exact' ? SE : 0n]);
    assert.equal(vcpu.run(), 0);
    const { pc, srr0, srr1 } = regs(vcpu);
    if (fidelity === 'exact')
      assert.deepEqual([pc, srr0, srr1 & SE], [0xd04n, BigInt(CODE + 8), SE], "the guest's Trace interrupt comes after the step");
    else assert.equal(pc, BigInt(CODE + 12));
  });
}

test('ST-KVM-081 in exact a step of KVM-PR over rfid ends at its target, and over mfmsr shows no SE', () => {
  const { vcpu } = powerpcGuest({ kind: 'pr', code: [ppc.mfmsr(5), ppc.rfid()] });
  setRegs(vcpu, { srr0: BigInt(CODE + 0x100), srr1: MSR_REAL });
  guestDebug(vcpu, ENABLE | SINGLESTEP);
  assert.equal(vcpu.run(), 0);
  assert.deepEqual([regs(vcpu).pc, regs(vcpu).gpr[5]], [BigInt(CODE + 4), MSR_REAL]);
  assert.equal(vcpu.run(), 0);
  assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).pc, regs(vcpu).msr], [KVM_EXIT.DEBUG, BigInt(CODE + 0x100), MSR_REAL]);
});

test('ST-KVM-094 in kernel a step of KVM-PR runs past the instructions that KVM emulates', () => {
  const { vcpu } = powerpcGuest({ kind: 'pr', fidelity: 'kernel', code: [ppc.mfspr(5, 272), ppc.mfmsr(6), NOP, NOP] });
  guestDebug(vcpu, ENABLE | SINGLESTEP);
  assert.equal(vcpu.run(), 0);
  assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).pc], [KVM_EXIT.DEBUG, BigInt(CODE + 12)]);
});

test('ST-KVM-082 in exact a step of KVM-PR over a hypercall for user space ends behind it', () => {
  const { vcpu } = powerpcGuest({ kind: 'pr', code: [hcall, NOP] });
  assert.equal(vcpu.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.PPC_PAPR })), 0);
  setRegs(vcpu, {}, { 3: 0x58n });
  guestDebug(vcpu, ENABLE | SINGLESTEP);
  assert.equal(vcpu.run(), 0);
  assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.PAPR_HCALL);
  assert.equal(vcpu.run(), 0);
  assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).pc, regs(vcpu).msr], [KVM_EXIT.DEBUG, BigInt(CODE + 4), MSR_REAL]);
});

test('ST-KVM-083 in exact an interrupt that a stepped instruction takes saves the SE of the guest', () => {
  const { vcpu } = powerpcGuest({ kind: 'pr', code: [ppc.sc(0)] });
  guestDebug(vcpu, ENABLE | SINGLESTEP);
  assert.equal(vcpu.run(), 0);
  const { pc, srr0, srr1, msr } = regs(vcpu);
  assert.deepEqual([pc, srr0, srr1 & SE, msr & SE], [0xc00n, BigInt(CODE + 4), 0n, 0n]);
});

test('ST-KVM-084 KVM-PR without SINGLESTEP leaves the Trace interrupt to the guest', () => {
  const { vcpu, put } = powerpcGuest({ kind: 'pr', code: [NOP, NOP] });
  put(0xd00, [hcall]);
  vcpu.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.PPC_PAPR }));
  setRegs(vcpu, { msr: MSR_REAL | SE });
  assert.equal(vcpu.run(), 0);
  assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).srr0], [KVM_EXIT.PAPR_HCALL, BigInt(CODE + 4)]);
});

test('ST-KVM-085 the trap word in problem state is reported by KVM-PR in exact and reflected in kernel', () => {
  const stops = (['exact', 'kernel'] as const).map(fidelity => {
    const { vcpu, put } = powerpcGuest({ kind: 'pr', fidelity, code: [KVM_TRAP] });
    put(0x700, [KVM_TRAP]);
    setRegs(vcpu, { msr: MSR_REAL | PR });
    vcpu.run();
    return [vcpu.kvmRun.exit_reason, vcpu.kvmRun.ppc_debug_address];
  });
  assert.deepEqual(stops, [[KVM_EXIT.DEBUG, BigInt(CODE)], [KVM_EXIT.DEBUG, 0x700n]]); // biome-ignore format: rows
});

for (const fidelity of ['kernel', 'exact'] as const)
  test(`API-25 S-068 CIABR with the privilege of the hypervisor is stored disabled and refused by H_SET_MODE, and DAWRX loses HYP (${fidelity})`, () => {
    const { vcpu } = powerpcGuest({ code: [hcall, KVM_TRAP], fidelity });
    assert.equal(setOneReg(vcpu, 'CIABR', 0x1_0003n), 0);
    assert.equal(setOneReg(vcpu, 'DAWRX', 0x7n), 0);
    assert.deepEqual([oneReg(vcpu, 'CIABR'), oneReg(vcpu, 'DAWRX')], [0x1_0000n, 0x3n]);
    guestDebug(vcpu, USE_SW_BP);
    setRegs(vcpu, {}, { 3: 0x31cn, 4: 0n, 5: 1n, 6: 0x1_0003n, 7: 0n });
    vcpu.run();
    assert.deepEqual([BigInt.asIntN(64, regs(vcpu).gpr[3] ?? 0n), oneReg(vcpu, 'CIABR')], [-56n, 0x1_0000n]);
  });

test('API-26 PPC-HV-02 LPCR is one for all vCPUs, and AIL 1 and 2 are stored as 0', () => {
  const { vcpus } = powerpcGuest({ vcpus: 2 });
  const [first, second] = vcpus;
  assert.ok(first !== undefined && second !== undefined);
  const [AIL, ILE] = [0x0180_0000n, 0x0200_0000n];
  const before = oneReg(second, 'LPCR_64');
  assert.equal(setOneReg(first, 'LPCR_64', AIL | ILE), 0);
  assert.equal(oneReg(second, 'LPCR_64') & (AIL | ILE), AIL | ILE);
  assert.equal(oneReg(second, 'LPCR_64') & 0x8000_0000_0000_0000n, before & 0x8000_0000_0000_0000n, 'what user space may not change stays');
  for (const value of [0x0080_0000n, 0x0100_0000n]) {
    setOneReg(first, 'LPCR_64', value);
    assert.equal(oneReg(second, 'LPCR_64') & AIL, 0n);
  }
});

test('ST-KVM-086 the interrupt location that one vCPU is given moves the vectors of the other', () => {
  const { vcpus, put } = powerpcGuest({ vcpus: 2, code: [ppc.sc(0)] });
  const [first, second] = vcpus;
  assert.ok(first !== undefined && second !== undefined);
  put(0xc00, [KVM_TRAP]);
  setOneReg(first, 'LPCR_64', 0x0200_0000n);
  guestDebug(second, USE_SW_BP);
  second.run();
  assert.deepEqual([regs(second).pc, regs(second).msr & 1n], [0xc00n, 1n], 'ILE of the VM is what the handler runs in');
});

test('ST-KVM-087 H_CEDE sleeps until the decrementer, to which virtual time skips', () => {
  const { kvm, vcpu, put } = powerpcGuest({ code: [ppc.mtspr(5, 22), hcall, NOP] });
  put(0x900, [KVM_TRAP]);
  guestDebug(vcpu, USE_SW_BP);
  setRegs(vcpu, {}, { 3: 0xe0n, 5: 1_000_000n });
  assert.equal(vcpu.run(), 0);
  assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).pc, regs(vcpu).srr0], [KVM_EXIT.DEBUG, 0x900n, BigInt(CODE + 8)]);
  assert.ok(kvm.scheduler.virtualTime >= 2_000_000, String(kvm.scheduler.virtualTime));
  assert.ok(vcpu.retiredInstructions < 10);
});

test('ST-KVM-088 H_PROD ends the H_CEDE of another vCPU, and one that comes before makes it return at once', () => {
  const { kvm, vcpus, put } = powerpcGuest({ vcpus: 2, code: [hcall, KVM_TRAP] });
  const [sleeper, waker] = vcpus;
  assert.ok(sleeper !== undefined && waker !== undefined);
  put(CODE + 0x100, [hcall, KVM_TRAP]);
  for (const vcpu of vcpus) guestDebug(vcpu, USE_SW_BP);
  setRegs(sleeper, {}, { 3: 0xe0n });
  setRegs(waker, { pc: BigInt(CODE + 0x100) }, { 3: 0xe4n, 4: 0n });
  const stops = [1, 2].map(() => {
    const left = vcpus.filter(vcpu => vcpu.kvmRun.exit_reason !== KVM_EXIT.DEBUG);
    const result = kvm.scheduler.run(left, { maximumInstructions: 1000 });
    return result.kind === 'returned' ? result.vcpu.index : result.kind;
  });
  assert.deepEqual(stops.sort(), [0, 1]);
  assert.equal(regs(sleeper).gpr[3], 0n);
});

test('ST-KVM-089 a hypercall that the kernel is told to leave alone goes to user space', () => {
  const { vm, vcpu } = powerpcGuest({ code: [hcall] });
  const request = kvm_enable_cap.make({ cap: KVM_CAP.PPC_ENABLE_HCALL });
  kvm_enable_cap.over(request).args[0] = 0xe0n;
  assert.equal(vm.enableCap(request), 0);
  kvm_enable_cap.over(request).args[0] = 0x58n;
  assert.equal(vm.enableCap(request), -ERRNO.EINVAL);
  setRegs(vcpu, {}, { 3: 0xe0n });
  vcpu.run();
  assert.deepEqual([vcpu.kvmRun.exit_reason, vcpu.kvmRun.papr_hcall_nr], [KVM_EXIT.PAPR_HCALL, 0xe0n]);
});

test('ST-KVM-090 sc 1 in problem state is a system call under KVM-PR and no hypercall under KVM-HV', () => {
  for (const kind of ['pr', 'hv'] as const) {
    const { vcpu, put } = powerpcGuest({ kind, code: [hcall] });
    put(0xc00, [KVM_TRAP]);
    guestDebug(vcpu, USE_SW_BP);
    setRegs(vcpu, { msr: MSR_REAL | PR });
    vcpu.run();
    assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).pc, regs(vcpu).srr0], [KVM_EXIT.DEBUG, 0xc00n, BigInt(CODE + 4)], kind);
  }
});

test('ST-KVM-091 KVM_INTERRUPT raises the external interrupt until it is lowered', () => {
  const { vcpu, put } = powerpcGuest({ code: [NOP, KVM_TRAP] });
  put(0x500, [KVM_TRAP]);
  guestDebug(vcpu, USE_SW_BP);
  setRegs(vcpu, { msr: MSR_REAL | EE });
  assert.equal(vcpu.call('KVM_INTERRUPT', kvm_interrupt.make({ irq: 0xffff_ffff })), 0);
  vcpu.run();
  assert.equal(regs(vcpu).pc, 0x500n);
  assert.equal(vcpu.call('KVM_INTERRUPT', kvm_interrupt.make({ irq: 0xffff_fffe })), 0);
  setRegs(vcpu, { pc: BigInt(CODE), msr: MSR_REAL | EE });
  vcpu.run();
  assert.equal(regs(vcpu).pc, BigInt(CODE + 4));
  assert.equal(vcpu.call('KVM_INTERRUPT', kvm_interrupt.make({ irq: 1 })), -ERRNO.EINVAL);
});

test('ST-KVM-092 registers that powerpc does not have are EINVAL, the trap word is read-only, and each kind of KVM has its own', () => {
  const [{ vcpu: hv }, { vcpu: pr }] = [powerpcGuest(), powerpcGuest({ kind: 'pr' })];
  assert.equal(oneReg(hv, 'DEBUG_INST'), 0x00dd_dd00n);
  assert.deepEqual(
    [setOneReg(hv, 'DEBUG_INST', 0n), setOneReg(pr, 'CIABR', 0n), setOneReg(hv, 'IAC1', 0n)],
    [-ERRNO.EINVAL, -ERRNO.EINVAL, -ERRNO.EINVAL],
  );
  assert.equal(hv.getRegList(new Uint8Array(8)), -ERRNO.EINVAL);
  assert.equal(hv.getMpState(kvm_mp_state.make()), -ERRNO.EINVAL);
  const value = Uint8Array.from({ length: 16 }, (_, n) => n);
  const back = new Uint8Array(16);
  for (const name of ['VR0', 'VSR0'] as const) {
    assert.equal(hv.setOneReg(ppcRegisterId(name, 7), value), 0);
    assert.equal(hv.getOneReg(ppcRegisterId(name, 7), back), 0);
    assert.deepEqual(back, value);
  }
  assert.equal(hv.getOneRegValue(ppcRegisterId('FPR0', 7)), 0x0706_0504_0302_0100n, 'a floating-point register is doubleword 0 of its VSR');
});

test('ST-KVM-093 KVM_SET_SREGS takes the PVR of the host only and the valid entries of the SLB', () => {
  const { vcpu } = powerpcGuest();
  const bytes = ppc_kvm_sregs.make();
  assert.equal(vcpu.call('KVM_GET_SREGS', bytes), 0);
  const sregs = ppc_kvm_sregs.over(bytes);
  assert.equal(sregs.pvr, 0x004e_1202);
  sregs.slb.set([0x1000_0000_0800_0003n, 0x4321_0000n, 0x2000_0000_0000_0004n, 0x1n], 6);
  assert.equal(vcpu.call('KVM_SET_SREGS', bytes), 0);
  const after = ppc_kvm_sregs.make();
  vcpu.call('KVM_GET_SREGS', after);
  assert.deepEqual([...ppc_kvm_sregs.over(after).slb.subarray(6, 10)], [0x1000_0000_0800_0003n, 0x4321_0000n, 0n, 0n]);
  sregs.pvr = 1;
  assert.equal(vcpu.call('KVM_SET_SREGS', bytes), -ERRNO.EINVAL);
});
