// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '../../src/base/index.js';
import { HCALL, KVM_CAP, KVM_EXIT, KVM_GUESTDBG, kvm_enable_cap, type Vcpu } from '../../src/kvm/index.js';
import { KVM_TRAP, NOP, ppc } from '../cpu/powerWords.js';
import { CODE, guestDebug, MSR_REAL, oneReg, type PowerpcGuest, powerpcGuest, regs, setOneReg, setRegs } from './powerpcGuest.js';

const { ENABLE, SINGLESTEP, USE_SW_BP } = KVM_GUESTDBG;
const [SE, EE] = [0x400n, 0x8000n];
const hcall = ppc.sc(1);
/** SRR1 bits 33:36 and 43:47. */
const STATUS = 0x781f_0000n;
const DATA = 0x8000n;
const [PROBLEM, PRIVILEGED] = [1n, 2n];
/** DAWRX of one doubleword: stores in privileged state, translation ignored. */
const WATCH_STORES = 0x4an;

/** A guest of KVM-HV whose interrupt handlers are traps of the host's. */
function trappingGuest(fidelity: 'exact' | 'kernel', code: readonly number[], vectors: readonly number[]): PowerpcGuest {
  const guest = powerpcGuest({ fidelity, code });
  for (const vector of vectors) guest.put(vector, [KVM_TRAP]);
  guestDebug(guest.vcpu, USE_SW_BP);
  return guest;
}
const stop = (vcpu: Vcpu): string => {
  vcpu.run();
  assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.DEBUG);
  return hex(regs(vcpu).pc);
};

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`S-066 SRR1 of a Trace interrupt tells an ALU instruction, a load, a store and CIABR, SIAR and SDAR say where (${fidelity})`, () => {
    const traced = [ppc.addi(3, 3, 1), ppc.lwz(4, 5, 8), ppc.stw(4, 5, 16)].map(word => {
      const { vcpu } = trappingGuest(fidelity, [word, NOP], [0xd00]);
      setRegs(vcpu, { msr: MSR_REAL | SE }, { 5: DATA });
      assert.equal(stop(vcpu), '0xd00');
      assert.deepEqual([regs(vcpu).srr0, oneReg(vcpu, 'SIAR')], [BigInt(CODE + 4), BigInt(CODE)]);
      return [hex(regs(vcpu).srr1 & STATUS), word === ppc.addi(3, 3, 1) ? '' : hex(oneReg(vcpu, 'SDAR'))];
    });
    assert.deepEqual(traced, [['0x40000000', ''], ['0x50000000', hex(DATA + 8n)], ['0x48000000', hex(DATA + 16n)]]); // biome-ignore format: rows
    const { vcpu } = trappingGuest(fidelity, [NOP, NOP, NOP], [0xd00]);
    assert.equal(setOneReg(vcpu, 'CIABR', BigInt(CODE + 4) | PRIVILEGED), 0);
    assert.equal(stop(vcpu), '0xd00');
    assert.deepEqual([hex(regs(vcpu).srr1 & STATUS), regs(vcpu).srr0], ['0x40100000', BigInt(CODE + 8)]);
  });

  test(`S-067 CIABR traces after a taken branch, at its privilege only (${fidelity})`, () => {
    const stops = [PRIVILEGED, PROBLEM].map(privilege => {
      const { vcpu, put } = trappingGuest(fidelity, [ppc.b(0x20)], [0xd00]);
      put(CODE + 0x20, [KVM_TRAP]);
      setOneReg(vcpu, 'CIABR', BigInt(CODE) | privilege);
      return [stop(vcpu), regs(vcpu).srr0];
    });
    assert.deepEqual(stops, [['0xd00', BigInt(CODE + 0x20)], [hex(CODE + 0x20), 0n]]); // biome-ignore format: rows
  });

  test(`S-069 DAWR stops a store to its doubleword before it is done, and not one to the next (${fidelity})`, () => {
    const outcomes = [0, 8].map(displacement => {
      const { vcpu } = trappingGuest(fidelity, [ppc.std(4, 5, displacement), ppc.ld(6, 5, displacement), KVM_TRAP], [0x300]);
      setOneReg(vcpu, 'DAWR', DATA);
      setOneReg(vcpu, 'DAWRX', WATCH_STORES);
      setRegs(vcpu, {}, { 4: 0x77n, 5: DATA });
      if (stop(vcpu) !== '0x300') return ['stored', regs(vcpu).gpr[6]];
      const found = [hex(oneReg(vcpu, 'DSISR')), hex(oneReg(vcpu, 'DAR'))];
      // The same load, without the store.
      setRegs(vcpu, { pc: BigInt(CODE + 4), msr: MSR_REAL });
      stop(vcpu);
      return [...found, regs(vcpu).gpr[6]];
    });
    assert.deepEqual(outcomes, [['0x2400000', hex(DATA), 0n], ['stored', 0x77n]]); // biome-ignore format: rows
  });

  test(`PPC-HV-43 PPC-HV-46 H_SET_MODE refuses what belongs to the hypervisor, with the code of the argument at fault (${fidelity})`, () => {
    const { vcpu } = trappingGuest(fidelity, [hcall, KVM_TRAP], []);
    const setMode = (flags: bigint, resource: bigint, value1: bigint, value2: bigint): bigint => {
      setRegs(vcpu, { pc: BigInt(CODE) }, { 3: BigInt(HCALL.SET_MODE), 4: flags, 5: resource, 6: value1, 7: value2 });
      assert.equal(stop(vcpu), hex(CODE + 4));
      return BigInt.asIntN(64, regs(vcpu).gpr[3] ?? 0n);
    };
    const [P2, P3, P4, UNSUPPORTED_FLAG] = [-55n, -56n, -57n, -256n];
    assert.deepEqual(
      [setMode(0n, 1n, 0x1000n | PRIVILEGED, 1n), setMode(1n, 1n, 0x1000n | PRIVILEGED, 0n), setMode(0n, 1n, 0x1003n, 0n)],
      [P4, UNSUPPORTED_FLAG, P3],
    );
    assert.equal(setMode(0n, 1n, 0x1000n | PRIVILEGED, 0n), 0n);
    assert.equal(oneReg(vcpu, 'CIABR'), 0x1000n | PRIVILEGED);
    assert.deepEqual([setMode(1n, 2n, DATA, 0n), setMode(0n, 2n, DATA, 0x44n), setMode(0n, 5n, DATA, 0n)], [UNSUPPORTED_FLAG, P4, P2]);
    assert.equal(setMode(0n, 2n, DATA, WATCH_STORES), 0n);
    assert.deepEqual([oneReg(vcpu, 'DAWR'), oneReg(vcpu, 'DAWRX')], [DATA, WATCH_STORES]);
  });
}

