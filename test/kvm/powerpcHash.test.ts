// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '../../src/base/index.js';
import {
  ERRNO,
  HCALL,
  HtabFile,
  KVM_CAP,
  KVM_EXIT,
  KVM_GET_HTAB,
  KVM_GUESTDBG,
  KVM_PPC_MMUV3,
  type KvmKind,
  kvm_enable_cap,
  kvm_get_htab_fd,
  kvm_get_htab_header,
  kvm_ppc_htab,
  kvm_ppc_mmuv3_cfg,
  kvm_ppc_one_seg_page_size,
  kvm_ppc_pvinfo,
  kvm_ppc_rmmu_info,
  kvm_ppc_smmu_info,
  ppc_kvm_sregs,
  type Vcpu,
} from '../../src/kvm/index.js';
import { KVM_TRAP, ppc } from '../cpu/powerWords.js';
import {
  CODE,
  guestDebug,
  MSR_REAL,
  type PowerpcGuest,
  type PowerpcGuestOptions,
  powerpcGuest,
  RAM_BYTES,
  regs,
  setRegs,
} from './powerpcGuest.js';

const hcall = ppc.sc(1);
const ORDER = 18;
const [IR, DR] = [0x20n, 0x10n];
const [R, C] = [0x100n, 0x80n];
const [EXACT, READ_4, AVPN, ANDCOND] = [1n << 39n, 1n << 37n, 1n << 31n, 1n << 30n];
const [SUCCESS, FUNCTION, PARAMETER, PTEG_FULL, NOT_FOUND] = [0n, -2n, -4n, -6n, -7n];
const VSID = 0x123n;
/** Doubleword 0 of an entry for VSID 0x123, segment of 256 MB, pages of 4 KB below 8 MB. */
const HIGH = (VSID << 12n) | 1n;
const READ_WRITE = 0x2n;
/** SDR1 of a table in user space's memory behind the guest's RAM. */
const PR_TABLE = BigInt(RAM_BYTES);

interface HashGuest extends PowerpcGuest {
  /** Makes a hypercall: GPR 3 as a signed number, and GPR 4 onward. */
  call(number: number, ...args: readonly bigint[]): { readonly result: bigint; readonly answers: readonly bigint[] };
}

/** A guest with a hashed page table of 2^18 bytes. */
function hashGuest(options: PowerpcGuestOptions = {}): HashGuest {
  const guest = powerpcGuest({ code: [hcall, KVM_TRAP], userBytes: 2 ** ORDER, ...options });
  const { vm, vcpu } = guest;
  guestDebug(vcpu, KVM_GUESTDBG.USE_SW_BP);
  if (options.kind === 'pr') {
    assert.equal(vcpu.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.PPC_PAPR })), 0);
    sregs(vcpu, view => {
      view.sdr1 = guest.userOffset + PR_TABLE;
    });
  } else assert.equal(vm.call('KVM_PPC_ALLOCATE_HTAB', kvm_ppc_htab.make({ order: ORDER })), 0);
  return {
    ...guest,
    call: (number, ...args) => {
      setRegs(
        vcpu,
        { pc: BigInt(CODE), msr: MSR_REAL },
        { 3: BigInt(number), ...Object.fromEntries(args.map((value, n) => [4 + n, value])) },
      );
      assert.equal(vcpu.run(), 0);
      assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).pc], [KVM_EXIT.DEBUG, BigInt(CODE + 4)]);
      const { gpr } = regs(vcpu);
      return { result: BigInt.asIntN(64, gpr[3] ?? 0n), answers: [...gpr.subarray(4, 12)] };
    },
  };
}

function sregs(vcpu: Vcpu, change: (view: ReturnType<typeof ppc_kvm_sregs.over>) => void): void {
  const bytes = ppc_kvm_sregs.make();
  assert.equal(vcpu.call('KVM_GET_SREGS', bytes), 0);
  change(ppc_kvm_sregs.over(bytes));
  assert.equal(vcpu.call('KVM_SET_SREGS', bytes), 0);
}

/** The group of an address below 8 MB in the segment, by the primary hash, as an index. */
const groupOf = (ea: bigint): bigint => ((VSID ^ (ea >> 12n)) & BigInt(2 ** (ORDER - 7) - 1)) * 8n;

/** Segment 0 for VSID 0x123. */
function enterSegment(vcpu: Vcpu): void {
  sregs(vcpu, ({ slb }) => slb.set([1n << 27n, VSID << 12n]));
}

