// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SERVED_REQUESTS } from '../../src/dap/index.js';
import { type Connection, connectInProcess, connectStdio, projectFile } from '../support/adapterConnection.js';

const TRANSPORTS: Readonly<Record<string, () => Connection>> = { 'in process': connectInProcess, stdio: connectStdio };
const INITIALIZE = { adapterID: 'steptrap', pathFormat: 'path' };

for (const [name, connect] of Object.entries(TRANSPORTS)) {
  test(`ST-DAP-020 every request before launch is answered, in any order, and the adapter lives on (${name})`, async () => {
    const connection = connect();
    for (const command of SERVED_REQUESTS.filter(each => each !== 'disconnect' && each !== 'launch')) {
      const answer = await connection.client.request(command, {});
      if (!answer.success) assert.match(answer.message ?? '', /\.$/, command);
    }
    assert.equal((await connection.client.request('initialize', INITIALIZE)).success, true);
    await connection.close();
  });

  test(`ST-DAP-021 a value that is no request gets one clear message and the next request is served (${name})`, async () => {
    const connection = connect();
    for (const value of [1, null, [], {}, { type: 'request' }, { type: 'request', seq: 1, command: 5 }, { type: 'event' }])
      connection.sendRaw(value);
    assert.equal((await connection.client.request('initialize', INITIALIZE)).success, true);
    assert.equal(connection.events.filter(event => event['event'] === 'output').length, 7);
    await connection.close();
  });

  test(`ST-DAP-022 a launch that cannot work is refused in one sentence (${name})`, async () => {
    const connection = connect();
    const launch = async (args: object): Promise<string | undefined> => (await connection.client.request('launch', args)).message;
    assert.match(
      (await launch({ program: '/no/such.elf' })) ?? '',
      /^Setting "program": \/no\/such.elf cannot be read: there is no such file\.$/,
    );
    assert.match((await launch({ program: 'x', colour: 1 })) ?? '', /^Setting "colour" is not known/);
    assert.match((await launch({ program: projectFile('package.json') })) ?? '', /\.$/);
    await connection.close();
  });
}

test('ST-DAP-023 random bytes on stdio do not end the adapter', async () => {
  const connection = connectStdio();
  connection.sendRaw(Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251));
  connection.sendRaw(new TextEncoder().encode('\r\n\r\nContent-Length: -5\r\n\r\n'));
  assert.equal((await connection.client.request('initialize', INITIALIZE)).success, true);
  await connection.close();
});

test('ST-DAP-024 arguments of any type are answered, never thrown', async () => {
  const connection = connectInProcess();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...SERVED_REQUESTS.filter(each => each !== 'disconnect')), fc.jsonValue(), async (command, value) => {
      const args = typeof value === 'object' && value !== null ? value : { threadId: value, expression: value };
      const answer = await connection.client.request(command, args);
      assert.equal(answer.success || !/failed on/.test(answer.message ?? ''), true, answer.message);
    }),
    { numRuns: 300 },
  );
  await connection.close();
});

test('ST-DAP-025 an unknown request is refused by name', async () => {
  const connection = connectInProcess();
  assert.equal((await connection.client.request('fly')).message, 'The request "fly" is not known to this adapter.');
  await connection.close();
});
