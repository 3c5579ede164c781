// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordsOf, StoppedSession } from '../support/stoppedSession.js';

/** The value of a pointer, in 16 digits. */
const pointerOf = async (session: StoppedSession, name: string): Promise<string> =>
  `0x${BigInt(/0x[0-9a-f]+/.exec(await session.value(`${name},x`))?.[0] ?? 0)
    .toString(16)
    .padStart(16, '0')}`;

test('ST-VIEW-004 the memory map, a translation and its attributes come from the adapter, with references to read the memory', async () => {
  const session = await StoppedSession.launch('samples/counter/counter.aarch64.O0.elf');
  const { regions } = await session.ask('steptrap/memoryMap');
  assert.deepEqual(recordsOf(regions)[0], {
    kind: 'device',
    name: 'PL011',
    start: '0x9000000',
    end: '0x9000fff',
    size: 4096,
    memoryReference: 'pa:0x9000000',
  });
  const translation = await session.ask('steptrap/translate', { threadId: 1, address: '&counter' });
  assert.equal(
    translation['physical'],
    BigInt(String(translation['address'])) === 0n ? undefined : `0x${BigInt(String(translation['address'])).toString(16)}`,
  );
  assert.deepEqual(translation['symbol'], '<counter>');
  assert.deepEqual(translation['region'], 'RAM');
  const read = await session.ask('readMemory', { memoryReference: translation['memoryReference'], count: 4 });
  assert.equal(read['data'], (await session.ask('readMemory', { memoryReference: translation['address'], count: 4 }))['data']);
  assert.equal((await session.ask('steptrap/translate', { threadId: 1, address: '$pc' }))['symbol'], '<main>');
  assert.equal(
    (await session.ask('steptrap/translate', { threadId: 1, address: '*greeting' }))['address'],
    await pointerOf(session, 'greeting'),
  );
  assert.match(await session.refusal('steptrap/translate', { threadId: 1, address: 'no such' }), /"no such" is neither an address/);
  for (const address of ['counter = 3', '*greeting++', 'counter++']) await session.refusal('steptrap/translate', { threadId: 1, address });
  assert.equal((await session.ask('evaluate', { expression: 'counter' }))['result'], '0');
  await session.close();
});

test('ST-VIEW-005 modules tell their sections, and symbols where they are in the source', async () => {
  const session = await StoppedSession.launch('samples/counter/counter.ppc64le.O0.elf', { kvm: 'hv' });
  const { modules } = await session.ask('steptrap/modules');
  const [module] = recordsOf(modules);
  assert.deepEqual([module?.['id'], module?.['name'], module?.['hasDebugInformation']], [1, 'counter.ppc64le.O0.elf', true]);
  const { symbols, total } = await session.ask('steptrap/symbols', { moduleId: 1, kind: 'function', text: 'increment' });
  const [increment] = recordsOf(symbols);
  assert.deepEqual([total, increment?.['name'], increment?.['section']], [1, 'increment', '.text']);
  assert.match(String((increment?.['source'] as { path?: string } | undefined)?.path), /samples\/counter\/counter\.c$/);
  assert.ok(Number(increment?.['line']) > 0);
  assert.match(await session.refusal('steptrap/symbols', { moduleId: 2 }), /^There is no module 2\.$/);
  await session.close();
});
