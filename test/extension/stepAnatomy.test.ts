// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { StepAnatomyBody, WireStepAction } from '../../src/dap/index.js';
import { drawStep } from '../../src/extension/stepAnatomy/drawStep.js';
import { KvmLogReader } from '../../src/extension/stepAnatomy/kvmLogReader.js';
import { stepAnatomyPage } from '../../src/extension/stepAnatomy/stepAnatomyPage.js';
import { stepText } from '../../src/extension/stepAnatomy/stepText.js';
import type { LogFilter, LogPlace, StepMark, StepPicture } from '../../src/views/index.js';
import { drawnRows, LogRows, OVERSCAN, PAGE_ROWS, ROW_HEIGHT } from '../../src/views/stepAnatomy/logRows.js';
import { StoppedSession } from '../support/stoppedSession.js';

const l10n = {
  t: (message: string, ...args: unknown[]): string => message.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)])),
};

const COUNTER = 'samples/counter/counter';

/** A session that has stepped by instructions while the log was on. */
async function stepped(program: string, settings: object = {}, steps = 2): Promise<StoppedSession> {
  const session = await StoppedSession.launch(program, settings);
  await session.ask('steptrap/kvmTrace', { count: 1 });
  for (let count = 0; count < steps; count++) await session.run('stepIn', { granularity: 'instruction' });
  return session;
}

/** The records of the last step, as the adapter's types say; other tests hold it to them. */
const anatomyOf = async (session: StoppedSession): Promise<StepAnatomyBody> =>
  (await session.ask('steptrap/stepAnatomy', { threadId: 1 })) as unknown as StepAnatomyBody;

/** The records of a step, and their picture. */
async function drawn(program: string, settings: object = {}): Promise<{ readonly body: StepAnatomyBody; readonly picture: StepPicture }> {
  const session = await stepped(program, settings);
  const body = await anatomyOf(session);
  await session.close();
  const picture = drawStep(body, l10n);
  assert.ok(picture !== undefined);
  return { body, picture };
}

const marksOf = (picture: StepPicture): readonly StepMark[] => picture.phases.flatMap(({ marks }) => marks);
const way = ({ lane, to, title }: StepMark): string => `${to === undefined ? lane : `${lane} → ${to}`}: ${title}`;

test('ST-VIEW-070 a step under KVM-HV is drawn from the trap and MSR[SE] through the Trace interrupt and the exit to what is put back', async () => {
  const { body, picture } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  assert.deepEqual(
    picture.phases.map(({ name }) => name),
    ['prepare', 'run', 'restore'],
  );
  const ways = marksOf(picture).map(way);
  const expected = [
    'debugger → guest: Trap word at 0xd00',
    'debugger: Remember SRR0, SRR1, MSR',
    'debugger → guest: MSR[SE] ← 1',
    'debugger → guest: KVM_RUN',
    `guest: ${picture.instruction}`,
    'guest: Trace interrupt',
    'guest → kvm: Trap word at 0xd00',
    'kvm → debugger: KVM_EXIT_DEBUG',
    'debugger → guest: Put back MSR',
    "debugger → guest: The guest's own word at 0xd00",
    'debugger: Stop here',
  ];
  assert.deepEqual(
    ways.filter(each => expected.includes(each)),
    expected,
  );
  const recorded = marksOf(picture).filter(({ isDerived }) => !isDerived);
  assert.ok(!recorded.some(({ lane }) => lane === 'guest'), 'the debugger has a record of what the guest did');
  assert.equal(picture.address, body.startPc);
  assert.match(picture.place, /^0x[0-9a-f]+ <main/);
});

test('ST-VIEW-071 what a step borrows from the guest is a track from where it is taken to where it is given back', async () => {
  const { picture } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  const titles = picture.tracks.map(({ title }) => title);
  for (const title of ['word at 0xd00', 'MSR[SE]', 'SRR0', 'SRR1']) assert.ok(titles.includes(title), `${title} in ${titles}`);
  const marks = marksOf(picture);
  for (const { title, states } of picture.tracks) {
    assert.equal(states.length, marks.length, title);
    assert.equal(states.filter(state => state === 'begins').length, 1, title);
    assert.equal(states.filter(state => state === 'ends').length, 1, title);
    assert.ok(states.indexOf('begins') < states.indexOf('ends'), title);
    assert.ok(
      states.slice(states.indexOf('begins') + 1, states.indexOf('ends')).every(state => state === 'borrowed'),
      title,
    );
  }
});

