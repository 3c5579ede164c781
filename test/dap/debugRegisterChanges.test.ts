// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugRegistersBody } from '../../src/dap/index.js';
import { lineOf } from '../debug/sampleGuest.js';
import { projectFile } from '../support/adapterConnection.js';
import { recordOf, recordsOf, StoppedSession } from '../support/stoppedSession.js';

// What can be changed in the view of debug registers: by what a breakpoint is made, and the guest's own registers.

const COUNTER = projectFile('samples/counter/counter.c');
const ARM64 = 'samples/counter/counter.aarch64.O0.elf';
const POWER = 'samples/counter/counter.ppc64le.O0.elf';

/** A session with breakpoints on the first `count` statements of main, in the given mode. */
async function withBreakpoints(count: number, mode: string, program = ARM64) {
  const session = await StoppedSession.launch(program);
  const first = lineOf('first statement');
  const lines = Array.from({ length: count }, (_, n) => first + n);
  const answer = await session.ask('setBreakpoints', { source: { path: COUNTER }, breakpoints: lines.map(line => ({ line, mode })) });
  return { session, lines, breakpoints: recordsOf(answer['breakpoints']) };
}

// The body is what the adapter's types say; other tests hold it to them.
const registersOf = async (session: StoppedSession): Promise<DebugRegistersBody> =>
  (await session.ask('steptrap/debugRegisters', { threadId: 1 })) as unknown as DebugRegistersBody;
const holders = ({ slots }: DebugRegistersBody): readonly (number | undefined)[] =>
  slots.filter(({ kind }) => kind === 'breakpoint').map(({ breakpoints }) => breakpoints[0]);
const changes = ({ connection }: StoppedSession): readonly string[] =>
  connection.events
    .filter(({ event }) => event === 'breakpoint')
    .map(({ body }) => recordOf(recordOf(body)['breakpoint']))
    .map(({ id, verified, message }) => `${id} ${verified}: ${message}`);

