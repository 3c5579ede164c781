// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DebugRegistersBody, VcpusBody, WireVcpu } from '../../src/dap/index.js';
import { debugRegisterRows, fullSlots, slotUse } from '../../src/extension/debugRegisters/debugRegisterTree.js';
import { slotMoves } from '../../src/extension/debugRegisters/slotMoves.js';
import { rowText, type TreeRow } from '../../src/extension/tree/treeRow.js';
import { vcpuCounts, vcpuRows } from '../../src/extension/vcpus/vcpuRows.js';
import { projectFile } from '../support/adapterConnection.js';
import { recordsOf, StoppedSession } from '../support/stoppedSession.js';

const l10n = {
  t: (message: string, ...args: unknown[]): string => message.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)])),
};

let session: StoppedSession;

before(async () => {
  session = await StoppedSession.launch('samples/counter/counter.aarch64.O0.elf', { smp: 2 });
  const path = projectFile('samples/counter/counter.c');
  const { breakpoints } = await session.ask('breakpointLocations', { source: { path }, line: 1, endLine: 500 });
  const lines = [...new Set(recordsOf(breakpoints).map(({ line }) => line))];
  await session.ask('setBreakpoints', {
    source: { path },
    breakpoints: [lines.at(0), lines.at(-1)].map(line => ({ line, mode: 'hardware' })),
  });
  const { dataId } = await session.ask('dataBreakpointInfo', { name: 'counter' });
  await session.ask('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
  // The bodies are what the adapter's types say; other tests hold it to them.
  body = (await session.ask('steptrap/vcpus')) as unknown as VcpusBody;
  vcpus = body.vcpus;
  registers = (await session.ask('steptrap/debugRegisters', { threadId: 1 })) as unknown as DebugRegistersBody;
});
after(() => session.close());

let vcpus: readonly WireVcpu[];
let body: VcpusBody;
let registers: DebugRegistersBody;

const withId = (rows: readonly TreeRow[], id: string): TreeRow => {
  for (const row of rows) {
    if (row.id === id) return row;
    const below = Array.isArray(row.children) ? withId(row.children, id) : undefined;
    if (below !== undefined) return below;
  }
  return undefined as never;
};

test('ST-VIEW-020 a vCPU row says state, function, place and mode, and what can be done with it', () => {
  const [first, second] = vcpuRows(body, l10n);
  assert.match(first?.description ?? '', /^stopped · main counter\.c:\d+ · EL1h$/);
  assert.equal(first?.context, 'vcpu ready thawed');
  assert.match(first?.spoken ?? '', /^vCPU 0, stopped, Why .*, Location main counter\.c:\d+/);
  assert.deepEqual([second?.description, second?.context], ['off', 'vcpu off thawed']);
});

test('ST-VIEW-021 held, running, waiting and frozen vCPUs differ in word, icon and context', () => {
  const [vcpu] = vcpus;
  assert.ok(vcpu);
  const rows = vcpuRows(
    {
      stoppedThread: 2,
      vcpus: [vcpu, { ...vcpu, state: 'running' }, { ...vcpu, state: 'waiting' }, { ...vcpu, state: 'frozen', isFrozen: true }],
    },
    l10n,
  );
  assert.deepEqual(
    rows.map(({ description, context }) => `${description?.split(' ')[0]} | ${context}`),
    ['held | vcpu ready thawed', 'running | vcpu running thawed', 'waiting | vcpu waiting thawed', 'frozen | vcpu frozen frozen'],
  );
  assert.equal(new Set(rows.map(({ icon }) => icon?.name)).size, 4);
});

test('ST-VIEW-022 guest text in a tooltip is text: no link, no image, no markup', () => {
  const [vcpu] = vcpus;
  assert.ok(vcpu);
  const name = '![x](http://a/b) <img src=x> [c](command:d) | `e`';
  const tooltip = vcpuRows({ vcpus: [{ ...vcpu, function: name }] }, l10n)[0]?.tooltip ?? '';
  assert.ok(!/[^\\]\[|\]\(|<img|[^\\]`/.test(tooltip), tooltip);
});

test('ST-VIEW-023 interrupt masks are told by name', () => {
  const [vcpu] = vcpus;
  assert.ok(vcpu);
  const said = (interruptState: string): string | undefined =>
    withId(vcpuRows({ vcpus: [{ ...vcpu, interruptState }] }, l10n), 'vcpu/0/interrupts').description;
  assert.deepEqual(['DAIF', 'daif', 'DaIf'].map(said), ['DAIF: all masked', 'daif: none masked', 'DaIf: debug, IRQ masked']);
  assert.deepEqual(['enabled', 'disabled'].map(said), [
    'MSR[EE] is 1: external interrupts are taken',
    'MSR[EE] is 0: external interrupts wait',
  ]);
});

test('ST-VIEW-025 the only vCPU is open, and of 64 those that are alike are folded, so that the others are seen at once', () => {
  const [vcpu] = vcpus;
  assert.ok(vcpu);
  const [only, ...none] = vcpuRows({ vcpus: [vcpu], stoppedThread: 1 }, l10n);
  assert.deepEqual([only?.isOpen, none], [true, []]);
  const many: WireVcpu[] = Array.from({ length: 64 }, (_, index) => ({ ...vcpu, index, threadId: index + 1, state: 'off' }));
  const set = (index: number, change: Partial<WireVcpu>): void => {
    many[index] = { ...vcpu, index, threadId: index + 1, ...change };
  };
  set(0, {});
  for (const index of [1, 2, 3, 5]) set(index, { function: 'idle' });
  set(4, { function: 'idle', state: 'frozen', isFrozen: true });
  const rows = vcpuRows({ vcpus: many, stoppedThread: 1 }, l10n);
  assert.deepEqual(
    rows.map(({ label }) => label),
    ['vCPU 0', 'vCPUs 1–3, 5', 'vCPU 4', 'vCPUs 6–63'],
  );
  assert.match(rows[1]?.description ?? '', /^4 alike · held · idle counter\.c:\d+ · EL1h$/);
  assert.deepEqual([rows[3]?.description, rows[3]?.context], ['58 alike · off', 'alike']);
  assert.equal(withId(rows, 'vcpu/63').label, 'vCPU 63');
  assert.equal(vcpuCounts({ vcpus: many, stoppedThread: 1 }, l10n), '1 stopped, 4 held, 1 frozen, 58 off');
});

test('ST-VIEW-024 a vCPU says what its step is at, and nothing of a step where there is none', () => {
  const [vcpu] = vcpus;
  assert.ok(vcpu);
  const said = (['armed', 'pending', 'passing'] as const).map(
    step => withId(vcpuRows({ vcpus: [{ ...vcpu, step }] }, l10n), 'vcpu/0/step').description,
  );
  assert.deepEqual(said, [
    'It ends behind the next instruction.',
    'It is pending; it ends when the handler of its exception has come back.',
    "It gets past a breakpoint or the trap of another vCPU's step.",
  ]);
  assert.ok(!rowText(vcpuRows({ vcpus: [vcpu] }, l10n)[0] ?? assert.fail()).includes('Step'));
});

test('ST-VIEW-030 the debug registers say how many slots are in use, and each used slot its address, symbol, place and owner', () => {
  const rows = debugRegisterRows(registers, 'r', l10n);
  assert.equal(slotUse(registers, l10n), '2/6 breakpoints, 1/4 watchpoints');
  assert.match(withId(rows, 'r/breakpoint/0').description ?? '', /^counter\.c:\d+ · debugger · 0x[0-9a-f]+ <\w+(\+0x[0-9a-f]+)?>$/);
  assert.equal(withId(rows, 'r/breakpoint/5').description, 'free');
  assert.match(withId(rows, 'r/watchpoint/0').description ?? '', /^debugger · 0x[0-9a-f]+ <counter> · 4 bytes, write$/);
  assert.ok(withId(rows, 'r/breakpoint/0').place?.path.endsWith('samples/counter/counter.c'));
});

test('ST-VIEW-031 a slot opens into its register pair and its fields with bits, value and meaning', () => {
  const slot = withId(debugRegisterRows(registers, 'r', l10n), 'r/watchpoint/0');
  const text = rowText(slot);
  for (const part of [
    'DBGWVR0_EL1  0x',
    'DBGWCR0_EL1  0x1f7',
    'LSC [4:3]  = 2 (stores)',
    'BAS [12:5]  = 0b00001111',
    'E [0]  = 1 (enabled)',
  ])
    assert.ok(text.includes(part), `${part} in\n${text}`);
});

test('ST-VIEW-032 a kind of slot that is used up is marked before anybody runs into it', () => {
  const full: DebugRegistersBody = { ...registers, slots: registers.slots.map(slot => ({ ...slot, owner: 'host' })) };
  assert.equal(withId(debugRegisterRows(registers, 'r', l10n), 'r/breakpoint').icon, undefined);
  const group = withId(debugRegisterRows(full, 'r', l10n), 'r/breakpoint');
  assert.deepEqual([group.description, group.icon?.name, group.context], ['6 of 6 in use', 'warning', 'group full']);
  assert.equal(
    fullSlots(full, l10n),
    "All 6 breakpoint registers are in use. All 4 watchpoint registers are in use. The next one goes to the emulator's engine, unless it asks for a register.",
  );
  assert.match(fullSlots({ ...full, breakpointMode: 'hardware' }, l10n) ?? '', /The next one is refused; move one out of its register/);
  assert.equal(fullSlots(registers, l10n), undefined);
});

test('ST-VIEW-036 a slot whose breakpoint stands in no source is told from one that leads to its line', () => {
  const rows = debugRegisterRows(registers, 'r', l10n);
  const slots = ['r/breakpoint/0', 'r/watchpoint/0', 'r/watchpoint/1'].map(id => withId(rows, id));
  assert.deepEqual(
    slots.map(({ context, place }) => [context, place !== undefined]),
    [
      ['slot host placed movable-breakpoint', true],
      ['slot host placeless movable-watchpoint', false],
      ['slot free', false],
    ],
  );
});

test("ST-VIEW-033 the guest's own slots stand apart while the debugger's are loaded", () => {
  const ids = (loadedSet: DebugRegistersBody['loadedSet']): readonly string[] =>
    debugRegisterRows({ ...registers, loadedSet }, 'r', l10n).map(({ id }) => id);
  assert.ok(ids('host').includes('r/guest'));
  assert.ok(!ids('guest').includes('r/guest'));
});

test("ST-VIEW-034 KVM's control word and the control registers are read by name", () => {
  const rows = debugRegisterRows(
    { ...registers, control: '0x20001', controlNames: ['KVM_GUESTDBG_ENABLE', 'KVM_GUESTDBG_USE_HW'] },
    'r',
    l10n,
  );
  assert.equal(withId(rows, 'r/kvm').description, 'ENABLE | USE_HW');
  assert.match(withId(rows, 'r/mdscr_el1').label, /^MDSCR_EL1$/);
  assert.match(withId(rows, 'r/mdscr_el1/MDE').description ?? '', /^= [01] \((disabled|enabled)\)$/);
});

test('ST-VIEW-035 what has changed since the last stop is marked, for the eye and for a screen reader', async () => {
  const path = projectFile('samples/counter/counter.c');
  await session.ask('setBreakpoints', { source: { path }, breakpoints: [] });
  await session.run('stepIn', { granularity: 'instruction' });
  const now = (await session.ask('steptrap/debugRegisters', { threadId: 1 })) as unknown as DebugRegistersBody;
  const rows = debugRegisterRows(now, 'r', l10n);
  const marks = ['r/breakpoint/0', 'r/breakpoint/0/E', 'r/breakpoint/5', 'r/watchpoint/0'].map(id => withId(rows, id));
  assert.deepEqual(
    marks.map(({ isChanged }) => isChanged),
    [true, true, false, false],
  );
  assert.match(marks[0]?.spoken ?? '', /, changed$/);
});

test('ST-VIEW-037 the debug registers of a POWER guest are read as rows: DAWR, MSR, CIABR, the single step, the trap words', async () => {
  const power = await StoppedSession.launch('samples/counter/counter.ppc64le.O0.elf', {});
  const path = projectFile('samples/counter/counter.c');
  await power.ask('setBreakpoints', { source: { path }, breakpoints: [{ line: 88, mode: 'software' }] });
  const { dataId } = await power.ask('dataBreakpointInfo', { name: 'counter' });
  await power.ask('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
  const answer = (await power.ask('steptrap/debugRegisters', { threadId: 1 })) as unknown as DebugRegistersBody;
  power.close();
  const rows = debugRegisterRows(answer, 'p', l10n);
  const lines = rows.map(row => rowText({ ...row, children: [] }).replace(/0x[0-9a-f]+/g, '0x'));
  assert.deepEqual(lines, [
    'Breakpoints  none under this KVM',
    'Watchpoints  1 of 1 in use',
    "Guest's own slots  none in use",
    'KVM_SET_GUEST_DEBUG  comes before the next entry',
    'MSR  0x',
    'CIABR  0x · free',
    'SIAR  0x',
    'SDAR  0x',
    'SIER  0x',
    'MMCR0  0x',
    'Single step  no step under way',
    'Trap words  1 in memory, 1 while the guest runs',
  ]);
  assert.equal(slotUse(answer, l10n), '1/1 watchpoints');
  assert.deepEqual(rowText(withId(rows, 'p/step')).split('\n').slice(1), [
    '  Method  POWER HV Trace',
    '  Trace vector  0xd00 · IR=0 DR=0 AIL=0',
  ]);
  const [vector, breakpoint] = withId(rows, 'p/traps').children as readonly TreeRow[];
  assert.match(vector?.description ?? '', /Data Storage interrupt.* · while the guest runs$/);
  assert.deepEqual(
    [breakpoint?.description, breakpoint?.context, breakpoint?.place],
    [`a breakpoint · breakpoint ${answer.traps[1]?.behind[0]?.id}`, 'trap placed', { path, line: 88 }],
  );
});

test("ST-VIEW-038 a register that a step has lent is the debugger's, and its tooltip has the guest's own value", () => {
  const [control] = registers.controls;
  assert.ok(control);
  const lent = { ...control, name: 'ciabr', value: '0x1002', owner: 'host', guestValue: '0x7000' } as const;
  const step = { method: 'POWER HV Trace by CIABR', state: 'armed', phase: 'ARMED', pc: '0x1000' } as const;
  const rows = debugRegisterRows({ ...registers, controls: [lent], step }, 'p', l10n);
  const row = withId(rows, 'p/ciabr');
  assert.match(row.description ?? '', / · debugger$/);
  assert.match(row.tooltip ?? '', /Guest's own value.*0x7000/);
  assert.equal(withId(rows, 'p/step').description, 'armed · 0x1000');
});

test('ST-VIEW-039 what can leave its slot is offered once, by the engine, and breakpoints in the code by a trap word too', () => {
  const [breakpoint] = registers.slots.filter(({ kind }) => kind === 'breakpoint');
  const [watchpoint] = registers.slots.filter(({ kind }) => kind === 'watchpoint');
  assert.ok(breakpoint && watchpoint);
  const behind = [{ id: 7, name: 'counter' }];
  const wide = [0, 1].map(index => ({ ...watchpoint, index, behind }));
  const moves = (slots: DebugRegistersBody['slots']): readonly string[] =>
    slotMoves({ ...registers, slots }, l10n).map(move => `${move.label}, ${move.description}: ${move.breakpointId} ${move.mode}`);
  assert.deepEqual(moves(wide), ['counter, watchpoint register 0: 7 engine']);
  const own = { ...breakpoint, behind: [{ id: 3, name: 'counter.c:72' }] };
  const free = { ...breakpoint, index: 1, owner: 'free', behind: [] } as const;
  const ofBreakpoint = ['counter.c:72, breakpoint register 0: 3 engine', 'counter.c:72, breakpoint register 0: 3 software'];
  assert.deepEqual(moves([own, free, ...wide]), ['counter, watchpoint register 0: 7 engine'], 'only kinds that are used up');
  assert.deepEqual(moves([own, free]), ofBreakpoint);
  assert.deepEqual(moves([own]), ofBreakpoint);
});

test("ST-VIEW-059 each register and field has a tooltip with its value, its meaning and the manual's heading", async () => {
  const power = await StoppedSession.launch('samples/counter/counter.ppc64le.O0.elf', {});
  const answer = (await power.ask('steptrap/debugRegisters', { threadId: 1 })) as unknown as DebugRegistersBody;
  power.close();
  for (const body of [registers, answer]) {
    const rows = debugRegisterRows(body, 'r', l10n);
    const tooltipOf = (id: string): string =>
      (withId(rows, id).tooltip ?? '').replaceAll('\\', '').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
    for (const { kind, index, valueName, valueTitle, controlName, title, value, control, fields } of body.slots) {
      const id = `r/${kind}/${index}`;
      for (const part of [valueName, value, valueTitle]) assert.ok(tooltipOf(`${id}/value`).includes(part), `${id}: ${part}`);
      for (const part of [controlName, control, title]) assert.ok(tooltipOf(`${id}/control`).includes(part), `${id}: ${part}`);
      for (const field of fields)
        for (const part of [field.name, `[${field.bits}]`, field.value, field.description, title])
          assert.ok(part !== '' && tooltipOf(`${id}/${field.name}`).includes(part), `${id}/${field.name}: ${part}`);
    }
    for (const { name, value, description, fields } of body.controls) {
      for (const part of [name.toUpperCase(), value, description]) assert.ok(tooltipOf(`r/${name}`).includes(part), `${name}: ${part}`);
      for (const field of fields)
        for (const part of [field.description, name.toUpperCase(), description])
          assert.ok(part !== '' && tooltipOf(`r/${name}/${field.name}`).includes(part), `${name}/${field.name}: ${part}`);
    }
  }
  assert.deepEqual(
    [registers.slots[0]?.valueTitle, registers.slots.at(-1)?.valueTitle, answer.slots[0]?.valueTitle],
    ['Debug Breakpoint Value Registers', 'Debug Watchpoint Value Registers', 'Data Address Watchpoint Register'],
  );
});

test("ST-VIEW-058 registers and their fields can be edited, the guest's own slots as the guest's, and read-only ones cannot", () => {
  const [mdscr, ...others] = registers.controls;
  assert.ok(mdscr);
  const rows = debugRegisterRows({ ...registers, controls: [mdscr, ...others.map(each => ({ ...each, isWritable: false }))] }, 'r', l10n);
  const edits = ['r/breakpoint/0/value', 'r/breakpoint/0/BAS', 'r/guest/breakpoint/1/E', 'r/mdscr_el1', 'r/mdscr_el1/SS', 'r/oslsr_el1'];
  assert.deepEqual(
    edits.map(id => withId(rows, id).edit),
    [
      { name: 'DBGBVR0_EL1' },
      { name: 'DBGBCR0_EL1', field: 'BAS' },
      { name: 'DBGBCR1_EL1', isGuests: true, field: 'E' },
      { name: 'mdscr_el1' },
      { name: 'mdscr_el1', field: 'SS' },
      undefined,
    ],
  );
  for (const id of edits) assert.equal(/\beditable\b/.test(withId(rows, id).context), withId(rows, id).edit !== undefined, id);
});
