// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '../../src/base/index.js';
import {
  ERRNO,
  HCALL,
  HtabFile,
  KVM_GET_HTAB,
  KVM_GUESTDBG,
  KVM_PPC_MMUV3,
  kvm_get_htab_fd,
  kvm_get_htab_header,
  kvm_ppc_htab,
  kvm_ppc_mmuv3_cfg,
  kvm_ppc_one_seg_page_size,
  kvm_ppc_pvinfo,
  kvm_ppc_rmmu_info,
  kvm_ppc_smmu_info,
} from '../../src/kvm/index.js';
import { KVM_TRAP } from '../cpu/powerWords.js';
import { CODE, guestDebug, powerpcGuest, regs, setRegs } from './powerpcGuest.js';
import { EXACT, FUNCTION, HIGH, hashGuest, hcall, NOT_FOUND, ORDER, R, SUCCESS } from './powerpcHashGuest.js';

test('ST-KVM-110 KVM_PPC_ALLOCATE_HTAB makes an empty table of 2^18 bytes or more for KVM-HV, and a second one empties it', () => {
  const { vm, call } = hashGuest();
  call(HCALL.ENTER, 0n, 0x8n, HIGH, 0x5_0002n);
  assert.equal(vm.call('KVM_PPC_ALLOCATE_HTAB', kvm_ppc_htab.make({ order: ORDER })), 0);
  assert.equal(call(HCALL.REMOVE, 0n, 0x8n).result, NOT_FOUND);
  const answers = [17, 47, 40].map(order => vm.call('KVM_PPC_ALLOCATE_HTAB', kvm_ppc_htab.make({ order })));
  assert.deepEqual(answers, [-ERRNO.EINVAL, -ERRNO.EINVAL, -ERRNO.ENOMEM]);
  const pr = powerpcGuest({ kind: 'pr' });
  assert.equal(pr.vm.call('KVM_PPC_ALLOCATE_HTAB', kvm_ppc_htab.make({ order: ORDER })), -ERRNO.ENOTTY);
});

test('ST-KVM-111 a power9 VM starts as radix, without hash calls, and KVM_PPC_CONFIGURE_V3_MMU changes it to and fro', () => {
  const { vm, vcpu } = powerpcGuest({ code: [hcall, KVM_TRAP] });
  guestDebug(vcpu, KVM_GUESTDBG.USE_SW_BP);
  const enter = (): bigint => {
    setRegs(vcpu, { pc: BigInt(CODE) }, { 3: BigInt(HCALL.ENTER), 4: 0n, 5: 0n, 6: HIGH, 7: 0x5_0002n });
    vcpu.run();
    return BigInt.asIntN(64, regs(vcpu).gpr[3] ?? 0n);
  };
  const configure = (flags: number, process_table: bigint) =>
    vm.call('KVM_PPC_CONFIGURE_V3_MMU', kvm_ppc_mmuv3_cfg.make({ flags: BigInt(flags), process_table }));
  const isRadix = 1n << 63n;
  assert.equal(enter(), FUNCTION);
  assert.equal(configure(0, 0n), 0);
  assert.equal(enter(), SUCCESS);
  assert.equal(configure(KVM_PPC_MMUV3.RADIX | KVM_PPC_MMUV3.GTSE, isRadix | 0x4_0000n), 0);
  assert.equal(enter(), FUNCTION);
  assert.deepEqual(
    [configure(KVM_PPC_MMUV3.RADIX, 0n), configure(0, isRadix), configure(4, 0n), configure(0, 25n)],
    [-ERRNO.EINVAL, -ERRNO.EINVAL, -ERRNO.EINVAL, -ERRNO.EINVAL],
  );
  assert.equal(powerpcGuest({ model: 'power8' }).vm.call('KVM_PPC_CONFIGURE_V3_MMU', kvm_ppc_mmuv3_cfg.make()), -ERRNO.ENODEV);
});

test('ST-KVM-115 the file of KVM_PPC_GET_HTAB_FD has the valid entries with R and C, and written back it makes the same table', () => {
  const { kvm, vm, call } = hashGuest();
  for (const index of [8n, 9n, 0x20n]) call(HCALL.ENTER, EXACT, index, HIGH, 0x5_0002n | (index << 12n) | R);
  const open = (flags: number, start_index = 0n): HtabFile => {
    const file = kvm.file(vm.call('KVM_PPC_GET_HTAB_FD', kvm_get_htab_fd.make({ flags: BigInt(flags), start_index })));
    assert.ok(file instanceof HtabFile);
    return file;
  };
  const bytes = new Uint8Array(0x1000);
  const file = open(0, 8n);
  const length = file.read(bytes);
  assert.equal(length, 8 + 32 + 8 + 16);
  assert.equal(file.read(new Uint8Array(64)), 0, 'the end');
  const headers = [0, 40].map(at => kvm_get_htab_header.over(bytes.slice(at, at + 8)));
  assert.deepEqual(
    headers.map(({ index, n_valid, n_invalid }) => [index, n_valid, n_invalid]),
    [[8, 2, 22], [0x20, 1, 2 ** (ORDER - 4) - 0x21]], // biome-ignore format: rows
  );
  assert.equal(new DataView(bytes.buffer).getBigUint64(24 + 8), 0x5_0002n | (9n << 12n) | R);
  call(HCALL.REMOVE, 0n, 8n);
  call(HCALL.ENTER, EXACT, 0xan, HIGH, 0x7_0002n);
  assert.equal(open(0).write(bytes.subarray(0, length)), -ERRNO.EINVAL);
  assert.equal(open(KVM_GET_HTAB.WRITE).write(bytes.subarray(0, length)), length);
  assert.deepEqual([call(HCALL.READ, 0n, 8n).answers[0], call(HCALL.READ, 0n, 0xan).answers[0]], [HIGH, 0n]);
  const beyond = kvm_get_htab_header.make({ index: 0x3fff, n_invalid: 2 });
  assert.equal(open(KVM_GET_HTAB.WRITE).write(beyond), -ERRNO.EINVAL);
  assert.equal(vm.call('KVM_PPC_GET_HTAB_FD', kvm_get_htab_fd.make({ flags: 4n })), -ERRNO.EINVAL);
});

