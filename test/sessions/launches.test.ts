// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AdapterClient, encodeMessage, MessageDecoder, type WireMessage } from '../../src/dap/index.js';
import { makeTarget } from '../../src/entries/makeTarget.js';
import { parseElf } from '../../src/symbols/index.js';
import { type Connection, connectInProcess, projectFile } from '../support/adapterConnection.js';
import { recordOf, recordsOf, StoppedSession } from '../support/stoppedSession.js';

const COUNTER = projectFile('samples/counter/counter.aarch64.O0.elf');
const folder = mkdtempSync(join(tmpdir(), 'steptrap-'));
after(() => rmSync(folder, { recursive: true }));

/** A file with these bytes. */
function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** counter with each byte of its section `name` replaced. */
function withBrokenSection(name: string): string {
  const bytes = new Uint8Array(readFileSync(COUNTER));
  const elf = parseElf(bytes);
  assert.ok(elf.ok);
  const section = elf.value.sections.find(each => each.name === name);
  assert.ok(section, name);
  const start =
    section.bytes.byteOffset - elf.value.sections.reduce((least, each) => Math.min(least, each.bytes.byteOffset), Number.MAX_SAFE_INTEGER);
  // Where the section lies in the file: its bytes are a view of them.
  const offset = section.bytes.buffer === bytes.buffer ? section.bytes.byteOffset : start;
  for (let at = 0; at < section.bytes.length; at++) bytes[offset + at] = (at * 37 + 11) & 0xff;
  return file(`broken${name}.elf`, bytes);
}

for (const section of ['.debug_info', '.debug_abbrev', '.debug_line', '.debug_str']) {
  test(`ST-DAP-070 a program with broken ${section} is told about in sentences and debugged by its symbols`, async () => {
    const session = await StoppedSession.launch(withBrokenSection(section));
    assert.match(String((await session.frames())[0]?.['name']), /main/);
    await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment' }] });
    const stop = await session.run('continue');
    assert.equal(stop['reason'], 'function breakpoint');
    await session.run('stepIn', { granularity: 'instruction' });
    await session.ask('variables', { variablesReference: await session.scopeReference('General') });
    for (const line of session.consoleLines()) assert.match(line, /\.$/);
    await session.close();
  });
}

/** The refusal of a launch. */
async function refusal(settings: object): Promise<string> {
  const connection = connectInProcess();
  const { success, message } = await connection.client.request('launch', settings);
  await connection.close();
  assert.equal(success, false);
  assert.match(message ?? '', /^[^\n]+[.?]$/);
  return message ?? '';
}

test('ST-DAP-071 a program for another machine and an unknown setting are refused in one sentence that names the cause', async () => {
  const EM_OFFSET = 18;
  for (const [name, machine] of [
    ['32-bit PowerPC', 20],
    ['x86-64', 62],
  ] as const) {
    const bytes = new Uint8Array(readFileSync(COUNTER));
    bytes[EM_OFFSET] = machine;
    assert.match(
      await refusal({ program: file(`${name}.elf`, bytes) }),
      new RegExp(`an ELF file of machine ${machine} with 64 bits; this version runs AArch64`),
    );
  }
  assert.match(
    await refusal({ program: COUNTER, machine: 'pseries' }),
    /^Setting "machine": .* is a 64-bit ARM program; machine pseries runs 64-bit POWER ones\.$/,
  );
  assert.match(await refusal({ program: COUNTER, symbolfiles: [] }), /"symbolfiles" is not known; did you mean "symbolFiles"/);
  assert.match(await refusal({ program: COUNTER, quirks: { staleFat: true } }), /did you mean "staleFar"/);
  assert.match(await refusal({ program: join(folder, 'missing.elf') }), /there is no such file/);
});

test('ST-DAP-072 fidelity and single quirks of the launch reach the debugger', async () => {
  const seen: unknown[] = [];
  for (const settings of [{}, { fidelity: 'kernel', quirks: { staleFar: false, injectsRawSyndrome: true } }]) {
    const connection = connectInProcess(options => {
      seen.push([options.fidelity, options.quirks]);
      return makeTarget(options);
    });
    const { message } = await connection.client.request('launch', { program: COUNTER, ...settings });
    assert.equal(message, undefined);
    await connection.close();
  }
  assert.deepEqual(seen, [
    ['exact', undefined],
    ['kernel', { staleFar: false, injectsRawSyndrome: true }],
  ]);
});

test('ST-DAP-073 a restart that is refused leaves the guest as it is', async () => {
  const session = await StoppedSession.launch(COUNTER);
  await session.run('next');
  const before = await session.value('$pc');
  assert.match(await session.refusal('restart', { arguments: { program: join(folder, 'missing.elf') } }), /there is no such file/);
  assert.equal(await session.value('$pc'), before);
  assert.equal((await session.run('next'))['reason'], 'step');
  await session.close();
});

