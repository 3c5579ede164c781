// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { projectFile } from '../support/adapterConnection.js';
import { recordOf, recordsOf, StoppedSession } from '../support/stoppedSession.js';

const COUNTER = 'samples/counter/counter.aarch64.O0.elf';
const SOURCE = projectFile('samples/counter/counter.c');

const lineOf = (words: string): number =>
  readFileSync(SOURCE, 'utf8')
    .split('\n')
    .findIndex(text => text.includes(words)) + 1;

/** Runs counter to its end with a log point on `increment`, which is called with 1, 2, … 10; what it printed. */
async function logged(options: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const session = await StoppedSession.launch(COUNTER);
  const { breakpoints } = await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment' }] });
  assert.equal(recordsOf(breakpoints)[0]?.['verified'], true);
  await session.ask('setFunctionBreakpoints', { breakpoints: [] });
  await session.ask('setBreakpoints', { source: { path: SOURCE }, breakpoints: [{ line: lineOf('/* store counter */'), ...options }] });
  await session.ask('continue', { threadId: 1 });
  await session.connection.client.waitFor('terminated');
  const lines = session.consoleLines().flatMap(line => /^log:(.*)$/.exec(line)?.[1] ?? []);
  await session.close();
  return lines;
}

test('ST-DAP-106 each form of a hit condition takes the hits that it says, and another form is refused in a sentence', async () => {
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const forms: readonly (readonly [form: string, hits: readonly number[]])[] = [
    ['3', all.slice(2)],
    ['>= 3', all.slice(2)],
    ['>3', all.slice(3)],
    ['== 3', [3]],
    ['=3', [3]],
    ['< 3', [1, 2]],
    [' <=3 ', [1, 2, 3]],
    ['% 4', [4, 8]],
  ];
  for (const [hitCondition, hits] of forms)
    assert.deepEqual(await logged({ hitCondition, logMessage: 'log:{delta}' }), hits.map(String), hitCondition);
  // Only hits whose condition holds are counted.
  assert.deepEqual(await logged({ condition: 'delta % 2 == 0', hitCondition: '== 3', logMessage: 'log:{delta}' }), ['6']);

  const session = await StoppedSession.launch(COUNTER);
  for (const hitCondition of ['every 3', '% 0', '3 times', '-1']) {
    const { breakpoints } = await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment', hitCondition }] });
    const [refused] = recordsOf(breakpoints);
    assert.equal(refused?.['verified'], false, hitCondition);
    assert.match(String(refused?.['message']), /hit condition.*\.$/, hitCondition);
  }
  await session.close();
});

test('ST-DAP-107 a log message spells its expressions by their suffix, keeps escaped and lone braces, and says why one has no value', async () => {
  const [first] = await logged({
    logMessage: 'log:{delta} {delta,x} {delta + 7,b} {delta + 64,c} {greeting} \\{delta\\} } {no_such} {$sp == $sp} {matrix[1][2]} {',
  });
  assert.equal(
    first,
    `1 0x1 0b1000 'A' ${first?.match(/0x[0-9a-f]+ "counter"/)?.[0]} {delta} } <There is no "no_such" here: neither a variable that is in scope nor a symbol.> 1 6 {`,
  );
});

test('ST-DAP-108 members, elements and addresses can be watched by what dataBreakpointInfo answers, a register cannot', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const locals = await session.scopeReference('Locals');
  const childOf = async (variablesReference: unknown, name: string): Promise<unknown> =>
    recordsOf((await session.ask('variables', { variablesReference }))['variables']).find(each => each['name'] === name)?.[
      'variablesReference'
    ];
  const [numbers, pair] = [await childOf(locals, 'numbers'), await childOf(locals, 'pair')];
  const address = async (expression: string): Promise<string> => /0x[0-9a-f]+/.exec(await session.value(expression))?.[0] ?? 'none';
  for (const [variablesReference, name, expression, bytes] of [
    [numbers, '[1]', '&numbers[1]', 4],
    [pair, 'second', '&pair.second', 8],
    [locals, 'small', '&small', 1],
  ] as const) {
    const info = await session.ask('dataBreakpointInfo', { variablesReference, name });
    assert.match(String(info['dataId']), new RegExp(`^${await address(expression)}/${bytes}/`), name);
    assert.deepEqual(info['accessTypes'], ['read', 'write', 'readWrite']);
    assert.equal(info['canPersist'], false);
  }
  const { dataId } = await session.ask('dataBreakpointInfo', { variablesReference: numbers, name: '[1]' });
  await session.ask('setBreakpoints', { source: { path: SOURCE }, breakpoints: [{ line: lineOf('/* before the loop */') }] });
  await session.run('continue');
  const { breakpoints } = await session.ask('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
  assert.equal(recordsOf(breakpoints)[0]?.['verified'], true);
  const stop = await session.run('continue');
  assert.equal(stop['reason'], 'data breakpoint');
  assert.match(String(stop['text']), /^numbers\[1\]: 1 → -?\d+, written by /);

  const typed = await session.ask('dataBreakpointInfo', { name: '0x40090000', asAddress: true, bytes: 8 });
  assert.deepEqual([typed['canPersist'], typed['dataId']], [true, '0x40090000/8/0x40090000']);

  const none = async (args: object): Promise<string> => {
    const info = await session.ask('dataBreakpointInfo', args);
    assert.equal(info['dataId'], null);
    return String(info['description']);
  };
  assert.match(await none({ variablesReference: await session.scopeReference('General'), name: 'x0' }), /register/);
  assert.match(await none({ name: 'no_such' }), /no_such/);
  assert.match(await none({ name: '1 + 2' }), /not in memory/);
  assert.match(await none({ variablesReference: numbers, name: '[1]' }), /.+\.$/);
  assert.match(await none({ name: '0x4008_zzzz', asAddress: true }), /is not an address/);
  assert.match(await none({ name: '0x40080000', asAddress: true, bytes: 0 }), /0 bytes cannot be watched/);
  await session.close();
});

test('ST-DAP-109 a jump goes to the target of the line, which a line without code has not, and targets of an earlier stop are refused', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const targets = async (words: string) =>
    recordsOf((await session.ask('gotoTargets', { source: { path: SOURCE }, line: lineOf(words) }))['targets']);
  const [target] = await targets('/* print */');
  assert.deepEqual([target?.['label'], target?.['line']], [`counter.c:${lineOf('/* print */')}`, lineOf('/* print */')]);
  assert.equal((await session.run('goto', { targetId: target?.['id'] }))['reason'], 'goto');
  const [frame] = await session.frames();
  assert.deepEqual([frame?.['name'], frame?.['line']], ['main', lineOf('/* print */')]);
  assert.match(await session.refusal('goto', { threadId: 1, targetId: target?.['id'] }), /earlier stop/);
  assert.deepEqual(await targets('/* Never completed'), []);
  await session.run('next');
  assert.equal(recordOf((await session.frames())[0])['line'], lineOf('/* print */') + 1);
  await session.close();
});
