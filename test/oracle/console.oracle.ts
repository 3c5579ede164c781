// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { SampleGuest } from '../debug/sampleGuest.js';
import { runSample } from '../support/headlessSample.js';
import { QEMU, ROOT } from './recorder/qemu.js';

/** Programs without which there is nothing to compare with. */
export const peers = [['qemu-system-aarch64'], ['qemu-system-ppc64']] as const;

/** Samples that end without input, with the numbers of CPUs to run them on. */
const SAMPLES = [
  { name: 'hello', cpus: [1] },
  { name: 'counter', cpus: [1] },
  { name: 'svc', cpus: [1] },
  { name: 'smp', cpus: [1, 2, 4, 8] },
] as const;
const POWER_SAMPLES = [
  { name: 'hello', cpus: [1] },
  { name: 'counter', cpus: [1] },
  { name: 'smp', cpus: [1, 2, 4, 8] },
  { name: 'vectors', cpus: [1] },
  { name: 'selfstep', cpus: [1] },
] as const;
const TIMEOUT_MILLISECONDS = 120_000;

/** Compares what the samples write on their consoles, here and in QEMU, whose CPUs take turns otherwise. */
export async function run(_options: { readonly seed: number }): Promise<{ passed: number; failed: number }> {
  const power = comparePower();
  let { passed, failed } = power;
  for (const { name, cpus } of SAMPLES) {
    for (const level of ['O0', 'O2'] as const) {
      for (const smp of cpus) {
        const ours = new SampleGuest(name, level, { smp });
        ours.runToEnd();
        const theirs = qemuConsole(`samples/${name}/${name}.aarch64.${level}.elf`, smp);
        const isEqual = ours.output === theirs;
        console.log(`${isEqual ? 'ok' : 'FAILED'}: the console of ${name} at -${level} on ${smp} CPU${smp === 1 ? '' : 's'}`);
        if (!isEqual) console.log(`  here ${JSON.stringify(ours.output)}\n  QEMU ${JSON.stringify(theirs)}`);
        if (isEqual) passed++;
        else failed++;
      }
    }
  }
  return { passed, failed };
}

/** POWER: here under KVM-HV, which is what QEMU's `pseries` without KVM is most like. */
function comparePower(): { passed: number; failed: number } {
  let passed = 0;
  let failed = 0;
  for (const { name, cpus } of POWER_SAMPLES)
    for (const isa of ['ppc64', 'ppc64le'])
      for (const level of ['O0', 'O2'])
        for (const cpu of ['power8', 'power9'])
          for (const smp of cpus) {
            const image = `samples/${name}/${name}.${isa}.${level}.elf`;
            const ours = runSample(image, { cpu, cpus: smp }).console;
            const theirs = qemuPowerConsole(image, cpu, smp);
            const isEqual = ours === theirs;
            console.log(`${isEqual ? 'ok' : 'FAILED'}: the console of ${name} for ${isa} at -${level} on ${smp} of ${cpu}`);
            if (!isEqual) console.log(`  here ${JSON.stringify(ours)}\n  QEMU ${JSON.stringify(theirs)}`);
            if (isEqual) passed++;
            else failed++;
          }
  return { passed, failed };
}

const qemuConsole = (image: string, smp: number): string =>
  consoleOf(QEMU, ['-M', 'virt', '-cpu', 'cortex-a57', '-smp', `${smp}`, '-m', '128M', '-nodefaults'], image);

/** By QEMU's Virtual Open Firmware: it writes nothing of its own. */
const qemuPowerConsole = (image: string, model: string, smp: number): string =>
  consoleOf('qemu-system-ppc64', ['-M', 'pseries,x-vof=on', '-cpu', model, '-smp', `${smp}`, '-m', '256M', '-vga', 'none'], image);

function consoleOf(program: string, machine: readonly string[], image: string): string {
  const streams = ['-display', 'none', '-monitor', 'none', '-serial', 'stdio'];
  const { stdout, error } = spawnSync(program, [...machine, ...streams, '-kernel', join(ROOT, image)], {
    encoding: 'utf8',
    timeout: TIMEOUT_MILLISECONDS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return error === undefined ? stdout.replaceAll('\r', '') : error.message;
}
