// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualAddress } from '../../src/base/index.js';
import { A64_INSTRUCTIONS } from '../../src/debug/arm64/stepping/instructions.js';
import { SoftwareBreakpoints } from '../../src/debug/breakpoints/softwareBreakpoints.js';
import { A64, CODE, WordGuest } from './wordGuest.js';

const word = (guest: WordGuest, address: bigint): bigint => guest.read64(address) & 0xffff_ffffn;
const LOOP = [A64.addImmediate(0, 0, 1), A64.nop, A64.branch(-2)];

test('API-18 the trap word in memory is 0xD4200000 while the debugger sees the original bytes', () => {
  const guest = new WordGuest(LOOP);
  guest.breakAt('software', CODE + 4n);
  assert.equal(word(guest, CODE + 4n), 0xd420_0000n);
  assert.deepEqual([...guest.target.readMemory(0, virtualAddress(CODE + 4n), 4)], [0x1f, 0x20, 0x03, 0xd5]);
});

test('API-19 a trap that the guest has overwritten is not put back over the new code', () => {
  const guest = new WordGuest(LOOP);
  guest.breakAt('software', CODE + 4n);
  guest.put(CODE + 4n, [A64.movz(5, 5)]);
  guest.breakAt('software');
  assert.equal(word(guest, CODE + 4n), BigInt(A64.movz(5, 5)));
});

test('S-012 API-20 of two breakpoints at one address removing one leaves the trap, removing both the original word', () => {
  const guest = new WordGuest(LOOP);
  const { software } = guest.target.mechanisms;
  assert.ok(software.insert(CODE + 4n).ok);
  assert.ok(software.insert(CODE + 4n).ok);
  assert.ok(software.remove(CODE + 4n).ok);
  assert.equal(word(guest, CODE + 4n), 0xd420_0000n);
  assert.ok(software.remove(CODE + 4n).ok);
  assert.equal(word(guest, CODE + 4n), BigInt(A64.nop));
});

test('API-31 a trap that the first vCPU cannot reach is removed through another', () => {
  const memory = new Map<bigint, Uint8Array>([[0x1000n, Uint8Array.of(1, 2, 3, 4)]]);
  const nobody = { read: () => undefined, write: () => false };
  const somebody = {
    read: (address: bigint) => memory.get(address)?.slice(),
    write: (address: bigint, bytes: Uint8Array) => (memory.set(address, bytes.slice()), true),
  };
  let views = [somebody, nobody];
  const traps = new SoftwareBreakpoints(A64_INSTRUCTIONS, () => views);
  assert.ok(traps.insert(0x1000n).ok);
  views = [nobody, somebody];
  assert.ok(traps.remove(0x1000n).ok);
  assert.deepEqual(memory.get(0x1000n), Uint8Array.of(1, 2, 3, 4));
});

test('API-31 removing all breakpoints takes the control word of every vCPU back to 0', () => {
  const guest = new WordGuest(LOOP, { cpus: 2 });
  guest.breakAt('software', CODE + 4n);
  guest.continue();
  guest.breakAt('software');
  guest.step();
  assert.deepEqual(
    guest.target.control.all.map(({ vcpu }) => vcpu.debugState.control),
    [0, 0],
  );
});

test('API-28 a register that the debugger edits at a stop is what the guest goes on with', () => {
  const guest = new WordGuest(LOOP);
  guest.breakAt('engine', CODE + 4n);
  guest.continue();
  assert.ok(guest.target.writeRegister(0, 'x0', 100n).ok);
  guest.continue();
  assert.equal(guest.get('x0'), 101n);
});

test('API-29 a debug exit either stops all vCPUs or lets the guest go on by itself', () => {
  const guest = new WordGuest([A64.brk(3)], { registers: { vbar_el1: 0x4009_0000n }, more: [[0x4009_0200n, [A64.nop, A64.here]]] });
  guest.breakAt('software', 0x4009_0204n);
  assert.equal(guest.continue().pc, 0x4009_0204n);
});

test('ST-DBG-002 bytes written under a trap appear when the breakpoint is removed', () => {
  const guest = new WordGuest(LOOP);
  guest.breakAt('software', CODE + 4n);
  const bytes = Uint8Array.of(0x05, 0x00, 0x80, 0xd2);
  assert.ok(guest.target.writeMemory(0, virtualAddress(CODE + 4n), bytes).ok);
  assert.equal(word(guest, CODE + 4n), 0xd420_0000n);
  guest.breakAt('software');
  assert.equal(word(guest, CODE + 4n), 0xd280_0005n);
});

test('ST-DBG-003 ARM-HW-17.RV19 a breakpoint at an address that is no multiple of 4 is refused in a sentence', () => {
  const guest = new WordGuest(LOOP);
  const [report] = guest.breakAt('software', CODE + 2n);
  assert.match(report?.message ?? '', /no multiple of 4/);
});
