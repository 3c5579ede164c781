// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { POWER_CPU_MODELS } from '../../src/cpu/power/book3s/cpuModels.js';
import { CODE, DATA, DR, EE, FP, IR, LE, ME, MSR_REAL, PowerGuest, PR, RI, SE, SF } from './powerGuest.js';
import { KVM_TRAP, NOP, ppc, SPR } from './powerWords.js';

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const [AIL2, AIL3, ILE] = [2n << 23n, 3n << 23n, 1n << 25n];

for (const [title, lpcr, msr, vector, relocate] of [
  ['IR = DR = 0 ignores AIL', AIL3, MSR_REAL, 0xc00n, 0n],
  ['IR = 1, DR = 0 counts as off', AIL3, MSR_REAL | IR, 0xc00n, 0n],
  ['IR = 0, DR = 1 counts as off', AIL3, MSR_REAL | DR, 0xc00n, 0n],
  ['AIL 0 with translation', 0n, MSR_REAL | IR | DR, 0xc00n, 0n],
  ['reserved AIL 1 is as 0', 1n << 23n, MSR_REAL | IR | DR, 0xc00n, 0n],
  ['AIL 2 with translation', AIL2, MSR_REAL | IR | DR, 0x1_8c00n, IR | DR],
  ['AIL 3 with translation', AIL3, MSR_REAL | IR | DR, 0xc000_0000_0000_4c00n, IR | DR],
] as const) {
  test(`PPC-HV-01 the vector follows AIL only if IR and DR are both 1: ${title}`, () => {
    const guest = new PowerGuest([]);
    guest.setSpr(SPR.LPCR, lpcr);
    guest.pe.msr = msr;
    guest.pe.injectInterrupt(0xc00);
    assert.deepEqual([hex(guest.pe.pc), hex(guest.pe.msr)], [hex(vector), hex(MSR_REAL | relocate)]);
  });
}

test('PPC-HV-03 the handler runs in the byte order of ILE, whatever the interrupted one was', () => {
  for (const [before, lpcr, after] of [
    [0n, ILE, LE],
    [LE, 0n, 0n],
  ] as const) {
    const guest = new PowerGuest([ppc.sc(0)], { isLittle: before !== 0n });
    guest.setSpr(SPR.LPCR, lpcr);
    guest.run(1);
    assert.equal(guest.pe.msr & LE, after);
  }
});

test('PPC-HV-04 interrupt entry sets MSR from its fixed pattern and SRR1 to the old MSR with the status area replaced', () => {
  const guest = new PowerGuest([ppc.trap()]);
  const before = MSR_REAL | EE | FP | SE | RI | (1n << 9n) | (1n << 25n) | (1n << 23n);
  guest.pe.msr = before;
  guest.run(1);
  assert.deepEqual(
    [guest.pe.pc, guest.pe.msr, guest.spr(SPR.SRR0), hex(guest.spr(SPR.SRR1))],
    [0x700n, SF | ME, CODE, hex((before & ~0x783f_0000n) | 0x2_0000n)],
  );
});

test('ST-PSYS-001 an instruction in the other byte order runs after LE has changed', () => {
  // Big-endian code returns to little-endian code.
  const guest = new PowerGuest([ppc.rfid()]);
  guest.setSpr(SPR.SRR0, DATA);
  guest.setSpr(SPR.SRR1, MSR_REAL | LE);
  guest.poke32(DATA, ppc.addi(3, 0, 7), true);
  guest.poke32(DATA + 4n, ppc.sc(0), true);
  guest.poke32(0xc00n, ppc.addi(4, 0, 9));
  guest.run(4);
  assert.deepEqual([guest.gpr(3), guest.gpr(4), guest.pe.pc], [7n, 9n, 0xc04n]);
});

test('ST-PSYS-002 a page that is code in both byte orders is decoded anew each time', () => {
  const guest = new PowerGuest([ppc.rfid(), ppc.addi(5, 5, 1), ppc.trap()]);
  const little = CODE + 0x100n;
  guest.setSpr(SPR.SRR0, little);
  guest.setSpr(SPR.SRR1, MSR_REAL | LE);
  guest.poke32(little, ppc.mtspr(6, SPR.SRR0), true);
  guest.poke32(little + 4n, ppc.mtspr(7, SPR.SRR1), true);
  guest.poke32(little + 8n, ppc.rfid(), true);
  guest.setGpr(6, CODE + 4n);
  guest.setGpr(7, MSR_REAL);
  guest.run(6);
  assert.deepEqual([guest.gpr(5), guest.pe.pc], [1n, 0x700n]);
});

