// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { NodeHost } from '../../src/entries/nodeHost.js';

test('ST-DAP-076 work that defers itself again and again lets the messages of other ports in', async () => {
  const host = new NodeHost();
  const { port1, port2 } = new MessageChannel();
  let slices = 0;
  const slicesBeforeMessage = new Promise<number>(resolve => port1.once('message', () => resolve(slices)));
  await new Promise<void>(resolve => {
    const slice = (): void => {
      slices++;
      if (slices === 1) port2.postMessage('pause');
      if (slices < 500) host.defer(slice);
      else resolve();
    };
    host.defer(slice);
  });
  assert.ok((await slicesBeforeMessage) < 10, `${await slicesBeforeMessage} slices came first`);
  port1.close();
  host.dispose();
});
