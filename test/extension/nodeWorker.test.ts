// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Files } from '../../src/base/index.js';
import { type WireMessage, WorkerSession } from '../../src/dap/index.js';
import { startNodeWorker } from '../../src/entries/nodeWorker.js';

const noFiles: Files = { read: () => Promise.reject(new Error('no file is asked for')) };

/** The output of a session whose worker runs `script`, until the worker is gone. */
async function sentencesOf(script: string): Promise<readonly unknown[]> {
  const session = new WorkerSession(noFiles);
  const messages: WireMessage[] = [];
  session.onDidSendMessage(message => messages.push(message));
  const worker = startNodeWorker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), session);
  session.attach(worker);
  await worker.gone;
  return messages.filter(message => message['event'] === 'output').map(message => Object(message['body'])['output']);
}

test('ST-EXT-006 a worker in Node that throws or leaves is told once, with its cause', async () => {
  assert.deepEqual(await sentencesOf('throw new Error("no room");'), ["The session's worker failed: no room.\n"]);
  assert.deepEqual(await sentencesOf('process.exit(3);'), ["The session's worker failed: it ended with status 3.\n"]);
});