for (const { kind, model } of [
  { kind: 'hv', model: 'power8' },
  { kind: 'hv', model: 'power9' },
  { kind: 'pr', model: 'power8' },
] as const) {
  test(`ST-KVM-100 pages entered by H_ENTER translate, and loads and stores set R and C in them (${kind}, ${model})`, () => {
    const guest = hashGuest({ kind, model });
    const { vcpu, put, call } = guest;
    const [TEXT, PAGE] = [0x4_0000n, 0x5_0000n];
    const [textEa, dataEa] = [0x1_0000n, 0x2_0000n];
    put(Number(TEXT), [ppc.lwz(4, 5, 0), KVM_TRAP, ppc.stw(4, 5, 8), KVM_TRAP]);
    put(Number(PAGE), [0x1234]);
    assert.equal(call(HCALL.ENTER, 0n, groupOf(textEa), HIGH, TEXT | READ_WRITE).result, SUCCESS);
    const { result, answers } = call(HCALL.ENTER, 0n, groupOf(dataEa), HIGH, PAGE | READ_WRITE);
    assert.deepEqual([result, answers[0]], [SUCCESS, groupOf(dataEa)]);
    const index = answers[0] ?? 0n;
    enterSegment(vcpu);
    const runAt = (pc: bigint): void => {
      setRegs(vcpu, { pc, msr: MSR_REAL | IR | DR }, { 5: dataEa });
      assert.equal(vcpu.run(), 0);
      assert.deepEqual([vcpu.kvmRun.exit_reason, hex(regs(vcpu).pc)], [KVM_EXIT.DEBUG, hex(pc + 4n)]);
    };
    const bits = (): bigint => lowOf(guest, kind, index) & (R | C);
    assert.equal(bits(), 0n);
    runAt(textEa);
    assert.deepEqual([regs(vcpu).gpr[4], bits()], [0x1234n, R]);
    runAt(textEa + 8n);
    assert.equal(bits(), R | C);
    const removed = call(HCALL.REMOVE, 0n, index);
    assert.deepEqual([removed.result, removed.answers[0], removed.answers[1]], [SUCCESS, HIGH, PAGE | READ_WRITE | R | C]);
    put(0x300, [KVM_TRAP]);
    setRegs(vcpu, { pc: textEa, msr: MSR_REAL | IR | DR }, { 5: dataEa });
    vcpu.run();
    assert.equal(hex(regs(vcpu).pc), '0x300', 'the translation of a removed entry is gone');
  });
}

/** Doubleword 1 of an entry: user space has the table of KVM-PR, KVM-HV tells by H_READ. */
function lowOf({ call, user }: HashGuest, kind: KvmKind, index: bigint): bigint {
  if (kind === 'hv') return call(HCALL.READ, 0n, index).answers[1] ?? 0n;
  const bytes = user();
  return new DataView(bytes.buffer, bytes.byteOffset + RAM_BYTES).getBigUint64(Number(index) * 16 + 8);
}

test('ST-KVM-101 H_ENTER takes the first free entry of a group, the one that H_EXACT names, and says when there is none', () => {
  const { call } = hashGuest();
  const places = Array.from({ length: 9 }, () => call(HCALL.ENTER, 0n, 0x43n, HIGH, 0x5_0002n));
  assert.deepEqual(
    places.map(({ result, answers }) => (result === SUCCESS ? answers[0] : result)),
    [0x40n, 0x41n, 0x42n, 0x43n, 0x44n, 0x45n, 0x46n, 0x47n, PTEG_FULL],
  );
  assert.equal(call(HCALL.ENTER, EXACT, 0x43n, HIGH, 0n).result, PTEG_FULL);
  assert.equal(call(HCALL.ENTER, EXACT, 0x4dn, HIGH, 0n).answers[0], 0x4dn);
  assert.equal(call(HCALL.ENTER, 0n, 0x4000n, HIGH, 0n).result, PARAMETER, 'the table has 0x4000 entries');
});

test('ST-KVM-102 H_ENTER of KVM-HV sets V, drops the bits that are its own, and refuses a size that no page has or that leaves its memory', () => {
  const { call } = hashGuest();
  const { answers } = call(HCALL.ENTER, 0n, 0n, (HIGH & ~1n) | 0x68n, (1n << 62n) | 0x5_0002n);
  assert.deepEqual(call(HCALL.READ, 0n, answers[0] ?? 0n).answers.slice(0, 2), [HIGH | 0x8n, 0x5_0002n]);
  const large = 4n;
  assert.equal(call(HCALL.ENTER, 0n, 0n, HIGH | large, 0x2000n).result, PARAMETER, 'no page size has LP 2');
  assert.equal(call(HCALL.ENTER, 0n, 0n, HIGH | large, 0n).result, PARAMETER, '16 MB do not lie in 1 MB of memory');
  assert.equal(call(HCALL.ENTER, 0n, 0n, HIGH | large, 0x1000n).result, SUCCESS, '64 KB do');
  assert.equal(call(HCALL.ENTER, 0n, 0n, HIGH, 0x100_0000_0000n).result, SUCCESS, 'where there is no memory a device may be');
});

