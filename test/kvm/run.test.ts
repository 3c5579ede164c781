// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ERRNO,
  KVM_CAP,
  KVM_EXIT,
  KVM_MEM,
  KVM_SYSTEM_EVENT,
  kvm_dirty_log,
  kvm_enable_cap,
  kvm_userspace_memory_region,
  kvm_vcpu_events,
  STEPTRAP_EXIT,
} from '../../src/kvm/index.js';
import {
  addImmediate,
  b,
  br,
  brk,
  daifclr,
  hlt,
  hvc,
  ldp,
  ldr,
  ldrsbW,
  ldrsbX,
  ldrswX,
  ldrW,
  mov32,
  movz,
  mrs,
  nop,
  smc,
  str,
  strb,
  strh,
  strW,
  wfi,
} from './a64.js';
import {
  CODE,
  DATA,
  DEVICE,
  ESR_EL1,
  FAR_EL1,
  guest,
  guestDebug,
  ISR_EL1,
  irq,
  RAM_BASE,
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

const SAME_LEVEL_SPX = 0x200;
const SERROR_SAME_LEVEL_SPX = 0x380;

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`S-007 API-13 API-15 immediate_exit completes the pending MMIO read and runs no instruction (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [ldr(0, 1), addImmediate(2, 2, 1)] });
    setRegister(vcpu, 'x1', DEVICE);
    assert.equal(vcpu.run(), 0);
    const { kvmRun } = vcpu;
    assert.deepEqual(
      [kvmRun.exit_reason, kvmRun.mmio_phys_addr, kvmRun.mmio_len, kvmRun.mmio_is_write],
      [KVM_EXIT.MMIO, BigInt(DEVICE), 8, 0],
    );
    assert.equal(register(vcpu, 'pc'), BigInt(CODE));
    kvmRun.mmio_data.set([0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11]);
    kvmRun.immediate_exit = 1;
    assert.equal(vcpu.run(), -ERRNO.EINTR);
    assert.deepEqual(
      [register(vcpu, 'x0'), register(vcpu, 'pc'), register(vcpu, 'x2'), kvmRun.exit_reason],
      [0x1122_3344_5566_7788n, BigInt(CODE + 4), 0n, KVM_EXIT.MMIO],
    );
  });

  test(`API-14 a real run resets exit_reason and flags before the guest executes (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [brk(0), ldp(0, 1, 2)] });
    guestDebug(vcpu, STEP & 1);
    runToDebugExit(vcpu);
    assert.equal(vcpu.kvmRun.flags, 1);
    setRegister(vcpu, 'pc', CODE + 4);
    setRegister(vcpu, 'x2', DEVICE);
    // LDP has no syndrome: the kernel gives up with ENOSYS and leaves the reason that it began with.
    assert.equal(vcpu.run(), -ERRNO.ENOSYS);
    assert.deepEqual([vcpu.kvmRun.exit_reason, vcpu.kvmRun.flags], [KVM_EXIT.UNKNOWN, 0]);
  });

  test(`API-16 a signal ends KVM_RUN with EINTR and KVM_EXIT_INTR before another instruction (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [addImmediate(0, 0, 1), b(-4)] });
    vcpu.signal();
    assert.equal(vcpu.run(), -ERRNO.EINTR);
    assert.deepEqual([vcpu.kvmRun.exit_reason, register(vcpu, 'x0')], [KVM_EXIT.INTR, 0n]);
  });
}

/** A store or load of each width, its run page data and what the register gets. */
// prettier-ignore
const ACCESSES = [
  {
    name: 'str x',
    word: str(0, 1),
    bytes: 8,
    isWrite: 1,
    data: [0xf8, 0xf7, 0xf6, 0xf5, 0xf4, 0xf3, 0xf2, 0xf1],
    result: 0xf1f2_f3f4_f5f6_f7f8n,
  },
  { name: 'str w', word: strW(0, 1), bytes: 4, isWrite: 1, data: [0xf8, 0xf7, 0xf6, 0xf5], result: 0xf1f2_f3f4_f5f6_f7f8n },
  { name: 'strh', word: strh(0, 1), bytes: 2, isWrite: 1, data: [0xf8, 0xf7], result: 0xf1f2_f3f4_f5f6_f7f8n },
  { name: 'strb', word: strb(0, 1), bytes: 1, isWrite: 1, data: [0xf8], result: 0xf1f2_f3f4_f5f6_f7f8n },
  { name: 'ldr x', word: ldr(0, 1), bytes: 8, isWrite: 0, data: [1, 2, 3, 4, 5, 6, 7, 0x80], result: 0x8007_0605_0403_0201n },
  { name: 'ldr w', word: ldrW(0, 1), bytes: 4, isWrite: 0, data: [1, 2, 3, 0x84, 5, 6, 7, 8], result: 0x8403_0201n },
  { name: 'ldrsb x', word: ldrsbX(0, 1), bytes: 1, isWrite: 0, data: [0x80, 2], result: 0xffff_ffff_ffff_ff80n },
  { name: 'ldrsb w', word: ldrsbW(0, 1), bytes: 1, isWrite: 0, data: [0x80, 2], result: 0xffff_ff80n },
  { name: 'ldrsw x', word: ldrswX(0, 1), bytes: 4, isWrite: 0, data: [0, 0, 0, 0x80], result: 0xffff_ffff_8000_0000n },
];

for (const { name, word, bytes, isWrite, data, result } of ACCESSES) {
  test(`ST-KVM-017 MMIO by ${name} has the right width, data and sign`, () => {
    const { vcpu } = guest({ code: [word, brk(0)] });
    setRegister(vcpu, 'x0', 0xf1f2_f3f4_f5f6_f7f8n);
    setRegister(vcpu, 'x1', DEVICE + 0x10);
    assert.equal(vcpu.run(), 0);
    const { kvmRun } = vcpu;
    assert.deepEqual(
      [kvmRun.exit_reason, kvmRun.mmio_phys_addr, kvmRun.mmio_len, kvmRun.mmio_is_write],
      [KVM_EXIT.MMIO, BigInt(DEVICE + 0x10), bytes, isWrite],
    );
    if (isWrite !== 0) assert.deepEqual([...kvmRun.mmio_data.subarray(0, bytes)], data);
    else kvmRun.mmio_data.set(data);
    guestDebug(vcpu, 1);
    assert.equal(runToDebugExit(vcpu), 0xf200_0000);
    assert.deepEqual([register(vcpu, 'x0'), register(vcpu, 'pc')], [result, BigInt(CODE + 4)]);
  });
}

test('ST-KVM-018 an access without syndrome is ENOSYS, or KVM_EXIT_ARM_NISV once the capability is enabled', () => {
  const { vm, vcpu } = guest({ code: [ldp(0, 1, 2)] });
  setRegister(vcpu, 'x2', DEVICE + 8);
  assert.equal(vcpu.run(), -ERRNO.ENOSYS);
  assert.equal(vm.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.ARM_NISV_TO_USER })), 0);
  assert.equal(vcpu.run(), 0);
  assert.deepEqual(
    [vcpu.kvmRun.exit_reason, vcpu.kvmRun.arm_nisv_fault_ipa, register(vcpu, 'pc')],
    [KVM_EXIT.ARM_NISV, BigInt(DEVICE + 8), BigInt(CODE)],
  );
});

test('ST-KVM-019 an external abort that user space asks for reaches the guest at the address of the access', () => {
  const { vm, vcpu, put } = guest({ code: [ldp(0, 1, 2)] });
  put(VECTORS + SAME_LEVEL_SPX, [brk(1)]);
  setSystemRegister(vcpu, VBAR, VECTORS);
  setRegister(vcpu, 'x2', DEVICE + 8);
  vm.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.ARM_NISV_TO_USER }));
  vcpu.run();
  assert.equal(vcpu.call('KVM_SET_VCPU_EVENTS', kvm_vcpu_events.make({ exception_ext_dabt_pending: 1 })), 0);
  guestDebug(vcpu, 1);
  assert.equal(runToDebugExit(vcpu), 0xf200_0001);
  assert.deepEqual(
    [systemRegister(vcpu, ESR_EL1), systemRegister(vcpu, FAR_EL1), register(vcpu, 'ELR_EL1')],
    [0x9600_0010n, BigInt(DEVICE + 8), BigInt(CODE)],
  );
});

test('ST-KVM-042 an SError that user space asks for is taken once PSTATE.A is clear, and is not pending any more then', () => {
  const { vcpu, put } = guest({ code: [mrs(3, ISR_EL1), daifclr(4), brk(3)] });
  put(VECTORS + SERROR_SAME_LEVEL_SPX, [mrs(4, ISR_EL1), brk(1)]);
  setSystemRegister(vcpu, VBAR, VECTORS);
  guestDebug(vcpu, 1);
  assert.equal(vcpu.call('KVM_SET_VCPU_EVENTS', kvm_vcpu_events.make({ exception_serror_pending: 1 })), 0);
  const isPending = (): number => {
    const events = kvm_vcpu_events.make();
    assert.equal(vcpu.call('KVM_GET_VCPU_EVENTS', events), 0);
    return kvm_vcpu_events.over(events).exception_serror_pending;
  };
  assert.equal(isPending(), 1);
  assert.equal(runToDebugExit(vcpu), 0xf200_0001);
  assert.deepEqual(
    [register(vcpu, 'x3'), register(vcpu, 'x4'), systemRegister(vcpu, ESR_EL1), register(vcpu, 'ELR_EL1'), isPending()],
    [0x100n, 0n, 0xbe00_0000n, BigInt(CODE + 8), 0],
  );
});

for (const [model, seen] of [
  ['cortex-a57', 0x200_0000n],
  ['max', 0n],
] as const) {
  test(`ST-KVM-044 LDADD on ${model} is ${seen === 0n ? 'executed' : 'UNDEFINED'}, as ID_AA64ISAR0_EL1 says`, () => {
    const LDADD_X2_X3_X1 = 0xf822_0023;
    const { vcpu, put } = guest({ model, code: [LDADD_X2_X3_X1, brk(0)] });
    put(VECTORS + SAME_LEVEL_SPX, [brk(0)]);
    setSystemRegister(vcpu, VBAR, VECTORS);
    setRegister(vcpu, 'x1', DATA);
    guestDebug(vcpu, 1);
    runToDebugExit(vcpu);
    assert.equal(systemRegister(vcpu, ESR_EL1), seen);
  });
}

test('ST-KVM-020 fetching outside memory is an external abort in the guest', () => {
  const { vcpu, put } = guest({ code: [br(1)] });
  put(VECTORS + SAME_LEVEL_SPX, [brk(2)]);
  setSystemRegister(vcpu, VBAR, VECTORS);
  setRegister(vcpu, 'x1', DEVICE);
  guestDebug(vcpu, 1);
  assert.equal(runToDebugExit(vcpu), 0xf200_0002);
  assert.deepEqual([systemRegister(vcpu, ESR_EL1), systemRegister(vcpu, FAR_EL1)], [0x8600_0010n, BigInt(DEVICE)]);
});

test('ST-KVM-021 a write to a READONLY slot is an MMIO exit, a read is not', () => {
  const { vm, vcpu } = guest({ code: [ldr(0, 1), str(2, 1)] });
  const hostOffset = BigInt(vm.memorySlots[0]?.hostOffset ?? 0);
  const region = {
    slot: 1,
    flags: KVM_MEM.READONLY,
    guest_phys_addr: 0x1000_0000n,
    memory_size: 0x1000n,
    userspace_addr: hostOffset + 0x1000n,
  };
  assert.equal(vm.setUserMemoryRegion(kvm_userspace_memory_region.make(region)), 0);
  setRegister(vcpu, 'x1', 0x1000_0008);
  setRegister(vcpu, 'x2', 7);
  assert.equal(vcpu.run(), 0);
  assert.deepEqual([vcpu.kvmRun.exit_reason, vcpu.kvmRun.mmio_is_write, register(vcpu, 'pc')], [KVM_EXIT.MMIO, 1, BigInt(CODE + 4)]);
});

test('ST-KVM-022 the dirty log has the pages written since it was last taken', () => {
  const { vm, vcpu } = guest({ code: [str(0, 1), brk(0), str(0, 1), brk(0)] });
  const [slot] = vm.memorySlots;
  assert.ok(slot !== undefined);
  const region = {
    slot: 0,
    flags: KVM_MEM.LOG_DIRTY_PAGES,
    guest_phys_addr: slot.base,
    memory_size: slot.end - slot.base,
    userspace_addr: BigInt(slot.hostOffset),
  };
  assert.equal(vm.setUserMemoryRegion(kvm_userspace_memory_region.make(region)), 0);
  setRegister(vcpu, 'x1', DATA);
  guestDebug(vcpu, 1);
  const take = () => {
    const bitmap = new Uint8Array(8);
    assert.equal(vm.getDirtyLog(kvm_dirty_log.make({ slot: 0 }), bitmap), 0);
    return new DataView(bitmap.buffer).getBigUint64(0, true);
  };
  runToDebugExit(vcpu);
  assert.deepEqual([take(), take()], [1n << BigInt((DATA - RAM_BASE) / 0x1000), 0n]);
  setRegister(vcpu, 'pc', CODE + 8);
  runToDebugExit(vcpu);
  assert.equal(take(), 1n << BigInt((DATA - RAM_BASE) / 0x1000));
});

/** PSCI calls with the answer in x0, as a signed number. */
// prettier-ignore
const PSCI_CALLS = [
  { name: 'VERSION', id: 0x8400_0000, argument: 0, answer: 0x1_0001n },
  { name: 'MIGRATE_INFO_TYPE', id: 0x8400_0006, argument: 0, answer: 2n },
  { name: 'FEATURES(CPU_ON)', id: 0x8400_000a, argument: 0xc400_0003, answer: 0n },
  { name: 'FEATURES(MEM_PROTECT)', id: 0x8400_000a, argument: 0x8400_0013, answer: -1n },
  { name: 'AFFINITY_INFO(0)', id: 0xc400_0004, argument: 0, answer: 0n },
  { name: 'AFFINITY_INFO(1)', id: 0xc400_0004, argument: 1, answer: 1n },
  { name: 'AFFINITY_INFO(9)', id: 0xc400_0004, argument: 9, answer: -2n },
  { name: 'CPU_ON of itself', id: 0xc400_0003, argument: 0, answer: -4n },
  { name: 'an unknown function', id: 0x8400_00ff, argument: 0, answer: -1n },
  { name: 'SMCCC_VERSION', id: 0x8000_0000, argument: 0, answer: 0x1_0001n },
];

for (const { name, id, argument, answer } of PSCI_CALLS) {
  test(`ST-KVM-023 PSCI ${name} by HVC answers ${answer}`, () => {
    const { vcpu } = guest({ vcpus: 2, code: [...mov32(0, id), ...mov32(1, argument), movz(2, 0), hvc(0), brk(0)] });
    guestDebug(vcpu, 1);
    runToDebugExit(vcpu);
    assert.deepEqual(
      [BigInt.asIntN(64, register(vcpu, 'x0')), register(vcpu, 'x1'), register(vcpu, 'pc')],
      [answer, 0n, BigInt(CODE + 24)],
    );
  });
}

test('ST-KVM-024 SMC answers -1 and goes on behind it', () => {
  const { vcpu } = guest({ code: [...mov32(0, 0x8400_0000), smc(0), brk(0)] });
  guestDebug(vcpu, 1);
  runToDebugExit(vcpu);
  assert.deepEqual([register(vcpu, 'x0'), register(vcpu, 'pc')], [0xffff_ffff_ffff_ffffn, BigInt(CODE + 12)]);
});

for (const [name, id, type] of [
  ['SYSTEM_OFF', 0x8400_0008, KVM_SYSTEM_EVENT.SHUTDOWN],
  ['SYSTEM_RESET', 0x8400_0009, KVM_SYSTEM_EVENT.RESET],
] as const) {
  test(`ST-KVM-025 PSCI ${name} is a system event and stops every vCPU`, () => {
    const { vcpu } = guest({ code: [...mov32(0, id), hvc(0), nop] });
    assert.equal(vcpu.run(), 0);
    assert.deepEqual([vcpu.kvmRun.exit_reason, vcpu.kvmRun.system_event_type], [KVM_EXIT.SYSTEM_EVENT, type]);
    assert.equal(vcpu.run(), -ERRNO.EINTR, 'a stopped vCPU sleeps in KVM_RUN');
  });
}

test('ST-KVM-026 WFI sleeps inside KVM_RUN until the interrupt line rises, and retires as one instruction', () => {
  const { kvm, vm, vcpu } = guest({ code: [wfi, addImmediate(0, 0, 1), brk(0)] });
  guestDebug(vcpu, 1);
  assert.deepEqual(kvm.scheduler.run([vcpu], { maximumInstructions: 100 }), { kind: 'idle' });
  assert.equal(vcpu.isInKvmRun, true);
  irq(vm, 0, 1);
  assert.equal(kvm.scheduler.run([vcpu], { maximumInstructions: 100 }).kind, 'returned');
  assert.deepEqual([register(vcpu, 'x0'), register(vcpu, 'pc'), vcpu.retiredInstructions], [1n, BigInt(CODE + 8), 2]);
});

test('ST-KVM-027 a semihosting call leaves to user space only when it was asked for', () => {
  const { vcpu, put } = guest({ code: [hlt(0xf000), brk(3)] });
  assert.equal(vcpu.setSemihosting(true), 0);
  assert.equal(vcpu.run(), 0);
  assert.deepEqual([vcpu.kvmRun.exit_reason, register(vcpu, 'pc')], [STEPTRAP_EXIT.SEMIHOSTING, BigInt(CODE + 4)]);
  guestDebug(vcpu, 1);
  assert.equal(runToDebugExit(vcpu), 0xf200_0003);
  vcpu.setSemihosting(false);
  put(VECTORS + SAME_LEVEL_SPX, [brk(4)]);
  setSystemRegister(vcpu, VBAR, VECTORS);
  setRegister(vcpu, 'pc', CODE);
  assert.equal(runToDebugExit(vcpu), 0xf200_0004);
  assert.equal(systemRegister(vcpu, ESR_EL1), 0x200_0000n);
});

test('ST-KVM-028 a step that ends in a semihosting call is reported by the next run without another instruction', () => {
  const { vcpu } = guest({ code: [hlt(0xf000), addImmediate(0, 0, 1)] });
  vcpu.setSemihosting(true);
  guestDebug(vcpu, STEP);
  vcpu.run();
  assert.equal(vcpu.kvmRun.exit_reason, STEPTRAP_EXIT.SEMIHOSTING);
  runToDebugExit(vcpu);
  assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'x0')], [BigInt(CODE + 4), 0n]);
  assert.equal(runToDebugExit(vcpu), STEP_HSR);
  assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'x0')], [BigInt(CODE + 8), 1n]);
});
