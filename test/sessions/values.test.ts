// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { WireMessage } from '../../src/dap/index.js';
import { connectInProcess, projectFile } from '../support/adapterConnection.js';
import { recordOf, recordsOf, StoppedSession } from '../support/stoppedSession.js';

const COUNTER = 'samples/counter/counter.aarch64.O0.elf';
const SOURCE = projectFile('samples/counter/counter.c');
const lineOf = (marker: string): number =>
  readFileSync(SOURCE, 'utf8')
    .split('\n')
    .findIndex(line => line.includes(`/* ${marker} */`)) + 1;

test('ST-DAP-050 setVariable and setExpression change what the guest computes with, and a value that does not fit is refused', async () => {
  const session = await StoppedSession.launch(COUNTER);
  await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment' }] });
  await session.run('continue');
  const variablesReference = await session.scopeReference('Arguments');
  assert.equal((await session.ask('setVariable', { variablesReference, name: 'delta', value: '40 + 2' }))['value'], '42');
  await session.run('next');
  assert.equal(await session.value('counter'), '42');
  const frameId = (await session.frames())[0]?.['id'];
  assert.equal((await session.ask('setExpression', { expression: 'counter', value: '7', frameId }))['value'], '7');
  assert.equal(await session.value('counter'), '7');
  assert.match(await session.refusal('setExpression', { expression: 'counter', value: '"x"', frameId }), /^[^\n]+\.$/);
  assert.match(await session.refusal('setExpression', { expression: '1', value: '2', frameId }), /^[^\n]+\.$/);
  await session.close();
});

test('ST-DAP-051 a register of an outer frame has the value of its call, and one that is not saved says so', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const inMain = new Map((await session.scope('General')).map(({ name, value }) => [name, value]));
  await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment' }] });
  await session.run('continue');
  const outer = await session.scope('General', 1);
  const registerValue = (name: string): unknown => outer.find(each => each['name'] === name)?.['value'];
  assert.equal(registerValue('x0'), '<not saved>');
  assert.equal(registerValue('x19'), inMain.get('x19'));
  assert.equal(BigInt(String(registerValue('pc'))), BigInt(String((await session.frames())[1]?.['instructionPointerReference'])));
  await session.close();
});

test('ST-DAP-052 breakpointLocations answers the lines that have code and no others', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const store = lineOf('store counter');
  const { breakpoints } = await session.ask('breakpointLocations', { source: { path: SOURCE }, line: store - 1, endLine: store + 1 });
  const lines = [...new Set(recordsOf(breakpoints).map(each => each['line']))];
  assert.ok(lines.includes(store));
  assert.ok(lines.every(line => Number(line) >= store - 1 && Number(line) <= store + 1));
  const comment = await session.ask('breakpointLocations', { source: { path: SOURCE }, line: 1 });
  assert.deepEqual(comment['breakpoints'], []);
  await session.close();
});

test('ST-DAP-053 disassemble answers exactly the rows asked for, before and behind the address', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const memoryReference = String((await session.frames())[0]?.['instructionPointerReference']);
  const rows = recordsOf(
    (await session.ask('disassemble', { memoryReference, instructionOffset: -25, instructionCount: 50 }))['instructions'],
  );
  const addresses = rows.map(row => BigInt(String(row['address'])));
  assert.deepEqual(
    addresses,
    Array.from({ length: 50 }, (_, index) => BigInt(memoryReference) + BigInt(4 * (index - 25))),
  );
  const nowhere = recordsOf(
    (await session.ask('disassemble', { memoryReference: '0xffffffff00000000', instructionOffset: -3, instructionCount: 7 }))[
      'instructions'
    ],
  );
  assert.equal(nowhere.length, 7);
  assert.ok(nowhere.every(row => row['presentationHint'] === 'invalid'));
  await session.close();
});

test('ST-DAP-102 a client that counts lines and columns from 0 gets those of the disassembly so', async () => {
  const [one, zero] = await Promise.all(
    [true, false].map(async startAt1 => {
      const session = await StoppedSession.launch(COUNTER, {}, connectInProcess(), { linesStartAt1: startAt1, columnsStartAt1: startAt1 });
      const memoryReference = String((await session.frames())[0]?.['instructionPointerReference']);
      const [row] = recordsOf((await session.ask('disassemble', { memoryReference, instructionCount: 1 }))['instructions']);
      await session.close();
      return [Number(row?.['line']), Number(row?.['endLine']), Number(row?.['column'])];
    }),
  );
  assert.ok((one?.[0] ?? 0) > 0);
  assert.deepEqual(
    zero,
    one?.map(number => number - 1),
  );
});

