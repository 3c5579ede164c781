// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import type { Figures } from './figures.js';
import { bootGuest, ROOT, runGuest } from './guest.js';
import { interleaved, median, userSeconds } from './measure.js';
import { bootPowerGuest, type PowerIsa } from './powerGuest.js';

/** What the workload prints last on any engine that runs it right. */
const CHECKSUM = 'checksum 874b4b2d';
const ROUNDS = 5;

/** What one run came to. */
interface WorkloadRun {
  readonly instructions: number;
  /** Millions of instructions a second of user CPU time, from a machine that has just been made to the end of the workload. */
  readonly mips: number;
}

/** A guest with the workload, and what runs it to its end and answers how many instructions retired. */
interface WorkloadGuest {
  readonly runToEnd: () => number;
  readonly console: () => string;
}

function bootWorkload(isa: 'aarch64' | PowerIsa): WorkloadGuest {
  const path = `bench/workload/workload.${isa}.elf`;
  if (isa === 'aarch64') {
    const guest = bootGuest(path);
    return { runToEnd: () => runGuest(guest, Number.POSITIVE_INFINITY), console: guest.console };
  }
  const guest = bootPowerGuest(path, 'hv');
  return { runToEnd: () => guest.run(Number.POSITIVE_INFINITY, CHECKSUM), console: guest.console };
}

function ours(isa: 'aarch64' | PowerIsa): WorkloadRun {
  const { runToEnd, console } = bootWorkload(isa);
  let instructions = 0;
  const seconds = userSeconds(() => {
    instructions = runToEnd();
  });
  if (!console().includes(CHECKSUM)) throw new Error(`The workload printed '${console().slice(-80)}' and not '${CHECKSUM}'.`);
  return { instructions, mips: instructions / seconds / 1e6 };
}

/** The same instructions under qemu-user; `undefined` if that is not installed. */
function qemuUser(isa: string, instructions: number): number | undefined {
  // The shell reports the child's user time, which Node does not.
  const command = `TIMEFORMAT='seconds %3U'; time qemu-${isa} bench/workload/workload.linux.${isa}.elf`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: ROOT, encoding: 'utf8' });
  const seconds = /seconds ([0-9.]+)/.exec(stderr)?.[1];
  if (status !== 0 || seconds === undefined || !stdout.includes(CHECKSUM)) return undefined;
  return instructions / Number(seconds) / 1e6;
}

/** `mips.interpreter.<isa>` and, with QEMU installed, the ratio. */
async function speedOf(isa: 'aarch64' | PowerIsa): Promise<Figures> {
  // The first run in a process also pays for starting the WebAssembly compiler.
  const { instructions } = ours(isa);
  const count = { [isa === 'aarch64' ? 'workload.instructions' : `workload.instructions.${isa}`]: instructions };
  if (qemuUser(isa, instructions) === undefined) {
    console.error(`qemu-${isa} is not installed (Debian: qemu-user); the ratio is left out.`);
    return { [`mips.interpreter.${isa}`]: median([ours(isa).mips, ours(isa).mips, ours(isa).mips]), ...count };
  }
  const { left, right, ratio } = await interleaved(
    ROUNDS,
    () => ours(isa).mips,
    () => qemuUser(isa, instructions) ?? Number.NaN,
  );
  return {
    [`mips.interpreter.${isa}`]: left,
    [`mips.qemuUser.${isa}`]: right,
    [`ratio.interpreter.${isa}.qemuUser`]: ratio,
    ...count,
  };
}

export const speed = (): Promise<Figures> => speedOf('aarch64');
export const speedPpc64 = (): Promise<Figures> => speedOf('ppc64');
export const speedPpc64le = (): Promise<Figures> => speedOf('ppc64le');