test('ST-VIEW-072 the picture says why the trap is at its address: translation and LPCR[AIL]', async () => {
  const { body, picture } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  const [, fact] = picture.facts;
  assert.deepEqual(fact?.rows.find(({ isChosen }) => isChosen)?.cells, ['one of them 0', 'any', '0xd00']);
  assert.match(fact?.conclusion ?? '', /^Here IR = 0, DR = 0 and AIL = 0: /);
  const relocated = body.actions.map(action =>
    action.kind === 'writeMemory' && action.trap?.role === 'trace'
      ? { ...action, trap: { ...action.trap, address: '0xc000000000004d00', vector: { offset: 0xd00, IR: 1, DR: 1, AIL: 3 } } }
      : action,
  );
  const [, other] = drawStep({ ...body, actions: relocated }, l10n)?.facts ?? [];
  assert.equal(other?.title, 'Why the trap is at 0xc000000000004d00');
  assert.deepEqual(other?.rows.find(({ isChosen }) => isChosen)?.cells, ['1, 1', '3', '0xc000000000004d00']);
});

test('ST-VIEW-073 a step of ARM64 is drawn with the states of the step machine, and one of KVM-PR with the Trace interrupt that is the host’s', async () => {
  const { picture: arm } = await drawn(`${COUNTER}.aarch64.O0.elf`);
  assert.deepEqual(marksOf(arm).slice(1).map(way), [
    'debugger → kvm: KVM_RUN',
    'kvm → guest: MDSCR_EL1.SS ← 1',
    'kvm → guest: PSTATE.SS ← 1',
    'kvm → guest: Enter the guest',
    `guest: ${arm.instruction}`,
    'guest: PSTATE.SS ← 0',
    'guest → kvm: Software Step exception',
    'kvm: Note active-pending',
    'kvm → guest: Put back PSTATE.SS',
    'kvm → guest: Put back MDSCR_EL1.SS',
    'kvm: Drop the note',
    'kvm → debugger: KVM_EXIT_DEBUG',
    'debugger: Stop here',
  ]);
  assert.equal(arm.facts[0]?.rows.find(({ isChosen }) => isChosen)?.cells[0], 'active-pending');
  assert.deepEqual(
    arm.tracks.map(({ title }) => title),
    ['MDSCR_EL1.SS', 'PSTATE.SS'],
  );
  const { picture: pr } = await drawn(`${COUNTER}.ppc64.O0.elf`, { kvm: 'pr' });
  assert.deepEqual(marksOf(pr).slice(1).map(way), [
    'debugger → kvm: KVM_RUN',
    'kvm → guest: MSR[SE] ← 1',
    'kvm → guest: Enter the guest',
    `guest: ${pr.instruction}`,
    'guest → kvm: Trace interrupt',
    'kvm → guest: Put back MSR[SE]',
    'kvm → debugger: KVM_EXIT_DEBUG',
    'debugger: Stop here',
  ]);
  assert.deepEqual(pr.facts[0]?.rows.find(({ isChosen }) => isChosen)?.cells, ['PR', 'problem state, always', "the host's vector: KVM"]);
});

test('ST-VIEW-083 what KVM itself writes for a step is drawn as KVM’s, with values before and after; under KVM-HV it writes nothing', async () => {
  const { body: arm, picture } = await drawn(`${COUNTER}.aarch64.O0.elf`);
  const written = arm.actions.flatMap(action => (action.kind === 'exit' ? (action.kernel ?? []) : []));
  assert.deepEqual(
    written.map(({ when, register }) => `${when} ${register}`),
    [
      'entering mdscr_el1',
      'entering pstate.SS',
      'leaving active-pending',
      'leaving pstate.SS',
      'leaving mdscr_el1',
      'leaving active-pending',
    ],
  );
  const marks = marksOf(picture).filter(({ lane, kind }) => lane === 'kvm' && ['set', 'save', 'restore'].includes(kind));
  assert.deepEqual(
    marks.map(({ values: [value] }) => [value?.before, value?.after]),
    written.map(({ before, after }) => [before, after]),
  );
  assert.deepEqual(marks[0]?.values[0]?.fields, [{ name: 'SS', bits: '0', before: '0', after: '1' }]);
  assert.ok(marks.every(({ isDerived }) => !isDerived));
  const told = stepText(picture, l10n);
  assert.match(told, /KVM → Guest +MDSCR_EL1\.SS ← 1: .*\n +MDSCR_EL1: 0x0 → 0x1 \(SS \[0\] 0 → 1\)/);
  const { body: hv, picture: trace } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  assert.ok(hv.actions.every(action => !('kernel' in action)));
  assert.deepEqual(
    marksOf(trace).filter(({ lane, kind }) => lane === 'kvm' && kind !== 'call' && kind !== 'exit'),
    [],
  );
});

