// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYSTEM_REGISTER_ROWS } from '../../src/kvm/arm64/systemRegisterRows.js';
import { checkSystemRegisterTable } from '../../src/kvm/arm64/systemRegisterTable.js';
import {
  coreRegisterId, ERRNO, KVM_CAP, KVM_DEV_TYPE, KVM_GUESTDBG, KVM_MEM, KVM_MP_STATE, kvm_create_device, kvm_irq_level, kvm_mp_state, kvm_userspace_memory_region, kvm_vcpu_init, STEPTRAP_CAP_ENGINE,
  systemRegisterId, unpackSystemRegister,
} from '../../src/kvm/index.js'; // biome-ignore format: names
import { brk, mrs, msr } from './a64.js';
import {
  guest,
  guestDebug,
  MDSCR,
  OSLSR,
  RAM_BASE,
  RAM_BYTES,
  register,
  runToDebugExit,
  setRegister,
  setSystemRegister,
  systemRegister,
} from './guest.js';

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`S-001 API-03 arm64 answers the debug capabilities with counts and masks (${fidelity})`, () => {
    const { kvm, vm } = guest({ fidelity });
    const asked = [
      KVM_CAP.SET_GUEST_DEBUG,
      KVM_CAP.GUEST_DEBUG_HW_BPS,
      KVM_CAP.GUEST_DEBUG_HW_WPS,
      KVM_CAP.SET_GUEST_DEBUG2,
      KVM_CAP.PPC_GUEST_DEBUG_SSTEP,
    ];
    assert.deepEqual(
      asked.map(capability => kvm.checkExtension(capability)),
      [1, 6, 4, 0x30003, 0],
    );
    assert.deepEqual(
      asked.map(capability => vm.checkExtension(capability)),
      [1, 6, 4, 0x30003, 0],
    );
  });

  test(`S-003 API-07 an unknown control bit is EINVAL and the earlier word stays in force (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity });
    assert.equal(guestDebug(vcpu, KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_SW_BP), 0);
    assert.equal(guestDebug(vcpu, KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.BLOCKIRQ), -ERRNO.EINVAL);
    assert.equal(vcpu.debugState.control, KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_SW_BP);
  });

  test(`S-010 a register list without room answers E2BIG and the true count; the second call names each register once (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity });
    const small = new Uint8Array(8);
    assert.equal(vcpu.getRegList(small), -ERRNO.E2BIG);
    const count = Number(new DataView(small.buffer).getBigUint64(0, true));
    const list = new BigUint64Array(count + 1);
    list[0] = BigInt(count);
    assert.equal(vcpu.getRegList(new Uint8Array(list.buffer)), 0);
    const ids = [...list.subarray(1)];
    assert.equal(new Set(ids).size, count);
    for (const id of ids) assert.equal(vcpu.getOneReg(id, new Uint8Array(16)), 0, id.toString(16));
  });

  test(`S-011 API-23 ARM-REG-18 user space may change OSLK of OSLSR_EL1 and nothing else (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity });
    assert.equal(vcpu.setOneRegValue(systemRegisterId(OSLSR), 0n), -ERRNO.EINVAL);
    assert.equal(vcpu.setOneRegValue(systemRegisterId(OSLSR), 0xan), 0);
    assert.equal(vcpu.debugState.isOsLocked, true);
  });
}

test('API-08 without ENABLE all other bits of the control word are dropped', () => {
  const { vcpu } = guest();
  assert.equal(guestDebug(vcpu, KVM_GUESTDBG.SINGLESTEP | KVM_GUESTDBG.USE_HW), 0);
  assert.equal(vcpu.debugState.control, 0);
});

test('API-21 sixteen pairs of debug registers are listed and stored whatever the core has', () => {
  const { vcpu } = guest({ model: 'cortex-a53' });
  for (let n = 0; n < 16; n++) assert.equal(vcpu.setOneRegValue(systemRegisterId(0x8004 + 8 * n), BigInt(0x1000 * n)), 0);
  assert.deepEqual(
    Array.from({ length: 16 }, (_, n) => systemRegister(vcpu, 0x8004 + 8 * n)),
    Array.from({ length: 16 }, (_, n) => BigInt(0x1000 * n)),
  );
});

test('ARM-REG-31 the slot number of a debug register is its CRm: 64 values stay apart', () => {
  const { vcpu } = guest();
  const packed = Array.from({ length: 16 }, (_, n) => [4, 5, 6, 7].map(op2 => 0x8000 | (n << 3) | op2)).flat();
  for (const [n, encoding] of packed.entries()) assert.equal(vcpu.setOneRegValue(systemRegisterId(encoding), BigInt(n + 1)), 0);
  assert.deepEqual(
    packed.map(encoding => systemRegister(vcpu, encoding)),
    packed.map((_, n) => BigInt(n + 1)),
  );
});

test('API-22 registers without storage have no id', () => {
  const { vcpu } = guest();
  for (const encoding of [0x8084, 0x809c, 0x80a4, 0x8080, 0x83c6, 0x83ce, 0x83f6, 0x9808, 0x9820, 0x9828]) {
    assert.equal(vcpu.getOneReg(systemRegisterId(encoding), new Uint8Array(8)), -ERRNO.ENOENT, encoding.toString(16));
  }
});

test('API-24 a mode that the vCPU does not have, and a wrong size, are EINVAL', () => {
  const { vcpu } = guest();
  setRegister(vcpu, 'pstate', 0x3c4n);
  const pstate = coreRegisterId(264);
  for (const mode of [0x9n, 0x10n, 0x13n]) assert.equal(vcpu.setOneRegValue(pstate, mode), -ERRNO.EINVAL);
  assert.equal(register(vcpu, 'pstate'), 0x3c4n);
  assert.equal(vcpu.getOneReg(coreRegisterId(256, 'U32'), new Uint8Array(8)), -ERRNO.EINVAL);
  assert.equal(vcpu.getOneReg(coreRegisterId(864), new Uint8Array(8)), -ERRNO.ENOENT);
});

test('ST-KVM-008 floating-point registers are stored though nothing executes on them', () => {
  const { vcpu } = guest();
  const value = Uint8Array.from({ length: 16 }, (_, n) => n + 1);
  const id = coreRegisterId(336 + 16 * 31, 'U128');
  assert.equal(vcpu.setOneReg(id, value), 0);
  const back = new Uint8Array(16);
  assert.equal(vcpu.getOneReg(id, back), 0);
  assert.deepEqual(back, value);
});

test('ST-KVM-043 FPCR and FPSR of the guest are those of ONE_REG', () => {
  const [FPCR, FPSR] = [0xda20, 0xda21];
  const { vcpu } = guest({ code: [msr(FPCR, 0), mrs(1, FPSR), brk(0)] });
  setSystemRegister(vcpu, 0xc082, 0x30_0000);
  setRegister(vcpu, 'x0', 0xc0_0000);
  assert.equal(vcpu.setOneReg(coreRegisterId(848, 'U32'), Uint8Array.of(0x9f, 0, 0, 0x08)), 0);
  guestDebug(vcpu, 1);
  runToDebugExit(vcpu);
  const fpcr = new Uint8Array(4);
  assert.equal(vcpu.getOneReg(coreRegisterId(852, 'U32'), fpcr), 0);
  assert.deepEqual([[...fpcr], register(vcpu, 'x1')], [[0, 0, 0xc0, 0], 0x800_009fn]);
});

test('ST-KVM-045 MPIDR_EL1 takes its own value and refuses another one', () => {
  const MPIDR = systemRegisterId(0xc005);
  const { vcpus } = guest({ vcpus: 2 });
  const [, second] = vcpus;
  assert.equal(second?.getOneRegValue(MPIDR), 0x8000_0001n);
  assert.deepEqual([second?.setOneRegValue(MPIDR, 0x8000_0001n), second?.setOneRegValue(MPIDR, 0x8000_0100n)], [0, -ERRNO.EINVAL]);
  assert.equal(second?.getOneRegValue(MPIDR), 0x8000_0001n);
});

test('ST-KVM-009 KVM_DEBUG_GUEST and every unknown number are ENOTTY', () => {
  const { kvm, vm, vcpu } = guest();
  for (const file of [kvm, vm, vcpu]) assert.equal(file.ioctl(0xae87), -ERRNO.ENOTTY);
  assert.equal(vcpu.ioctl(0xae41), -ERRNO.ENOTTY);
});

test('ST-KVM-010 the numbered entry reaches the same calls', () => {
  const { kvm, vcpu } = guest();
  assert.equal(kvm.ioctl(0xae03, Uint8Array.of(23, 0, 0, 0)), 1);
  assert.equal(kvm.ioctl(0xae00), 12);
  const argument = new Uint8Array(16);
  new DataView(argument.buffer).setBigUint64(0, coreRegisterId(0), true);
  assert.equal(vcpu.ioctl(0x4010_aeac, argument, Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0)), 0);
  assert.equal(register(vcpu, 'x0'), 5n);
  assert.equal(vcpu.ioctl(0x4208_ae9b, new Uint8Array(8)), -ERRNO.EFAULT);
});

test('ST-KVM-011 KVM_SET_USER_MEMORY_REGION refuses what the kernel refuses', () => {
  const { vm } = guest();
  const set = (values: Parameters<typeof kvm_userspace_memory_region.make>[0]) =>
    vm.setUserMemoryRegion(kvm_userspace_memory_region.make(values));
  const host = vm.memorySlots[0]?.hostOffset ?? 0;
  const base = { slot: 1, flags: 0, guest_phys_addr: 0x8000_0000n, memory_size: 0x1000n, userspace_addr: BigInt(host) };
  assert.equal(set({ ...base, flags: 4 }), -ERRNO.EINVAL);
  assert.equal(set({ ...base, memory_size: 0x1001n }), -ERRNO.EINVAL);
  assert.equal(set({ ...base, guest_phys_addr: 0x8000_0800n }), -ERRNO.EINVAL);
  assert.equal(set({ ...base, userspace_addr: 1n << 40n }), -ERRNO.EINVAL);
  assert.equal(set({ ...base, slot: 32_767 }), -ERRNO.EINVAL);
  assert.equal(set({ ...base, memory_size: 0n }), -ERRNO.EINVAL);
  assert.equal(set({ ...base, guest_phys_addr: BigInt(RAM_BASE + RAM_BYTES - 0x1000) }), -ERRNO.EEXIST);
  assert.equal(set({ ...base, guest_phys_addr: (1n << 40n) - 0x0n }), -ERRNO.EFAULT);
  assert.equal(set(base), 0);
  assert.equal(set({ ...base, memory_size: 0x2000n }), -ERRNO.EINVAL, 'the size of a slot cannot change');
  assert.equal(set({ ...base, flags: KVM_MEM.READONLY }), -ERRNO.EINVAL, 'READONLY of a slot cannot change');
  assert.equal(set({ ...base, guest_phys_addr: 0x9000_0000n }), 0, 'a slot can move');
  assert.equal(set({ ...base, memory_size: 0n }), 0, 'and be deleted');
  assert.deepEqual(
    vm.memorySlots.map(slot => slot.slot),
    [0],
  );
});

test('ST-KVM-012 without an interrupt controller in the kernel only the CPU inputs exist', () => {
  const { vm } = guest();
  const line = (irq: number) => vm.irqLine(kvm_irq_level.make({ irq, level: 1 }));
  assert.deepEqual(
    [line(0x0000_0000), line(0x0000_0001), line(0x0000_0002), line(0x0001_0000), line(0x0100_0020), line(0x0200_001b), line(0x0300_0000)],
    [0, 0, -ERRNO.EINVAL, -ERRNO.EINVAL, -ERRNO.ENXIO, -ERRNO.ENXIO, -ERRNO.EINVAL],
  );
  assert.equal(vm.createDevice(kvm_create_device.make({ type: KVM_DEV_TYPE.ARM_VGIC_V3 })), -ERRNO.ENODEV);
});

test('ST-KVM-013 KVM_ARM_VCPU_INIT takes the preferred target, refuses features of other cores and a second opinion', () => {
  const { vm, vcpu } = guest();
  const preferred = kvm_vcpu_init.make();
  assert.equal(vm.call('KVM_ARM_PREFERRED_TARGET', preferred), 0);
  const init = kvm_vcpu_init.over(preferred);
  const withFeatures = (word: number) => {
    init.features[0] = word;
    return vcpu.call('KVM_ARM_VCPU_INIT', preferred);
  };
  assert.deepEqual(
    [withFeatures(1 << 1), withFeatures(1 << 4), withFeatures(1 << 7), withFeatures(0)],
    [-ERRNO.EINVAL, -ERRNO.EINVAL, -ERRNO.ENOENT, -ERRNO.EINVAL],
  );
  assert.equal(withFeatures(1 << 2), 0);
});

test('ST-KVM-014 before KVM_ARM_VCPU_INIT registers and KVM_RUN answer ENOEXEC', () => {
  const { vm } = guest();
  const created = vm.createVcpu(1);
  assert.ok(created.ok);
  assert.equal(created.value.getOneReg(coreRegisterId(0), new Uint8Array(8)), -ERRNO.ENOEXEC);
  assert.equal(created.value.run(), -ERRNO.ENOEXEC);
  const again = vm.createVcpu(1);
  assert.equal(again.ok ? '' : again.error.code, 'EEXIST');
});

test('ST-KVM-015 the vCPU states that arm64 takes are RUNNABLE and STOPPED', () => {
  const { vcpus } = guest({ vcpus: 2 });
  const states = vcpus.map(vcpu => {
    const bytes = kvm_mp_state.make();
    assert.equal(vcpu.getMpState(bytes), 0);
    return kvm_mp_state.over(bytes).mp_state;
  });
  assert.deepEqual(states, [KVM_MP_STATE.RUNNABLE, KVM_MP_STATE.STOPPED]);
  assert.equal(vcpus[0]?.setMpState(kvm_mp_state.make({ mp_state: 1 })), -ERRNO.EINVAL);
});

test('ST-KVM-016 the private capability exists and no kernel number is near it', () => {
  assert.equal(guest().kvm.checkExtension(STEPTRAP_CAP_ENGINE), 1);
  assert.ok(STEPTRAP_CAP_ENGINE > 0x1_0000);
});

test('ARM-REG-14 ID_AA64DFR0_EL1.DebugVer reads 6 and cannot be changed', () => {
  const { vcpu } = guest({ model: 'max' });
  const value = systemRegister(vcpu, 0xc028);
  assert.equal(value & 0xfn, 6n);
  assert.equal(vcpu.setOneRegValue(systemRegisterId(0xc028), value), 0);
  assert.equal(vcpu.setOneRegValue(systemRegisterId(0xc028), value + 1n), -ERRNO.EINVAL);
});

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`S-135 ARM-REG-27 ARM-REG-29 a table with two rows swapped is refused with the index (${fidelity})`, () => {
    assert.equal(checkSystemRegisterTable(SYSTEM_REGISTER_ROWS, 'needsReset'), undefined);
    const swapped = [...SYSTEM_REGISTER_ROWS];
    const [nine, ten] = [swapped[9], swapped[10]];
    assert.ok(nine !== undefined && ten !== undefined);
    swapped[9] = ten;
    swapped[10] = nine;
    assert.match(checkSystemRegisterTable(swapped, 'needsReset') ?? '', /row 10 \(MDSCR|row 10 \(MDCCINT/);
    assert.match(checkSystemRegisterTable([nine, nine], 'needsReset') ?? '', /row 1/, 'equal neighbours are an error too');
    assert.ok(guest({ fidelity }));
  });

  test(`S-136 ARM-REG-30 a reset clears the debug registers and unlocks (${fidelity})`, () => {
    const { vm, vcpu } = guest({ fidelity });
    for (const encoding of [0x8004, 0x8005, 0x8006, 0x8007, MDSCR, 0x8010, 0xa038])
      assert.equal(vcpu.setOneRegValue(systemRegisterId(encoding), 0x55n), 0);
    assert.equal(vcpu.setOneRegValue(systemRegisterId(OSLSR), 0xan), 0);
    const init = kvm_vcpu_init.make();
    vm.call('KVM_ARM_PREFERRED_TARGET', init);
    kvm_vcpu_init.over(init).features[0] = 1 << 2;
    assert.equal(vcpu.call('KVM_ARM_VCPU_INIT', init), 0);
    assert.deepEqual(
      [0x8004, 0x8005, 0x8006, 0x8007, MDSCR, 0x8010, 0xa038, OSLSR].map(encoding => systemRegister(vcpu, encoding)),
      [0n, 0n, 0n, 0n, 0n, 0n, 0n, 8n],
    );
  });
}

test('ARM-REG-28 a row with storage and no reset is refused', () => {
  const [first] = SYSTEM_REGISTER_ROWS;
  assert.ok(first?.storage !== undefined);
  const { name, storage } = first;
  assert.match(checkSystemRegisterTable([{ ...unpackSystemRegister(0x8004), name, storage }], 'needsReset') ?? '', /no reset/);
});
