// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualAddress } from '../../src/base/index.js';
import { MSR_BIT } from '../../src/cpu/index.js';
import { runSample } from '../support/headlessSample.js';
import { SampleGuest } from './sampleGuest.js';

// The sample `selfstep`, a guest with a debugger of its own, under the host's: KVM-HV, where both want the Trace interrupt.

const { SE } = MSR_BIT;
/** SRR1[33]: a Trace interrupt. */
const TRACED = 0x4000_0000n;
const BUILDS = [
  { isa: 'ppc64', cpu: 'power8' },
  { isa: 'ppc64le', cpu: 'power9' },
] as const;
/** Trace interrupts of the guest's debugger in a whole run: real mode, kernel, by steps, by branches, by a breakpoint. */
const TRACES = 20 + 20 + 50 + 16 + 3;

for (const { isa, cpu } of BUILDS) {
  const launch = () => new SampleGuest('selfstep', 'O2', { isa, cpu, kvm: 'hv' });
  const alone = () => runSample(`samples/selfstep/selfstep.${isa}.O2.elf`, { cpu }).console;
  const register = (guest: SampleGuest, name: string): bigint => guest.target.register(0, name)?.value ?? -1n;

  test(`S-038 PPC-HV-29 the debugger in the guest works beside an idle host without one exit of its own (${isa}, ${cpu})`, () => {
    const guest = launch();
    // Trap words leave the guest as long as a breakpoint is set.
    assert.ok(guest.target.breakpoints.setFunctions([{ name: 'give_up', mode: 'software' }])[0]?.isVerified);
    assert.equal(guest.runToEnd().kind, 'powerOff');
    assert.deepEqual(Object.keys(guest.target.exitCounts), ['KVM_EXIT_PAPR_HCALL']);
    assert.equal(guest.output, alone());
  });

  test(`PPC-HV-30 a breakpoint in the guest's Trace handler is hit as a plain one at each step of the guest's (${isa}, ${cpu})`, () => {
    const guest = launch();
    assert.ok(guest.target.breakpoints.setFunctions([{ name: 'debugger_trace', mode: 'software' }])[0]?.isVerified);
    let hits = 0;
    for (;;) {
      assert.ok(guest.target.execution.resume(0).ok);
      const outcome = guest.target.execution.runSlice(50_000_000);
      if (outcome.kind === 'ended') break;
      assert.ok(outcome.kind === 'stopped');
      assert.deepEqual([outcome.stop.reason, outcome.stop.breakpoints.length], ['breakpoint', 1], outcome.stop.description);
      assert.equal(register(guest, 'msr') & SE, 0n);
      hits++;
    }
    assert.equal(hits, TRACES);
    assert.equal(guest.output, alone());
  });

  test(`S-037 PPC-HV-27 PPC-HV-28 a host's step of code that the guest steps ends in the guest's Trace handler, once (${isa}, ${cpu})`, () => {
    const guest = launch();
    const stretch = guest.target.resolveLocation('stretch_start', 0);
    assert.ok(stretch.ok);
    // Behind the trap, where the guest's debugger has set MSR[SE].
    const traced = virtualAddress(stretch.value + 4n);
    guest.runTo(`*0x${traced.toString(16)}`);
    assert.equal(register(guest, 'msr') & SE, SE);
    const stop = guest.step('into', 'instruction');
    assert.deepEqual([stop.reason, stop.pc], ['step', 0xd00n]);
    assert.equal(register(guest, 'srr0'), traced + 4n);
    assert.equal(register(guest, 'srr1') & (SE | TRACED), SE | TRACED);
    guest.runToEnd();
    assert.equal(guest.output, alone());
  });
}
