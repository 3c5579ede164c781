// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CPU_MODELS } from '../../src/cpu/aarch64/cpuModels.js';
import { checkSystemRegisters, SYSTEM_REGISTERS } from '../../src/cpu/aarch64/registers/systemRegisters.js';
import { A64, DATA, Guest, PSTATE, RAM, READ_ONLY, seen, TDA, TDE, VECTORS } from './guestOnEngine.js';

const SYNC = VECTORS + 0x200n;
const SYNC_EL0 = VECTORS + 0x400n;

test('ST-PE-001 an SVC from EL1h enters EL1 at offset 0x200 with ESR 0x56000001 and ELR behind it', () => {
  const guest = new Guest([A64['svc #1']]);
  assert.equal(guest.pe.run(1).kind, 'budget');
  assert.deepEqual(
    [guest.pe.pc, guest.get('ESR_EL1'), guest.pe.elr_el1, guest.pe.spsr_el1, guest.pe.pstate, guest.pe.retired],
    [SYNC, 0x5600_0001n, RAM + 4n, 0x3c5n, 0x3c5, 1],
  );
});

test('ST-PE-002 an SVC from EL0 enters EL1 at offset 0x400 on the stack of EL1, and ERET goes back', () => {
  const guest = new Guest([A64['svc #1'], A64.nop]);
  guest.poke32(SYNC_EL0, A64.eret);
  guest.pe.sp_el1 = 0x1110n;
  guest.pe.sp_el0 = 0x2220n;
  guest.pe.pstate = 0x6000_0000;
  guest.pe.run(1);
  const core = new BigUint64Array(34);
  guest.pe.copyCoreRegisters(core);
  assert.deepEqual([guest.pe.pc, core[31], core[33]], [SYNC_EL0, 0x1110n, 0x6000_03c5n]);
  guest.pe.run(1);
  guest.pe.copyCoreRegisters(core);
  assert.deepEqual([guest.pe.pc, core[31], core[33], guest.pe.sp_el1], [RAM + 4n, 0x2220n, 0x6000_0000n, 0x1110n]);
});

for (const [text, ESR, pc] of [
  ['hvc #2', 0x5a00_0002, RAM + 4n],
  ['smc #3', 0x5e00_0003, RAM],
  ['wfi', 0x07e0_0000, RAM],
] as const) {
  test(`ST-PE-003 ${text} goes to EL2 with ESR 0x${ESR.toString(16)} and the pc that hardware gives`, () => {
    const guest = new Guest([A64[text]]);
    guest.pe.HCR_EL2 = (1n << 31n) | (1n << 19n) | (1n << 13n); // RW, TSC, TWI
    assert.deepEqual([seen(guest.pe.run(10)), guest.pe.pc], [`ESR 0x${ESR.toString(16)}`, pc]);
  });
}

test('ST-PE-004 HLT #0xF000 is UNDEFINED until semihosting is enabled', () => {
  const guest = new Guest([A64['hlt #0xf000']]);
  guest.pe.run(1);
  assert.deepEqual([guest.pe.pc, guest.get('ESR_EL1')], [SYNC, 0x0200_0000n]);
  guest.pe.pc = RAM;
  guest.pe.isSemihostingEnabled = true;
  assert.equal(guest.pe.run(1).kind, 'semihosting');
  guest.pe.advance();
  assert.equal(guest.pe.pc, RAM + 4n);
});

test('ST-PE-005 a load outside RAM aborts to EL2 with a valid syndrome and the intermediate physical address', () => {
  const guest = new Guest([A64['ldr x2, [x1]']]);
  guest.pe.setX(1, 0x0900_0018n);
  const exit = guest.pe.run(1);
  assert.equal(exit.kind, 'exception');
  if (exit.kind === 'exception') assert.deepEqual([exit.ESR.toString(16), exit.FAR, exit.IPA], ['93c28007', 0x0900_0018n, 0x0900_0018n]);
  guest.pe.setX(2, 7n);
  guest.pe.advance();
  assert.deepEqual([guest.pe.pc, guest.pe.retired], [RAM + 4n, 1]);
});

test('ST-PE-006 a store to a page that stage 2 maps read-only is a permission fault with WnR', () => {
  const guest = new Guest([A64['strb w2, [x1]']]);
  guest.pe.setX(1, READ_ONLY);
  assert.equal(seen(guest.pe.run(1)), 'ESR 0x9302004f');
});

test('ST-PE-007 with the MMU off an unaligned load is an Alignment fault at EL1', () => {
  const guest = new Guest([A64['ldr x2, [x1]']]);
  guest.pe.setX(1, DATA + 4n);
  guest.pe.run(1);
  assert.deepEqual([guest.pe.pc, guest.get('ESR_EL1'), guest.get('FAR_EL1')], [SYNC, 0x9600_0021n, DATA + 4n]);
});

test('ST-PE-008 an address above PARange is an Address size fault of level 0', () => {
  const guest = new Guest([A64['ldr x2, [x1]']]);
  guest.pe.setX(1, 1n << 44n);
  guest.pe.run(1);
  assert.deepEqual([guest.get('ESR_EL1'), guest.get('FAR_EL1')], [0x9600_0000n, 1n << 44n]);
});