test('ST-DAP-089 the same address is always the same row, however the pages of the disassembly are cut', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const start = BigInt(String((await session.frames())[0]?.['instructionPointerReference']));
  const seen = new Map<unknown, WireMessage>();
  // Pages as a view asks for them while it scrolls, at both ends of memory as well.
  for (const base of [start, 0n, (1n << 64n) - 4n])
    for (const instructionOffset of [-50, -37, -1, 0, 3, 50]) {
      const memoryReference = `0x${base.toString(16)}`;
      const page = { memoryReference, offset: 0, instructionOffset, instructionCount: 50, resolveSymbols: true };
      const rows = recordsOf((await session.ask('disassemble', page))['instructions']);
      assert.equal(rows.length, 50);
      for (const row of rows) {
        assert.match(String(row['address']), /^0x[0-9a-f]{16}$/);
        if (seen.has(row['address'])) assert.deepEqual(row, seen.get(row['address']));
        seen.set(row['address'], row);
      }
    }
  const withLine = [...seen.values()].filter(({ line }) => line !== undefined);
  assert.ok(withLine.length > 10 && withLine.every(row => row['location'] !== undefined && row['endLine'] === row['line']));
  await session.close();
});

test('ST-DAP-090 the statements of a line are places for inline breakpoints, and one with a column stops at its own statement', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const line = lineOf('main loop');
  const found = recordsOf((await session.ask('breakpointLocations', { source: { path: SOURCE }, line }))['breakpoints']);
  const columns = found.map(({ column }) => Number(column));
  assert.ok(columns.length >= 3, `columns ${columns.join(', ')}`);
  assert.deepEqual(
    columns,
    [...new Set(columns)].sort((left, right) => left - right),
  );
  const last = columns.at(-1) ?? 0;
  const part = await session.ask('breakpointLocations', { source: { path: SOURCE }, line, column: last - 1, endColumn: last });
  assert.deepEqual(
    recordsOf(part['breakpoints']).map(({ column }) => column),
    [last],
  );
  // The increment of the loop: reached at the end of the first round, not at its beginning.
  const set = await session.ask('setBreakpoints', { source: { path: SOURCE }, breakpoints: [{ line, column: last }, { line }] });
  const [inline, whole] = recordsOf(set['breakpoints']);
  assert.deepEqual([inline?.['column'], whole?.['column']], [last, undefined]);
  await session.ask('setBreakpoints', { source: { path: SOURCE }, breakpoints: [{ line, column: last }] });
  await session.run('continue');
  const [frame] = await session.frames();
  assert.deepEqual([frame?.['line'], frame?.['column'], await session.value('i'), await session.value('counter')], [line, last, '1', '1']);
  await session.close();
});

test('ST-DAP-091 with all slots taken the surplus is unverified and names the holders and the other modes, and auto falls back and says so', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const address = BigInt(String((await session.frames())[0]?.['instructionPointerReference']));
  const instruction = (index: number, mode?: string): object => ({
    instructionReference: `0x${(address + BigInt(index * 4)).toString(16)}`,
    ...(mode === undefined ? {} : { mode }),
  });
  const set = async (...breakpoints: readonly object[]): Promise<readonly WireMessage[]> =>
    recordsOf((await session.ask('setInstructionBreakpoints', { breakpoints }))['breakpoints']);
  const six = [0, 1, 2, 3, 4, 5].map(index => instruction(index, 'hardware'));
  const surplus = (await set(...six, instruction(6, 'hardware'))).at(-1);
  assert.equal(surplus?.['verified'], false);
  assert.match(String(surplus?.['message']), /^6 of 6 hardware breakpoints in use by 0x.*Choose the mode "engine" or "software"/);
  const fallen = (await set(...six, instruction(6))).at(-1);
  assert.deepEqual([fallen?.['verified'], fallen?.['message']], [true, 'engine breakpoint, it needs no slot']);
  assert.ok(session.consoleLines().some(line => /6 of 6 hardware breakpoints in use by .* It is an engine breakpoint now\./.test(line)));
  const { usage, slots } = await session.ask('steptrap/debugRegisters', { threadId: 1 });
  assert.deepEqual(recordOf(usage)['breakpoints'], { used: 6, total: 6 });
  assert.match(String(recordsOf(recordsOf(slots)[0]?.['behind'])[0]?.['name']), /^0x/);
  await session.close();
});