test('ST-PSYS-003 in 32-bit mode addresses have 32 bits, and SF is switched by mtmsrd', () => {
  const guest = new PowerGuest([ppc.mtmsrd(3), ppc.lwz(4, 5, 0)]);
  guest.setGpr(3, ME);
  guest.setGpr(5, 0x1_0000_0000n | DATA);
  guest.poke32(DATA, 0x1234);
  guest.run(2);
  assert.deepEqual([guest.gpr(4), guest.pe.msr], [0x1234n, ME]);
});

test('ST-PSYS-010 mtmsrd changes neither ME nor LE nor HV, and with L = 1 only EE and RI', () => {
  const guest = new PowerGuest([ppc.mtmsrd(3, 1), ppc.mtmsrd(3)]);
  guest.setGpr(3, 0xffff_ffff_ffff_ffffn & ~(PR | IR | DR | SE | (1n << 9n)));
  guest.run(1);
  const first = guest.pe.msr;
  guest.run(1);
  const second = guest.pe.msr;
  assert.deepEqual([hex(first), hex(second)], [hex(MSR_REAL | EE | RI), '0x800000000280b906']);
});

test('ST-PSYS-011 mtmsr leaves the upper half of MSR', () => {
  const guest = new PowerGuest([ppc.mtmsr(3)]);
  guest.setGpr(3, EE);
  guest.run(1);
  assert.equal(guest.pe.msr, MSR_REAL | EE);
});

test('ST-PSYS-012 a return to problem state sets EE, IR and DR', () => {
  const guest = new PowerGuest([ppc.rfid()]);
  guest.setSpr(SPR.SRR1, MSR_REAL | PR);
  guest.run(1);
  assert.equal(guest.pe.msr, MSR_REAL | PR | EE | IR | DR);
});

test('ST-PSYS-013 rfid keeps ME and ignores the last two bits of SRR0', () => {
  const guest = new PowerGuest([ppc.rfid()]);
  guest.setSpr(SPR.SRR0, DATA + 3n);
  guest.setSpr(SPR.SRR1, SF);
  guest.run(1);
  assert.deepEqual([guest.pe.msr, guest.pe.pc], [MSR_REAL, DATA]);
});

test('ST-PSYS-014 scv saves the return address in LR and MSR in CTR, and rfscv restores them', () => {
  const guest = new PowerGuest([ppc.scv(3)]);
  guest.setSpr(SPR.FSCR, 1n << 12n);
  guest.pe.msr = MSR_REAL | EE | RI;
  guest.poke32(0x1_7060n, ppc.rfscv());
  guest.run(1);
  const entered = [guest.pe.pc, guest.pe.registers.lr, guest.pe.registers.ctr, guest.pe.msr];
  assert.deepEqual(entered, [0x1_7060n, CODE + 4n, MSR_REAL | EE | RI, MSR_REAL | EE | RI]);
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.pe.msr], [CODE + 4n, MSR_REAL | EE | RI]);
});

test('ST-PSYS-015 scv that FSCR does not allow is a Facility Unavailable interrupt with its cause', () => {
  const guest = new PowerGuest([ppc.scv(0)]);
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.FSCR) >> 56n], [0xf60n, 12n]);
});

test('ST-PSYS-016 sc 1 ends the run as a hypercall behind the instruction, with MSR as it was', () => {
  const guest = new PowerGuest([ppc.sc(1)]);
  const exit = guest.run(5);
  assert.deepEqual(
    [exit.kind === 'interrupt' && [exit.vector, exit.LEV], guest.pe.pc, guest.pe.msr, guest.pe.retired],
    [[0xc00, 1], CODE + 4n, MSR_REAL, 1],
  );
});

test('PPC-HV-08 an illegal instruction ends the run with its word in register order, in both byte orders', () => {
  for (const isLittle of [false, true]) {
    const guest = new PowerGuest([NOP], { isLittle });
    // The trap word is the same in both orders; this one is not.
    guest.poke32(CODE + 4n, 0x0000_0200, isLittle);
    const exit = guest.run(5);
    assert.deepEqual(
      [exit.kind === 'interrupt' && [exit.vector, exit.instruction], guest.pe.pc, guest.pe.retired],
      [[0xe40, 0x200], CODE + 4n, 1],
    );
  }
});