test('ST-PE-009 a branch to an unaligned address faults at the target, after the branch has retired', () => {
  const guest = new Guest([A64['br x5']]);
  guest.pe.setX(5, RAM + 6n);
  assert.deepEqual([guest.pe.run(1).kind, guest.pe.pc], ['budget', RAM + 6n]);
  guest.pe.run(1);
  assert.deepEqual([guest.get('ESR_EL1'), guest.get('FAR_EL1'), guest.pe.elr_el1], [0x8a00_0000n, RAM + 6n, RAM + 6n]);
});

test('ST-PE-010 fetching outside RAM is an instruction abort to EL2', () => {
  const guest = new Guest([A64['br x5']]);
  guest.pe.setX(5, 0x1000n);
  assert.equal(seen(guest.pe.run(5)), 'ESR 0x82000007');
});

test('ST-PE-011 an ERET to EL2 is illegal: it keeps EL1, sets IL, and the next instruction takes an Illegal Execution state exception', () => {
  const guest = new Guest([A64.eret, A64.nop]);
  guest.pe.elr_el1 = RAM + 4n;
  guest.pe.spsr_el1 = 0x3c9n;
  guest.pe.run(1);
  assert.deepEqual([guest.pe.pc, guest.pe.pstate], [RAM + 4n, 0x10_03c5]);
  guest.pe.run(1);
  assert.deepEqual([guest.get('ESR_EL1'), guest.pe.elr_el1, guest.pe.spsr_el1], [0x3a00_0000n, RAM + 4n, 0x10_03c5n]);
});

test('ST-PE-012 a virtual IRQ is taken at the instruction boundary at which it is unmasked', () => {
  const guest = new Guest([A64.nop, A64['msr daifclr, #2'], A64.nop]);
  guest.pe.setVirtualInterrupt('IRQ', true);
  guest.pe.run(3);
  assert.deepEqual([guest.pe.pc, guest.pe.elr_el1, guest.get('ISR_EL1')], [VECTORS + 0x280n, RAM + 8n, 0x80n]);
});

test('ST-PE-013 EL0 reads CTR_EL0 only with SCTLR_EL1.UCT, and MIDR_EL1 not at all', () => {
  const guest = new Guest([A64['mrs x0, ctr_el0'], A64['mrs x0, midr_el1']]);
  guest.pe.pstate = 0;
  guest.pe.run(1);
  assert.deepEqual([guest.get('ESR_EL1'), guest.pe.pc], [0x6232_c001n, SYNC_EL0]);
  guest.pe.pc = RAM + 4n;
  guest.pe.pstate = 0;
  guest.pe.run(1);
  assert.equal(guest.get('ESR_EL1'), 0x0200_0000n);
});

test('ST-PE-014 switching the MMU on stops with a sentence, before it happens', () => {
  const guest = new Guest([A64['msr sctlr_el1, x0']]);
  guest.pe.setX(0, 1n);
  const exit = guest.pe.run(1);
  assert.deepEqual([exit.kind, exit.kind === 'unimplemented' && exit.name, guest.pe.pc], ['unimplemented', 'SCTLR_EL1.M', RAM]);
});

test('ST-PE-015 floating point is trapped by CPACR_EL1.FPEN before it is found unimplemented', () => {
  const guest = new Guest([A64['fmov d0, #1.0']]);
  guest.pe.run(1);
  assert.equal(guest.get('ESR_EL1'), 0x1fe0_0000n);
  guest.pe.pc = RAM;
  guest.set('CPACR_EL1', 0x30_0000n);
  assert.equal(guest.pe.run(1).kind, 'unimplemented');
});

test('ST-PE-026 an unallocated word of the SIMD groups is UNDEFINED although CPACR_EL1.FPEN traps', () => {
  const guest = new Guest([A64['fadd of size 10, half precision']]);
  guest.pe.run(1);
  assert.equal(guest.get('ESR_EL1'), 0x0200_0000n);
});

test('ST-PE-027 a branch or exception return to a tagged address goes to the address without its tag if TCR_EL1.TBI0 is set', () => {
  const tagged = (0xabn << 56n) | (RAM + 4n);
  for (const [TBI0, pc] of [
    [1n << 37n, RAM + 4n],
    [0n, tagged],
  ] as const) {
    const branch = new Guest([A64['br x5'], A64.nop]);
    branch.set('TCR_EL1', TBI0);
    branch.pe.setX(5, tagged);
    branch.pe.run(1);
    const back = new Guest([A64.eret, A64.nop]);
    back.set('TCR_EL1', TBI0);
    back.pe.elr_el1 = tagged;
    back.pe.spsr_el1 = 0x3c5n;
    back.pe.run(1);
    assert.deepEqual([branch.pe.pc, back.pe.pc], [pc, pc]);
  }
});

