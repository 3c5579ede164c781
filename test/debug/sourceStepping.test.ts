// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COUNTER, lineOf, SampleGuest } from './sampleGuest.js';

test('ST-DBG-020 a function breakpoint stops behind the prologue, with the arguments in place', () => {
  const guest = new SampleGuest('counter', 'O0');
  guest.runTo('increment');
  assert.deepEqual([guest.here, guest.variables()], [`increment:${lineOf('store counter')}`, { delta: '1' }]);
});

test('ST-DBG-021 steps over the first statements of main stop at each line', () => {
  const guest = new SampleGuest('counter', 'O0');
  guest.runTo('main');
  const first = lineOf('first statement');
  const lines = Array.from({ length: 5 }, () => {
    guest.step('over');
    return guest.frame().position?.line;
  });
  assert.deepEqual(lines, [first + 1, first + 2, first + 3, first + 4, first + 5]);
});

for (const level of ['O0', 'O2'] as const) {
  test(`ST-DBG-022 at -${level} a step over a call stays in its function and a step into it stops behind the callee's prologue`, () => {
    const guest = new SampleGuest('counter', level);
    const call = lineOf('call increment');
    const [report] = guest.target.breakpoints.setSource(COUNTER, [{ line: call }]);
    assert.ok(report?.isVerified);
    guest.continue();
    guest.target.breakpoints.setSource(COUNTER, []);
    const over = guest.step('over');
    assert.equal(over.reason, 'step');
    assert.match(guest.here, /^main:/);
    assert.equal(guest.value('counter'), '1');
    guest.target.breakpoints.setSource(COUNTER, [{ line: call }]);
    guest.continue();
    guest.step('into');
    assert.deepEqual([guest.here, guest.value('delta')], [`increment:${lineOf('store counter')}`, '2']);
  });
}

test('ST-DBG-023 a step out of a recursive function ends in its own caller, not in a deeper activation', () => {
  const guest = new SampleGuest('counter', 'O0');
  guest.runTo('fibonacci', 'n == 5');
  const depth = guest.frames.length;
  guest.step('out');
  assert.deepEqual([guest.frames.length, guest.value('n')], [depth - 1, '6']);
});

test('ST-DBG-024 a step over a recursive call ends in the same activation', () => {
  const guest = new SampleGuest('counter', 'O0');
  guest.target.breakpoints.setSource(COUNTER, [{ line: lineOf('first recursion'), condition: 'n == 5' }]);
  guest.continue();
  const depth = guest.frames.length;
  guest.target.breakpoints.setSource(COUNTER, []);
  guest.step('over');
  assert.deepEqual([guest.frames.length, guest.value('n'), guest.value('first')], [depth, '5', '3']);
});

test('ST-DBG-025 a line without code slides to the next line that has some', () => {
  const guest = new SampleGuest('counter', 'O0');
  const [report] = guest.target.breakpoints.setSource(COUNTER, [{ line: lineOf('before the loop') - 1 }]);
  assert.equal(report?.line, lineOf('before the loop'));
});

test('ST-DBG-026 breakpoints, hit conditions and log messages are decided inside a slice', () => {
  const guest = new SampleGuest('counter', 'O0');
  const lines: string[] = [];
  guest.target.onDidLog(line => lines.push(line));
  guest.target.breakpoints.setFunctions([
    { name: 'increment', logMessage: 'delta is {delta}, counter {counter}' },
    { name: 'scale', hitCondition: '% 4' },
  ]);
  const stop = guest.continue();
  assert.deepEqual(
    [guest.here.startsWith('scale:'), lines.length, lines[3], stop.reason],
    [true, 4, 'delta is 4, counter 6', 'breakpoint'],
  );
});

test('ST-DBG-027 a condition that has no value stops and says why', () => {
  const guest = new SampleGuest('counter', 'O0');
  guest.target.breakpoints.setFunctions([{ name: 'increment', condition: '*(int *)0 == 1' }]);
  assert.match(guest.continue().description, /no value.*cannot read 4 bytes at 0x0/);
});

test('ST-DBG-028 a condition that is no C makes the breakpoint unverified with a sentence', () => {
  const guest = new SampleGuest('counter', 'O0');
  const [report] = guest.target.breakpoints.setFunctions([{ name: 'increment', condition: 'delta ==' }]);
  assert.deepEqual(
    [report?.isVerified, report?.message],
    [false, 'The condition "delta ==" is no C expression: The expression ends too early.'],
  );
  const found = guest.target.breakpoints.dataTarget('counter');
  assert.ok(found.ok);
  const { address, bytes } = found.value;
  const [data] = guest.target.breakpoints.setData([{ address, bytes, access: 'write', condition: 'counter ==' }]);
  assert.deepEqual(
    [data?.isVerified, data?.message],
    [false, 'The condition "counter ==" is no C expression: The expression ends too early.'],
  );
});

