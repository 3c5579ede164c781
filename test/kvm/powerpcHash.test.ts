// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '../../src/base/index.js';
import { HCALL, KVM_CAP, KVM_EXIT, KVM_GUESTDBG, type KvmKind, kvm_enable_cap } from '../../src/kvm/index.js';
import { KVM_TRAP, ppc } from '../cpu/powerWords.js';
import { CODE, guestDebug, MSR_REAL, powerpcGuest, RAM_BYTES, regs, setRegs } from './powerpcGuest.js';
import {
  ANDCOND,
  AVPN,
  C,
  DR,
  EXACT,
  enterSegment,
  FUNCTION,
  groupOf,
  type HashGuest,
  HIGH,
  hashGuest,
  hcall,
  IR,
  NOT_FOUND,
  PARAMETER,
  PTEG_FULL,
  R,
  READ_4,
  READ_WRITE,
  SUCCESS,
  sregs,
  VSID,
} from './powerpcHashGuest.js';

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