test("ST-PSYS-017 KVM's trap word is illegal in both byte orders", () => {
  for (const isLittle of [false, true]) {
    const guest = new PowerGuest([KVM_TRAP], { isLittle });
    const exit = guest.run(1);
    assert.deepEqual(exit.kind === 'interrupt' && [exit.vector, exit.instruction], [0xe40, KVM_TRAP]);
  }
});

for (const [title, word, status] of [
  ['a trap has SRR1[46]', ppc.trap(), 0x2_0000n],
  ['hrfid has SRR1[45]', ppc.hrfid(), 0x4_0000n],
  ['a move from a hypervisor register has SRR1[45]', ppc.mfspr(3, SPR.HSRR0), 0x4_0000n],
] as const) {
  test(`ST-PSYS-018 a Program interrupt says why in SRR1: ${title}`, () => {
    const guest = new PowerGuest([word]);
    guest.run(1);
    assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR0), hex(guest.spr(SPR.SRR1))], [0x700n, CODE, hex(MSR_REAL | status)]);
  });
}

test('ST-PSYS-019 in problem state privileged instructions and registers are a Program interrupt with SRR1[45]', () => {
  for (const word of [ppc.mfmsr(3), ppc.mtmsrd(3), ppc.rfid(), ppc.mfspr(3, SPR.SRR0), ppc.mtspr(3, SPR.SPRG3), ppc.slbie(3)]) {
    const guest = new PowerGuest([word]);
    guest.pe.processScope = { kind: 'none' };
    guest.pe.msr = MSR_REAL;
    // Problem state with translation off is made by hand: no instruction can.
    guest.pe.msr = MSR_REAL | PR;
    guest.run(1);
    assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR1) & 0x783f_0000n], [0x700n, 0x4_0000n], word.toString(16));
  }
});

test('ST-PSYS-020 an undefined register does nothing in privileged state, and is illegal in problem state if its number is not a privileged one', () => {
  const [undefinedNumber, privilegedNumber] = [10, 500];
  const guest = new PowerGuest([ppc.mfspr(3, undefinedNumber), ppc.mtspr(3, privilegedNumber)]);
  guest.setGpr(3, 5n);
  guest.run(2);
  assert.deepEqual([guest.gpr(3), guest.pe.pc], [5n, CODE + 8n]);
  const problem = new PowerGuest([ppc.mfspr(3, undefinedNumber)]);
  problem.pe.msr = MSR_REAL | PR;
  const exit = problem.run(1);
  assert.equal(exit.kind === 'interrupt' && exit.vector, 0xe40);
});

test('ST-PSYS-021 registers 0, 4, 5 and 6 are illegal in every state', () => {
  for (const word of [ppc.mfspr(3, 0), ppc.mtspr(3, 0), ppc.mfspr(3, 4), ppc.mfspr(3, 5), ppc.mfspr(3, 6)]) {
    const exit = new PowerGuest([word]).run(1);
    assert.equal(exit.kind === 'interrupt' && exit.vector, 0xe40);
  }
});

test('ST-PSYS-022 with LPCR[EVIRT] power9 hands undefined and hypervisor registers to the hypervisor, power8 has no such bit', () => {
  const outcome = (model: 'power8' | 'power9', word: number) => {
    const guest = new PowerGuest([word], { model: POWER_CPU_MODELS[model] });
    guest.setSpr(SPR.LPCR, 1n << 21n);
    const exit = guest.run(1);
    return exit.kind === 'interrupt' ? exit.vector : Number(guest.pe.pc - CODE);
  };
  const [undefinedNumber, hypervisor] = [ppc.mfspr(3, 500), ppc.mfspr(3, SPR.HSRR0)];
  assert.deepEqual(
    [outcome('power9', undefinedNumber), outcome('power9', hypervisor), outcome('power8', undefinedNumber), outcome('power8', hypervisor)],
    [0xe40, 0xe40, 4, Number(0x700n - CODE)],
  );
});

test('ST-PSYS-023 a register that is read-only ignores a write, and SPRG3 has a number for problem state', () => {
  const guest = new PowerGuest([ppc.mtspr(3, SPR.PVR), ppc.mfspr(4, SPR.PVR), ppc.mtspr(3, SPR.SPRG3), ppc.mfspr(5, SPR.USPRG3)]);
  guest.setGpr(3, 0x77n);
  guest.run(4);
  assert.deepEqual([guest.gpr(4), guest.gpr(5)], [0x4e_1202n, 0x77n]);
});

