// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SampleGuest } from './sampleGuest.js';

// The sample `smp`: four vCPUs, a spin lock and a shared counter.

const EXPECTED = /Expected console output[\s\S]*?`smp`, with `--smp 4`:\n\n```\n([\s\S]*?)```/;
const README = new URL('../../../samples/README.md', import.meta.url);

/** A marker comment's place in the sample's sources, for `runTo`. */
function place(file: string, marker: string): string {
  const lines = readFileSync(new URL(`../../../samples/smp/${file}`, import.meta.url), 'utf8').split('\n');
  const index = lines.findIndex(line => line.includes(`/* ${marker} */`) || line.endsWith(`// ${marker}`));
  assert.ok(index >= 0, `no line of ${file} bears ${marker}`);
  return `${file}:${index + 1}`;
}

const smp = (level: 'O0' | 'O2', vcpus = 4): SampleGuest => new SampleGuest('smp', level, { smp: vcpus });

/** Stops where vCPU 0 holds the lock and the others run. */
function holdingTheLock(level: 'O0' | 'O2'): SampleGuest {
  const guest = smp(level);
  guest.runTo(place('smp.c', 'boot CPU counts'));
  guest.runTo('raise_counter', '$mpidr_el1 == 0x80000000');
  assert.equal(guest.value('counter_lock.taken'), '1');
  return guest;
}

for (const level of ['O0', 'O2'] as const) {
  test(`ST-SMP-001 smp at -${level} brings up four vCPUs by PSCI and loses no round, however it is driven`, () => {
    const expected = EXPECTED.exec(readFileSync(README, 'utf8'))?.[1];
    const plain = smp(level);
    plain.runToEnd();
    assert.equal(plain.output, expected);
    const sliced = smp(level);
    sliced.target.execution.resume(0);
    for (let size = 1; sliced.target.execution.runSlice(1 + (size % 997)).kind !== 'ended'; size += 31);
    assert.deepEqual([sliced.output, sliced.target.execution.retiredInstructions], [expected, plain.target.execution.retiredInstructions]);
    const stepped = smp(level);
    stepped.runTo(place('smp.c', 'boot CPU counts'));
    for (let count = 0; count < 400; count++) {
      stepped.target.execution.schedulerLocking = count % 2 === 0 ? 'off' : 'step';
      const begun = stepped.target.execution.step({
        vcpu: count % 4,
        kind: 'into',
        granularity: 'instruction',
        stepsExclusivesAsOne: true,
      });
      // While one steps with locking off the others come to their end.
      if (!begun.ok) assert.match(begun.error.message, /is off/);
      else assert.equal(stepped.target.execution.runSlice(100_000).kind, 'stopped');
    }
    stepped.runToEnd();
    assert.equal(stepped.output, expected);
  });

  test(`ST-SMP-002 smp at -${level} on fewer vCPUs prints that CPU_ON is refused, and on more leaves the rest off (${level})`, () => {
    const alone = smp(level, 1);
    alone.runToEnd();
    assert.match(alone.output, /^(CPU [123]: CPU_ON refused with -2\n){3}CPU 0: 1000 rounds\ncounter = 1000 with 1 CPU\n$/);
    const more = smp(level, 6);
    more.runTo(place('smp.c', 'report'));
    // Those that have counted have turned themselves off.
    assert.deepEqual(
      more.target.vcpus().map(({ state }) => state),
      ['stopped', 'off', 'off', 'off', 'off', 'off'],
    );
    more.runToEnd();
    assert.match(more.output, /counter = 4000 with 4 CPUs\n$/);
  });

  test(`ST-SMP-013 each vCPU steps by line over the lock's exclusives, taken or not (-${level})`, () => {
    const guest = holdingTheLock(level);
    const { execution, breakpoints } = guest.target;
    execution.freeze(0);
    breakpoints.setFunctions([{ name: place('secondary.S', 'load the lock') }]);
    const { vcpu, pc } = guest.continue();
    breakpoints.setFunctions([]);
    const lineAfterStep = (): number | undefined => {
      assert.ok(execution.step({ vcpu, kind: 'into', granularity: 'statement' }).ok);
      assert.equal(guest.stop().reason, 'step');
      return guest.target.stack(vcpu).frames[0]?.position?.line;
    };
    const lineOf = (marker: string): number => Number(place('secondary.S', marker).split(':')[1]);
    // Taken: the sequence ends by the branch out of it. Free: behind its loop.
    assert.equal(lineAfterStep(), lineOf('give up'));
    assert.ok(guest.target.evaluate('counter_lock.taken = 0', { vcpu }).ok);
    assert.ok(guest.target.writeRegister(vcpu, 'pc', pc).ok);
    assert.deepEqual([lineAfterStep(), guest.value('counter_lock.taken')], [lineOf('taken'), '1']);
  });
}

test("ST-SMP-017 a vCPU that steps into a lock held by another one spins until it is paused, and the pause names the holder's hold", () => {
  const guest = holdingTheLock('O0');
  guest.target.breakpoints.setFunctions([{ name: 'lock_take', condition: '$mpidr_el1 != 0x80000000' }]);
  guest.target.execution.freeze(0);
  const { vcpu } = guest.continue();
  guest.target.breakpoints.setFunctions([]);
  guest.target.execution.thaw(0);
  assert.ok(guest.target.execution.step({ vcpu, kind: 'out', granularity: 'statement', isSingleVcpu: true }).ok);
  assert.equal(guest.target.execution.runSlice(100_000).kind, 'running');
  guest.target.execution.pause();
  const stop = guest.stop();
  assert.deepEqual([stop.vcpu, stop.reason], [vcpu, 'pause']);
  assert.match(stop.description, /^Paused; vCPUs 0.* are held by scheduler locking\.$/);
  // As gdb's finish, a step out under `step` lets the holder run.
  assert.ok(guest.target.execution.step({ vcpu, kind: 'out', granularity: 'statement' }).ok);
  assert.equal(guest.stop().reason, 'step');
});

test('ST-SMP-018 freezing the vCPU that has the lock leaves the others spinning, and thawing it lets all come to their end', () => {
  const guest = holdingTheLock('O2');
  const { execution } = guest.target;
  execution.freeze(0);
  const counter = guest.value('shared_counter');
  assert.ok(execution.resume(1).ok);
  assert.equal(execution.runSlice(200_000).kind, 'running');
  execution.pause(1);
  const outcome = execution.runSlice(1);
  assert.equal(outcome.kind === 'stopped' && outcome.stop.description, 'Paused; vCPU 0 is frozen.');
  assert.equal(guest.value('shared_counter'), counter);
  execution.thaw(0);
  guest.runToEnd();
  assert.match(guest.output, /counter = 4000 with 4 CPUs\n$/);
});
