// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, virtualAddress } from '../../src/base/index.js';
import type { DebugRegistersView } from '../../src/debug/registers/registerView.js';
import { withSteps } from '../../src/debug/stepping/stepView.js';
import { NOP, ppc } from '../cpu/powerWords.js';
import { CODE as BARE_CODE, MSR_REAL, powerpcGuest, setOneReg, setRegs } from '../kvm/powerpcGuest.js';
import { CODE, LINEAR, MSR, SAVE, SteppedPartition } from './steppedPartition.js';
import { TraceStepper } from './traceStepper.js';

// What the view of debug registers has of a POWER guest: slots, control registers, the single step, the trap words.

const { SE, PR, EE } = MSR;
const HANDLER = LINEAR | 0x4c00n;
const DATA = LINEAR | 0x8000n;
const PRIVILEGED = 2n;

const view = (guest: SteppedPartition): DebugRegistersView => guest.target.debugRegisters(0);
const control = ({ controls }: Pick<DebugRegistersView, 'controls'>, name: string) => {
  const found = controls.find(register => register.name === name);
  assert.ok(found, `no ${name} among ${controls.map(register => register.name).join(', ')}`);
  return found;
};
const trapsOf = ({ traps }: DebugRegistersView): readonly string[] =>
  traps.map(
    ({ address, purposes, vcpus, breakpoints, isInMemory }) =>
      `${hex(address)} ${isInMemory ? 'in memory' : 'later'}: ${purposes.join(', ')}; vCPU ${vcpus.join()}; breakpoint ${breakpoints.join()}`,
  );

test('ST-DBG-230 the debug registers of POWER are DAWR as slots, MSR with the fields that steps go by, and CIABR with its owner', () => {
  const guest = new SteppedPartition([NOP, NOP]);
  const { slots, controls, usage } = view(guest);
  assert.deepEqual(
    slots.map(({ kind, valueName, controlName, owner }) => [kind, valueName, controlName, owner]),
    [['watchpoint', 'DAWR0', 'DAWRX0', 'free']],
  );
  assert.deepEqual(usage, { breakpoints: { used: 0, total: 0 }, watchpoints: { used: 0, total: 1 } });
  assert.deepEqual(
    controls.map(({ name }) => name),
    ['msr', 'ciabr', 'siar', 'sdar', 'sier', 'mmcr0'],
  );
  assert.deepEqual(
    control(view(guest), 'msr').fields.map(({ name, value }) => `${name}=${value}`),
    ['SE=0', 'BE=0', 'PR=0', 'IR=1', 'DR=1'],
  );
  assert.equal(control(view(guest), 'ciabr').owner, 'free');
  setOneReg(guest.partition.vcpu(), 'CIABR', CODE | PRIVILEGED);
  assert.deepEqual([control(view(guest), 'ciabr').owner, control(view(guest), 'ciabr').guestValue], ['guest', undefined]);
});

test('ST-DBG-231 without a step the view says where a Trace interrupt would be taken, and why there', () => {
  const guest = new SteppedPartition([NOP, NOP]);
  const { step, traps } = view(guest);
  assert.deepEqual(step, {
    method: 'POWER HV Trace',
    state: 'idle',
    phase: undefined,
    pc: undefined,
    vector: { address: LINEAR | 0x4d00n, IR: 1, DR: 1, AIL: 3 },
  });
  assert.deepEqual(traps, []);
  const real = new SteppedPartition([NOP, NOP], { translation: 0n });
  assert.deepEqual(view(real).step.vector, { address: 0xd00n, IR: 0, DR: 0, AIL: 3 });
});

for (const fidelity of ['kernel', 'exact'] as const)
  test(`ST-DBG-232 a step that a breakpoint in a handler has stopped is pending; its trap word is listed exactly where it is in memory (${fidelity})`, () => {
    const guest = new SteppedPartition([ppc.sc(0), NOP, NOP, ppc.b(0)], {
      fidelity,
      msr: PR | EE,
      handlers: { 3072: [SAVE, NOP, ppc.rfid()] },
    });
    guest.target.breakpoints.setInstructions([{ address: virtualAddress(HANDLER | 4n), mode: 'software' }]);
    const [report] = guest.target.breakpoints.list();
    guest.step('over');
    const { step } = view(guest);
    assert.equal(step.state, 'pending');
    const breakpoint = `${hex(HANDLER | 4n)} in memory: a breakpoint; vCPU ; breakpoint ${report?.id}`;
    const trap = `${hex(LINEAR | 0x4d00n)} in memory: the vector of the Trace interrupt; vCPU 0; breakpoint `;
    assert.deepEqual(trapsOf(view(guest)), fidelity === 'kernel' ? [breakpoint, trap] : [breakpoint]);
    assert.deepEqual([step.phase, step.pc], fidelity === 'kernel' ? ['PENDING', CODE] : [undefined, undefined]);
    assert.deepEqual(
      guest.traps.map(real => LINEAR | real),
      fidelity === 'kernel' ? [LINEAR | 0x4d00n] : [],
    );
    guest.continue();
    assert.deepEqual([view(guest).step.state, trapsOf(view(guest))], ['idle', [breakpoint]]);
  });

