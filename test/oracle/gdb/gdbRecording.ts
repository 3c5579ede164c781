// SPDX-License-Identifier: MIT
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure, type Result, success } from '../../../src/base/index.js';
import { QEMU, ROOT } from '../recorder/qemu.js';

/** What gdb shall do with one program. All but `places` start QEMU and stand before the first instruction. */
export type GdbPlan =
  /** Where breakpoints go for texts, and the line of each instruction in `code` ([start, end) in decimal); nothing runs. */
  | { readonly kind: 'places'; readonly places: readonly string[]; readonly code: readonly [string, string] }
  /** `count` times `stepi` from each place in turn; `null` means from where it stands. */
  | { readonly kind: 'instructions'; readonly from: readonly (string | null)[]; readonly count: number }
  | { readonly kind: 'steps'; readonly command: 'step' | 'next'; readonly from: string; readonly count: number }
  /** To each place in turn, and `finish`. */
  | { readonly kind: 'finishes'; readonly places: readonly string[] }
  | { readonly kind: 'watches'; readonly expression: string; readonly count: number };

/** A scalar's bits in decimal or a sentence in <>; members or elements. */
export type ValueTree = string | readonly (readonly [string, ValueTree])[];

/** A frame as gdb shows it. */
export interface GdbFrame {
  readonly name: string | null;
  readonly file: string | null;
  readonly line: number;
  readonly isInlined: boolean;
  /** Of the two innermost frames only. */
  readonly variables: Readonly<Record<string, ValueTree>>;
}

/** A stop; numbers are decimal texts. */
export interface GdbStop {
  readonly kind: 'stop';
  readonly pc: string;
  readonly sp: string;
  readonly frames: readonly GdbFrame[];
  readonly place?: string;
  readonly old?: string | null;
  readonly new?: string | null;
}

/** A line of what recordStops.py writes. */
export type GdbRecord =
  | GdbStop
  | { readonly kind: 'place'; readonly place: string; readonly addresses: readonly string[] }
  | { readonly kind: 'row'; readonly address: string; readonly file: string | null; readonly line: number }
  | { readonly kind: 'pc'; readonly pc: string }
  /** gdb refused a command or lost the guest; nothing follows. */
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'end' };

/** The program to compare with. */
export const GDB = 'gdb-multiarch';
const SCRIPT = join(ROOT, 'test/oracle/gdb/recordStops.py');
const TIMEOUT_MILLISECONDS = 20_000;

/** What gdb does by `plan` with the ELF file `image` (relative to the project's root). Everything it starts has ended when it answers. */
export async function recordGdb(image: string, plan: GdbPlan): Promise<Result<readonly GdbRecord[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'steptrap-oracle-'));
  const output = join(folder, 'records');
  let qemu: ChildProcess | undefined;
  try {
    const port = plan.kind === 'places' ? undefined : await freePort();
    if (port !== undefined) qemu = startQemu(image, port);
    const environment = { ...process.env, STEPTRAP_GDB_PLAN: JSON.stringify({ ...plan, port, output }) };
    const gdb = spawn(GDB, ['-nx', '-batch', '-x', SCRIPT, image], { cwd: ROOT, env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    const complaint = await ended(gdb);
    const records = readRecords(output);
    if (records?.at(-1)?.kind === 'end') return success(records.slice(0, -1));
    return failure('EIO', `${GDB} did not finish on ${image}: ${complaint.trim().split('\n').at(-1) ?? ''}`);
  } finally {
    qemu?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function startQemu(image: string, port: number): ChildProcess {
  // biome-ignore format: a command line
  const parameters = [
    '-M', 'virt', '-cpu', 'cortex-a57', '-m', '128M', '-nographic', '-nic', 'none', '-serial', 'null', '-monitor', 'none',
    '-S', '-gdb', `tcp:127.0.0.1:${port}`, '-kernel', image,
  ];
  const qemu = spawn(QEMU, parameters, { cwd: ROOT, stdio: 'ignore' });
  // Without it gdb cannot connect, and says so.
  qemu.on('error', () => undefined);
  return qemu;
}

/** What `child` wrote to its standard error. It is killed when its time is up. */
function ended(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    let text = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MILLISECONDS);
    const end = (more: string): void => {
      clearTimeout(timer);
      resolve(text + more);
    };
    child.stderr?.setEncoding('utf8').on('data', (part: string) => void (text += part));
    child.on('error', error => end(error.message));
    child.on('close', (_status, signal) => end(signal === null ? '' : `\nended by ${signal}`));
  });
}

/** `undefined` if there is nothing; a line that was cut short ends the list. */
function readRecords(path: string): readonly GdbRecord[] | undefined {
  try {
    // Written by our own script, in the form of `GdbRecord`.
    return readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as GdbRecord);
  } catch {
    return undefined;
  }
}

/** A TCP port of the loopback interface that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('No port of the loopback interface is free.')),
      );
    });
  });
}
