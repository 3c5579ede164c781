// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepAnatomyBody } from '../../src/dap/index.js';
import { drawStep } from '../../src/extension/stepAnatomy/drawStep.js';
import { KvmLogReader } from '../../src/extension/stepAnatomy/kvmLogReader.js';
import { stepText } from '../../src/extension/stepAnatomy/stepText.js';
import type { LogFilter, LogPlace, StepMark, StepPicture } from '../../src/views/index.js';
import { drawnRows, LogRows, OVERSCAN, PAGE_ROWS, ROW_HEIGHT } from '../../src/views/stepAnatomy/logRows.js';
import { anatomyOf, COUNTER, english, marksOf, stepped } from '../support/steppedSession.js';
import type { StoppedSession } from '../support/stoppedSession.js';

const ALL: LogFilter = { kinds: ['call', 'run', 'read', 'preemption'], text: '', isFilter: true };

/** A reader of the log of a session, which counts what it asks. */
function readerOf(session: StoppedSession): { readonly reader: KvmLogReader; readonly asked: object[] } {
  const asked: object[] = [];
  const reader = new KvmLogReader(async args => {
    asked.push(args);
    return (await session.ask('steptrap/kvmTrace', args)) as never;
  }, english);
  return { reader, asked };
}

test('ST-VIEW-076 the log is filtered by kind and text, found in both ways, and gone to by number', async () => {
  const session = await stepped(`${COUNTER}.aarch64.O0.elf`, {}, 4);
  const { reader } = readerOf(session);
  const read = (filter: LogFilter, around?: number) =>
    reader.read({ type: 'read', generation: 1, start: 0, count: 1000, filter, ...(around === undefined ? {} : { around }) });
  const all = await read(ALL);
  assert.deepEqual(
    all.rows.map(({ number }) => number),
    all.rows.map((_, index) => index),
  );
  const runs = await read({ ...ALL, kinds: ['run'] });
  assert.equal(runs.total, 4);
  assert.ok(runs.rows.every(({ text, symbol }) => text.startsWith('KVM_RUN') && symbol?.startsWith('<main')));
  assert.match(runs.summary, /^4 of \d+ entries$/);
  const written = await read({ ...ALL, text: 'singlestep' });
  assert.ok(written.total >= 4 && written.rows.every(({ text }) => text.includes('SINGLESTEP')));
  const [first, second, , last] = runs.rows.map(({ number }) => number);
  const near = await read(ALL, second);
  assert.equal(near.rows[(near.goTo ?? -1) - near.start]?.number, second);
  const find = async (from: number | undefined, isBackward: boolean): Promise<number | undefined> => {
    const filter = { ...ALL, text: 'KVM_EXIT_DEBUG', isFilter: false };
    const found = await reader.find({ type: 'find', generation: 1, from: from ?? 0, isBackward, count: 1000, filter });
    return found?.rows[(found.goTo ?? -1) - found.start]?.number;
  };
  assert.deepEqual(
    [await find(first, false), await find(second, true), await find(last, false), await find(first, true)],
    [second, first, first, last],
  );
  const none = await reader.find({
    type: 'find',
    generation: 1,
    from: 0,
    isBackward: false,
    count: 1,
    filter: { ...ALL, text: 'no such text' },
  });
  assert.equal(none, undefined);
  await session.close();
});

