// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRNO, KVM_EXIT, KVM_GUESTDBG } from '../../src/kvm/index.js';
import { addImmediate, b, brk, daifclr, eret, hvc, ldr, mov32, mrs, msr, nop, str, svc, wfi } from './a64.js';
import {
  CODE,
  DATA,
  DBGBVR0,
  DEVICE,
  guest,
  guestDebug,
  irq,
  MDSCR,
  register,
  runToDebugExit,
  STEP,
  STEP_HSR,
  setRegister,
  setSystemRegister,
  systemRegister,
  VBAR,
  VECTORS,
} from './guest.js';

const PSTATE_SS = 1n << 21n;
/** PSCI_VERSION, and its answer: 1.1. */
const PSCI_VERSION = 0x8400_0000;
const PSCI_1_1 = 0x1_0001n;
const { ENABLE, USE_HW, USE_SW_BP } = KVM_GUESTDBG;

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`ARM-HW-24 API-17 one KVM_RUN with SINGLESTEP retires one instruction and reports the next (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [addImmediate(0, 0, 1), addImmediate(0, 0, 1), b(-8)] });
    guestDebug(vcpu, STEP);
    const pcs = Array.from({ length: 6 }, () => [runToDebugExit(vcpu), register(vcpu, 'pc')]);
    assert.deepEqual(
      pcs,
      [4, 8, 0, 4, 8, 0].map(offset => [STEP_HSR, BigInt(CODE + offset)]),
    );
    assert.deepEqual([register(vcpu, 'x0'), vcpu.retiredInstructions], [4n, 6]);
  });

  test(`S-097 ARM-HW-26 a stepped MMIO load exits for the access, then for the step, with no further instruction (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [ldr(0, 1), addImmediate(2, 2, 1)] });
    setRegister(vcpu, 'x1', DEVICE);
    guestDebug(vcpu, STEP);
    assert.equal(vcpu.run(), 0);
    assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.MMIO);
    vcpu.kvmRun.mmio_data.fill(0x11);
    runToDebugExit(vcpu);
    assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'x0'), register(vcpu, 'x2')], [BigInt(CODE + 4), 0x1111_1111_1111_1111n, 0n]);
  });

  test(`S-099 ARM-HW-25 ARM-HW-39 stepping trapped debug register accesses takes one exit each and the value reads back (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [msr(DBGBVR0, 0), mrs(1, DBGBVR0), nop] });
    setRegister(vcpu, 'x0', 0x4000_1234);
    guestDebug(vcpu, STEP | USE_HW);
    runToDebugExit(vcpu);
    assert.equal(register(vcpu, 'pc'), BigInt(CODE + 4));
    runToDebugExit(vcpu);
    assert.deepEqual(
      [register(vcpu, 'pc'), register(vcpu, 'x1'), systemRegister(vcpu, DBGBVR0)],
      [BigInt(CODE + 8), 0x4000_1234n, 0x4000_1234n],
    );
  });

  test(`ARM-HW-18 the guest reads its own MDSCR_EL1 while the host steps (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [mrs(0, MDSCR), nop] });
    guestDebug(vcpu, STEP | USE_HW);
    runToDebugExit(vcpu);
    assert.deepEqual([register(vcpu, 'x0'), systemRegister(vcpu, MDSCR)], [0n, 0n]);
  });

  test(`ARM-HW-19 PSTATE.SS reads as the guest's own after a step (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [nop, nop, nop] });
    const before = register(vcpu, 'pstate');
    guestDebug(vcpu, STEP);
    runToDebugExit(vcpu);
    assert.equal(register(vcpu, 'pstate'), before);
    setRegister(vcpu, 'pstate', before | PSTATE_SS);
    runToDebugExit(vcpu);
    assert.equal(register(vcpu, 'pstate'), before | PSTATE_SS);
  });

  test(`ARM-HW-23 BRK exits whenever the word is not zero, whatever its other bits (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [brk(0x55)] });
    guestDebug(vcpu, ENABLE);
    assert.equal(runToDebugExit(vcpu), 0xf200_0055);
    guestDebug(vcpu, ENABLE | USE_SW_BP);
    assert.equal(runToDebugExit(vcpu), 0xf200_0055);
    assert.equal(register(vcpu, 'pc'), BigInt(CODE));
  });

  test(`ARM-HW-21 a debug exit has ESR_EL2 in hsr and says that hsr_high is valid (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [nop] });
    guestDebug(vcpu, ENABLE | USE_HW, { breakpoints: [BigInt(CODE)] });
    assert.equal(runToDebugExit(vcpu), 0xc200_0022);
    assert.deepEqual([vcpu.kvmRun.flags, vcpu.kvmRun.debug_hsr_high], [1, 0]);
  });

  test(`ARM-HW-22 ARM-HW-28 without guest debug BRK goes to the guest, and stepping an UNDEFINED one stops at the vector (${fidelity})`, () => {
    const { vcpu, put } = guest({ fidelity, code: [brk(7)] });
    put(VECTORS + 0x200, [mrs(0, 0xc290), wfi]);
    setSystemRegister(vcpu, VBAR, VECTORS);
    assert.equal(vcpu.run(), -ERRNO.EINTR);
    assert.equal(register(vcpu, 'x0'), 0xf200_0007n);
    put(CODE, [mrs(1, 0x8084), nop]);
    setRegister(vcpu, 'pc', CODE);
    guestDebug(vcpu, STEP);
    runToDebugExit(vcpu);
    assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'ELR_EL1')], [BigInt(VECTORS + 0x200), BigInt(CODE)]);
  });

  test(`S-100 ARM-HW-20 a host event after the stepped instruction leaves the step pending: exactly one instruction (${fidelity})`, () => {
    const { kvm, vcpu } = guest({ fidelity, code: [hvc(0), addImmediate(0, 0, 1), addImmediate(0, 0, 1)] });
    setRegister(vcpu, 'x0', PSCI_VERSION);
    guestDebug(vcpu, STEP);
    // The limit ends the call where HVC has been served and its step exception has not come yet; there the host takes the processor away.
    assert.deepEqual(kvm.scheduler.run([vcpu], { maximumInstructions: 1 }), { kind: 'limit', isSliceOver: false });
    vcpu.signal();
    kvm.scheduler.run([vcpu], { maximumInstructions: 1 });
    assert.deepEqual([vcpu.kvmRun.exit_reason, vcpu.debugState.isStepPending], [KVM_EXIT.INTR, true]);
    runToDebugExit(vcpu);
    assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'x0')], [BigInt(CODE + 4), PSCI_1_1]);
    runToDebugExit(vcpu);
    assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'x0')], [BigInt(CODE + 8), PSCI_1_1 + 1n]);
  });

  test(`ARM-HW-19 PSTATE.SS is the guest's own after a run in which the host suppressed the guest's stepping (${fidelity})`, () => {
    for (const control of [STEP, ENABLE, ENABLE | USE_HW]) {
      const { vcpu } = guest({ fidelity, code: [nop, brk(0)] });
      setSystemRegister(vcpu, MDSCR, 1);
      setRegister(vcpu, 'pstate', PSTATE_SS);
      guestDebug(vcpu, control);
      runToDebugExit(vcpu);
      assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'pstate')], [BigInt(CODE + 4), PSTATE_SS], `control ${control}`);
    }
  });

  test(`S-093 SVC under a step stops at the vector (${fidelity})`, () => {
    const { vcpu, put } = guest({ fidelity, code: [svc(0), nop] });
    put(VECTORS + 0x400, [nop]);
    setSystemRegister(vcpu, VBAR, VECTORS);
    setRegister(vcpu, 'pstate', 0);
    guestDebug(vcpu, STEP);
    runToDebugExit(vcpu);
    assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'SPSR_EL1') & PSTATE_SS], [BigInt(VECTORS + 0x400), 0n]);
  });

  test(`S-094 ERET under a step stops at its target (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [eret, nop, addImmediate(0, 0, 1)] });
    setRegister(vcpu, 'ELR_EL1', CODE + 8);
    setRegister(vcpu, 'SPSR_EL1', 0);
    guestDebug(vcpu, STEP);
    runToDebugExit(vcpu);
    assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'x0'), register(vcpu, 'pstate') & 0xfn], [BigInt(CODE + 8), 0n, 0n]);
  });
}