test('ST-DAP-054 readMemory counts the bytes that cannot be read', async () => {
  const session = await StoppedSession.launch(COUNTER, { memory: '16M' });
  const endOfRam = 0x4000_0000 + 16 * 2 ** 20;
  const across = await session.ask('readMemory', { memoryReference: `0x${(endOfRam - 4).toString(16)}`, count: 10 });
  assert.equal(Buffer.from(String(across['data']), 'base64').length, 4);
  assert.equal(across['unreadableBytes'], 6);
  const outside = await session.ask('readMemory', { memoryReference: `0x${endOfRam.toString(16)}`, count: 10 });
  assert.deepEqual([outside['data'], outside['unreadableBytes']], [undefined, 10]);
  await session.close();
});

test('ST-DAP-055 completions offer commands, variables, members and registers that begin as typed', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const complete = async (text: string): Promise<readonly unknown[]> => {
    const frameId = (await session.frames())[0]?.['id'];
    const { targets } = await session.ask('completions', { frameId, text, column: text.length + 1 });
    return recordsOf(targets).map(target => target['label']);
  };
  assert.ok((await complete('info re')).includes('registers'));
  assert.ok((await complete('coun')).includes('counter'));
  assert.ok((await complete('$x2')).includes('$x29'));
  assert.deepEqual(await complete('pair.'), ['first', 'second']);
  assert.deepEqual(await complete('pair.fi'), ['first']);
  assert.deepEqual(await complete('zzzz'), []);
  await session.close();
});

test('ST-DAP-084 a register is shown with its flags by name, and its fields are changed by number or by the name of the value', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const system = await session.scope('System');
  const sctlr = system.find(({ name }) => name === 'sctlr_el1');
  assert.match(String(sctlr?.['value']), /^0x[0-9a-f]{16} nTWE nTWI CP15BEN SA0 SA$/);
  const variablesReference = sctlr?.['variablesReference'];
  const set = (name: string, value: string) => session.ask('setVariable', { variablesReference, name, value });
  assert.equal((await set('WXN', 'enabled'))['value'], '0x1 (enabled)');
  assert.equal((await set('WXN', '0x0 (enabled)'))['value'], '0x0 (disabled)');
  assert.equal((await set('UCI', '1'))['value'], '0x1 (allowed)');
  assert.match(await session.refusal('setVariable', { variablesReference, name: 'WXN', value: '2' }), /sctlr_el1\.WXN, which has 1 bit/);
  assert.equal(await session.value('$sctlr_el1.UCI'), '0x1 (allowed)');
  assert.equal(await session.value('$sctlr_el1.UCI + 1'), '2');
  await session.ask('setExpression', { expression: '$pstate.N', value: '1' });
  assert.match(await session.value('$pstate'), /^0x[0-9a-f]{8} N/);
  assert.equal(await session.value('$cpsr.M'), '0x5 (EL1h)');
  await session.close();
});

test('ST-DAP-085 the same name leads to a register, a field or a local at every stop, so that an editor can mark what changed', async () => {
  const session = await StoppedSession.launch(COUNTER);
  await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment' }] });
  const names = async (): Promise<readonly string[]> => {
    const frameId = (await session.frames())[0]?.['id'];
    const scopes = recordsOf((await session.ask('scopes', { frameId }))['scopes']);
    const general = await session.scope('General');
    return [
      ...scopes.map(scope => String(scope['name'])),
      ...general.map(({ name, evaluateName }) => `${String(name)} ${String(evaluateName)}`),
    ];
  };
  await session.run('continue');
  const first = await names();
  await session.run('continue');
  assert.deepEqual(await names(), first);
  assert.ok(first.includes('x0 $x0') && first.includes('pstate $pstate'));
  await session.close();
});