test('ST-VIEW-077 the log of a step is the part with its exit, and the export has the step and every entry', async () => {
  const session = await stepped(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' }, 3);
  const body = await anatomyOf(session);
  const { reader } = readerOf(session);
  const { first, end } = body.log;
  const number = await reader.numberAt({ text: 'KVM_RUN -> KVM_EXIT_DEBUG', behind: [], threadId: 1, first, end });
  assert.ok(number !== undefined && number >= first && number < end);
  const text = await reader.text(ALL);
  const all = await reader.read({ type: 'read', generation: 0, start: 0, count: 10_000, filter: ALL });
  assert.equal(text.trimEnd().split('\n').length, all.total);
  assert.match(text, /^ +\d+ {2}v0 {2}KVM_RUN -> KVM_EXIT_DEBUG address=0xd00 status=0x0 {2}at 0xd00$/m);
  const told = stepText(drawStep(body, english) as StepPicture, english);
  for (const words of ['Debugger → Guest', 'MSR[SE] ← 1', 'Why a trap word', 'Why the trap is at 0xd00', '→ one of them 0'])
    assert.ok(told.includes(words), words);
  await session.close();
});

test('ST-VIEW-082 each mark of a step that leads to the log leads to an entry of that step', async () => {
  for (const [program, settings] of [
    [`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' }],
    [`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv', stepMethod: 'ciabr' }],
    [`${COUNTER}.ppc64.O0.elf`, { kvm: 'pr' }],
    [`${COUNTER}.aarch64.O0.elf`, {}],
  ] as const) {
    const session = await stepped(program, settings, 3);
    const body = await anatomyOf(session);
    const { reader } = readerOf(session);
    const leading = marksOf(drawStep(body, english) as StepPicture).filter(({ logText }) => logText !== undefined);
    assert.ok(leading.length >= 2, `${program} has ${leading.length} such marks`);
    for (const mark of leading) {
      const number = await reader.numberAt(placeOf(mark, body));
      assert.notEqual(number, undefined, `${program}: ${mark.title}`);
    }
    await session.close();
  }
});

/** Where the page looks for the entry of a mark. */
const placeOf = ({ logText = '', logBehind = [] }: StepMark, { threadId, log }: StepAnatomyBody): LogPlace => ({
  text: logText,
  behind: logBehind,
  threadId,
  ...log,
});

test('ST-VIEW-097 a mark leads to its own entry of the log: what is put back to the call behind the exit, and to none of another vCPU', async () => {
  const session = await stepped(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' }, 3);
  const body = await anatomyOf(session);
  const { reader } = readerOf(session);
  const marks = marksOf(drawStep(body, english) as StepPicture);
  const entryOf = async (title: string): Promise<number> => {
    const mark = marks.find(each => each.title === title);
    assert.ok(mark !== undefined, title);
    return (await reader.numberAt(placeOf(mark, body))) ?? Number.NaN;
  };
  const [lent, exit, back] = [await entryOf('MSR[SE] ← 1'), await entryOf('KVM_EXIT_DEBUG'), await entryOf('Put back MSR')];
  assert.ok(lent < exit && exit < back, `${lent}, ${exit}, ${back}`);
  const { rows } = await reader.read({ type: 'read', generation: 1, start: back, count: 1, filter: ALL });
  assert.match(rows[0]?.text ?? '', /^KVM_SET_REGS pc=0x\w+ msr=0x8000000000003001$/);
  const others = { text: 'KVM_SET_REGS', behind: [], threadId: 2, ...body.log };
  assert.equal(await reader.numberAt(others), undefined);
  await session.close();
});

test('ST-VIEW-078 rows of the log are asked for by pages, once, and only those that are wanted', () => {
  const asked: number[] = [];
  const rows = new LogRows(start => asked.push(start));
  rows.total = 100_000;
  rows.want(5, 40);
  rows.want(6, 41);
  assert.deepEqual(asked, [0]);
  rows.want(PAGE_ROWS - 10, PAGE_ROWS + 30);
  assert.deepEqual(asked, [0, PAGE_ROWS]);
  const page = Array.from({ length: PAGE_ROWS }, (_, number) => ({ number, kind: 'call' as const, text: `KVM_CALL ${number}` }));
  rows.came(0, page, 100_000);
  assert.equal(rows.at(7)?.number, 7);
  assert.equal(rows.at(PAGE_ROWS + 7), undefined);
  rows.want(0, 40);
  assert.deepEqual(asked, [0, PAGE_ROWS]);
  rows.clear();
  rows.want(99_990, 99_999);
  assert.deepEqual(asked, [0, PAGE_ROWS, 100_000 - PAGE_ROWS]);
});

test('ST-VIEW-080 of 100,000 entries no more rows are drawn than are seen and some around them, wherever the log stands', () => {
  const total = 100_000;
  const height = 1000;
  const most = Math.ceil(height / ROW_HEIGHT) + 2 * OVERSCAN + 1;
  const end = total * ROW_HEIGHT - height;
  for (const top of [0, 1, ROW_HEIGHT, 12_345, 1_000_000.5, end]) {
    const { first, last } = drawnRows(top, height, total);
    assert.ok(last - first + 1 <= most, `${last - first + 1} rows at ${top}`);
    assert.ok(first * ROW_HEIGHT <= top && Math.min(total, last + 1) * ROW_HEIGHT >= top + height, `what is seen at ${top} is drawn`);
  }
  assert.equal(drawnRows(0, height, 0).last, -1);
});

test('ST-VIEW-081 who flies through 100,000 entries has two questions on the way at most, and asks next for where the log then stands', () => {
  const asked: number[] = [];
  const rows = new LogRows(start => asked.push(start));
  rows.total = 100_000;
  for (let at = 0; at < 100_000; at += 500) rows.want(at, at + 60);
  assert.deepEqual(asked, [0, 2 * PAGE_ROWS]);
  const page = (start: number) =>
    Array.from({ length: PAGE_ROWS }, (_, index) => ({ number: start + index, kind: 'call' as const, text: 'KVM_SET_REGS' }));
  for (const start of [0, 2 * PAGE_ROWS]) {
    rows.came(start, page(start), 100_000);
    rows.want(99_940, 99_999);
  }
  assert.deepEqual(asked, [0, 2 * PAGE_ROWS, 100_000 - PAGE_ROWS]);
  rows.came(100_000 - PAGE_ROWS, page(100_000 - PAGE_ROWS), 100_000);
  rows.want(99_940, 99_999);
  assert.equal(asked.length, 3);
  assert.equal(rows.at(99_999)?.number, 99_999);
});
