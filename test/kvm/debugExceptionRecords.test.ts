// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRNO, KVM_CAP, KVM_GUESTDBG } from '../../src/kvm/index.js';
import { brk, ldr, mov32, movz, mrs, msr, nop, str, wfi } from './a64.js';
import { CODE, DATA, guest, guestDebug, OSDLR_EL1, register, runToDebugExit, STEP, setRegister, systemRegister, VECTORS } from './guest.js';

const { ENABLE, USE_HW } = KVM_GUESTDBG;
const [VBAR_EL1, ESR_EL1, FAR_EL1] = [0xc600, 0xc290, 0xc300];
/** ESR_ELx.IL. */
const IL = 1 << 25;
/** DBGWCR: enabled, EL1 and EL0, stores, eight bytes. */
const WATCH_STORES = 0x1ff7n;
const BLOCKIRQ = 0x10_0000;

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`ARM-HW-01 each debug exception reports IL=1, and only a watchpoint sets FAR (${fidelity})`, () => {
    const seen: (readonly [what: string, IL: boolean])[] = [];
    const record = (what: string, hsr: number): void => void seen.push([what, (hsr & IL) !== 0]);
    const { vcpu } = guest({ fidelity, code: [nop, nop, brk(7)] });
    guestDebug(vcpu, ENABLE | USE_HW, { breakpoints: [BigInt(CODE + 4)] });
    record('breakpoint', runToDebugExit(vcpu));
    assert.equal(vcpu.kvmRun.debug_far, 0n);
    guestDebug(vcpu, STEP);
    record('step', runToDebugExit(vcpu));
    assert.equal(vcpu.kvmRun.debug_far, 0n);
    guestDebug(vcpu, ENABLE);
    record('BRK', runToDebugExit(vcpu));
    assert.equal(vcpu.kvmRun.debug_far, 0n);

    const other = guest({ fidelity, code: [...mov32(0, DATA), str(1, 0)] }).vcpu;
    guestDebug(other, ENABLE | USE_HW, { watchpoints: [[BigInt(DATA), WATCH_STORES]] });
    record('watchpoint', runToDebugExit(other));
    assert.equal(other.kvmRun.debug_far, BigInt(DATA));
    assert.deepEqual(
      seen,
      ['breakpoint', 'step', 'BRK', 'watchpoint'].map(what => [what, true]),
    );
  });

  test(`ARM-HW-41 ENABLE alone keeps guest debugging on, so that BRK exits (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [nop, brk(0)] });
    guestDebug(vcpu, STEP);
    runToDebugExit(vcpu);
    guestDebug(vcpu, ENABLE);
    assert.equal(runToDebugExit(vcpu), 0xf200_0000);
    assert.equal(register(vcpu, 'pc'), BigInt(CODE + 4));
  });

  test(`ARM-REG-19 OSDLR_EL1 reads 0 after a write of 1, and a breakpoint behind it fires (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [movz(0, 1), msr(OSDLR_EL1, 0), mrs(1, OSDLR_EL1), nop, nop] });
    setRegister(vcpu, 'x1', 5n);
    guestDebug(vcpu, ENABLE | USE_HW, { breakpoints: [BigInt(CODE + 16)] });
    assert.equal(runToDebugExit(vcpu), 0xc200_0022);
    assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'x1')], [BigInt(CODE + 16), 0n]);
  });

  test(`S-095 a step of a load that aborts stops at the vector with ESR and FAR set (${fidelity})`, () => {
    // With the MMU off an unaligned access is an alignment fault (Device memory).
    const { vcpu } = guest({ fidelity, code: [...mov32(0, VECTORS), msr(VBAR_EL1, 0), ...mov32(1, DATA + 1), ldr(2, 1)] });
    setRegister(vcpu, 'x2', 0x1234n);
    guestDebug(vcpu, STEP);
    for (let count = 0; count < 5; count++) runToDebugExit(vcpu);
    runToDebugExit(vcpu);
    assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'x2')], [BigInt(VECTORS + 0x200), 0x1234n]);
    assert.equal(systemRegister(vcpu, FAR_EL1), BigInt(DATA + 1));
    // Class 0x25, data abort from the same level, with DFSC 0x21, alignment fault.
    assert.deepEqual([systemRegister(vcpu, ESR_EL1) >> 26n, systemRegister(vcpu, ESR_EL1) & 0x3fn], [0x25n, 0x21n]);
  });
}

test('API-04 stepping without interrupts is neither offered nor taken', () => {
  const { vm, vcpu } = guest({ code: [nop] });
  assert.equal(vm.checkExtension(KVM_CAP.SET_GUEST_DEBUG2) & BLOCKIRQ, 0);
  assert.equal(guestDebug(vcpu, STEP | BLOCKIRQ), -ERRNO.EINVAL);
});

test('API-11 guest debugging is state of one vCPU: the other one does not step', () => {
  const { vm, vcpus } = guest({ vcpus: 2, code: [nop, nop, wfi] });
  const [first, second] = vcpus;
  assert.ok(first !== undefined && second !== undefined && vm.vcpus.length === 2);
  guestDebug(second, STEP);
  assert.equal(first.run(), -ERRNO.EINTR);
  assert.equal(register(first, 'pc'), BigInt(CODE + 12));
});
