// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectInProcess, projectFile } from '../support/adapterConnection.js';

const ELF = readFileSync(projectFile('samples/hello/hello.aarch64.O2.elf'));

test('ST-DAP-042 a truncated ELF at any of 40 lengths is launched as far as it goes or refused in one sentence', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'steptrap-'));
  const program = join(folder, 'cut.elf');
  for (let part = 0; part < 40; part++) {
    writeFileSync(program, ELF.subarray(0, Math.floor((ELF.length * part) / 40)));
    const connection = connectInProcess();
    const { success, message } = await connection.client.request('launch', { program });
    if (!success) assert.match(message ?? '', /^[^\n]+\.$/);
    assert.doesNotMatch(message ?? '', /failed on/);
    await connection.close();
  }
  rmSync(folder, { recursive: true });
});

test('ST-DAP-043 restart brings the guest back to its entry with the same breakpoints', async () => {
  const connection = connectInProcess();
  const { client } = connection;
  await client.request('launch', { program: projectFile('samples/counter/counter.aarch64.O0.elf') });
  await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'main' }] });
  for (const command of ['configurationDone', 'restart']) {
    assert.equal((await client.request(command)).message, undefined);
    assert.equal(Object((await client.waitFor('stopped'))?.['body'])['reason'], 'entry');
    await client.request('continue', { threadId: 1 });
    assert.equal(Object((await client.waitFor('stopped'))?.['body'])['reason'], 'function breakpoint');
  }
  await connection.close();
});
