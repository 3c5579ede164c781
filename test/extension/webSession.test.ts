// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type Files, success, unreadable } from '../../src/base/index.js';
import { AdapterClient, type WireMessage, WorkerSession } from '../../src/dap/index.js';
import { projectFile } from '../support/adapterConnection.js';
import { NODE_NAMES, startWebWorkerInContext } from '../support/webWorker.js';

/** A folder of an editor in a browser: its files have URIs and no path. */
const WORKSPACE = 'vscode-test-web://mount';

const workspaceFiles: Files = {
  read: async path => {
    if (!path.startsWith(`${WORKSPACE}/`)) return unreadable(path, 'ENOENT');
    try {
      return success(new Uint8Array(await readFile(projectFile(path.slice(WORKSPACE.length + 1)))));
    } catch {
      return unreadable(path, 'ENOENT');
    }
  },
};

function connect(): { readonly client: AdapterClient; readonly events: WireMessage[]; readonly missing: readonly string[]; close(): void } {
  const session = new WorkerSession(workspaceFiles);
  const events: WireMessage[] = [];
  const client = new AdapterClient(
    message => session.receive(message),
    event => events.push(event),
  );
  session.onDidSendMessage(message => client.receive(message));
  const worker = startWebWorkerInContext(session);
  session.attach(worker);
  return { client, events, missing: worker.missing, close: () => session.dispose() };
}

test('ST-EXT-001 the bundle for browsers runs a session from launch to exit where nothing of Node is', async () => {
  const { client, events, missing, close } = connect();
  assert.deepEqual(missing, [...NODE_NAMES]);
  await client.request('initialize', { adapterID: 'steptrap', pathFormat: 'path' });
  const program = `${WORKSPACE}/samples/counter/counter.aarch64.O0.elf`;
  assert.equal((await client.request('launch', { program, stopOnEntry: false })).message, undefined);
  const path = `${WORKSPACE}/samples/counter/counter.c`;
  const lines = (await readFile(projectFile('samples/counter/counter.c'), 'utf8')).split('\n');
  const line = lines.findIndex(text => text.includes('/* store counter */')) + 1;
  const set = await client.request('setBreakpoints', { source: { path }, breakpoints: [{ line }] });
  assert.equal(Object(set.body['breakpoints'])[0].verified, true, JSON.stringify(set));
  await client.request('configurationDone');
  assert.equal(Object((await client.waitFor('stopped', 'terminated'))?.['body'])['reason'], 'breakpoint');
  const stack = await client.request('stackTrace', { threadId: 1 });
  const [frame] = Object(stack.body['stackFrames']);
  assert.deepEqual({ path: frame.source.path, line: frame.line }, { path, line });
  const evaluated = await client.request('evaluate', { expression: 'counter', frameId: frame.id });
  assert.equal(evaluated.body['result'], '0');
  const scopes = await client.request('scopes', { frameId: frame.id });
  const all: unknown[] = Object(scopes.body['scopes']);
  const general = all.find(scope => Object(scope)['name'] === 'General');
  const registers = await client.request('variables', { variablesReference: Object(general)['variablesReference'] });
  const pc = Object(registers.body['variables']).find((variable: unknown) => Object(variable)['name'] === 'pc');
  assert.match(pc.value, /^0x[0-9a-f]{16}/);
  await client.request('setBreakpoints', { source: { path }, breakpoints: [] });
  await client.request('continue', { threadId: 1 });
  await client.waitFor('terminated');
  assert.equal(Object(events.find(event => event['event'] === 'exited')?.['body'])['exitCode'], 0);
  const console = events.filter(event => event['event'] === 'steptrap/console').map(event => Object(event['body'])['output']);
  assert.match(console.join(''), /counter = 55/);
  close();
});
