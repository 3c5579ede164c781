// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AdapterClient, DebugAdapter } from '../../src/dap/index.js';
import { makeTarget } from '../../src/entries/makeTarget.js';
import { NodeHost } from '../../src/entries/nodeHost.js';
import { ROOT } from './gateGuest.js';

/** An adapter stopped in the loop of bench/loop, and the messages that it sends. */
async function adapterInLoop(smp = 1) {
  const host = new NodeHost();
  const sent: string[] = [];
  let adapter: DebugAdapter | undefined;
  const client = new AdapterClient(message => adapter?.receive(message));
  adapter = new DebugAdapter(host, makeTarget, () => undefined);
  adapter.onDidSendMessage(message => {
    const wire = message as { readonly type?: unknown; readonly event?: unknown }; // Messages of the protocol have these by definition.
    sent.push(wire.type === 'event' ? `event ${String(wire.event)}` : String(wire.type));
    client.receive(message);
  });
  const request = async (command: string, args: object): Promise<void> => {
    const answer = await client.request(command, args);
    assert.ok(answer.success, `${command}: ${answer.message}`);
  };
  await request('initialize', { adapterID: 'steptrap' });
  const launched = request('launch', {
    program: `${ROOT}bench/loop/loop.aarch64.elf`,
    smp,
    memory: '16M',
    stopOnEntry: false,
    stopAt: 'main',
  });
  await client.waitFor('initialized');
  await request('configurationDone', {});
  await launched;
  await client.waitFor('stopped');
  const dispose = (): void => {
    adapter?.dispose();
    host.dispose();
  };
  return { request, waitForStop: () => client.waitFor('stopped'), sent, dispose };
}

test('ST-GATE-006 a step of the adapter sends its answer and at most three events', async () => {
  const { request, waitForStop, sent, dispose } = await adapterInLoop();
  for (let count = 0; count < 20; count++) {
    sent.length = 0;
    await request('stepIn', { threadId: 1, granularity: 'instruction' });
    await waitForStop();
    assert.equal(sent.filter(what => what === 'response').length, 1);
    assert.ok(sent.length <= 4, sent.join(', '));
  }
  dispose();
});

test('ST-GATE-007 a thousand hits with a false condition send no message', async () => {
  const { request, waitForStop, sent, dispose } = await adapterInLoop();
  const condition = 'rounds == 1000';
  for (const mode of ['engine', 'hardware', 'software']) {
    await request('setInstructionBreakpoints', {
      breakpoints: [
        {
          instructionReference: '0x40080068',
          condition: mode === 'engine' ? condition : `${condition} + ${mode === 'hardware' ? 1000 : 2000}`,
          mode,
        },
      ],
    });
    sent.length = 0;
    await request('continue', { threadId: 1 });
    await waitForStop();
    assert.ok(sent.length <= 4, `${mode}: ${sent.join(', ')}`);
  }
  dispose();
});

test('ST-GATE-008 each request that only reads is answered by one message and nothing else', async () => {
  const { request, waitForStop, sent, dispose } = await adapterInLoop();
  await request('stepIn', { threadId: 1, granularity: 'instruction' });
  await waitForStop();
  const requests: readonly (readonly [command: string, args: object])[] = [
    ['threads', {}],
    ['stackTrace', { threadId: 1 }],
    ['evaluate', { expression: '$pc' }],
    ['readMemory', { memoryReference: '0x40080000', count: 64 }],
    ['disassemble', { memoryReference: '0x40080000', instructionCount: 50 }],
    ['modules', {}],
    ['loadedSources', {}],
    ['completions', { text: 'ro', column: 3 }],
    ['steptrap/vcpus', {}],
    ['steptrap/debugRegisters', { threadId: 1 }],
    ['steptrap/stepAnatomy', { threadId: 1 }],
  ];
  for (const [command, args] of requests) {
    sent.length = 0;
    await request(command, args);
    assert.deepEqual(sent, ['response'], command);
  }
  dispose();
});

test('ST-GATE-010 a step and a pause send the same messages whether there are eight vCPUs or one', async () => {
  const messages: string[][] = [];
  for (const smp of [1, 8]) {
    const { request, waitForStop, sent, dispose } = await adapterInLoop(smp);
    sent.length = 0;
    for (const command of ['stepIn', 'next']) {
      await request(command, { threadId: 1, granularity: 'instruction' });
      await waitForStop();
    }
    await request('continue', { threadId: 1 });
    await request('pause', { threadId: 1 });
    await waitForStop();
    messages.push([...sent]);
    dispose();
  }
  const [one, eight] = messages;
  assert.deepEqual(eight, one);
});