test('ST-DAP-103 a "stopAt" that means no place is refused at launch, and at a restart, which leaves the guest as it is', async () => {
  assert.match(await refusal({ program: COUNTER, stopAt: 'nowhere' }), /^Setting "stopAt" cannot be used: .*nowhere/);
  const session = await StoppedSession.launch(COUNTER);
  await session.run('next');
  const before = await session.value('$pc');
  assert.match(await session.refusal('restart', { arguments: { program: COUNTER, stopAt: 'nowhere' } }), /^Setting "stopAt" .*nowhere/);
  assert.equal(await session.value('$pc'), before);
  assert.equal((await session.run('next'))['reason'], 'step');
  assert.ok(!session.connection.events.some(({ event }) => event === 'terminated'));
  await session.close();
});

test('ST-DAP-104 a restart with a changed configuration takes it, and goes to the breakpoints that were set before', async () => {
  const session = await StoppedSession.launch(COUNTER);
  await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment' }] });
  await session.ask('restart', { arguments: { program: COUNTER, stopAt: 'fibonacci', smp: 2, schedulerLocking: 'on' } });
  assert.equal((await session.stop())['reason'], 'function breakpoint');
  assert.equal((await session.frames())[0]?.['name'], 'increment');
  const { schedulerLocking, vcpus } = await session.ask('steptrap/vcpus');
  assert.deepEqual([schedulerLocking, recordsOf(vcpus).length], ['on', 2]);
  await session.ask('setFunctionBreakpoints', { breakpoints: [] });
  await session.ask('restart');
  await session.stop();
  assert.equal((await session.frames())[0]?.['name'], 'fibonacci');
  await session.close();
});

test('ST-DAP-096 a guest that cannot be made is refused in a sentence that begins with its setting', async () => {
  const text = file('notes.elf', new TextEncoder().encode('no program'));
  assert.match(await refusal({ program: text }), /^Setting "program": .*notes\.elf is not an ELF file/);
  assert.match(await refusal({ kernel: text }), /^Setting "kernel": .*notes\.elf is not an ELF file/);
  assert.match(await refusal({ program: COUNTER, kernel: text }), /^Setting "kernel": .*notes\.elf is neither an ELF file nor/);
  assert.match(await refusal({ program: COUNTER, symbolFiles: [text] }), /^Setting "symbolFiles": .*notes\.elf is not an ELF file/);
  assert.match(await refusal({ program: COUNTER, symbolFiles: [{ path: COUNTER, address: '0x10' }] }), /^Setting "symbolFiles": .*0x10/);
});

test('ST-DAP-097 an arm64 Image boots without any ELF file', async () => {
  const [here, textOffset, imageSize] = [0x1400_0000, 0x8_0000n, 0x1000n];
  const bytes = new Uint8Array(0x80);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, here, true);
  view.setBigUint64(8, textOffset, true);
  view.setBigUint64(16, imageSize, true);
  bytes.set(new TextEncoder().encode('ARM\x64'), 56);
  const session = await StoppedSession.launch(COUNTER, { program: undefined, kernel: file('Image', bytes), stopAt: undefined });
  assert.match(await session.value('$pc'), /80000$/);
  await session.run('stepIn', { granularity: 'instruction' });
  assert.match(await session.value('$pc'), /80000$/);
  await session.close();
});

test('ST-DAP-099 what is given as kernel boots, and the program beside it gives symbols only', async () => {
  const here = Uint8Array.of(0, 0, 0, 0x14);
  const raw = await StoppedSession.launch(COUNTER, { kernel: file('raw.bin', here), loadAddress: '0x41000000', stopAt: undefined });
  assert.match(await raw.value('$pc'), /41000000/);
  assert.match(await raw.value('&main'), /main/);
  await raw.close();
  const hello = projectFile('samples/hello/hello.aarch64.O0.elf');
  const elf = await StoppedSession.launch(COUNTER, { kernel: hello, stopAt: undefined });
  await elf.ask('continue', { threadId: 1 });
  await elf.connection.client.waitFor('terminated');
  const written = elf.connection.events.filter(({ event }) => event === 'output').map(({ body }) => String(Object(body)['output']));
  assert.match(written.join(''), /[Hh]ello/);
  await elf.close();
});

test('ST-DAP-110 the command line and the place of the initrd stand in the device tree that is given', async () => {
  const dtb = projectFile('test/vmm/deviceTree/virt.dtb');
  const initrd = file('initrd.cpio', new TextEncoder().encode('the initial RAM disk'));
  const session = await StoppedSession.launch(COUNTER, { dtb, initrd, append: 'console=of-this-boot', stopAt: undefined });
  const read = async (memoryReference: string, count: number): Promise<Buffer> =>
    Buffer.from(String((await session.ask('readMemory', { memoryReference, count }))['data']), 'base64');
  const tree = await read(await session.value('$x0'), 0x4000);
  assert.ok(tree.includes('console=of-this-boot'));
  const property = tree.indexOf(Buffer.from([0, 0, 0, 3, 0, 0, 0, 8]));
  assert.ok(property > 0);
  const disk = `0x${tree.readBigUInt64BE(property + 12).toString(16)}`;
  assert.equal((await read(disk, 20)).toString(), 'the initial RAM disk');
  await session.close();
});