for (const [unit, word, msr, vector, facility] of [
  ['FP', ppc.lfd(0, 4, 0), FP, 0x800n, 1n],
  ['VEC', ppc.lvx(0, 0, 4), 1n << 25n, 0xf20n, 2n],
  ['VSX', ppc.lxvd2x(0, 0, 4), 1n << 23n, 0xf40n, 2n],
] as const) {
  test(`ST-PSYS-024 a unit that MSR has switched off raises its own interrupt, one that HFSCR has goes to the hypervisor: ${unit}`, () => {
    const guest = new PowerGuest([word]);
    guest.setGpr(4, DATA);
    guest.run(1);
    assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR0)], [vector, CODE]);
    const allowed = new PowerGuest([word, word]);
    allowed.setGpr(4, DATA);
    allowed.pe.msr = MSR_REAL | msr;
    allowed.run(1);
    allowed.setSpr(SPR.HFSCR, allowed.spr(SPR.HFSCR) & ~facility);
    const exit = allowed.run(1);
    assert.deepEqual([exit.kind === 'interrupt' && exit.vector, allowed.pe.pc], [0xf80, CODE + 4n]);
  });
}

test('ST-PSYS-025 TAR and DSCR are facilities of FSCR in problem state, and of HFSCR in every state', () => {
  const guest = new PowerGuest([ppc.mfspr(3, SPR.TAR)]);
  guest.pe.msr = MSR_REAL | PR;
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.FSCR) >> 56n], [0xf60n, 8n]);
  const hypervised = new PowerGuest([ppc.mfspr(3, SPR.TAR)]);
  hypervised.setSpr(SPR.HFSCR, 0n);
  const exit = hypervised.run(1);
  assert.deepEqual([exit.kind === 'interrupt' && exit.vector, hypervised.spr(SPR.HFSCR) >> 56n], [0xf80, 8n]);
  const problem = new PowerGuest([ppc.mfspr(3, SPR.DSCR)]);
  problem.pe.msr = MSR_REAL | PR;
  problem.run(1);
  assert.deepEqual([problem.pe.pc, problem.spr(SPR.FSCR) >> 56n], [0xf60n, 2n]);
});

test('ST-PSYS-026 registers that only a hypervisor may write are a Program interrupt when a guest writes them', () => {
  const [DPDES, SPURR, PURR, VTB] = [176, 308, 309, 849];
  for (const number of [DPDES, SPURR, PURR, VTB]) {
    const guest = new PowerGuest([ppc.mfspr(3, number), ppc.mtspr(3, number)]);
    guest.run(2);
    assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR0), guest.spr(SPR.SRR1) & 0x783f_0000n], [0x700n, CODE + 4n, 0x4_0000n]);
  }
});

test('ST-PSYS-030 the decrementer interrupts at the same retired instruction however the guest is driven', () => {
  const arrival = (slices: readonly number[]): readonly (bigint | number)[] => {
    const guest = new PowerGuest([ppc.mtspr(3, SPR.DEC), ppc.addi(4, 4, 1), ppc.b(-4)]);
    guest.poke32(0x900n, ppc.b(0));
    guest.setGpr(3, 50n);
    guest.pe.msr = MSR_REAL | EE;
    for (const slice of slices) guest.run(slice);
    return [guest.gpr(4), guest.pe.pc, guest.spr(SPR.SRR0), guest.pe.retired];
  };
  const atOnce = arrival([500]);
  assert.deepEqual([arrival(Array.from({ length: 500 }, () => 1)), arrival(Array.from({ length: 100 }, () => 5))], [atOnce, atOnce]);
  assert.deepEqual(atOnce.slice(1, 2), [0x900n]);
});

test('ST-PSYS-031 DEC counts down with the time base, one tick each two instructions, and its interrupt lasts until it is set again', () => {
  const guest = new PowerGuest([ppc.mfspr(3, SPR.TB), NOP, NOP, NOP, ppc.mfspr(4, SPR.TB)]);
  guest.run(5);
  assert.equal(guest.gpr(4) - guest.gpr(3), 2n);
  guest.setSpr(SPR.DEC, 0xffff_ffffn);
  assert.equal(guest.pe.isDecrementerPending, true);
  guest.setSpr(SPR.DEC, 5n);
  assert.deepEqual([guest.pe.isDecrementerPending, guest.spr(SPR.DEC)], [false, 5n]);
});

test('ST-PSYS-032 an external interrupt comes before the decrementer, and neither while EE is 0', () => {
  const guest = new PowerGuest([NOP, ppc.mtmsrd(3, 1), NOP]);
  guest.pe.setExternalInterrupt(true);
  guest.setSpr(SPR.DEC, 0xffff_ffffn);
  guest.setGpr(3, EE);
  guest.run(2);
  assert.equal(guest.pe.pc, CODE + 8n);
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR0)], [0x500n, CODE + 8n]);
});

