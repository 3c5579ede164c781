// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugQuirkName } from '../../src/debug/execution/debugQuirks.js';
import { NOP, ppc, SPR } from '../cpu/powerWords.js';
import { CODE, DATA, LINEAR, MSR, type PartitionOptions, SAVE, SteppedPartition } from './steppedPartition.js';

// Group B: the debugger leaves in any state of a step, at any instruction.

const { SF, ME, IR, DR, SE, PR, EE } = MSR;
const KERNEL = SF | ME | IR | DR;
const VECTOR = LINEAR | 0x4d00n;
const HANDLER = LINEAR | 0x4c00n;

interface State {
  readonly words: readonly number[];
  readonly options?: PartitionOptions;
  readonly kind?: 'into' | 'over';
  /** A breakpoint on the way, at which the step becomes pending. */
  readonly breakAt?: bigint;
  /** The gap by which the step alone has changed the guest. */
  readonly kernelGap?: DebugQuirkName;
}

const HANDLERS = { 3072: [SAVE, ppc.addi(3, 3, 1), NOP, ppc.rfid()], 3328: [ppc.addi(9, 9, 1), ppc.mtspr(11, SPR.SRR1), ppc.rfid()] };
const options = { gpr: { 4: DATA, 11: KERNEL }, handlers: HANDLERS } as const;

// biome-ignore format: a table
const STATES: Readonly<Record<string, State>> = {
  'ARMED': { words: [ppc.addi(3, 3, 1)] },
  'ARMED with a store': { words: [ppc.stw(3, 4, 0)] },
  'ARMED with mfmsr': { words: [ppc.mfmsr(6), ppc.mfmsr(7)] },
  'ARMED_RFID': { words: [ppc.rfid()], options: { srr0: LINEAR | (CODE + 0x100n), srr1: KERNEL } },
  'ARMED_DISPLACED before sc': { words: [ppc.sc(0)], options: { msr: PR | EE } },
  'ARMED_DISPLACED before a hypercall': { words: [ppc.sc(1)], options: { gpr: { ...options.gpr, 3: 0xfff0n } } },
  'ARMED_DISPLACED at the vector': { kernelGap: 'handlerStartRunsTwice', words: [NOP], options: { pc: VECTOR, srr0: LINEAR | CODE, srr1: KERNEL } },
  'GUEST': { kernelGap: 'guestTraceSeenOnlyAtRfid', words: [ppc.addi(3, 3, 1)], options: { msr: SE } },
  'GUEST at rfid': { words: [ppc.rfid()], options: { srr0: LINEAR | (CODE + 0x100n), srr1: KERNEL | SE } },
  'a step over sc': { words: [ppc.sc(0)], options: { msr: PR | EE }, kind: 'over' },
  'PENDING': { words: [ppc.sc(0)], options: { msr: PR | EE }, kind: 'over', breakAt: HANDLER | 4n },
  'PENDING before its return': { words: [ppc.sc(0)], options: { msr: PR | EE }, kind: 'over', breakAt: HANDLER | 12n },
};

function make({ words, options: more = {} }: State, fidelity: 'kernel' | 'exact'): SteppedPartition {
  const guest = new SteppedPartition([...words, NOP, ppc.addi(5, 5, 1), ppc.b(-4)], { ...options, ...more, fidelity });
  guest.put(CODE + 0x100n, [NOP, ppc.addi(5, 5, 1), ppc.b(-4)]);
  return guest;
}

for (const fidelity of ['exact', 'kernel'] as const)
  for (const [name, state] of Object.entries(STATES))
    test(`PPC-HV-40 S-051 a guest whose debugger leaves in ${name}, after any number of instructions, runs on as if never stepped (${fidelity})`, () => {
      let endings = 0;
      for (let slices = 0; endings < 2; slices++) {
        const guest = make(state, fidelity);
        if (state.breakAt !== undefined) guest.breakAt(state.breakAt);
        guest.begin(state.kind);
        let outcome: unknown = 'running';
        for (let n = 0; n < slices && outcome === 'running'; n++) outcome = guest.run(1);
        if (outcome !== 'running') endings++;
        guest.breakAt();
        guest.target.execution.detach();
        const where = `after ${slices} slices at 0x${guest.registers.pc.toString(16)}`;
        assert.deepEqual(guest.traps, [], where);
        const until = guest.target.execution.retiredInstructions + 40n;
        guest.runUntil(until);
        if (fidelity === 'kernel' && state.kernelGap !== undefined) continue;
        const plain = make(state, fidelity);
        plain.runUntil(until);
        // In `kernel` a step brings SRR0 and SRR1 back though the instruction has written them.
        const written = fidelity === 'exact' ? {} : { srr0: '', srr1: '' };
        assert.deepEqual({ ...guest.visible(), ...written }, { ...plain.visible(), ...written }, where);
        assert.deepEqual(guest.remarks, []);
        assert.ok(slices < 50);
      }
    });