test('ST-DAP-086 a format suffix, the format of a request and the chosen formats spell values, those of members and of registers included', async () => {
  const session = await StoppedSession.launch(COUNTER);
  await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment', condition: 'delta == 10' }] });
  await session.run('continue');
  const frameId = (await session.frames())[0]?.['id'];
  const spelled = async (expression: string, more: object = {}): Promise<unknown> =>
    (await session.ask('evaluate', { expression, frameId, context: 'watch', ...more }))['result'];
  assert.deepEqual(
    [await spelled('delta'), await spelled('delta,x'), await spelled('delta,b'), await spelled('delta,c')],
    ['10', '0xa', '0b1010', "'\\n'"],
  );
  assert.equal(await spelled('delta', { format: { hex: true } }), '0xa');
  assert.equal(await spelled('delta,x', { context: 'hover' }), '0xa');
  await session.ask('steptrap/setFormat', { format: 'hexadecimal' });
  assert.equal(await spelled('delta'), '0xa');
  await session.ask('steptrap/setFormat', { format: 'binary', name: 'delta' });
  assert.equal((await session.scope('Arguments'))[0]?.['value'], '0b1010');
  await session.ask('steptrap/setFormat', { format: 'decimal', name: '$x0' });
  assert.match(String((await session.scope('General'))[0]?.['value']), /^\d+$/);
  assert.match(String((await session.scope('General'))[1]?.['value']), /^0x[0-9a-f]{16}$/);
  assert.match(await session.refusal('steptrap/setFormat', { format: 'roman' }), /format must be one of natural/);
  await session.close();
});

test('ST-DAP-087 a hover reads a register of assembly by its bare name, and refuses what would change the guest', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const hover = { context: 'hover', frameId: (await session.frames())[0]?.['id'] };
  assert.equal((await session.ask('evaluate', { expression: 'x29', ...hover }))['result'], await session.value('$x29'));
  for (const expression of ['counter = 4', 'counter++', 'counter += 1', '1 ? counter = 2 : 3'])
    assert.match(await session.refusal('evaluate', { expression, ...hover }), /would change the guest/);
  assert.equal(await session.value('counter'), '0');
  await session.close();
});

test('ST-DAP-088 a write tells the client which memory changed, and that values did', async () => {
  const session = await StoppedSession.launch(COUNTER, {}, undefined, { supportsMemoryEvent: true });
  const address = (await session.ask('evaluate', { expression: '&counter' }))['memoryReference'];
  await session.ask('writeMemory', { memoryReference: address, data: 'BwAAAA==' });
  assert.equal(await session.value('counter'), '7');
  await session.ask('setExpression', { expression: 'counter', value: '9' });
  const told = session.connection.events.filter(({ event }) => event === 'memory' || event === 'invalidated');
  assert.deepEqual(
    told.map(({ event }) => event),
    ['memory', 'invalidated', 'memory', 'invalidated'],
  );
  assert.deepEqual(told[0]?.['body'], { memoryReference: address, offset: 0, count: 4 });
  assert.deepEqual(told[2]?.['body'], { memoryReference: address, offset: 0, count: 4 });
  await session.close();
});

test('ST-DAP-095 the console sets, lists and deletes breakpoints of its own, and a temporary one goes with its first stop', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const repl = async (expression: string): Promise<string> => {
    const frameId = (await session.frames())[0]?.['id'];
    return String((await session.ask('evaluate', { expression, frameId, context: 'repl' }))['result']);
  };
  assert.match(await repl('tbreak increment if delta == 3'), /^Temporary breakpoint \d+ \(hardware\) at 0x[0-9a-f]+ .*counter\.c:\d+$/);
  assert.match(await repl('break fibonacci'), /^Breakpoint \d+ /);
  await session.ask('setFunctionBreakpoints', { breakpoints: [] });
  await repl('continue');
  assert.equal((await session.stop())['reason'], 'function breakpoint');
  assert.match(await repl('info args'), /^delta = 3$/);
  assert.match(await repl('info breakpoints'), /^\d+ {2}hardware 0x[0-9a-f]+ .*hits 0$/);
  await repl('stepuntil call');
  assert.equal((await session.stop())['reason'], 'step');
  await repl('continue');
  await session.stop();
  assert.match(String((await session.frames())[0]?.['name']), /^fibonacci/);
  assert.equal(await repl('delete'), '1 breakpoints of the console deleted.');
  assert.equal(await repl('info breakpoints'), 'There are no breakpoints.');
  const frameId = (await session.frames())[0]?.['id'];
  for (const [expression, sentence] of [
    ['break nowhere', /There is no function "nowhere"/],
    ['delete 99', /There is no breakpoint 99/],
    ['info exception', /does not stand at a vector/],
    ['stepuntil moon', /branch, call, return, exception/],
  ] as const)
    assert.match(await session.refusal('evaluate', { expression, frameId, context: 'repl' }), sentence);
  assert.match(await repl('help'), /tbreak \[LOCATION\] \[if CONDITION\] +Sets a breakpoint that goes with its first stop\./);
  await session.close();
});