test('ST-PE-016 DC ZVA makes an Alignment fault with the MMU off, AT S1E1R translates flat', () => {
  const guest = new Guest([A64['at s1e1r, x1'], A64['mrs x0, par_el1'], A64['dc zva, x1']]);
  guest.pe.setX(1, DATA + 0x123n);
  guest.pe.run(2);
  assert.equal(guest.pe.x(0), DATA | 0xb00n);
  guest.pe.run(1);
  assert.equal(guest.get('ESR_EL1'), 0x9600_0061n);
});

test('ST-PE-017 two processing elements on one engine keep their registers apart', () => {
  const guest = new Guest([A64['add x4, x4, #1'], A64['add x4, x4, #1'], A64['b .']], { count: 2 });
  const [first, second] = guest.elements;
  assert.ok(first !== undefined && second !== undefined);
  first.run(1);
  second.setX(4, 10n);
  second.run(2);
  first.run(1);
  assert.deepEqual([first.x(4), second.x(4), first.pc, second.pc], [2n, 12n, RAM + 8n, RAM + 8n]);
});

test('ST-PE-035 registers stay what they are when the engine gets more memory', () => {
  const guest = new Guest([A64['add x4, x4, #1'], A64['add x4, x4, #1'], A64['b .']], { count: 2 });
  const [first, second] = guest.elements;
  assert.ok(first !== undefined && second !== undefined);
  second.setX(4, 10n);
  first.run(1);
  assert.ok(guest.engine.allocateRam(0x10_0000) !== undefined);
  assert.deepEqual([first.x(4), second.x(4)], [1n, 10n]);
  first.setX(4, 5n);
  first.run(1);
  assert.deepEqual([first.x(4), first.pc, first.SS], [6n, RAM + 8n, 0]);
});

test('ST-PE-018 a run ends after exactly its budget however it is cut, and counts the same time', () => {
  const words = [A64['add x4, x4, #1'], A64['svc #1']];
  const whole = new Guest(words);
  whole.pe.run(50);
  const cut = new Guest(words);
  for (let n = 0; n < 50; n++) cut.pe.run(1);
  assert.deepEqual([cut.pe.pc, cut.pe.x(4), cut.pe.retired], [whole.pe.pc, whole.pe.x(4), whole.pe.retired]);
});

test('ST-PE-019 NZCV in pstate is what the lazy flags stand for', () => {
  const guest = new Guest([0xeb01_001f, 0xab01_001f, 0x6b01_001f]); // cmp x0, x1; cmn x0, x1; cmp w0, w1
  for (const [a, b, nzcv] of [
    [5n, 5n, [0x6, 0x0, 0x6]],
    [0n, 1n, [0x8, 0x0, 0x8]],
    [0x8000_0000_0000_0000n, 1n, [0x3, 0x8, 0x8]],
    [0xffff_ffff_ffff_ffffn, 1n, [0xa, 0x6, 0xa]],
    [0x8000_0000n, 1n, [0x2, 0x0, 0x3]],
  ] as const) {
    guest.pe.pc = RAM;
    guest.pe.setX(0, a);
    guest.pe.setX(1, b);
    const flags = nzcv.map(() => {
      guest.pe.run(1);
      return guest.pe.pstate >>> 28;
    });
    assert.deepEqual(flags, nzcv, `${a} ${b}`);
  }
});

test('ARM-REG-27 the system register table is strictly ascending, and a shuffled one is refused with the index', () => {
  const [first, second, ...rest] = SYSTEM_REGISTERS;
  assert.ok(first !== undefined && second !== undefined);
  assert.throws(() => checkSystemRegisters([second, first, ...rest]), /system register 1, /);
});

test('ARM-REG-07 a debug register of a pair that is not implemented is UNDEFINED although TDA is set', () => {
  const guest = new Guest([A64['mrs x0, dbgbvr7_el1']]);
  guest.pe.MDCR_EL2 = TDA;
  guest.pe.run(1);
  assert.equal(guest.get('ESR_EL1'), 0x0200_0000n);
  const max = new Guest([A64['mrs x0, dbgbvr7_el1']], { model: CPU_MODELS.max });
  max.pe.MDCR_EL2 = TDA;
  assert.equal(seen(max.pe.run(1)), 'ESR 0x6228000f');
});

test('ARM-HW-04 TDE alone traps MDSCR_EL1 and OSLAR_EL1 of the guest', () => {
  for (const [text, ESR] of [
    ['mrs x0, mdscr_el1', 0x6224_0005],
    ['msr oslar_el1, x0', 0x6228_0400],
  ] as const) {
    const guest = new Guest([A64[text]]);
    guest.pe.MDCR_EL2 = TDE;
    assert.equal(seen(guest.pe.run(1)), `ESR 0x${ESR.toString(16)}`, text);
    assert.equal(guest.pe.pc, RAM);
  }
});

test('ST-PE-020 MSR SPSel exchanges the stack pointers', () => {
  const guest = new Guest([A64['msr spsel, #0'], A64['mov x0, sp']]);
  guest.pe.sp_el0 = 0x10n;
  guest.pe.sp_el1 = 0x20n;
  guest.pe.run(2);
  assert.deepEqual([guest.pe.x(0), guest.pe.sp_el0, guest.pe.sp_el1, guest.pe.pstate], [0x10n, 0x10n, 0x20n, PSTATE.EL1h - 1]);
});