test('ST-VIEW-084 the anatomy of a step under KVM-HV says which interrupt is the guest’s and which is KVM’s, and so why there is a trap word', async () => {
  const { picture } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  const [why] = picture.facts;
  assert.deepEqual(
    why?.rows.slice(1).map(({ cells }) => [cells[0], cells.at(-1)]),
    [
      ['Trace', 'the guest'],
      ['Hypervisor Emulation Assistance', 'KVM'],
    ],
  );
  const trace = marksOf(picture).find(({ title }) => title === 'Trace interrupt');
  const saved = Object.fromEntries(trace?.values.map(({ name, after }) => [name, after]) ?? []);
  assert.match(saved['SRR0 by the interrupt'] ?? '', /^0x3[0-9a-f]+$/);
  assert.equal(
    trace?.why,
    `PC ← 0xd00, the vector; SRR0 ← ${saved['SRR0 by the interrupt']}, where to go on; SRR1 ← ${saved['SRR1 by the interrupt']}, the MSR and its status`,
  );
  const written = marksOf(picture).filter(({ kind }) => kind === 'set' || kind === 'trap' || kind === 'restore');
  assert.ok(written.every(({ values }) => values.every(({ before, after }) => before !== undefined && after !== undefined)));
});

test('ST-VIEW-074 each record of a step is in its picture, and one of an unknown kind with all that it has', async () => {
  const { body, picture } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  const told = JSON.stringify(marksOf(picture).map(({ title, values }) => [title, values]));
  for (const action of body.actions)
    for (const value of [
      'before' in action ? action.before : undefined,
      'after' in action ? action.after : undefined,
      'value' in action ? action.value : undefined,
    ])
      if (value !== undefined) assert.ok(told.includes(value), `${action.kind} ${value}`);
  const unknown = { kind: 'moveTrap', from: '0xd00', address: '0xc000000000004d00', why: 'the vectors have moved' };
  const [mark] = marksOf(drawStep({ ...body, actions: [unknown as unknown as WireStepAction] }, l10n) as StepPicture);
  assert.deepEqual([mark?.title, mark?.why, mark?.address], ['move trap', 'the vectors have moved', '0xc000000000004d00']);
  assert.deepEqual(mark?.values, [
    { name: 'address', after: '0xc000000000004d00' },
    { name: 'from', after: '0xd00' },
  ]);
});

test('ST-VIEW-075 a step that is entered again has its own phases, and what is never given back goes on to the end', async () => {
  const { body } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  const exitAt = body.actions.findIndex(({ kind }) => kind === 'exit');
  const again: WireStepAction = { kind: 'decision', decision: 'reenter', why: 'a watchpoint came first' };
  const actions = [...body.actions.slice(0, exitAt + 1), again, ...body.actions.slice(0, exitAt + 1)];
  const picture = drawStep({ ...body, actions }, l10n);
  assert.deepEqual(
    picture?.phases.map(({ name }) => name),
    ['prepare', 'run', 'restore', 'prepare', 'run'],
  );
  assert.equal(picture?.tracks.find(({ title }) => title === 'word at 0xd00')?.states.at(-1), 'borrowed');
  assert.equal(drawStep({ ...body, actions: [] }, l10n), undefined);
});

const ALL: LogFilter = { kinds: ['call', 'run', 'read', 'preemption'], text: '', isFilter: true };

