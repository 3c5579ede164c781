// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AdapterClient, DebugAdapter, encodeMessage, type MakeTarget, MessageDecoder, type WireMessage } from '../../src/dap/index.js';
import { makeTarget } from '../../src/entries/makeTarget.js';
import { NodeHost } from '../../src/entries/nodeHost.js';

/** An adapter under test, and a client that talks to it. */
export interface Connection {
  readonly client: AdapterClient;
  /** Events in the order in which they came. */
  readonly events: readonly WireMessage[];
  /** Gives the adapter bytes as they are (stdio), or a value that need not be a message (in process). */
  sendRaw(raw: Uint8Array | unknown): void;
  close(): Promise<void>;
}

/** The path of a file of the project. */
export const projectFile = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Adapter, debugger and machine in this thread. */
export function connectInProcess(make: MakeTarget = makeTarget): Connection {
  const host = new NodeHost();
  const events: WireMessage[] = [];
  const adapter = new DebugAdapter(host, make, () => undefined);
  const client = new AdapterClient(
    message => adapter.receive(message),
    event => events.push(event),
  );
  adapter.onDidSendMessage(message => client.receive(message));
  return {
    client,
    events,
    sendRaw: raw => adapter.receive(raw),
    close: () => {
      adapter.dispose();
      host.dispose();
      return Promise.resolve();
    },
  };
}

/** The adapter as a process of its own, over stdio, with the session in its worker. */
export function connectStdio(): Connection {
  const child = spawn(process.execPath, [projectFile('out/src/entries/steptrap.node.js'), 'dap'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const events: WireMessage[] = [];
  const decoder = new MessageDecoder();
  const client = new AdapterClient(
    message => child.stdin.write(encodeMessage(message)),
    event => events.push(event),
  );
  child.stdout.on('data', (bytes: Uint8Array) => {
    for (const frame of decoder.push(bytes)) if (frame.kind === 'message') client.receive(frame.value);
  });
  const exited = new Promise<void>(resolve => {
    child.on('exit', () => {
      client.close();
      resolve();
    });
  });
  return {
    client,
    events,
    sendRaw: raw => child.stdin.write(raw instanceof Uint8Array ? raw : encodeMessage(raw)),
    close: () => {
      child.stdin.end();
      return exited;
    },
  };
}