test('ST-DAP-160 a breakpoint says by what it is made: which slot, a trap word, the engine', async () => {
  const { session, breakpoints, lines } = await withBreakpoints(2, 'hardware');
  assert.deepEqual(
    breakpoints.map(({ message }) => message),
    ['hardware breakpoint, in slot 0', 'hardware breakpoint, in slot 1'],
  );
  const modes = ['software', 'engine'];
  const others = await session.ask('setBreakpoints', {
    source: { path: COUNTER },
    breakpoints: lines.map((line, n) => ({ line, mode: modes[n] })),
  });
  assert.deepEqual(
    recordsOf(others['breakpoints']).map(({ message }) => message),
    ["software breakpoint, a trap word in the guest's memory", 'engine breakpoint, it needs no slot'],
  );
  const { dataId } = await session.ask('dataBreakpointInfo', { name: 'counter' });
  const data = await session.ask('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
  assert.equal(recordsOf(data['breakpoints'])[0]?.['message'], 'hardware watchpoint, in slot 0');
  await session.close();
});

test('ST-DAP-161 when a slot is freed those behind it move up, and the client is told of exactly those', async () => {
  const session = await StoppedSession.launch(ARM64);
  await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment', mode: 'hardware' }] });
  const line = lineOf('first statement');
  const modes = ['hardware', 'engine', 'hardware'];
  const { breakpoints } = await session.ask('setBreakpoints', {
    source: { path: COUNTER },
    breakpoints: modes.map((mode, n) => ({ line: line + n, mode })),
  });
  assert.deepEqual(changes(session), []);
  await session.ask('setFunctionBreakpoints', { breakpoints: [] });
  await session.ask('threads');
  const [first, , third] = recordsOf(breakpoints).map(({ id }) => id);
  assert.deepEqual(changes(session), [`${first} true: hardware breakpoint, in slot 0`, `${third} true: hardware breakpoint, in slot 1`]);
  await session.close();
});

test('ST-DAP-162 a breakpoint moves out of its slot to the engine, and one that waited for a slot gets it', async () => {
  const { session, breakpoints } = await withBreakpoints(7, 'hardware');
  assert.deepEqual(
    breakpoints.map(({ verified }) => verified),
    [true, true, true, true, true, true, false],
  );
  const ids = breakpoints.map(({ id }) => Number(id));
  const moved = await session.ask('steptrap/setBreakpointMode', { breakpointId: ids[2], mode: 'engine' });
  assert.deepEqual(moved, { mode: 'engine', message: 'engine breakpoint, it needs no slot' });
  assert.deepEqual(holders(await registersOf(session)), [ids[0], ids[1], ids[3], ids[4], ids[5], ids[6]]);
  const told = changes(session);
  assert.ok(told.includes(`${ids[2]} true: engine breakpoint, it needs no slot`), told.join('\n'));
  assert.ok(told.includes(`${ids[6]} true: hardware breakpoint, in slot 5`), told.join('\n'));
  await session.close();
});

test('ST-DAP-168 a breakpoint that is refused for what it asks stays so when a slot becomes free', async () => {
  const session = await StoppedSession.launch(ARM64);
  const line = lineOf('first statement');
  const answer = await session.ask('setBreakpoints', {
    source: { path: COUNTER },
    breakpoints: [
      { line, mode: 'hardware' },
      { line: line + 1, hitCondition: 'often' },
    ],
  });
  const [inSlot, refused] = recordsOf(answer['breakpoints']);
  assert.equal(refused?.['verified'], false);
  await session.ask('steptrap/setBreakpointMode', { breakpointId: inSlot?.['id'], mode: 'engine' });
  const refusal = await session.refusal('steptrap/setBreakpointMode', { breakpointId: refused['id'], mode: 'engine' });
  assert.match(refusal, /^"often" is no hit condition/);
  assert.deepEqual(
    changes(session).filter(change => change.startsWith(`${refused['id']} true`)),
    [],
  );
  await session.close();
});

test('ST-DAP-169 where breakpoints are trap words unless they say otherwise, data breakpoints are made as with auto', async () => {
  for (const [program, made] of [
    [ARM64, 'hardware watchpoint, in slot 0'],
    [POWER, 'hardware watchpoint, in slot 0'],
  ] as const) {
    const session = await StoppedSession.launch(program, { breakpointMode: 'software' });
    const functions = await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment' }] });
    assert.match(String(recordsOf(functions['breakpoints'])[0]?.['message']), /^software breakpoint/);
    const { dataId } = await session.ask('dataBreakpointInfo', { name: 'counter' });
    const data = await session.ask('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
    assert.equal(recordsOf(data['breakpoints'])[0]?.['message'], made);
    await session.close();
  }
});

test('ST-DAP-163 a mode that was chosen for a breakpoint stays with it over other breakpoints and over a restart', async () => {
  const { session, breakpoints, lines } = await withBreakpoints(2, 'hardware');
  const [first, second] = breakpoints.map(({ id }) => Number(id));
  await session.ask('steptrap/setBreakpointMode', { breakpointId: first, mode: 'software' });
  const again = await session.ask('setBreakpoints', {
    source: { path: COUNTER },
    breakpoints: lines.map(line => ({ line, mode: 'hardware' })),
  });
  assert.match(String(recordsOf(again['breakpoints'])[0]?.['message']), /^software breakpoint/);
  await session.ask('restart');
  await session.stop();
  const { traps, ...after } = await registersOf(session);
  assert.deepEqual([holders({ ...after, traps })[0], traps.map(({ behind }) => behind[0]?.id)], [second, [first]]);
  await session.close();
});

test('ST-DAP-164 a mode that cannot be is refused in a sentence, and the breakpoint stays as it was', async () => {
  const { session } = await withBreakpoints(1, 'hardware');
  assert.equal(await session.refusal('steptrap/setBreakpointMode', { breakpointId: 99, mode: 'engine' }), 'There is no breakpoint 99.');
  const { dataId } = await session.ask('dataBreakpointInfo', { name: 'counter' });
  const data = await session.ask('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
  const breakpointId = recordsOf(data['breakpoints'])[0]?.['id'];
  assert.equal(
    await session.refusal('steptrap/setBreakpointMode', { breakpointId, mode: 'software' }),
    'There are no software data breakpoints; use hardware or engine.',
  );
  const { slots } = await registersOf(session);
  assert.deepEqual(slots.find(({ kind }) => kind === 'watchpoint')?.breakpoints, [breakpointId]);
  await session.close();
});

test("ST-DAP-165 the guest's own slots and the control registers can be given values and fields by the manual's words", async () => {
  const { session } = await withBreakpoints(1, 'hardware');
  const set = (name: string, value: string, more: object = {}) =>
    session.ask('steptrap/setDebugRegister', { threadId: 1, name, value, ...more });
  assert.deepEqual(await set('DBGBVR2_EL1', '0x40080000 + 4', { isGuests: true }), { value: '0x40080004' });
  assert.deepEqual(await set('DBGBCR2_EL1', 'enabled', { field: 'E', isGuests: true }), { value: '0x1' });
  assert.deepEqual(await set('dbgbcr2_el1', '0xf', { field: 'BAS', isGuests: true }), { value: '0x1e1' });
  assert.deepEqual(await set('mdscr_el1', 'enabled', { field: 'KDE' }), { value: '0x2000' });
  const { guestSlots, controls } = await registersOf(session);
  const { owner, value } = guestSlots.find(slot => slot.kind === 'breakpoint' && slot.index === 2) ?? {};
  assert.deepEqual([owner, value, controls.find(({ name }) => name === 'mdscr_el1')?.value], ['guest', '0x40080004', '0x2000']);
  assert.equal(await session.value('$mdscr_el1.KDE'), '0x1 (enabled)');
  await session.close();
});

test('ST-DAP-166 what the debugger has in force, what is no value and what does not fit are refused, each in a sentence', async () => {
  const { session } = await withBreakpoints(1, 'hardware');
  const refused = (name: string, value: string, more: object = {}) =>
    session.refusal('steptrap/setDebugRegister', { threadId: 1, name, value, ...more });
  assert.match(await refused('DBGBVR0_EL1', '0'), /^DBGBVR0_EL1 is in use by counter\.c:\d+: change or move that breakpoint instead\.$/);
  assert.match(await refused('DBGBCR3_EL1', '1', { field: 'E' }), /^DBGBCR3_EL1 is the debugger's while it has hardware breakpoints/);
  assert.equal(await refused('mdscr_el1', 'perhaps', { field: 'KDE' }), '"perhaps" is not a value of mdscr_el1.KDE.');
  assert.equal(await refused('mdscr_el1', '2', { field: 'KDE' }), '2 does not fit mdscr_el1.KDE, which has 1 bit.');
  assert.equal(await refused('mdscr_el1', 'nothing'), '"nothing" is not a number that MDSCR_EL1 could take.');
  assert.equal(await refused('x99', '1'), 'There is no debug register "x99".');
  await session.close();
});

test('ST-DAP-167 on POWER a value that KVM keeps only in part is answered as it is, and DAWR behind a data breakpoint is changed beside it', async () => {
  const session = await StoppedSession.launch(POWER);
  const set = (name: string, value: string, more: object = {}) =>
    session.ask('steptrap/setDebugRegister', { threadId: 1, name, value, ...more });
  assert.deepEqual(await set('ciabr', '0x1003'), { value: '0x1000' }, 'no breakpoint in the hypervisor');
  assert.deepEqual(await set('ciabr', 'privileged', { field: 'PRIV' }), { value: '0x1002' });
  assert.equal((await registersOf(session)).controls.find(({ name }) => name === 'ciabr')?.owner, 'guest');
  const { dataId } = await session.ask('dataBreakpointInfo', { name: 'counter' });
  await session.ask('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
  assert.equal(
    await session.refusal('steptrap/setDebugRegister', { threadId: 1, name: 'DAWRX0', field: 'DR', value: '1' }),
    'DAWRX0 is in use by counter: change or move that breakpoint instead.',
  );
  assert.deepEqual(await set('DAWR0', '0x2000', { isGuests: true }), { value: '0x2000' });
  await session.ask('setDataBreakpoints', { breakpoints: [] });
  const { slots } = await registersOf(session);
  assert.deepEqual([slots[0]?.value, slots[0]?.owner], ['0x2000', 'free']);
  await session.close();
});