for (const mode of ['hardware', 'engine'] as const) {
  test(`ST-DBG-029 a ${mode} data breakpoint on counter tells old and new value at each write`, () => {
    const guest = new SampleGuest('counter', 'O2');
    const found = guest.target.breakpoints.dataTarget('counter');
    assert.ok(found.ok);
    guest.target.breakpoints.setData([{ ...found.value, name: 'counter', access: 'write', mode }]);
    const sentences = [guest.continue(), guest.continue(), guest.continue()].map(stop =>
      stop.watches[0]?.sentence.replace(/, written.*/, ''),
    );
    assert.deepEqual(sentences, ['counter: 0 → 1', 'counter: 1 → 3', 'counter: 3 → 6']);
  });
}

test('ST-DBG-030 the same run gives the same stops and the same count of retired instructions, however it is sliced', () => {
  const trace = (slice: number): readonly string[] => {
    const guest = new SampleGuest('counter', 'O2');
    guest.target.breakpoints.setFunctions([{ name: 'digest' }]);
    const stops: string[] = [];
    while (stops.length < 15) {
      guest.target.execution.resume(0);
      let outcome = guest.target.execution.runSlice(slice);
      while (outcome.kind === 'running') outcome = guest.target.execution.runSlice(slice);
      stops.push(`${outcome.kind} ${guest.target.execution.retiredInstructions} ${guest.value('value')}`);
    }
    return stops;
  };
  assert.deepEqual(trace(100), trace(1_000_000));
});

test('ST-DBG-031 the guest ends with its own output, and a request after the end is refused in a sentence', () => {
  const guest = new SampleGuest('counter', 'O2');
  assert.equal(guest.runToEnd().kind, 'powerOff');
  assert.match(guest.output, /^counter = 55, fibonacci\(12\) = 144/);
  const resumed = guest.target.execution.resume(0);
  assert.deepEqual(resumed.ok ? '' : resumed.error.message, 'The guest has ended: The guest has powered off.');
});

test('ST-DBG-032 a pause stops a running guest between two slices', () => {
  const guest = new SampleGuest('counter', 'O2');
  guest.target.execution.resume(0);
  assert.equal(guest.target.execution.runSlice(500).kind, 'running');
  guest.target.execution.pause();
  const outcome = guest.target.execution.runSlice(500);
  assert.equal(outcome.kind === 'stopped' && outcome.stop.reason, 'pause');
  assert.equal(guest.target.execution.retiredInstructions, 500n);
});

test('ST-DBG-033 freezing a vCPU keeps it where it is and refuses to step it', () => {
  const guest = new SampleGuest('counter', 'O2', { smp: 2 });
  guest.target.execution.freeze(0);
  const stepped = guest.target.execution.step({ vcpu: 0, kind: 'over', granularity: 'statement' });
  assert.equal(stepped.ok ? '' : stepped.error.message, 'vCPU 0 is frozen; thaw it to step it.');
  guest.target.execution.thaw(0);
  assert.ok(guest.target.execution.step({ vcpu: 0, kind: 'over', granularity: 'instruction' }).ok);
});

test('ST-DBG-034 the anatomy of a step lists what was set, the exit, and the decision', () => {
  const guest = new SampleGuest('counter', 'O0');
  guest.step('into', 'instruction');
  const { method, actions } = guest.target.stepAnatomy(0);
  assert.deepEqual([method, actions.map(action => action.kind)], ['ARM64 software step', ['setGuestDebug', 'exit', 'decision']]);
  guest.step('into', 'instruction');
  const again = guest.target.stepAnatomy(0).actions.map(action => action.kind);
  assert.deepEqual(again.slice(1), ['exit', 'decision']);
  assert.ok(again[0] === 'guestDebugInForce' || again[0] === 'setGuestDebug', 'how the step was armed is always said');
});

test('ST-DBG-035 the disassembly has exactly the rows asked for, before and behind the pc and over unreadable memory', () => {
  const guest = new SampleGuest('counter', 'O0');
  guest.runTo('increment');
  const { pc } = guest.frame();
  const rows = guest.target.disassemble(0, { address: pc, rowOffset: -3, count: 7 });
  assert.deepEqual(
    rows.map(row => row.address),
    Array.from({ length: 7 }, (_, index) => pc - 12n + BigInt(index) * 4n),
  );
  assert.match(rows[3]?.text ?? '', /^<increment\+0x8> adrp x0, /);
  const nothing = guest.target.disassemble(0, {
    address: guest.frame().callFrameAddress ?? pc,
    byteOffset: -0x7fff_0000,
    rowOffset: -400,
    count: 50,
  });
  assert.equal(nothing.length, 50);
  assert.ok(nothing.every(row => row.address >= 0n));
});