/** A reader of the log of a session, which counts what it asks. */
function readerOf(session: StoppedSession): { readonly reader: KvmLogReader; readonly asked: object[] } {
  const asked: object[] = [];
  const reader = new KvmLogReader(async args => {
    asked.push(args);
    return (await session.ask('steptrap/kvmTrace', args)) as never;
  }, l10n);
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
  const told = stepText(drawStep(body, l10n) as StepPicture, l10n);
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
    const leading = marksOf(drawStep(body, l10n) as StepPicture).filter(({ logText }) => logText !== undefined);
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
  const marks = marksOf(drawStep(body, l10n) as StepPicture);
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

test('ST-VIEW-098 a general register that is put back leads to KVM_SET_REGS', async () => {
  const { body } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  const write: WireStepAction = { kind: 'writeRegister', register: 'r5', before: '0x1', after: '0x2', why: 'it has read MSR' };
  const picture = drawStep({ ...body, actions: [...body.actions, write] }, l10n) as StepPicture;
  const mark = marksOf(picture).at(-1);
  assert.deepEqual([mark?.logText, mark?.logBehind], ['KVM_SET_REGS', ['KVM_RUN -> KVM_EXIT_DEBUG']]);
});

test('ST-VIEW-099 MSR[SE] is borrowed until another interrupt takes it away, where MSR is not put back', async () => {
  const { body } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  const other = body.actions.find(action => action.kind === 'writeMemory' && action.trap?.role === 'interrupt');
  assert.ok(other?.kind === 'writeMemory');
  const actions = body.actions
    .filter(action => action.kind !== 'writeRegister' || action.register !== 'msr' || action.changes?.[0]?.name === 'SE')
    .map(action => (action.kind === 'exit' ? { ...action, pc: other.trap?.address ?? other.address } : action));
  const picture = drawStep({ ...body, actions }, l10n) as StepPicture;
  const at = marksOf(picture).findIndex(({ title }) => title === 'Another interrupt');
  assert.equal(picture.tracks.find(({ title }) => title === 'MSR[SE]')?.states.indexOf('ends'), at);
});

test('ST-VIEW-100 traps that move within a step are drawn as given back there and placed elsewhere', async () => {
  const { body } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  const at = body.actions.findIndex(action => action.kind === 'writeMemory' && action.trap?.role === 'trace');
  const placed = body.actions[at];
  assert.ok(placed?.kind === 'writeMemory' && placed.trap !== undefined);
  const { address, before, after, trap } = placed;
  const removed: WireStepAction = { ...placed, before: after, after: before };
  const moved: WireStepAction = { ...placed, address: '0x18d00', trap: { ...trap, address: '0x18d00' } };
  const picture = drawStep({ ...body, actions: [...body.actions.slice(0, at + 1), removed, moved] }, l10n) as StepPicture;
  assert.deepEqual(
    marksOf(picture)
      .slice(at)
      .map(({ kind, title }) => `${kind}: ${title}`),
    [`trap: Trap word at ${address}`, `restore: The guest's own word at ${address}`, 'trap: Trap word at 0x18d00'],
  );
  assert.deepEqual(
    picture.tracks.filter(({ title }) => title.startsWith('word at ')).map(({ states }) => states.slice(at)),
    [
      ['begins', 'ends', 'own'],
      ['own', 'own', 'begins'],
    ],
  );
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

test('ST-VIEW-079 the page has a strict Content Security Policy, no script and no style in it, and its words are escaped', () => {
  const words = { t: (message: string): string => `${message} <img src=x onerror="a()"> & 'b'` };
  const page = stepAnatomyPage({ script: 'https://x/a.js', style: 'https://x/a.css', cspSource: 'https://x', language: 'en' }, words);
  assert.match(page, /content="default-src 'none'; style-src https:\/\/x; script-src https:\/\/x"/);
  assert.doesNotMatch(page, /unsafe|nonce|<img|<style|style=|\son\w+="/);
  assert.deepEqual(
    [...page.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(([, inside]) => inside),
    [''],
  );
});

test("ST-VIEW-085 the style sheet of the anatomy has no colour but the theme's", () => {
  const declarations = [...readFileSync('media/stepAnatomy.css', 'utf8').matchAll(/([\w-]+):\s*([^;{}]+);/g)];
  const coloured = declarations.filter(([, name = '']) => /color|background|border|outline|fill|stroke|shadow|^--/.test(name));
  assert.ok(coloured.length > 50);
  const own =
    /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(|\b(?:black|white|gr[ae]y|red|green|blue|yellow|orange|purple)\b/i;
  for (const [declaration, , value = ''] of coloured) assert.doesNotMatch(value.replace(/var\(--[\w-]+/g, ''), own, declaration);
});