test('S-096 ARM-HW-30 a pending virtual interrupt makes a step land on the vector', () => {
  const { vm, vcpu } = guest({ fidelity: 'kernel', code: [daifclr(2), nop, nop] });
  setSystemRegister(vcpu, VBAR, VECTORS);
  guestDebug(vcpu, STEP);
  runToDebugExit(vcpu);
  irq(vm, 0, 1);
  runToDebugExit(vcpu);
  assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'ELR_EL1')], [BigInt(VECTORS + 0x280), BigInt(CODE + 4)]);
});

test('ARM-HW-27 immediate_exit between MMIO and step: exact runs no extra instruction, kernel runs one', () => {
  const ends = (['exact', 'kernel'] as const).map(fidelity => {
    const { vcpu } = guest({ fidelity, code: [ldr(0, 1), addImmediate(2, 2, 1), nop] });
    setRegister(vcpu, 'x1', DEVICE);
    guestDebug(vcpu, STEP);
    vcpu.run();
    vcpu.kvmRun.immediate_exit = 1;
    assert.equal(vcpu.run(), -ERRNO.EINTR);
    vcpu.kvmRun.immediate_exit = 0;
    runToDebugExit(vcpu);
    return [register(vcpu, 'pc'), register(vcpu, 'x2')];
  });
  assert.deepEqual(ends, [
    [BigInt(CODE + 4), 0n],
    [BigInt(CODE + 8), 1n],
  ]);
});