test('ST-KVM-149 a record of the file counts at most 65,535 entries that are not valid, wherever entries are entered and removed', () => {
  const { kvm, vm, call } = hashGuest();
  assert.equal(vm.call('KVM_PPC_ALLOCATE_HTAB', kvm_ppc_htab.make({ order: 21 })), 0);
  for (const index of [0n, 300n, 70_000n, 131_071n]) assert.equal(call(HCALL.ENTER, EXACT, index, HIGH, 0x5_0002n).result, SUCCESS);
  assert.equal(call(HCALL.REMOVE, 0n, 300n).result, SUCCESS);
  const records = (): readonly (readonly number[])[] => {
    const file = kvm.file(vm.call('KVM_PPC_GET_HTAB_FD', kvm_get_htab_fd.make()));
    assert.ok(file instanceof HtabFile);
    const bytes = new Uint8Array(0x1000);
    const length = file.read(bytes);
    const found: number[][] = [];
    for (let at = 0; at < length; ) {
      const { index, n_valid, n_invalid } = kvm_get_htab_header.over(bytes.slice(at, at + 8));
      found.push([index, n_valid, n_invalid]);
      at += 8 + n_valid * 16;
    }
    return found;
  };
  assert.deepEqual(records(), [[0, 1, 65_535], [65_536, 0, 4_464], [70_000, 1, 61_070], [131_071, 1, 0]]); // biome-ignore format: rows
  assert.equal(vm.call('KVM_PPC_ALLOCATE_HTAB', kvm_ppc_htab.make({ order: 21 })), 0);
  assert.deepEqual(records(), [[0, 0, 65_535], [65_535, 0, 65_535], [131_070, 0, 2]]); // biome-ignore format: rows
});

test('ST-KVM-112 the page sizes that KVM_PPC_GET_SMMU_INFO offers are 4 KB, 64 KB and 16 MB, on KVM-HV with 16 MB in the smaller segments', () => {
  const sizes = (['hv', 'pr'] as const).map(kind => {
    const bytes = kvm_ppc_smmu_info.make();
    assert.equal(powerpcGuest({ kind }).vm.call('KVM_PPC_GET_SMMU_INFO', bytes), 0);
    const info = kvm_ppc_smmu_info.over(bytes);
    const segments = Array.from({ length: 3 }, (_, n) => {
      const { page_shift, slb_enc, enc } = kvm_ppc_one_seg_page_size.over(info.sps.slice(n * 72, n * 72 + 72));
      return [page_shift, slb_enc, ...enc.subarray(0, 4)];
    });
    return { flags: info.flags, slb: info.slb_size, keys: [info.data_keys, info.instr_keys], segments };
  });
  assert.deepEqual(sizes, [
    { flags: 3n, slb: 32, keys: [32, 32], segments: [[12, 0, 12, 0, 24, 0x38], [16, 0x110, 16, 1, 24, 8], [24, 0x100, 24, 0, 0, 0]] },
    { flags: 2n, slb: 32, keys: [0, 0], segments: [[12, 0, 12, 0, 0, 0], [16, 0x110, 16, 1, 0, 0], [24, 0x100, 24, 0, 0, 0]] },
  ]); // biome-ignore format: a table
});

test('ST-KVM-113 KVM_PPC_GET_RMMU_INFO has the two trees of power9, and KVM_PPC_GET_PVINFO four big-endian instructions', () => {
  const bytes = kvm_ppc_rmmu_info.make();
  const { vm } = powerpcGuest();
  assert.equal(vm.call('KVM_PPC_GET_RMMU_INFO', bytes), 0);
  const { geometries, ap_encodings } = kvm_ppc_rmmu_info.over(bytes);
  assert.deepEqual([...geometries.subarray(0, 16)], [12, 9, 9, 9, 13, 0, 0, 0, 16, 5, 9, 9, 13, 0, 0, 0]);
  assert.deepEqual([...ap_encodings.subarray(0, 5)], [12, 0xa000_0010, 0x2000_0015, 0x4000_001e, 0]);
  assert.equal(powerpcGuest({ model: 'power8' }).vm.call('KVM_PPC_GET_RMMU_INFO', bytes), -ERRNO.EINVAL);
  const pvinfo = kvm_ppc_pvinfo.make();
  assert.equal(powerpcGuest({ kind: 'pr' }).vm.call('KVM_PPC_GET_PVINFO', pvinfo), 0);
  const words = new DataView(pvinfo.buffer);
  assert.deepEqual(
    [4, 8, 12, 16].map(at => hex(words.getUint32(at))),
    ['0x3c004b56', '0x60004d21', '0x44000002', '0x60000000'],
  );
});
