// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { SampleGuest } from './sampleGuest.js';
import { visible } from './traceStepper.js';

// Whole samples stepped under KVM-HV by the Trace method, beside the same guests that nobody steps: each instruction where `CI` is set, and
// stretches of them at regular distances elsewhere.

const STRETCH = 100;
const DISTANCE = process.env['CI'] === undefined ? 2_400 : 0;

const MEMORY_BYTES = 4 << 20;
const SLICE = 50_000_000;

/** An instruction, and an interrupt that no completed instruction has caused. */
const MOST_TIME_OF_A_STEP = 2n;

function launch(name: string, isa: 'ppc64' | 'ppc64le', cpu: string): SampleGuest {
  const guest = new SampleGuest(name, 'O2', { isa, kvm: 'hv', cpu });
  guest.target.execution.stepInterrupts = 'into';
  return guest;
}

/** Steps the guest to its end, `DISTANCE` instructions un-stepped behind each `STRETCH` steps; answers the steps. */
function stepThrough({ target: { execution } }: SampleGuest): number {
  for (let steps = 0; ; steps++) {
    if (steps % STRETCH === 0 && DISTANCE > 0 && steps > 0) {
      assert.ok(execution.resume(0).ok);
      if (execution.runSlice(DISTANCE).kind === 'ended') return steps;
      execution.pause();
      if (execution.runSlice(SLICE).kind === 'ended') return steps;
    }
    const before = execution.retiredInstructions;
    const begun = execution.step({ vcpu: 0, kind: 'into', granularity: 'instruction' });
    assert.ok(begun.ok, begun.ok ? '' : begun.error.message);
    const outcome = execution.runSlice(SLICE);
    if (outcome.kind === 'ended') return steps + 1;
    assert.ok(outcome.kind === 'stopped');
    const { reason, description, pc } = outcome.stop;
    assert.equal(reason, 'step', `step ${steps}, at ${pc.toString(16)}: ${description}`);
    assert.ok(
      execution.retiredInstructions - before <= MOST_TIME_OF_A_STEP,
      `step ${steps}, to ${pc.toString(16)}, is longer than one instruction`,
    );
  }
}

const memoryOf = ({ target }: SampleGuest): Buffer => Buffer.from(target.readPhysicalMemory(0n, MEMORY_BYTES));

/** Fails unless the guest that is stepped through comes to the end that the guest beside it, which nobody steps, has come to. */
export function assertSteppedAlike(name: string, isa: 'ppc64' | 'ppc64le', cpu: string): void {
  const beside = launch(name, isa, cpu);
  beside.runToEnd();
  const guest = launch(name, isa, cpu);
  const steps = stepThrough(guest);
  const { retiredInstructions } = beside.target.execution;
  assert.ok(BigInt(steps) * BigInt(STRETCH + DISTANCE) > (retiredInstructions * BigInt(STRETCH) * 9n) / 10n, `only ${steps} steps`);
  assert.equal(guest.output, beside.output);
  assert.equal(guest.target.execution.retiredInstructions, retiredInstructions);
  const [stepped] = guest.target.machine.vcpus;
  const [free] = beside.target.machine.vcpus;
  assert.ok(stepped && free);
  assert.deepEqual(visible(stepped), visible(free));
  assert.equal(Buffer.compare(memoryOf(guest), memoryOf(beside)), 0, 'memory differs');
}