test('ST-KVM-140 H_SET_DABR and H_SET_XDABR set DAWR0, which the processor has in place of DABR', () => {
  const { vcpu } = trappingGuest('exact', [hcall, KVM_TRAP], []);
  const call = (number: number, ...args: readonly bigint[]): bigint => {
    setRegs(vcpu, { pc: BigInt(CODE) }, { 3: BigInt(number), 4: args[0] ?? 0n, 5: args[1] ?? 0n });
    stop(vcpu);
    return BigInt.asIntN(64, regs(vcpu).gpr[3] ?? 0n);
  };
  const watched = () => [oneReg(vcpu, 'DAWR'), hex(oneReg(vcpu, 'DAWRX'))];
  assert.equal(call(HCALL.SET_DABR, DATA | 0b110n), 0n);
  assert.deepEqual(watched(), [DATA, '0x53'], 'writes, with translation, in both states');
  assert.equal(call(HCALL.SET_XDABR, DATA | 0b001n, 0x9n), 0n);
  assert.deepEqual(watched(), [DATA, '0x29'], 'reads, translation ignored, in problem state');
  assert.deepEqual([call(HCALL.SET_XDABR, DATA, 0x8n), call(HCALL.SET_XDABR, DATA, 0x5n)], [-4n, -4n]);
});

test('ST-KVM-141 a signal that waits at the entry leaves no SE of a step of KVM-PR in the guest, in kernel it does', () => {
  const left = (['exact', 'kernel'] as const).map(fidelity => {
    const { vcpu } = powerpcGuest({ kind: 'pr', fidelity, code: [NOP, NOP] });
    guestDebug(vcpu, ENABLE | SINGLESTEP);
    vcpu.signal();
    assert.equal(vcpu.run(), -4);
    assert.equal(regs(vcpu).pc, BigInt(CODE));
    const found = regs(vcpu).msr & SE;
    guestDebug(vcpu, 0);
    vcpu.signal();
    vcpu.run();
    return [found, regs(vcpu).msr & SE];
  });
  assert.deepEqual(left, [[0n, 0n], [SE, SE]]); // biome-ignore format: rows
});

test('ST-KVM-142 an external interrupt that waits at a step of KVM-PR saves no SE of the host, in kernel it does', () => {
  const saved = (['exact', 'kernel'] as const).map(fidelity => {
    const { vcpu, put } = powerpcGuest({ kind: 'pr', fidelity, code: [NOP, NOP] });
    put(0x500, [NOP, KVM_TRAP]);
    setRegs(vcpu, { msr: MSR_REAL | EE });
    const raise = new Uint8Array(4).fill(0xff);
    assert.equal(vcpu.call('KVM_INTERRUPT', raise), 0);
    guestDebug(vcpu, ENABLE | SINGLESTEP);
    vcpu.run();
    const { pc, srr0, srr1 } = regs(vcpu);
    return [hex(pc), srr0, srr1 & SE];
  });
  assert.deepEqual(saved, [['0x500', BigInt(CODE), 0n], ['0x504', BigInt(CODE), SE]]); // biome-ignore format: rows
});

test('ST-KVM-143 in exact a step of KVM-PR over a hypercall of the kernel ends behind it, also when it has slept', () => {
  for (const number of [HCALL.CEDE, HCALL.REMOVE]) {
    const { vcpu } = powerpcGuest({ kind: 'pr', code: [hcall, NOP] });
    vcpu.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.PPC_PAPR }));
    setRegs(vcpu, {}, { 3: BigInt(number) });
    guestDebug(vcpu, ENABLE | SINGLESTEP);
    assert.equal(vcpu.run(), 0);
    assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).pc, regs(vcpu).msr & SE], [KVM_EXIT.DEBUG, BigInt(CODE + 4), 0n], hex(number));
    assert.equal(vcpu.retiredInstructions, 1);
  }
});

test('S-002 KVM_CHECK_EXTENSION tells KVM-HV from KVM-PR by capability 176, and each has its own table calls', () => {
  const names = ['SET_GUEST_DEBUG', 'PPC_GUEST_DEBUG_SSTEP', 'PPC_ALLOC_HTAB', 'PPC_GET_PVINFO', 'PPC_GET_SMMU_INFO', 'PPC_MMU_RADIX', 'PPC_MMU_HASH_V3', 'IRQ_XICS', 'PPC_RTAS', 'PPC_PAPR', 'PPC_DAWR1'] as const; // biome-ignore format: a table
  const answers = (['hv', 'pr'] as const).map(kind => names.map(name => powerpcGuest({ kind }).kvm.checkExtension(KVM_CAP[name])));
  assert.deepEqual(answers, [[1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0], [1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0]]); // biome-ignore format: rows
});