test('ST-DBG-233 a data breakpoint takes DAWR0 from the guest, which keeps its own, and its traps are told before they are in memory', () => {
  const guest = new SteppedPartition([NOP, NOP]);
  const [set] = guest.target.breakpoints.setData([
    { address: virtualAddress(DATA), bytes: 8, access: 'write', mode: 'hardware', name: 'x' },
  ]);
  assert.ok(set?.isVerified, set?.message);
  const { slots, guestSlots, loadedSet } = view(guest);
  assert.deepEqual(
    [slots, guestSlots].map(list => list.map(({ owner, value }) => [owner, hex(value)])),
    [[['host', hex(DATA)]], [['free', '0x0']]],
  );
  assert.equal(loadedSet, 'host');
  const purpose = 'the vector of the Data Storage interrupt, where a match of DAWR leads to';
  assert.deepEqual(trapsOf(view(guest)), [
    `0x300 later: ${purpose}; vCPU ; breakpoint `,
    `${hex(LINEAR | 0x4300n)} later: ${purpose}; vCPU ; breakpoint `,
  ]);
});

for (const [stepMethod, register] of [
  ['trace', 'msr'],
  ['ciabr', 'ciabr'],
] as const)
  test(`ST-DBG-234 while a step is armed ${register} is the debugger's, with the guest's own value beside it`, () => {
    const guest = powerpcGuest({ code: [NOP, NOP] });
    setRegs(guest.vcpu, { msr: MSR_REAL });
    setOneReg(guest.vcpu, 'CIABR', 0x7000n);
    const { method } = new TraceStepper(guest, undefined, { stepMethod });
    const lift = { vcpu: guest.vcpu, breakpoint: undefined, watchpoints: false };
    assert.ok(method.arm(guest.vcpu, lift, []).ok);
    const { phase, pc, lent } = method.view(guest.vcpu);
    assert.deepEqual([phase, pc], ['ARMED', BigInt(BARE_CODE)]);
    assert.deepEqual(lent, [{ register, guestValue: register === 'msr' ? MSR_REAL : 0x7000n }]);
    const { controls } = withSteps(
      { ...VIEW, controls: [{ ...CONTROL, name: register, value: MSR_REAL | SE }] },
      { method: method.name, state: 'armed' },
      method.view(guest.vcpu),
      [],
    );
    assert.deepEqual(
      controls.map(({ owner, guestValue }) => [owner, guestValue]),
      [['host', lent[0]?.guestValue]],
    );
    method.disarm(guest.vcpu, lift, 'detached', []);
    assert.deepEqual([method.view(guest.vcpu).lent, method.traps()], [[], []]);
  });

const CONTROL = {
  bits: 64,
  text: '',
  description: '',
  isWritable: true,
  fields: [],
  isChanged: false,
  owner: undefined,
  guestValue: undefined,
};
const NONE = { used: 0, total: 0 };
const VIEW = {
  vcpu: 0,
  loadedSet: 'none',
  isDirty: undefined,
  control: 0,
  controlNames: [],
  slots: [],
  usage: { breakpoints: NONE, watchpoints: NONE },
  guestSlots: [],
} as const;

test('ST-DBG-235 steps of two vCPUs that share a trap word are one row with both', () => {
  const use = { address: 0xd00n, real: 0xd00n, purpose: 'the vector of the Trace interrupt', isInMemory: true };
  const { traps } = withSteps({ ...VIEW, controls: [] }, { method: 'm', state: 'idle' }, undefined, [
    { ...use, vcpu: 1 },
    { ...use, vcpu: 0 },
    { ...use, vcpu: 0, purpose: 'the vector of an interrupt that may come instead' },
    { ...use, address: 0x100n, real: undefined, purpose: 'a breakpoint', breakpoints: [3] },
  ]);
  assert.deepEqual(
    traps.map(({ address, purposes, vcpus, breakpoints }) => [address, purposes.length, vcpus, breakpoints]),
    [
      [0x100n, 1, [], [3]],
      [0xd00n, 2, [0, 1], []],
    ],
  );
});
