// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { bootImage } from '../../src/debug/index.js';
import { interpreterImage } from '../../src/entries/engineImage.js';
import { isInterrupted, type KvmKind, kvmQuirks } from '../../src/kvm/index.js';
import { createMachine } from '../../src/vmm/index.js';
import { projectFile } from './adapterConnection.js';

export interface HeadlessSettings {
  /** QEMU's name; by default the machine's own choice. */
  readonly cpu?: string;
  readonly cpus?: number;
  /** For POWER; default `hv`. */
  readonly kvmKind?: KvmKind;
  readonly fidelity?: 'exact' | 'kernel';
}

/** What a sample has written on its console, and how it ended: a status, or a sentence. */
export interface HeadlessOutcome {
  readonly console: string;
  readonly end: number | string;
}

const SLICE_INSTRUCTIONS = 10_000_000;

/** Runs a sample that waits for no input to its end, without a debugger. */
export function runSample(path: string, { cpu, cpus = 1, kvmKind, fidelity = 'exact' }: HeadlessSettings = {}): HeadlessOutcome {
  let console = '';
  const boot = bootImage({ path, bytes: new Uint8Array(readFileSync(projectFile(path))) });
  if (!boot.ok) return { console, end: boot.error.message };
  const created = createMachine({
    ...boot.value,
    cpu,
    cpus,
    kvmKind,
    interpreter: interpreterImage,
    quirks: kvmQuirks(fidelity),
    memoryBytes: 64 << 20,
    writeConsole: bytes => void (console += String.fromCharCode(...bytes)),
  });
  if (!created.ok) return { console, end: created.error.message };
  const machine = created.value;
  for (;;) {
    const run = machine.kvm.scheduler.run(machine.startedVcpus, { maximumInstructions: SLICE_INSTRUCTIONS });
    if (run.kind !== 'returned') return { console, end: `${run.kind} after ${machine.kvm.scheduler.virtualTime} instructions` };
    // A hypercall of another vCPU has woken it.
    if (isInterrupted(run.result)) continue;
    if (run.result !== 0) return { console, end: `KVM_RUN failed with ${run.result}` };
    const exit = machine.serveExit(run.vcpu);
    if (exit.kind === 'ended') return { console, end: exit.status };
    if (exit.kind === 'error') return { console, end: exit.message };
    if (exit.kind !== 'continue') return { console, end: exit.kind };
  }
}
