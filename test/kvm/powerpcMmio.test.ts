// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '../../src/base/index.js';
import { KVM_CAP, KVM_EXIT, KVM_GUESTDBG, kvm_enable_cap, kvm_ppc_htab, type Vcpu } from '../../src/kvm/index.js';
import { KVM_TRAP, ppc } from '../cpu/powerWords.js';
import { CODE, guestDebug, MSR_REAL, powerpcGuest, regs, setRegs } from './powerpcGuest.js';

const DEVICE = 0x8000_0000n;
const LE = 1n;
const X =
  (extended: number) =>
  (RT: number, RA: number, RB: number): number =>
    ((31 << 26) | (RT << 21) | (RA << 16) | (RB << 11) | (extended << 1)) >>> 0;
const D =
  (opcode: number) =>
  (RT: number, RA: number, displacement: number): number =>
    ((opcode << 26) | (RT << 21) | (RA << 16) | (displacement & 0xffff)) >>> 0;
const [lhau, lwzu, stwu, lha, sthbrx, lwbrx, lwarx, lfs, stfs, lmw] = [
  D(43),
  D(33),
  D(37),
  D(42),
  X(918),
  X(534),
  X(20),
  D(48),
  D(52),
  D(46),
];
const lwa = (RT: number, RA: number, displacement: number): number => (D(58)(RT, RA, displacement) | 2) >>> 0;
const swapped = (word: number): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, word);
  return view.getUint32(0, true);
};

interface Access {
  readonly vcpu: Vcpu;
  /** Direction, bytes and data of the exit. */
  readonly exit: readonly [string, number, string];
}

/** Runs one instruction with DEVICE in GPR 5, 8 in GPR 6 and `source` in GPR 4. */
function access(word: number, { msr = 0n, source = 0n, kind = 'hv' }: { msr?: bigint; source?: bigint; kind?: 'hv' | 'pr' } = {}): Access {
  const isLittle = (msr & LE) !== 0n;
  const { vcpu, put } = powerpcGuest({ kind, code: [isLittle ? swapped(word) : word, KVM_TRAP] });
  put(0x300, [KVM_TRAP]);
  guestDebug(vcpu, KVM_GUESTDBG.USE_SW_BP);
  setRegs(vcpu, { msr: MSR_REAL | msr }, { 4: source, 5: DEVICE, 6: 8n });
  assert.equal(vcpu.run(), 0);
  const { exit_reason, mmio_is_write, mmio_len, mmio_data } = vcpu.kvmRun;
  if (exit_reason !== KVM_EXIT.MMIO) return { vcpu, exit: [`exit ${exit_reason}`, 0, ''] };
  return { vcpu, exit: [mmio_is_write !== 0 ? 'write' : 'read', mmio_len, Buffer.from(mmio_data.subarray(0, mmio_len)).toString('hex')] };
}

/** What `register` holds after a load has read these bytes. */
function loaded(word: number, bytes: readonly number[], msr = 0n, register = 4): string {
  const { vcpu, exit } = access(word, { msr });
  assert.deepEqual(exit.slice(0, 2), ['read', bytes.length]);
  vcpu.kvmRun.mmio_data.set(bytes);
  vcpu.run();
  assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).pc], [KVM_EXIT.DEBUG, BigInt(CODE + 4)]);
  return hex(regs(vcpu).gpr[register] ?? 0n);
}