test('ST-DAP-098 a guest that is launched without debugging stops nowhere', async () => {
  const connection = connectInProcess();
  const settings = { program: COUNTER, noDebug: true, stopOnEntry: true, stopAt: 'main' };
  for (const [command, args] of [
    ['launch', settings],
    ['configurationDone', {}],
  ] as const)
    assert.equal((await connection.client.request(command, args)).message, undefined);
  assert.equal((await connection.client.waitFor('stopped', 'terminated'))?.['event'], 'terminated');
  await connection.close();
});

test('ST-DAP-100 breakpoints keep their ids over a restart', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const idsOf = async (names: readonly string[]): Promise<readonly unknown[]> => {
    const { breakpoints } = await session.ask('setFunctionBreakpoints', { breakpoints: names.map(name => ({ name })) });
    return recordsOf(breakpoints).map(({ id }) => id);
  };
  await idsOf(['fibonacci']);
  const [nowhere, increment] = await idsOf(['nowhere', 'increment']);
  assert.deepEqual(await idsOf(['increment', 'nowhere']), [increment, nowhere]);
  await session.ask('restart');
  await session.stop();
  assert.deepEqual((await session.run('continue'))['hitBreakpointIds'], [increment]);
  const announced = session.connection.events.filter(({ event }) => event === 'breakpoint');
  for (const { body } of announced) assert.ok([nowhere, increment].includes(recordOf(recordOf(body)['breakpoint'])['id']));
  await session.close();
});

test('ST-DAP-101 a restart goes back to the configuration, and says that what is known of the vCPUs is stale', async () => {
  const session = await StoppedSession.launch(COUNTER, { smp: 2 });
  await session.ask('steptrap/setSchedulerLocking', { mode: 'on' });
  await session.ask('steptrap/freeze', { threadId: 2 });
  const told = (): number => session.connection.events.filter(({ event }) => event === 'steptrap/vcpusChanged').length;
  const before = told();
  await session.ask('restart');
  await session.stop();
  assert.ok(told() > before);
  const { schedulerLocking, vcpus } = await session.ask('steptrap/vcpus');
  assert.deepEqual([schedulerLocking, recordsOf(vcpus).map(({ isFrozen }) => isFrozen)], ['step', [false, false]]);
  await session.close();
});

test('ST-DAP-074 with trace dap each message but output is a line of the debug console', async () => {
  const session = await StoppedSession.launch(COUNTER, { trace: 'dap' });
  await session.ask('threads');
  const lines = session.consoleLines().filter(line => line.startsWith('dap '));
  assert.ok(lines.some(line => /^dap → .*"command":"threads"/.test(line)));
  assert.ok(lines.some(line => /^dap ← .*"command":"threads".*"success":true/.test(line)));
  assert.ok(lines.every(line => !line.includes('"event":"output"')));
  await session.ask('steptrap/setTrace', { mode: 'off' });
  const count = session.consoleLines().length;
  await session.ask('threads');
  assert.equal(session.consoleLines().length, count);
  await session.close();
});

/** A client on a socket. */
function connectPort(port: number): Connection {
  const socket = connect(port, '127.0.0.1');
  const events: WireMessage[] = [];
  const decoder = new MessageDecoder();
  const client = new AdapterClient(
    message => socket.write(encodeMessage(message)),
    event => events.push(event),
  );
  socket.on('data', (bytes: Uint8Array) => {
    for (const frame of decoder.push(bytes)) if (frame.kind === 'message') client.receive(frame.value);
  });
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()));
  return {
    client,
    events,
    sendRaw: raw => socket.write(raw instanceof Uint8Array ? raw : encodeMessage(raw)),
    close: async () => {
      await client.request('disconnect');
      socket.end();
      await closed;
    },
  };
}

test('ST-DAP-075 dap --port serves several clients, each with a session of its own', async () => {
  const server = spawn(process.execPath, [projectFile('out/src/entries/steptrap.node.js'), 'dap', '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await new Promise<number>(resolve => {
    server.stderr.on('data', (bytes: Uint8Array) => {
      const match = /listening on 127\.0\.0\.1:(\d+)/.exec(String(bytes));
      if (match !== null) resolve(Number(match[1]));
    });
  });
  const one = await StoppedSession.launch(COUNTER, {}, connectPort(port));
  const other = await StoppedSession.launch(COUNTER, { stopAt: 'increment' }, connectPort(port));
  assert.equal((await one.frames())[0]?.['name'], 'main');
  await one.close();
  assert.equal((await other.frames())[0]?.['name'], 'increment');
  await other.close();
  server.kill();
});
