// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { StepAnatomyBody, WireStepAction } from '../../src/dap/index.js';
import { drawStep } from '../../src/extension/stepAnatomy/drawStep.js';
import { stepAnatomyPage } from '../../src/extension/stepAnatomy/stepAnatomyPage.js';
import { stepText } from '../../src/extension/stepAnatomy/stepText.js';
import type { StepMark, StepPicture } from '../../src/views/index.js';
import { anatomyOf, COUNTER, english, marksOf, stepped } from '../support/steppedSession.js';

/** The records of a step, and their picture. */
async function drawn(program: string, settings: object = {}): Promise<{ readonly body: StepAnatomyBody; readonly picture: StepPicture }> {
  const session = await stepped(program, settings);
  const body = await anatomyOf(session);
  await session.close();
  const picture = drawStep(body, english);
  assert.ok(picture !== undefined);
  return { body, picture };
}

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
  const [, other] = drawStep({ ...body, actions: relocated }, english)?.facts ?? [];
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
  const told = stepText(picture, english);
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
  const [mark] = marksOf(drawStep({ ...body, actions: [unknown as unknown as WireStepAction] }, english) as StepPicture);
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
  const picture = drawStep({ ...body, actions }, english);
  assert.deepEqual(
    picture?.phases.map(({ name }) => name),
    ['prepare', 'run', 'restore', 'prepare', 'run'],
  );
  assert.equal(picture?.tracks.find(({ title }) => title === 'word at 0xd00')?.states.at(-1), 'borrowed');
  assert.equal(drawStep({ ...body, actions: [] }, english), undefined);
});

test('ST-VIEW-098 a general register that is put back leads to KVM_SET_REGS', async () => {
  const { body } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  const write: WireStepAction = { kind: 'writeRegister', register: 'r5', before: '0x1', after: '0x2', why: 'it has read MSR' };
  const picture = drawStep({ ...body, actions: [...body.actions, write] }, english) as StepPicture;
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
  const picture = drawStep({ ...body, actions }, english) as StepPicture;
  const at = marksOf(picture).findIndex(({ title }) => title === 'Another interrupt');
  assert.equal(picture.tracks.find(({ title }) => title === 'MSR[SE]')?.states.indexOf('ends'), at);
});

test('ST-VIEW-100 traps that move within a step are drawn as given back there and placed elsewhere', async () => {
  const { body } = await drawn(`${COUNTER}.ppc64le.O0.elf`, { kvm: 'hv' });
  const at = body.actions.findIndex(action => action.kind === 'writeMemory' && action.trap?.role === 'trace');
  const placed = body.actions[at];
  assert.ok(placed?.kind === 'writeMemory' && placed.trap !== undefined);
  const { address, before, after, trap } = placed;
  const removed: WireStepAction = { ...placed, before: after, after: before, trap: { ...trap, isPlaced: false } };
  const moved: WireStepAction = { ...placed, address: '0x18d00', trap: { ...trap, address: '0x18d00' } };
  const picture = drawStep({ ...body, actions: [...body.actions.slice(0, at + 1), removed, moved] }, english) as StepPicture;
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