test('ST-KVM-130 a load of a device takes width, byte order and sign from its instruction and from MSR[LE]', () => {
  const word = [0x81, 0x22, 0x33, 0x44];
  assert.deepEqual(
    [
      loaded(ppc.lbz(4, 5, 3), [0x81]),
      loaded(ppc.lwz(4, 5, 8), word),
      loaded(ppc.lwz(4, 5, 8), word, LE),
      loaded(lwbrx(4, 5, 6), word),
      loaded(lwbrx(4, 5, 6), word, LE),
      loaded(lwa(4, 5, 0), word),
      loaded(lha(4, 5, 0), [0xff, 0x7f]),
      loaded(lha(4, 5, 0), [0xff, 0x7f], LE),
      loaded(ppc.ld(4, 5, 0), [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
    [
      '0x81',
      '0x81223344',
      '0x44332281',
      '0x44332281',
      '0x81223344',
      '0xffffffff81223344',
      '0xffffffffffffff7f',
      '0x7fff',
      '0x102030405060708',
    ],
  );
});

test('ST-KVM-131 a store to a device has the bytes that the guest would find in memory', () => {
  const source = 0x1122_3344_5566_7788n;
  const exits = [ppc.stb(4, 5, 1), ppc.stw(4, 5, 8), ppc.std(4, 5, 0), sthbrx(4, 5, 6)].flatMap(word =>
    [0n, LE].map(msr => access(word, { msr, source }).exit),
  );
  assert.deepEqual(exits, [
    ['write', 1, '88'], ['write', 1, '88'],
    ['write', 4, '55667788'], ['write', 4, '88776655'],
    ['write', 8, '1122334455667788'], ['write', 8, '8877665544332211'],
    ['write', 2, '8877'], ['write', 2, '7788'],
  ]); // biome-ignore format: pairs
  const { vcpu } = access(ppc.stw(4, 5, 8), { source });
  assert.equal(vcpu.kvmRun.mmio_phys_addr, DEVICE + 8n);
});

test('ST-KVM-132 at the exit for a device the instruction is over: pc is behind it and the base is updated, but the loaded register waits', () => {
  for (const word of [lhau(4, 5, 0x10), lwzu(4, 5, 0x10), stwu(4, 5, 0x10)]) {
    const { vcpu } = access(word, { source: 0x77n });
    const { pc, gpr } = regs(vcpu);
    assert.deepEqual([pc, gpr[5], gpr[4], vcpu.kvmRun.mmio_phys_addr], [BigInt(CODE + 4), DEVICE + 0x10n, 0x77n, DEVICE + 0x10n]);
    assert.equal(vcpu.retiredInstructions, 1);
  }
});

test('ST-KVM-133 immediate_exit completes a load of a device and runs nothing', () => {
  const { vcpu } = access(ppc.lwz(4, 5, 0));
  vcpu.kvmRun.mmio_data.set([0, 0, 0x12, 0x34]);
  vcpu.kvmRun.immediate_exit = 1;
  vcpu.run();
  assert.deepEqual([regs(vcpu).gpr[4], regs(vcpu).pc, vcpu.retiredInstructions], [0x1234n, BigInt(CODE + 4), 1]);
});

test('ST-KVM-134 floating-point registers go to devices, in single precision where the instruction says so', () => {
  const FP = 0x2000n;
  const { vcpu, exit } = access(lfs(3, 5, 0), { msr: FP });
  assert.deepEqual(exit.slice(0, 2), ['read', 4]);
  vcpu.kvmRun.mmio_data.set([0x3f, 0x80, 0, 0]);
  vcpu.kvmRun.immediate_exit = 1;
  vcpu.run();
  const fpu = new Uint8Array(256);
  assert.equal(vcpu.call('KVM_GET_FPU', fpu), 0);
  assert.equal(hex(new DataView(fpu.buffer).getBigUint64(24, true)), '0x3ff0000000000000');
  assert.deepEqual(access(stfs(3, 5, 0), { msr: FP }).exit, ['write', 4, '00000000']);
});

test('ST-KVM-135 what Linux does not emulate at a device is a Data Storage interrupt of the guest, and cache hints do nothing', () => {
  for (const [word, DSISR] of [
    [lwarx(4, 5, 6), 0x0400_0000n],
    [lmw(31, 5, 0), 0x0400_0000n],
  ] as const) {
    const { vcpu, exit } = access(word);
    assert.deepEqual([exit[0], hex(regs(vcpu).pc)], [`exit ${KVM_EXIT.DEBUG}`, '0x300'], hex(word));
    const bytes = new Uint8Array(8);
    assert.equal(vcpu.getOneReg(0x1020_0000_0000_000dn, bytes), 0);
    assert.equal(BigInt(new DataView(bytes.buffer).getUint32(0, true)), DSISR);
  }
  const { vcpu } = access(ppc.dcbz(5, 6));
  assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).pc], [KVM_EXIT.DEBUG, BigInt(CODE + 4)]);
});

test('ST-KVM-136 a step of KVM-PR over an access to a device ends behind it, in kernel one instruction later', () => {
  const stops = (['exact', 'kernel'] as const).map(fidelity => {
    const { vcpu } = powerpcGuest({ kind: 'pr', fidelity, code: [ppc.stw(4, 5, 0), ppc.ori(0, 0, 0), ppc.ori(0, 0, 0)] });
    vcpu.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.PPC_PAPR }));
    setRegs(vcpu, {}, { 5: DEVICE });
    guestDebug(vcpu, KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.SINGLESTEP);
    vcpu.run();
    assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.MMIO);
    vcpu.run();
    return [vcpu.kvmRun.exit_reason, regs(vcpu).pc];
  });
  assert.deepEqual(stops, [[KVM_EXIT.DEBUG, BigInt(CODE + 4)], [KVM_EXIT.DEBUG, BigInt(CODE + 8)]]); // biome-ignore format: rows
});

test('ST-KVM-137 the log of powerpc names hypercalls and has the bytes for a device in the order of their addresses', () => {
  const { kvm, vm, vcpu } = powerpcGuest({ code: [ppc.stw(4, 5, 0), ppc.sc(1), ppc.sc(1)] });
  kvm.callLog.setOn(true);
  assert.equal(vm.call('KVM_PPC_ALLOCATE_HTAB', kvm_ppc_htab.make({ order: 20 })), 0);
  setRegs(vcpu, {}, { 3: 0x58n, 4: 0x1122_3344n, 5: DEVICE });
  for (let n = 0; n < 2; n++) vcpu.run();
  vcpu.kvmRun.papr_hcall_ret = 0x7000n;
  vcpu.run();
  const texts = kvm.callLog.read(1, 100).map(({ text }) => text);
  assert.deepEqual(
    texts.filter(text => /HTAB|KVM_RUN/.test(text)),
    [
      'KVM_PPC_ALLOCATE_HTAB order=20',
      'KVM_RUN -> KVM_EXIT_MMIO write phys_addr=0x80000000 len=4 data=11 22 33 44',
      'KVM_RUN -> KVM_EXIT_PAPR_HCALL nr=0x58 (H_PUT_TERM_CHAR)',
      'KVM_RUN -> KVM_EXIT_PAPR_HCALL nr=0x7000',
    ],
  );
});