test('ST-KVM-103 H_REMOVE, H_PROTECT and H_READ find an entry by its index and the condition in the flags', () => {
  const { call } = hashGuest();
  call(HCALL.ENTER, 0n, 0x8n, HIGH, 0x5_0002n);
  const other = HIGH ^ 0x8000n;
  assert.equal(call(HCALL.REMOVE, AVPN, 0x8n, other & ~0x7fn).result, NOT_FOUND);
  assert.equal(call(HCALL.REMOVE, ANDCOND, 0x8n, VSID << 12n).result, NOT_FOUND);
  assert.equal(call(HCALL.PROTECT, AVPN, 0x8n, other & ~0x7fn).result, NOT_FOUND);
  // pp = 3, N, key 0b10101; pp0 is bit 8 of the flags, the upper part of the key bits 13:12.
  const key = ((1n << 12n) << 1n) | (0b101n << 9n);
  assert.equal(call(HCALL.PROTECT, AVPN | 0x7n | key | (1n << 8n), 0x8n, HIGH & ~0x7fn).result, SUCCESS);
  const expected = (1n << 63n) | (1n << 61n) | 0x5_0000n | (0b101n << 9n) | 0x7n;
  assert.deepEqual(call(HCALL.READ, READ_4, 0xbn).answers.slice(0, 4).map(hex), [HIGH, expected, 0n, 0n].map(hex));
  assert.equal(call(HCALL.REMOVE, AVPN, 0x8n, HIGH & ~0x7fn).result, SUCCESS);
  assert.deepEqual([call(HCALL.REMOVE, 0n, 0x8n).result, call(HCALL.READ, 0n, 0x4000n).result], [NOT_FOUND, PARAMETER]);
});

test('ST-KVM-104 H_BULK_REMOVE answers each pair with its outcome, R and C, and stops at the end mark or at a mistake', () => {
  const { call } = hashGuest();
  const [request, response, end] = [0x40n << 56n, 0x80n << 56n, 0xc0n << 56n];
  const [byAndcond, byAvpn] = [1n << 56n, 2n << 56n];
  call(HCALL.ENTER, 0n, 0x8n, HIGH, 0x5_0002n | R | C);
  call(HCALL.ENTER, 0n, 0x10n, HIGH, 0x5_0002n | R);
  const first = call(
    HCALL.BULK_REMOVE,
    request | byAvpn | 0x8n,
    HIGH & ~0x7fn,
    request | byAndcond | 0x10n,
    1n,
    request | 0x18n,
    0n,
    end,
    0n,
  );
  assert.equal(first.result, SUCCESS);
  assert.deepEqual(
    [first.answers[0], first.answers[2], first.answers[4], first.answers[6]].map(value => hex(value ?? 0n)),
    [response | byAvpn | (3n << 58n) | 0x8n, response | (0x10n << 56n) | byAndcond | 0x10n, response | (0x10n << 56n) | 0x18n, end].map(
      hex,
    ),
  );
  const second = call(HCALL.BULK_REMOVE, request | 0x4000n, 0n, request | 0x10n, 0n, end, 0n, end, 0n);
  assert.deepEqual(
    [second.result, second.answers[0], second.answers[2]],
    [PARAMETER, response | (0x20n << 56n) | 0x4000n, request | 0x10n],
  );
  assert.equal(call(HCALL.READ, 0n, 0x10n).answers[0], HIGH, 'what stands behind the mistake is not removed');
});

test('ST-KVM-105 H_CLEAR_REF and H_CLEAR_MOD answer the entry as it was and clear one bit, once they are switched on', () => {
  const { vm, vcpu, call } = hashGuest();
  call(HCALL.ENTER, 0n, 0x8n, HIGH, 0x5_0002n | R | C);
  setRegs(vcpu, { pc: BigInt(CODE) }, { 3: BigInt(HCALL.CLEAR_REF), 4: 0n, 5: 0x8n });
  vcpu.run();
  assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.PAPR_HCALL);
  vcpu.run();
  for (const number of [HCALL.CLEAR_REF, HCALL.CLEAR_MOD]) {
    const request = kvm_enable_cap.make({ cap: KVM_CAP.PPC_ENABLE_HCALL });
    kvm_enable_cap.over(request).args.set([BigInt(number), 1n]);
    assert.equal(vm.enableCap(request), 0);
  }
  assert.equal(call(HCALL.CLEAR_REF, 0n, 0x8n).answers[0], 0x5_0002n | R | C);
  assert.equal(call(HCALL.CLEAR_MOD, 0n, 0x8n).answers[0], 0x5_0002n | C);
  assert.equal(call(HCALL.READ, 0n, 0x8n).answers[1], 0x5_0002n);
  assert.equal(call(HCALL.CLEAR_MOD, 0n, 0x9n).result, NOT_FOUND);
});

