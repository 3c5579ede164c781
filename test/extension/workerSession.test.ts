// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Files, success } from '../../src/base/index.js';
import { AdapterClient, type ToWorker, type WireMessage, WorkerSession } from '../../src/dap/index.js';

const files: Files = { read: async path => success(new TextEncoder().encode(path)) };

/** A session whose worker is this test. */
function sessionUnderTest() {
  const session = new WorkerSession(files);
  const posted: ToWorker[] = [];
  const events: WireMessage[] = [];
  const ends: (string | undefined)[] = [];
  let terminations = 0;
  const client = new AdapterClient(
    message => session.receive(message),
    event => events.push(event),
  );
  session.onDidSendMessage(message => client.receive(message));
  session.onDidEnd(({ failure }) => ends.push(failure));
  const worker = { post: (message: ToWorker) => void posted.push(message), terminate: () => void terminations++ };
  return { session, client, worker, posted, events, ends, terminations: () => terminations };
}

test('ST-EXT-002 a worker that fails ends its session with one sentence, and refuses with it every request that waits', async () => {
  const { session, client, worker, events, ends, terminations } = sessionUnderTest();
  session.attach(worker);
  const launch = client.request('launch', {});
  session.failed('it ran out of memory.');
  const sentence = "The session's worker failed: it ran out of memory.";
  assert.equal((await launch).message, sentence);
  assert.deepEqual(
    events.map(event => event['event']),
    ['output', 'terminated'],
  );
  session.failed('again');
  assert.deepEqual([ends, terminations()], [[sentence], 1]);
});

test('ST-EXT-003 what was sent before the worker has started reaches it in order', () => {
  const { session, worker, posted } = sessionUnderTest();
  session.receive({ type: 'request', seq: 1, command: 'initialize' });
  session.receive({ type: 'request', seq: 2, command: 'launch' });
  session.attach(worker);
  assert.deepEqual(
    posted.map(message => (message.kind === 'message' ? Object(message.message)['command'] : message.kind)),
    ['initialize', 'launch'],
  );
});

test('ST-EXT-004 no worker outlives its session, whether the session ends itself, is disposed of, or was so before the worker came', () => {
  const ended = sessionUnderTest();
  ended.session.attach(ended.worker);
  ended.session.message({ kind: 'ended' });
  const disposed = sessionUnderTest();
  disposed.session.attach(disposed.worker);
  disposed.session.dispose();
  const late = sessionUnderTest();
  late.session.dispose();
  late.session.attach(late.worker);
  for (const { terminations, ends } of [ended, disposed, late]) assert.deepEqual([terminations(), ends], [1, [undefined]]);
});

test('ST-EXT-005 a file that the worker asks for comes back under the number of the question', async () => {
  const { session, worker, posted } = sessionUnderTest();
  session.attach(worker);
  session.message({ kind: 'read', id: 7, path: 'memfs:/a' });
  await new Promise(resolve => setImmediate(resolve));
  assert.deepEqual(posted, [{ kind: 'file', id: 7, outcome: success(new TextEncoder().encode('memfs:/a')) }]);
});
