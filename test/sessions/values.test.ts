// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { projectFile } from '../support/adapterConnection.js';
import { recordsOf, StoppedSession } from '../support/stoppedSession.js';

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
