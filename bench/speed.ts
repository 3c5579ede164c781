// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import type { Figures } from './figures.js';
import { bootGuest, ROOT, runGuest } from './guest.js';
import { interleaved, median, userSeconds } from './measure.js';

const WORKLOAD = 'bench/workload/workload.aarch64.elf';
const LINUX_WORKLOAD = 'bench/workload/workload.linux.aarch64.elf';
/** What the workload prints last on any engine that runs it right. */
const CHECKSUM = 'checksum 874b4b2d';
const ROUNDS = 5;

/** What one run came to. */
interface WorkloadRun {
  readonly instructions: number;
  /** Millions of instructions a second of user CPU time, from a machine that has just been made to the end of the workload. */
  readonly mips: number;
}

function ours(): WorkloadRun {
  const guest = bootGuest(WORKLOAD);
  let instructions = 0;
  const seconds = userSeconds(() => {
    instructions = runGuest(guest, Number.POSITIVE_INFINITY);
  });
  if (!guest.console().includes(CHECKSUM)) throw new Error(`The workload printed '${guest.console().slice(-80)}' and not '${CHECKSUM}'.`);
  return { instructions, mips: instructions / seconds / 1e6 };
}

/** The same instructions under qemu-aarch64; `undefined` if that is not installed. */
function qemuUser(instructions: number): number | undefined {
  // The shell reports the child's user time, which Node does not.
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `TIMEFORMAT='seconds %3U'; time qemu-aarch64 ${LINUX_WORKLOAD}`], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const seconds = /seconds ([0-9.]+)/.exec(stderr)?.[1];
  if (status !== 0 || seconds === undefined || !stdout.includes(CHECKSUM)) return undefined;
  return instructions / Number(seconds) / 1e6;
}

/** `mips.interpreter.aarch64` and, with QEMU installed, the ratio. */
export async function speed(): Promise<Figures> {
  // The first run in a process also pays for starting the WebAssembly compiler.
  const { instructions } = ours();
  if (qemuUser(instructions) === undefined) {
    console.error('qemu-aarch64 is not installed (Debian: qemu-user); the ratio is left out.');
    return { 'mips.interpreter.aarch64': median([ours().mips, ours().mips, ours().mips]), 'workload.instructions': instructions };
  }
  const { left, right, ratio } = await interleaved(
    ROUNDS,
    () => ours().mips,
    () => qemuUser(instructions) ?? Number.NaN,
  );
  return {
    'mips.interpreter.aarch64': left,
    'mips.qemuUser.aarch64': right,
    'ratio.interpreter.aarch64.qemuUser': ratio,
    'workload.instructions': instructions,
  };
}
