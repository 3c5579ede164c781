// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import type { WireMessage } from '../../src/dap/index.js';
import { type Connection, connectInProcess, projectFile } from './adapterConnection.js';

/** A client in a session whose guest stands still, with requests that fail the test when they are refused. */
export class StoppedSession {
  private constructor(readonly connection: Connection) {}

  /** Launches `program` (a path in the project, or an absolute one) and waits for the first stop. */
  static async launch(
    program: string,
    settings: object = {},
    connection: Connection = connectInProcess(),
    client: object = {},
  ): Promise<StoppedSession> {
    const session = new StoppedSession(connection);
    await session.ask('initialize', { adapterID: 'steptrap', pathFormat: 'path', ...client });
    await session.ask('launch', { program: program.startsWith('/') ? program : projectFile(program), stopAt: 'main', ...settings });
    await session.ask('configurationDone');
    await session.stop();
    return session;
  }

  /** The body of a granted request. */
  async ask(command: string, args: object = {}): Promise<WireMessage> {
    const { success, message, body } = await this.connection.client.request(command, args);
    assert.ok(success, `${command}: ${message}`);
    return body;
  }

  /** The sentence of a refused request. */
  async refusal(command: string, args: object = {}): Promise<string> {
    const { success, message } = await this.connection.client.request(command, args);
    assert.equal(success, false, `${command} is granted`);
    return message ?? '';
  }

  /** The body of the next `stopped` event. */
  async stop(): Promise<WireMessage> {
    const event = await this.connection.client.waitFor('stopped', 'terminated');
    assert.equal(event?.['event'], 'stopped');
    return recordOf(event['body']);
  }

  /** Lets the guest run by `command` to its next stop. */
  async run(command: string, args: object = {}): Promise<WireMessage> {
    await this.ask(command, { threadId: 1, ...args });
    return this.stop();
  }

  /** The frames of a vCPU's stack. */
  async frames(threadId = 1): Promise<readonly WireMessage[]> {
    return recordsOf((await this.ask('stackTrace', { threadId }))['stackFrames']);
  }

  /** The value of an expression in a frame of a vCPU's stack. */
  async value(expression: string, level = 0, threadId = 1): Promise<string> {
    const frameId = (await this.frames(threadId))[level]?.['id'];
    return String((await this.ask('evaluate', { expression, frameId }))['result']);
  }

  /** The variables of a scope of a frame. */
  async scope(name: string, level = 0): Promise<readonly WireMessage[]> {
    const variablesReference = await this.scopeReference(name, level);
    return recordsOf((await this.ask('variables', { variablesReference }))['variables']);
  }

  async scopeReference(name: string, level = 0): Promise<unknown> {
    const frameId = (await this.frames())[level]?.['id'];
    const scopes = recordsOf((await this.ask('scopes', { frameId }))['scopes']);
    return scopes.find(scope => scope['name'] === name)?.['variablesReference'];
  }

  /** Lines for the debug console so far. */
  consoleLines(): readonly string[] {
    return this.connection.events
      .filter(event => event['event'] === 'output')
      .map(event => recordOf(event['body']))
      .filter(body => body['category'] !== 'stdout')
      .flatMap(body => String(body['output']).trimEnd().split('\n'));
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

/** An object of the wire. */
export function recordOf(value: unknown): WireMessage {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value));
  return { ...value };
}

/** A list of objects of the wire. */
export function recordsOf(value: unknown): readonly WireMessage[] {
  assert.ok(Array.isArray(value));
  return value.map(recordOf);
}
