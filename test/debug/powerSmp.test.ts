// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleGuest } from './sampleGuest.js';

// The sample `smp` of POWER under KVM-HV: four vCPUs that RTAS starts, a spin lock by lwarx and stwcx.

const STEPS = 800;

for (const isa of ['ppc64', 'ppc64le'] as const) {
  const smp = (): SampleGuest => new SampleGuest('smp', 'O2', { isa, smp: 4, kvm: 'hv' });

  test(`ST-SMP-019 smp of ${isa}, its four vCPUs stepped in turn by KVM-HV with locking off, step and on, ends as an un-stepped run does`, () => {
    const plain = smp();
    plain.runToEnd();
    for (const locking of ['off', 'step', 'on'] as const) {
      const stepped = smp();
      const { execution } = stepped.target;
      stepped.runTo('count');
      execution.schedulerLocking = locking;
      for (let count = 0; count < STEPS; count++) {
        const vcpu = count % 4;
        const begun = execution.step({ vcpu, kind: 'into', granularity: 'instruction', stepsExclusivesAsOne: true });
        // One that has not been started yet, or has come to its end.
        if (!begun.ok) assert.match(begun.error.message, / is off; /);
        else assert.deepEqual([stepped.stop().vcpu, execution.lastStop?.reason], [vcpu, 'step']);
      }
      execution.schedulerLocking = 'step';
      stepped.runToEnd();
      assert.equal(stepped.output, plain.output, locking);
      // With all running, nothing but the steps themselves is different.
      if (locking === 'off') assert.equal(execution.retiredInstructions, plain.target.execution.retiredInstructions);
    }
  });
}
