// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Connection, connectInProcess, connectStdio, projectFile } from '../support/adapterConnection.js';

const PROGRAM = projectFile('samples/counter/counter.aarch64.O0.elf');

async function startAt(connection: Connection, stopAt: string): Promise<void> {
  await connection.client.request('initialize', { adapterID: 'steptrap', pathFormat: 'path' });
  const launched = await connection.client.request('launch', { program: PROGRAM, stopAt });
  assert.equal(launched.message, undefined);
  await connection.client.request('configurationDone');
  await connection.client.waitFor('stopped');
}

for (const [name, connect] of [
  ['in process', connectInProcess],
  ['stdio', connectStdio],
] as const) {
  test(`ST-DAP-040 references of an earlier stop are refused, not served and not fatal (${name})`, async () => {
    const connection = connect();
    const { client } = connection;
    await startAt(connection, 'main');
    const stack = await client.request('stackTrace', { threadId: 1 });
    const frames = stack.body['stackFrames'];
    const frameId: unknown = Array.isArray(frames) ? Object(frames[0])['id'] : undefined;
    assert.equal((await client.request('scopes', { frameId })).success, true);
    await client.request('next', { threadId: 1 });
    await client.waitFor('stopped');
    assert.match((await client.request('scopes', { frameId })).message ?? '', /^Stack frame \d+ belongs to an earlier stop\.$/);
    assert.equal((await client.request('threads')).success, true);
    await connection.close();
  });

  test(`ST-DAP-041 pause reaches a guest that runs (${name})`, async () => {
    const connection = connect();
    const { client } = connection;
    await startAt(connection, 'main');
    // A jump to itself: B . is 0x14000000.
    const evaluated = await client.request('evaluate', { expression: '$pc' });
    const pc = String(evaluated.body['result']).split(' ')[0] ?? '';
    assert.equal(
      (await client.request('writeMemory', { memoryReference: /^0x/.test(pc) ? pc : `0x${BigInt(pc).toString(16)}`, data: 'AAAAFA==' }))
        .message,
      undefined,
    );
    await client.request('continue', { threadId: 1 });
    await client.request('pause', { threadId: 1 });
    const stop = await client.waitFor('stopped', 'terminated');
    assert.equal(Object(stop?.['body'])['reason'], 'pause');
    await connection.close();
  });
}
