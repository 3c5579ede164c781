// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DebugRegisterSet } from '../../src/kvm/arm64/debugRegisterSet.js';
import { ERRNO, KVM_EXIT, KVM_GUESTDBG } from '../../src/kvm/index.js';
import { addImmediate, b, brk, cbnz, daifclr, eret, hvc, isb, ldr, mov32, movz, mrs, msr, nop, str, subsImmediate, wfi } from './a64.js';
import {
  BREAKPOINT_CONTROL,
  CODE,
  DATA,
  DEVICE,
  ESR_EL1,
  FAR_EL1,
  guest,
  guestDebug,
  MDSCR,
  OSLAR,
  OSLSR,
  register,
  runToDebugExit,
  setRegister,
  setSystemRegister,
  systemRegister,
  VBAR,
  VECTORS,
} from './guest.js';

const bvr = (n: number): number => 0x8004 | (n << 3);
const bcr = (n: number): number => 0x8005 | (n << 3);
const wvr = (n: number): number => 0x8006 | (n << 3);
const wcr = (n: number): number => 0x8007 | (n << 3);
const MDE = 0x8000;
const KDE = 0x2000;
const DEBUG_UNMASKED = 0x1c5; // EL1h, A, I and F masked
const { ENABLE, USE_HW } = KVM_GUESTDBG;

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`S-120 ARM-REG-36 a guest that never uses debug registers costs no load in 1000 exits (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [...mov32(0, 0x8400_0000), hvc(0), b(-12)] });
    vcpu.steptrapRun.maximum_instructions = 4000n;
    vcpu.run();
    assert.ok(vcpu.counters.guestExits >= 900, String(vcpu.counters.guestExits));
    assert.deepEqual([vcpu.counters.debugRegisterLoads, vcpu.counters.debugRegisterSaves, vcpu.counters.debugRegisterTraps], [0, 0, 0]);
  });

  test(`S-121 ARM-REG-01 ARM-REG-02 the first write traps and nothing after it in the same residency (${fidelity})`, () => {
    const { vcpu } = guest({
      fidelity,
      code: [...mov32(0, 0x4000_2000), movz(1, 0x1e6), msr(bvr(0), 0), msr(bcr(0), 1), mrs(2, bvr(0)), mrs(3, bcr(0)), wfi],
    });
    assert.equal(vcpu.run(), -ERRNO.EINTR);
    assert.deepEqual([register(vcpu, 'x2'), register(vcpu, 'x3'), vcpu.counters.debugRegisterTraps], [0x4000_2000n, 0x1e6n, 1]);
    assert.deepEqual([systemRegister(vcpu, bvr(0)), systemRegister(vcpu, bcr(0)), vcpu.debugState.isDirty], [0x4000_2000n, 0x1e6n, false]);
  });

  test(`S-122 ARM-REG-31 a core with 16 pairs keeps 64 distinct values that the guest writes (${fidelity})`, () => {
    const registers = Array.from({ length: 16 }, (_, n) => [bvr(n), bcr(n), wvr(n), wcr(n)]).flat();
    // Values with E = 0 and bits that every register stores.
    const value = (n: number): number => (n + 1) << 5;
    const code = registers.flatMap((packed, n) => [movz(0, value(n) & 0x1fe0), msr(packed, 0)]);
    const { vcpu } = guest({ fidelity, model: 'max', code: [...code, wfi] });
    vcpu.run();
    const got = registers.map(packed => systemRegister(vcpu, packed));
    const wanted = registers.map((packed, n) => BigInt(value(n)) & ((packed & 7) === 5 ? 0x1e0n : 0xffffn));
    assert.deepEqual(
      got.map((word, n) => (((registers[n] ?? 0) & 7) === 5 ? word & 0x1e0n : word)),
      wanted,
    );
  });

  test(`S-124 ARM-REG-33 ARM-REG-34 ARM-REG-35 an exit between programming and use loses no value (${fidelity})`, () => {
    const target = CODE + 4 * 12;
    const { vcpu, put } = guest({
      fidelity,
      code: [
        ...mov32(0, target),
        movz(1, 0x1e7),
        msr(bvr(0), 0),
        msr(bcr(0), 1),
        ldr(9, 8),
        movz(2, MDE | KDE),
        msr(MDSCR, 2),
        isb,
        daifclr(8),
        nop,
        nop,
        nop,
      ],
    });
    put(VECTORS + 0x200, [mrs(5, ESR_EL1), wfi]);
    setSystemRegister(vcpu, VBAR, VECTORS);
    setRegister(vcpu, 'x8', DEVICE);
    assert.equal(vcpu.run(), 0);
    assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.MMIO);
    assert.equal(vcpu.run(), -ERRNO.EINTR);
    assert.deepEqual([register(vcpu, 'x5'), register(vcpu, 'ELR_EL1')], [0xc600_0022n, BigInt(target)]);
  });

  test(`S-125 a guest watchpoint on a store reaches the guest with its address, the store not done (${fidelity})`, () => {
    const { vcpu, put, read64 } = guest({ fidelity, code: [nop, str(0, 1), nop] });
    put(VECTORS + 0x200, [mrs(5, ESR_EL1), mrs(6, FAR_EL1), wfi]);
    setSystemRegister(vcpu, VBAR, VECTORS);
    setSystemRegister(vcpu, wvr(1), DATA);
    setSystemRegister(vcpu, wcr(1), 0x1ff7);
    setSystemRegister(vcpu, MDSCR, MDE | KDE);
    setRegister(vcpu, 'pstate', DEBUG_UNMASKED);
    setRegister(vcpu, 'x0', 5);
    setRegister(vcpu, 'x1', DATA);
    vcpu.run();
    assert.deepEqual(
      [register(vcpu, 'x5'), register(vcpu, 'x6'), register(vcpu, 'ELR_EL1'), read64(DATA)],
      [0xd600_0062n, BigInt(DATA), BigInt(CODE + 4), 0n],
    );
  });

  test(`S-126 the guest steps three of its own instructions (${fidelity})`, () => {
    const { vcpu, put } = guest({ fidelity, code: [nop, nop, nop, nop] });
    // The handler notes ELR_EL1 in memory and returns with SPSR_EL1.SS set until three are noted.
    put(VECTORS + 0x200, [
      mrs(5, 0xc201),
      str(5, 1),
      addImmediate(1, 1, 8),
      subsImmediate(2, 2, 1),
      cbnz(2, 8),
      wfi,
      mrs(6, 0xc200),
      0xb26b_00c6,
      msr(0xc200, 6),
      eret,
    ]);
    setSystemRegister(vcpu, VBAR, VECTORS);
    setSystemRegister(vcpu, MDSCR, KDE | 1);
    setRegister(vcpu, 'pstate', DEBUG_UNMASKED | (1 << 21));
    setRegister(vcpu, 'x1', DATA);
    setRegister(vcpu, 'x2', 3);
    vcpu.run();
    assert.deepEqual(register(vcpu, 'x1'), BigInt(DATA + 24));
    assert.deepEqual(register(vcpu, 'ELR_EL1'), BigInt(CODE + 12));
  });

  test(`S-128 ARM-REG-15 ARM-REG-16 the guest's OS lock does not hold back a host breakpoint or step (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [movz(0, 1), msr(OSLAR, 0), nop, nop, nop] });
    guestDebug(vcpu, ENABLE | USE_HW, { breakpoints: [BigInt(CODE + 12)] });
    assert.equal(runToDebugExit(vcpu), 0xc200_0022);
    assert.deepEqual([register(vcpu, 'pc'), vcpu.debugState.isOsLocked], [BigInt(CODE + 12), true]);
    guestDebug(vcpu, ENABLE | KVM_GUESTDBG.SINGLESTEP);
    runToDebugExit(vcpu);
    assert.equal(register(vcpu, 'pc'), BigInt(CODE + 16));
  });

  test(`ARM-REG-15 ARM-REG-17 the OS lock silences the guest's own breakpoint and every access traps (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [nop, mrs(3, MDSCR), mrs(4, bvr(0)), wfi] });
    setSystemRegister(vcpu, bvr(0), CODE + 4);
    setSystemRegister(vcpu, bcr(0), BREAKPOINT_CONTROL);
    setSystemRegister(vcpu, MDSCR, MDE | KDE);
    setSystemRegister(vcpu, OSLSR, 0xa);
    setRegister(vcpu, 'pstate', DEBUG_UNMASKED);
    vcpu.run();
    assert.deepEqual(
      [register(vcpu, 'pc'), register(vcpu, 'x3'), vcpu.counters.debugRegisterTraps],
      [BigInt(CODE + 16), BigInt(MDE | KDE), 2],
    );
  });

  test(`S-129 ARM-REG-12 reading OSLAR and writing OSLSR are UNDEFINED at the instruction and change no register (${fidelity})`, () => {
    for (const [instruction] of [[mrs(1, OSLAR)], [msr(OSLSR, 1)]]) {
      const { vcpu, put } = guest({ fidelity, code: [instruction ?? nop] });
      put(VECTORS + 0x200, [mrs(5, ESR_EL1), wfi]);
      setSystemRegister(vcpu, VBAR, VECTORS);
      setRegister(vcpu, 'x1', 0x77);
      vcpu.run();
      assert.deepEqual([register(vcpu, 'x5'), register(vcpu, 'ELR_EL1'), register(vcpu, 'x1')], [0x0200_0000n, BigInt(CODE), 0x77n]);
    }
  });

  test(`S-130 ARM-REG-09 registers without storage read zero and ignore writes (${fidelity})`, () => {
    const registers = [0x809c, 0x80a4, 0x83c6, 0x83ce];
    const code = [mrs(2, 0x8080), ...registers.flatMap((packed, n) => [msr(packed, 0), mrs(3 + n, packed)]), wfi];
    const { vcpu } = guest({ fidelity, code });
    for (const name of ['x0', 'x2', 'x3', 'x4', 'x5', 'x6']) setRegister(vcpu, name, 0xffff);
    assert.equal(vcpu.run(), -ERRNO.EINTR);
    assert.deepEqual(
      ['x2', 'x3', 'x4', 'x5', 'x6'].map(name => register(vcpu, name)),
      [0n, 0n, 0n, 0n, 0n],
    );
    assert.deepEqual([register(vcpu, 'pc'), vcpu.debugState.isDirty], [BigInt(CODE + 4 * code.length), false]);
  });

  test(`ARM-REG-08 ARM-HW-40 with USE_HW the guest's accesses go to its shadow and the host's set stays (${fidelity})`, () => {
    const { vcpu } = guest({ fidelity, code: [movz(0, 0x1e7), msr(bcr(0), 0), mrs(1, bcr(0)), nop, nop] });
    guestDebug(vcpu, ENABLE | USE_HW, { breakpoints: [BigInt(CODE + 16)] });
    runToDebugExit(vcpu);
    assert.deepEqual([register(vcpu, 'pc'), register(vcpu, 'x1'), vcpu.counters.debugRegisterTraps], [BigInt(CODE + 16), 0x1e7n, 2]);
  });
}

test('ARM-REG-11 register 31 of a trapped access reads as zero and swallows', () => {
  const { vcpu } = guest({ code: [msr(bvr(0), 31), mrs(31, bvr(0)), wfi] });
  setSystemRegister(vcpu, bvr(0), 0x1230);
  vcpu.run();
  assert.equal(systemRegister(vcpu, bvr(0)), 0n);
});

test('ARM-REG-10 a debug encoding that is not in the table is UNDEFINED', () => {
  const { vcpu, put } = guest({ code: [mrs(1, 0x8002)] });
  put(VECTORS + 0x200, [mrs(5, ESR_EL1), wfi]);
  setSystemRegister(vcpu, VBAR, VECTORS);
  vcpu.run();
  assert.deepEqual([register(vcpu, 'x5'), register(vcpu, 'ELR_EL1')], [0x0200_0000n, BigInt(CODE)]);
});

test('ARM-REG-03 ARM-REG-04 a later residency loads the registers for MDE but traps until the first write', () => {
  const { vcpu } = guest({ code: [ldr(9, 8), mrs(0, bvr(0)), mrs(0, bvr(0)), msr(bvr(0), 0), mrs(0, bvr(0)), wfi] });
  setSystemRegister(vcpu, bvr(0), 0x1230);
  setSystemRegister(vcpu, MDSCR, MDE);
  setRegister(vcpu, 'x8', DEVICE);
  vcpu.run();
  assert.deepEqual([vcpu.counters.debugRegisterLoads, vcpu.counters.debugRegisterSaves], [1, 1]);
  vcpu.run();
  assert.deepEqual([vcpu.counters.debugRegisterTraps, register(vcpu, 'x0')], [3, 0x1230n]);
});

test('ARM-REG-05 ARM-REG-33 the guest never reads a host value', () => {
  const hostDebugRegisters = new DebugRegisterSet();
  hostDebugRegisters.values.fill(0xcafe_babe_0000n);
  const { vcpu } = guest({
    hostDebugRegisters,
    code: [mrs(0, bvr(0)), mrs(1, wvr(0)), msr(bvr(1), 2), mrs(3, bvr(1)), mrs(4, wvr(1)), wfi],
  });
  setRegister(vcpu, 'x2', 0x3330);
  vcpu.run();
  assert.deepEqual(
    ['x0', 'x1', 'x3', 'x4'].map(name => register(vcpu, name)),
    [0n, 0n, 0x3330n, 0n],
  );
});

test("ST-KVM-029 BRK in a guest whose debug word is off is the guest's own", () => {
  const { vcpu, put } = guest({ code: [brk(9)] });
  put(VECTORS + 0x200, [mrs(5, ESR_EL1), wfi]);
  setSystemRegister(vcpu, VBAR, VECTORS);
  vcpu.run();
  assert.equal(register(vcpu, 'x5'), 0xf200_0009n);
});

test("ARM-REG-06 MDSCR_EL1 is the guest's in every run, MDCCINT_EL1 with the debug set", () => {
  const { vcpu } = guest({ code: [movz(0, 0x1000), msr(MDSCR, 0), mrs(1, MDSCR), msr(0x8010, 2), mrs(3, 0x8010), wfi] });
  setRegister(vcpu, 'x2', 0x4000_0000);
  vcpu.run();
  assert.deepEqual(
    [register(vcpu, 'x1'), register(vcpu, 'x3'), systemRegister(vcpu, MDSCR), systemRegister(vcpu, 0x8010)],
    [0x1000n, 0x4000_0000n, 0x1000n, 0x4000_0000n],
  );
});

test('ARM-REG-07 a pair that the core does not have is storage for user space and UNDEFINED for the guest, without a trap', () => {
  const { vcpu, put } = guest({ code: [mrs(1, bvr(6))] });
  put(VECTORS + 0x200, [mrs(5, ESR_EL1), wfi]);
  setSystemRegister(vcpu, VBAR, VECTORS);
  setSystemRegister(vcpu, bvr(6), 0x1230);
  vcpu.run();
  assert.deepEqual([register(vcpu, 'x5'), systemRegister(vcpu, bvr(6)), vcpu.counters.debugRegisterTraps], [0x0200_0000n, 0x1230n, 0]);
});

test('ARM-REG-13 EL0 access to an EL1 debug register is UNDEFINED without a trap', () => {
  const { vcpu, put } = guest({ code: [mrs(1, bvr(0))] });
  put(VECTORS + 0x400, [mrs(5, ESR_EL1), wfi]);
  setSystemRegister(vcpu, VBAR, VECTORS);
  setRegister(vcpu, 'pstate', 0);
  vcpu.run();
  assert.deepEqual([register(vcpu, 'x5'), vcpu.counters.debugRegisterTraps], [0x0200_0000n, 0]);
});
