// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ARM64_IOCTLS, CORE_REGISTER_IDS, coreRegisterId, GENERIC_IOCTL_CODING, ioctlNumber, KVM_EXIT, KVMIO, kvm_guest_debug, kvm_one_reg, kvm_run, numberOfIoctl, POWERPC_IOCTL_CODING,
  POWERPC_IOCTLS, structure, systemRegisterId,
} from '../../src/kvm/index.js'; // biome-ignore format: names

const arm64 = (name: string): number | undefined => numberOfIoctl(GENERIC_IOCTL_CODING, KVMIO, ARM64_IOCTLS, name);
const powerpc = (name: string): number | undefined => numberOfIoctl(POWERPC_IOCTL_CODING, KVMIO, POWERPC_IOCTLS, name);

test('ST-KVM-001 arm64 ioctl numbers are those of the cross compiler', () => {
  assert.deepEqual(
    Object.fromEntries(
      [
        'KVM_CHECK_EXTENSION',
        'KVM_CREATE_VM',
        'KVM_CREATE_VCPU',
        'KVM_RUN',
        'KVM_SET_GUEST_DEBUG',
        'KVM_GET_ONE_REG',
        'KVM_SET_ONE_REG',
        'KVM_GET_REG_LIST',
        'KVM_SET_USER_MEMORY_REGION',
        'KVM_ARM_VCPU_INIT',
        'KVM_IRQ_LINE',
      ].map(name => [name, arm64(name)]),
    ),
    {
      KVM_CHECK_EXTENSION: 0xae03,
      KVM_CREATE_VM: 0xae01,
      KVM_CREATE_VCPU: 0xae41,
      KVM_RUN: 0xae80,
      KVM_SET_GUEST_DEBUG: 0x4208_ae9b,
      KVM_GET_ONE_REG: 0x4010_aeab,
      KVM_SET_ONE_REG: 0x4010_aeac,
      KVM_GET_REG_LIST: 0xc008_aeb0,
      KVM_SET_USER_MEMORY_REGION: 0x4020_ae46,
      KVM_ARM_VCPU_INIT: 0x4020_aeae,
      KVM_IRQ_LINE: 0x4008_ae61,
    },
  );
});

test('ST-KVM-002 powerpc codes direction and size otherwise', () => {
  assert.deepEqual(
    [
      'KVM_RUN',
      'KVM_CHECK_EXTENSION',
      'KVM_CREATE_VM',
      'KVM_CREATE_VCPU',
      'KVM_GET_REGS',
      'KVM_SET_REGS',
      'KVM_GET_SREGS',
      'KVM_INTERRUPT',
      'KVM_ENABLE_CAP',
      'KVM_SET_GUEST_DEBUG',
      'KVM_GET_ONE_REG',
      'KVM_SET_ONE_REG',
      'KVM_GET_REG_LIST',
    ].map(powerpc),
    [
      0x2000_ae80, 0x2000_ae03, 0x2000_ae01, 0x2000_ae41, 0x4188_ae81, 0x8188_ae82, 0x44d0_ae83, 0x8004_ae86, 0x8068_aea3, 0x8108_ae9b,
      0x8010_aeab, 0x8010_aeac, 0xc008_aeb0,
    ],
  );
});

test('ST-KVM-004 no two calls on one file descriptor share a number', () => {
  for (const file of ['system', 'vm', 'vcpu'] as const) {
    const numbers = ARM64_IOCTLS.filter(row => row.files.includes(file)).map(row => ioctlNumber(GENERIC_IOCTL_CODING, KVMIO, row));
    assert.equal(new Set(numbers).size, numbers.length);
  }
});

test('API-05 all exits share one union: far overlays mmio.data, hsr overlays phys_addr', () => {
  const run = kvm_run.over(new Uint8Array(kvm_run.bytes));
  run.mmio_data.set([1, 2, 3, 4, 5, 6, 7, 8]);
  run.mmio_phys_addr = 0x1122_3344_5566_7788n;
  assert.deepEqual(
    [run.debug_far, run.debug_hsr, run.papr_hcall_ret, run.ppc_debug_status],
    [0x0807_0605_0403_0201n, 0x5566_7788, 0x0807_0605_0403_0201n, 0x0403_0201],
  );
});

test('ST-KVM-005 a structure whose fields overlap or leave it does not load', () => {
  assert.throws(() => structure('broken', 8, { a: ['u32', 0], b: ['u32', 2] }), /b does not fit/);
  assert.throws(() => structure('broken', 8, { a: ['u64', 0], b: ['u32', 4] }), /b overlaps/);
  assert.throws(() => structure('broken', 8, { a: ['u64', 8] }), /a does not fit/);
});

test('ST-KVM-006 struct kvm_guest_debug of arm64 has 520 bytes with its arrays at 8, 136, 264 and 392', () => {
  const bytes = kvm_guest_debug.make({ control: 3 });
  const debug = kvm_guest_debug.over(bytes);
  debug.dbg_bcr[0] = 1n;
  debug.dbg_bvr[0] = 2n;
  debug.dbg_wcr[0] = 3n;
  debug.dbg_wvr[15] = 4n;
  assert.deepEqual([bytes.length, bytes[0], bytes[8], bytes[136], bytes[264], bytes[512]], [520, 3, 1, 2, 3, 4]);
  assert.equal(kvm_one_reg.bytes, 16);
  assert.equal(KVM_EXIT.DEBUG, 4);
});

test('ST-KVM-007 register ids are those of the table', () => {
  assert.deepEqual(
    ['x0', 'x30', 'sp', 'pc', 'pstate', 'SP_EL1', 'ELR_EL1', 'SPSR_EL1', 'SPSR_fiq'].map(name => CORE_REGISTER_IDS.get(name)),
    [
      0x6030_0000_0010_0000n,
      0x6030_0000_0010_003cn,
      0x6030_0000_0010_003en,
      0x6030_0000_0010_0040n,
      0x6030_0000_0010_0042n,
      0x6030_0000_0010_0044n,
      0x6030_0000_0010_0046n,
      0x6030_0000_0010_0048n,
      0x6030_0000_0010_0050n,
    ],
  );
  assert.equal(systemRegisterId(0x8012), 0x6030_0000_0013_8012n);
  assert.equal(coreRegisterId(848, 'U32'), 0x6020_0000_0010_00d4n);
});