test('ST-KVM-003 a step mark left over from before a run swallows the next step in kernel, not in exact', () => {
  const executed = (['exact', 'kernel'] as const).map(fidelity => {
    const { kvm, vcpu } = guest({ fidelity, code: [hvc(0), addImmediate(2, 2, 1), brk(0), addImmediate(2, 2, 1), nop] });
    setRegister(vcpu, 'x0', PSCI_VERSION);
    guestDebug(vcpu, STEP);
    // A signal comes after HVC: its step is done and not reported.
    kvm.scheduler.run([vcpu], { maximumInstructions: 1 });
    vcpu.signal();
    kvm.scheduler.run([vcpu], { maximumInstructions: 1 });
    guestDebug(vcpu, ENABLE | USE_SW_BP);
    runToDebugExit(vcpu);
    setRegister(vcpu, 'pc', CODE + 12);
    guestDebug(vcpu, STEP);
    runToDebugExit(vcpu);
    return [register(vcpu, 'x2'), register(vcpu, 'pc')];
  });
  assert.deepEqual(executed, [
    [2n, BigInt(CODE + 16)],
    [1n, BigInt(CODE + 12)],
  ]);
});

test('API-05 a debug exit that is no watchpoint keeps the older bytes of far in kernel and clears them in exact', () => {
  const far = (['exact', 'kernel'] as const).map(fidelity => {
    const { vcpu } = guest({ fidelity, code: [str(0, 1), brk(0)] });
    setRegister(vcpu, 'x0', 0x1122_3344_5566_7788n);
    setRegister(vcpu, 'x1', DEVICE);
    vcpu.run();
    guestDebug(vcpu, ENABLE);
    runToDebugExit(vcpu);
    return vcpu.kvmRun.debug_far;
  });
  assert.deepEqual(far, [0n, 0x1122_3344_5566_7788n]);
});

test('ARM-HW-36 a watchpoint ends a step before the access, and the next run steps again', () => {
  const { vcpu, read64 } = guest({ code: [str(0, 1), nop] });
  setRegister(vcpu, 'x0', 9);
  setRegister(vcpu, 'x1', DATA);
  guestDebug(vcpu, STEP | USE_HW, { watchpoints: [[BigInt(DATA), 0x1ff7n]] });
  assert.equal(runToDebugExit(vcpu), 0xd200_0062);
  assert.deepEqual([vcpu.kvmRun.debug_far, register(vcpu, 'pc'), read64(DATA)], [BigInt(DATA), BigInt(CODE), 0n]);
  guestDebug(vcpu, STEP);
  assert.equal(runToDebugExit(vcpu), STEP_HSR);
  assert.deepEqual([register(vcpu, 'pc'), read64(DATA)], [BigInt(CODE + 4), 9n]);
});

test('ARM-HW-38 after guest debug ends the guest steps and breaks by itself again', () => {
  const { vcpu, put } = guest({ code: [...mov32(0, CODE + 16), nop, nop, nop] });
  put(VECTORS + 0x200, [mrs(5, 0xc290), wfi]);
  setSystemRegister(vcpu, VBAR, VECTORS);
  setSystemRegister(vcpu, DBGBVR0, CODE + 12);
  setSystemRegister(vcpu, DBGBVR0 + 1, 0x1e7);
  setSystemRegister(vcpu, MDSCR, 0xa000);
  setRegister(vcpu, 'pstate', 0x1c5);
  guestDebug(vcpu, STEP);
  runToDebugExit(vcpu);
  guestDebug(vcpu, 0);
  assert.equal(vcpu.run(), -ERRNO.EINTR);
  assert.deepEqual([register(vcpu, 'x5'), register(vcpu, 'ELR_EL1')], [0xc600_0022n, BigInt(CODE + 12)]);
});
