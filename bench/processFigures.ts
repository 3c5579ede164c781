// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { AdapterClient, encodeMessage, MessageDecoder } from '../src/dap/index.js';
import type { Figures } from './figures.js';
import { MEMORY_BYTES, ROOT } from './guest.js';
import { median } from './measure.js';

const PROGRAM = `${ROOT}bench/loop/loop.aarch64.elf`;
const ADAPTER = `${ROOT}dist/steptrap.js`;
const ROUNDS = 7;

/** Starts the adapter as an editor does, launches a guest and waits for its first stop. */
async function firstStop(): Promise<{ readonly seconds: number; readonly residentMiB: number | undefined }> {
  const before = performance.now();
  const child = spawn(process.execPath, [ADAPTER, 'dap'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const decoder = new MessageDecoder();
  const client = new AdapterClient(message => child.stdin.write(encodeMessage(message)));
  child.stdout.on('data', (bytes: Uint8Array) => {
    for (const frame of decoder.push(bytes)) if (frame.kind === 'message') client.receive(frame.value);
  });
  child.on('exit', () => client.close());
  await client.request('initialize', { adapterID: 'steptrap' });
  const launched = client.request('launch', { program: PROGRAM, memory: '16M', stopOnEntry: true });
  await client.waitFor('initialized');
  await client.request('configurationDone', {});
  const { success, message } = await launched;
  if (!success) throw new Error(`launch: ${message}`);
  await client.waitFor('stopped');
  const seconds = (performance.now() - before) / 1e3;
  const residentMiB = residentMiBOf(child.pid);
  child.kill();
  return { seconds, residentMiB };
}

/** Resident memory of a process, where the host tells. */
function residentMiBOf(pid: number | undefined): number | undefined {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return undefined;
  const kibibytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(path, 'utf8'))?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
}

/** Figures of the built product as a process of its own. */
export async function processFigures(): Promise<Figures> {
  if (!existsSync(ADAPTER)) throw new Error('dist/steptrap.js is missing; run npm run build.');
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await firstStop());
  const resident = rounds.flatMap(({ residentMiB }) => (residentMiB === undefined ? [] : [residentMiB]));
  return {
    'seconds.firstStop': median(rounds.map(({ seconds }) => seconds)),
    ...(resident.length > 0 && { 'memory.residentMiB': Math.max(0, median(resident) - MEMORY_BYTES / 2 ** 20) }),
  };
}
