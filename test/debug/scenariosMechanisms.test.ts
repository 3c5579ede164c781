// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualAddress } from '../../src/base/index.js';
import { KVM_GUESTDBG } from '../../src/kvm/index.js';
import { logExits, syndromes } from './exitLog.js';
import { A64, CODE, DATA, VECTORS, WordGuest } from './wordGuest.js';

// What the breakpoint mechanisms do to each other and to the instructions under them, on one vCPU.

const EL1H = 5n;
const DEVICE_ID = 0x0900_0fe0n;
const VECTOR = VECTORS + 0x200n;
const LOOP = [A64.addImmediate(0, 0, 1), A64.nop, A64.branch(-2)];
const wordAt = (guest: WordGuest, address: bigint): number => Number(guest.read64(address) & 0xffff_ffffn);
const at = (address: bigint, hitCondition?: string) => ({
  address: virtualAddress(address),
  mode: 'software' as const,
  ...(hitCondition ? { hitCondition } : {}),
});

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`S-012 API-20 of two software breakpoints at one address one removal leaves a hit, the other the original word (${fidelity})`, () => {
    const guest = new WordGuest(LOOP, { fidelity, registers: { x0: 0n } });
    const { breakpoints } = guest.target;
    breakpoints.setInstructions([at(CODE + 4n), at(CODE + 4n, '>= 1')]);
    assert.equal(guest.continue().breakpoints.length, 2);
    breakpoints.setInstructions([at(CODE + 4n)]);
    assert.equal(wordAt(guest, CODE + 4n), A64.brk(0));
    assert.deepEqual([guest.continue().pc, guest.get('x0')], [CODE + 4n, 2n]);
    breakpoints.setInstructions([]);
    assert.equal(wordAt(guest, CODE + 4n), A64.nop);
    guest.target.execution.resume(0);
    assert.equal(guest.run(300).kind, 'running');
    assert.ok(guest.get('x0') > 90n);
  });

  test(`API-19 a trap that the guest itself has overwritten is not taken back (${fidelity})`, () => {
    const guest = new WordGuest([A64.strWord(2, 1), A64.nop, A64.nop, A64.here], {
      fidelity,
      registers: { x1: CODE + 8n, x2: BigInt(A64.movz(5, 5)) },
    });
    guest.breakAt('software', CODE + 8n, CODE + 4n);
    assert.equal(guest.continue().pc, CODE + 4n);
    const lines: string[] = [];
    guest.target.onDidLog(line => lines.push(line));
    guest.breakAt('software', CODE + 4n);
    assert.equal(wordAt(guest, CODE + 8n), A64.movz(5, 5));
    assert.equal(lines.length, 1);
  });

  for (const mode of ['hardware', 'software', 'engine'] as const) {
    const options = { fidelity, registers: { x0: 0n, x1: DATA, vbar_el1: VECTORS, pstate: EL1H } };

    test(`ARM-HW-33 a ${mode} breakpoint on a branch to itself hits at each round (${fidelity})`, () => {
      const guest = new WordGuest([A64.here], options);
      const [report] = guest.breakAt(mode, CODE);
      for (let round = 0; round < 3; round++) assert.deepEqual([guest.continue().reason, guest.get('pc')], ['breakpoint', CODE]);
      assert.equal(guest.target.breakpoints.hitCount(report?.id ?? 0), 3);
    });

    test(`ARM-HW-33 ARM-HW-26 a ${mode} breakpoint on a load from a device is passed with one access (${fidelity})`, () => {
      const guest = new WordGuest([0xb940_0020, A64.addImmediate(3, 3, 1), A64.branch(-2)], {
        fidelity,
        registers: { x0: 0n, x1: DEVICE_ID, x3: 0n },
      });
      guest.breakAt(mode, CODE);
      const exits = logExits(guest);
      for (let round = 0n; round < 3n; round++) assert.deepEqual([guest.continue().pc, guest.get('x3')], [CODE, round]);
      assert.equal(exits.filter(({ reason }) => reason === 'KVM_EXIT_MMIO').length, 2);
      // UARTPeriphID0 of the PL011.
      assert.equal(guest.get('x0'), 0x11n);
    });

    test(`ARM-HW-33 a ${mode} breakpoint on a load that aborts is armed again at the vector, and hits when the handler returns (${fidelity})`, () => {
      const guest = new WordGuest([A64.ldr(0, 1), A64.here], {
        ...options,
        registers: { ...options.registers, x1: DATA + 1n },
        more: [[VECTOR, [A64.addImmediate(1, 1, 7), A64.eret]]],
      });
      guest.breakAt(mode, CODE);
      assert.deepEqual([guest.continue().reason, guest.get('x1')], ['breakpoint', DATA + 1n]);
      assert.deepEqual([guest.continue().reason, guest.get('pc'), guest.get('x1')], ['breakpoint', CODE, DATA + 8n]);
    });

    test(`S-104 a ${mode} breakpoint on the guest's own BRK fires first; then the guest takes its BRK (${fidelity})`, () => {
      for (const immediate of [0, 0x55]) {
        const guest = new WordGuest([A64.brk(immediate), A64.nop], { ...options, more: [[VECTOR, [A64.here]]] });
        const [report] = guest.breakAt(mode, CODE);
        assert.equal(guest.continue().reason, 'breakpoint');
        guest.target.execution.resume(0);
        assert.equal(guest.run(100).kind, 'running');
        assert.deepEqual([guest.get('pc'), guest.get('esr_el1'), guest.get('elr_el1')], [VECTOR, 0xf200_0000n | BigInt(immediate), CODE]);
        assert.equal(guest.target.breakpoints.hitCount(report?.id ?? 0), 1);
      }
    });

    test(`S-104 a step from a ${mode} breakpoint on the guest's own BRK ends at the vector (${fidelity})`, () => {
      const guest = new WordGuest([A64.brk(0), A64.nop], { ...options, more: [[VECTOR, [A64.here]]] });
      guest.breakAt(mode, CODE);
      assert.equal(guest.continue().reason, 'breakpoint');
      assert.deepEqual([guest.step().pc, guest.get('elr_el1')], [VECTOR, CODE]);
      assert.equal(wordAt(guest, CODE), A64.brk(0));
    });

    test(`ARM-HW-06 a ${mode} breakpoint at the vector stops there when the debugger gives the guest its BRK (${fidelity})`, () => {
      const guest = new WordGuest([A64.brk(1), A64.nop], { ...options, more: [[VECTOR, [A64.nop, A64.here]]] });
      guest.breakAt(mode, VECTOR);
      guest.target.mechanisms.insertBreakpoint(CODE + 4n, 'software');
      assert.deepEqual([guest.continue().pc, guest.get('elr_el1')], [VECTOR, CODE]);
    });

    for (const watch of ['hardware', 'engine'] as const) {
      test(`ARM-HW-06 a ${mode} breakpoint on a store to bytes watched by ${watch} stops first, then the watch, with the store done once (${fidelity})`, () => {
        const words = [0xf800_8420, A64.nop, A64.here]; // str x0, [x1], #8
        const guest = new WordGuest(words, { ...options, registers: { ...options.registers, x0: 5n } });
        guest.breakAt(mode, CODE);
        guest.watch(watch, [DATA, 8, 'write']);
        assert.deepEqual([guest.continue().reason, guest.read64(DATA)], ['breakpoint', 0n]);
        const stop = guest.continue();
        assert.deepEqual([stop.reason, stop.pc, guest.read64(DATA), guest.get('x1')], ['watchpoint', CODE + 4n, 5n, DATA + 8n]);
        assert.equal(wordAt(guest, CODE), mode === 'software' ? A64.brk(0) : 0xf800_8420);
      });
    }
  }

  test(`S-082 two watches of different kinds on the same bytes tell a store and a load apart (${fidelity})`, () => {
    const guest = new WordGuest([A64.str(0, 1), A64.ldr(2, 1), A64.here], { fidelity, registers: { x0: 5n, x1: DATA } });
    const [write, read] = guest.watch('hardware', [DATA, 8, 'write'], [DATA, 8, 'read']);
    assert.deepEqual(guest.continue().breakpoints, [write?.id]);
    assert.deepEqual(guest.continue().breakpoints, [read?.id]);
    assert.equal(guest.get('x2'), 5n);
  });

  for (const modes of [
    ['hardware', 'hardware'],
    ['engine', 'engine'],
    ['hardware', 'engine'],
  ] as const) {
    test(`ST-DBG-050 a store of a pair into two watches reports both, and only those that it changes (${modes.join(' and ')}, ${fidelity})`, () => {
      const guest = new WordGuest([0xa900_0c22, 0xa900_0c22, A64.here], { fidelity, registers: { x1: DATA, x2: 5n, x3: 6n } }); // stp x2, x3, [x1]
      const watches = modes.map((mode, n) => ({
        address: virtualAddress(DATA + 8n * BigInt(n)),
        bytes: 8,
        access: 'write' as const,
        mode,
      }));
      const ids = guest.target.breakpoints.setData(watches).map(({ id }) => id);
      const stop = guest.continue();
      assert.deepEqual([[...stop.breakpoints].sort(), stop.pc], [ids, CODE + 4n]);
      assert.deepEqual(
        [...stop.watches].sort((a, b) => a.breakpoint - b.breakpoint).map(({ address, after }) => [address, after[0]]),
        [
          [DATA, 5],
          [DATA + 8n, 6],
        ],
      );
      assert.equal(guest.continue().watches.length, 1);
    });
  }

  test(`API-28 registers that are edited at a stop are what a BRK that is given back saves (${fidelity})`, () => {
    const guest = new WordGuest([A64.nop, A64.brk(3)], {
      fidelity,
      registers: { vbar_el1: VECTORS, pstate: EL1H },
      more: [[VECTOR, [A64.here]]],
    });
    guest.breakAt('hardware', CODE + 4n);
    guest.continue();
    assert.ok(guest.target.writeRegister(0, 'pstate', 0x6000_0005n).ok);
    assert.ok(guest.target.writeRegister(0, 'vbar_el1', VECTORS + 0x800n).ok);
    guest.put(VECTORS + 0xa00n, [A64.here]);
    guest.target.execution.resume(0);
    guest.run(100);
    assert.deepEqual([guest.get('pc'), guest.get('spsr_el1') & ~(1n << 21n)], [VECTORS + 0xa00n, 0x6000_0005n]);
  });

  test(`API-29 a BRK of the guest's is given back without a stop, one of the debugger's stops (${fidelity})`, () => {
    const guest = new WordGuest([A64.brk(3)], {
      fidelity,
      registers: { vbar_el1: VECTORS, pstate: EL1H },
      more: [[VECTOR, [A64.nop, A64.here]]],
    });
    guest.breakAt('software', VECTOR + 4n);
    const exits = logExits(guest);
    assert.equal(guest.continue().pc, VECTOR + 4n);
    assert.deepEqual(syndromes(exits), [0xf200_0003, 0xf200_0000]);
  });

  test(`ARM-HW-31 a step whose syndrome has ISV clear ends like any other (${fidelity})`, () => {
    const guest = new WordGuest([A64.ldr(0, 1), A64.nop], {
      fidelity,
      registers: { x1: DATA + 1n, vbar_el1: VECTORS, pstate: EL1H },
      more: [[VECTOR, [A64.nop, A64.eret]]],
    });
    const pcs = [guest.step(), guest.step(), guest.step()].map(({ reason, pc }) => [reason, pc]);
    assert.deepEqual(pcs, [
      ['step', VECTOR],
      ['step', VECTOR + 4n],
      ['step', CODE],
    ]);
  });

  test(`ARM-HW-38 after the host has stopped debugging the guest's own stepping works (${fidelity})`, () => {
    const target = CODE + 4n * 12n;
    const words = [
      A64.movz(10, 0x2001), // KDE, SS
      A64.nop,
      A64.msr(0, 0, 2, 2, 10, 2), // MDSCR_EL1
      A64.msr(0, 1, 0, 4, 31, 2), // OSLAR_EL1: unlock
      A64.msr(0, 4, 0, 1, 1), // ELR_EL1
      A64.msr(0, 4, 0, 0, 2), // SPSR_EL1
      A64.eret,
    ];
    const guest = new WordGuest(words, {
      fidelity,
      registers: { x1: target, x2: 0x20_0005n, vbar_el1: VECTORS, pstate: 0x3c5n },
      more: [
        [target, [A64.nop, A64.nop, A64.here]],
        [VECTOR, [A64.here]],
      ],
    });
    guest.breakAt('software', CODE + 4n, target + 8n);
    assert.equal(guest.continue().pc, CODE + 4n);
    // Suppressed while a word is in force.
    assert.deepEqual([guest.continue().pc, guest.get('esr_el1')], [target + 8n, 0n]);
    guest.breakAt('software');
    guest.set('pc', CODE);
    guest.set('pstate', 0x3c5n);
    guest.target.execution.resume(0);
    guest.run(100);
    assert.deepEqual([guest.get('pc'), guest.get('elr_el1'), guest.get('esr_el1') >> 26n], [VECTOR, target + 4n, 0x33n]);
  });

  test(`ARM-HW-41 API-31 with the last breakpoint the word goes, and the guest's BRK exits no more (${fidelity})`, () => {
    const guest = new WordGuest([A64.nop, A64.brk(2)], {
      fidelity,
      registers: { vbar_el1: VECTORS, pstate: EL1H },
      more: [[VECTOR, [A64.here]]],
    });
    guest.breakAt('software', CODE);
    guest.continue();
    const { vcpu } = guest.target.control.at(0);
    assert.equal(vcpu.debugState.control, KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_SW_BP);
    guest.breakAt('software');
    const exits = logExits(guest);
    guest.target.execution.resume(0);
    guest.run(100);
    assert.deepEqual([syndromes(exits), guest.get('pc'), vcpu.debugState.control], [[], VECTOR, 0]);
  });
}
