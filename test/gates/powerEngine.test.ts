// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { book3sInstructionSet, buildInterpreter, POWER_MODE_NAMES } from '../../src/cpu/index.js';
import { RARE_ROW_NAMES } from '../../src/cpu/power/book3s/rareVariants.js';
import { KVM_EXIT, KVM_GUESTDBG } from '../../src/kvm/index.js';
import { ppc } from '../cpu/powerWords.js';
import { CODE, guestDebug, powerpcGuest } from '../kvm/powerpcGuest.js';
import { fastCopyAllocation, HAS_TWO_ALLOCATORS, ONE_ALLOCATOR } from './allocation.js';

// What makes the engine fast on POWER; see engine.test.ts.

const sets = POWER_MODE_NAMES.map(mode => ({ mode, set: book3sInstructionSet(mode) }));
const images = sets.map(({ mode, set }) => ({ mode, image: buildInterpreter(set.rows, set.routines, set) }));

test('ST-GATE-016 the main function of each POWER module has at most 25,000 bytes', () => {
  for (const { mode, image } of images) assert.ok(image.mainBytes <= 25_000, `${mode}: ${image.mainBytes} bytes`);
});

test('ST-GATE-017 the V8 of Node 20 gives the main function of each POWER module its full register allocator', {
  skip: HAS_TWO_ALLOCATORS ? false : ONE_ALLOCATOR,
}, () => {
  for (const { mode, image } of images) assert.equal(fastCopyAllocation(image), 'full', mode);
});

test('ST-GATE-018 each row of POWER that is said to have rare variants exists', () => {
  const names = new Set(sets[0]?.set.rows.map(row => row.name));
  assert.deepEqual(
    RARE_ROW_NAMES.filter(name => !names.has(name)),
    [],
  );
});

test('ST-GATE-019 a step of KVM-PR decodes nothing again and crosses into WebAssembly once', () => {
  const { vcpu, engine } = powerpcGuest({ kind: 'pr', code: [ppc.addi(3, 3, 1), ppc.lwz(4, 5, 0), ppc.b(-8)] });
  assert.equal(guestDebug(vcpu, KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.SINGLESTEP), 0);
  const step = (): void => {
    assert.equal(vcpu.run(), 0);
    assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.DEBUG);
  };
  for (let count = 0; count < 10; count++) step();
  const { decodes, crossings } = engine.counters;
  for (let count = 0; count < 999; count++) step();
  assert.equal(vcpu.kvmRun.ppc_debug_address, BigInt(CODE + 4));
  assert.equal(engine.counters.decodes - decodes, 0);
  assert.ok(engine.counters.crossings - crossings <= 999, `${engine.counters.crossings - crossings} crossings in 999 steps`);
});