test('ST-PSYS-033 msgsndp to the own thread is a Directed Privileged Doorbell interrupt, once', () => {
  const guest = new PowerGuest([ppc.msgsndp(3), ppc.mtmsrd(4, 1), NOP]);
  guest.setGpr(3, 5n << 27n);
  guest.setGpr(4, EE);
  guest.run(3);
  assert.deepEqual([guest.pe.pc, guest.pe.takeableInterrupt], [0xa00n, undefined]);
});

test('ST-PSYS-034 what the hypervisor asks for ends the run and changes nothing of the guest', () => {
  const guest = new PowerGuest([ppc.trap()]);
  guest.pe.hypervisorInterrupts = new Set([0x700]);
  const exit = guest.run(1);
  assert.deepEqual(
    [exit.kind === 'interrupt' && [exit.vector, exit.status], guest.pe.pc, guest.spr(SPR.SRR0)],
    [[0x700, 0x2_0000n], CODE, 0n],
  );
});

test('ST-PSYS-035 processing elements share an engine, each in its own mode', () => {
  const guest = new PowerGuest([ppc.addi(3, 3, 1), ppc.b(-4)], { count: 2 });
  const [big, little] = guest.elements;
  assert.ok(big && little);
  guest.poke32(DATA, ppc.addi(3, 3, 2), true);
  guest.poke32(DATA + 4n, ppc.b(-4), true);
  little.msr |= LE;
  little.pc = DATA;
  for (let turn = 0; turn < 3; turn++) for (const pe of guest.elements) pe.run(10);
  assert.deepEqual([big.registers.gpr(3), little.registers.gpr(3)], [15n, 30n]);
});

test('ST-PSYS-036 real memory that the partition does not have is a hypervisor storage interrupt with the real address', () => {
  const guest = new PowerGuest([ppc.stw(3, 4, 0)]);
  guest.setGpr(4, 0x1234_5678n);
  const exit = guest.run(1);
  assert.deepEqual(exit.kind === 'interrupt' && [exit.vector, exit.address, hex(exit.DSISR), exit.realAddress, exit.instruction], [
    0xe00,
    0x1234_5678n,
    '0x42000000',
    0x1234_5678n,
    ppc.stw(3, 4, 0),
  ]);
});

test('ST-PSYS-037 beyond the real mode area an access is a storage interrupt with DSISR[36]', () => {
  const guest = new PowerGuest([ppc.lwz(3, 4, 0)]);
  guest.pe.realModeLimit = 0x4_0000n;
  guest.setGpr(4, 0x5_0000n);
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.DAR), hex(guest.spr(SPR.DSISR))], [0x300n, 0x5_0000n, '0x8000000']);
});

test('ST-PSYS-038 a misaligned lwarx, and lmw in little-endian mode, are Alignment interrupts', () => {
  const misaligned = new PowerGuest([ppc.lwarx(3, 0, 4)]);
  misaligned.setGpr(4, DATA + 1n);
  misaligned.run(1);
  assert.deepEqual([misaligned.pe.pc, misaligned.spr(SPR.DAR)], [0x600n, DATA + 1n]);
  const multiple = new PowerGuest([ppc.lmw(30, 4, 0)], { isLittle: true });
  multiple.setGpr(4, DATA);
  multiple.run(1);
  assert.deepEqual([multiple.pe.pc, multiple.spr(SPR.DAR)], [0x600n, DATA]);
});

test('ST-PSYS-039 an access across two pages is whole, and faults as a whole', () => {
  const guest = new PowerGuest([ppc.ld(3, 4, 0), ppc.std(3, 5, 0), ppc.std(3, 6, 0)]);
  guest.poke64(DATA - 4n, 0x0102_0304_0506_0708n);
  guest.setGpr(4, DATA - 4n);
  guest.setGpr(5, DATA + 0x1ffcn);
  guest.setGpr(6, 0xf_fffcn);
  guest.run(2);
  assert.deepEqual([hex(guest.gpr(3)), hex(guest.peek64(DATA + 0x1ffcn))], ['0x102030405060708', '0x102030405060708']);
  const exit = guest.run(1);
  assert.deepEqual([exit.kind === 'interrupt' && exit.address, guest.peek64(0xf_fff8n)], [0x10_0000n, 0n]);
});