test('ST-KVM-106 a store after H_CLEAR_MOD sets C again', () => {
  const guest = hashGuest();
  const { vm, vcpu, put, call } = guest;
  const request = kvm_enable_cap.make({ cap: KVM_CAP.PPC_ENABLE_HCALL });
  kvm_enable_cap.over(request).args.set([BigInt(HCALL.CLEAR_MOD), 1n]);
  vm.enableCap(request);
  put(CODE + 0x100, [ppc.stw(4, 5, 0), KVM_TRAP]);
  const index = call(HCALL.ENTER, 0n, groupOf(0x2_0000n), HIGH, 0x5_0002n).answers[0] ?? 0n;
  enterSegment(vcpu);
  const store = (): bigint => {
    setRegs(vcpu, { pc: BigInt(CODE + 0x100), msr: MSR_REAL | DR }, { 5: 0x2_0000n });
    vcpu.run();
    return (call(HCALL.READ, 0n, index).answers[1] ?? 0n) & C;
  };
  assert.equal(store(), C);
  call(HCALL.CLEAR_MOD, 0n, index);
  assert.equal(store(), C);
});

test('ST-KVM-107 H_EXACT of KVM-PR refuses a valid entry, in kernel it writes over it', () => {
  const results = (['exact', 'kernel'] as const).map(fidelity => {
    const { call } = hashGuest({ kind: 'pr', model: 'power8', fidelity });
    call(HCALL.ENTER, EXACT, 0x8n, HIGH, 0x5_0002n);
    return call(HCALL.ENTER, EXACT, 0x8n, HIGH, 0x6_0002n).result;
  });
  assert.deepEqual(results, [PTEG_FULL, SUCCESS]);
});

test('ST-KVM-108 H_BULK_REMOVE of KVM-PR has R and C in bits 4 and 5, in kernel in its index', () => {
  const answers = (['exact', 'kernel'] as const).map(fidelity => {
    const { call } = hashGuest({ kind: 'pr', model: 'power8', fidelity });
    call(HCALL.ENTER, 0n, 0x8n, HIGH, 0x5_0002n | R | C);
    return hex(call(HCALL.BULK_REMOVE, (0x40n << 56n) | 0x8n, 0n, 0xc0n << 56n).answers[0] ?? 0n);
  });
  assert.deepEqual(answers, [(0x8cn << 56n) | 0x8n, (0x80n << 56n) | (3n << 50n) | 0x8n].map(hex));
});

test('ST-KVM-109 the table of KVM-PR is in the memory of user space, an index behind its end wraps, and H_READ is for user space', () => {
  const { vcpu, call, user } = hashGuest({ kind: 'pr', model: 'power8' });
  assert.equal(call(HCALL.ENTER, 0n, 0x4008n, HIGH, 0x5_0002n).answers[0], 0x4008n);
  const bytes = user();
  assert.equal(new DataView(bytes.buffer, bytes.byteOffset + RAM_BYTES).getBigUint64(0x80), HIGH);
  setRegs(vcpu, { pc: BigInt(CODE) }, { 3: BigInt(HCALL.READ) });
  vcpu.run();
  assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.PAPR_HCALL);
});

test('ST-KVM-114 without a table in the memory of user space the hash calls of KVM-PR do not exist, and on power8 KVM-HV makes one by itself', () => {
  const results = [0n, 1n << 40n].map(SDR1 => {
    const { vcpu, call } = hashGuest({ kind: 'pr', model: 'power8' });
    sregs(vcpu, view => {
      view.sdr1 = SDR1;
    });
    return [HCALL.ENTER, HCALL.REMOVE, HCALL.PROTECT, HCALL.BULK_REMOVE].map(number => call(number, 0n, 0n, HIGH, 0n).result);
  });
  assert.deepEqual(results.flat(), Array(8).fill(FUNCTION));
  const { vcpu } = powerpcGuest({ model: 'power8', code: [hcall, KVM_TRAP] });
  guestDebug(vcpu, KVM_GUESTDBG.USE_SW_BP);
  setRegs(vcpu, {}, { 3: BigInt(HCALL.ENTER), 4: 0n, 5: BigInt(2 ** 20 - 8), 6: HIGH, 7: 0x5_0002n });
  vcpu.run();
  assert.deepEqual([regs(vcpu).gpr[3], regs(vcpu).gpr[4]], [SUCCESS, BigInt(2 ** 20 - 8)], 'of 2^24 bytes');
});

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
