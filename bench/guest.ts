// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AARCH64_INSTRUCTION_SET, CPU_MODELS, EngineShare, Interpreter, readImage } from '../src/cpu/index.js';
import { bootImage } from '../src/debug/index.js';
import { kvmQuirks, type Vcpu } from '../src/kvm/index.js';
import { parseElf } from '../src/symbols/index.js';
import { VirtMachine } from '../src/vmm/index.js';

/** The project's root. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Every bench guest has this much memory. */
export const MEMORY_BYTES = 16 << 20;

/** A machine that has loaded a guest and has not run. */
export interface BenchGuest {
  readonly machine: VirtMachine;
  readonly vcpu: Vcpu;
  readonly engine: Interpreter;
  /** All that the guest has sent to its console. */
  readonly console: () => string;
  /** Address of a symbol; throws if there is none. */
  readonly symbol: (name: string) => bigint;
}

/** The generated interpreter, as the build wrote it. */
export const interpreterImage = () => granted(readImage(new Uint8Array(readFileSync(`${ROOT}/out/generated/aarch64.wasm`))));

/** Boots the ELF at `path` (relative to the root) on a machine `virt` of its own. */
export function bootGuest(path: string): BenchGuest {
  const file = new Uint8Array(readFileSync(`${ROOT}/${path}`));
  const engine = new Interpreter(AARCH64_INSTRUCTION_SET, interpreterImage());
  let sent = '';
  const machine = granted(
    VirtMachine.create({
      share: new EngineShare(engine),
      model: CPU_MODELS['cortex-a57'],
      quirks: kvmQuirks('exact'),
      cpus: 1,
      memoryBytes: MEMORY_BYTES,
      image: granted(bootImage({ path, bytes: file })).image,
      writeConsole: bytes => {
        sent += Buffer.from(bytes).toString('latin1');
      },
    }),
  );
  const [vcpu] = machine.vcpus;
  if (vcpu === undefined) throw new Error('The machine has no vCPU.');
  const { symbols } = granted(parseElf(file));
  const symbol = (name: string): bigint => {
    const found = symbols.all.find(each => each.name === name);
    if (found === undefined) throw new Error(`${path} has no symbol ${name}.`);
    return found.address;
  };
  return { machine, vcpu, engine, console: () => sent, symbol };
}

/**
 * Runs the guest for `instructions`, or to its end. Answers how many retired. What the machine cannot serve throws: the figures would be
 * of something else.
 */
export function runGuest({ machine }: BenchGuest, instructions: number): number {
  const { scheduler } = machine.kvm;
  const start = scheduler.virtualTime;
  for (;;) {
    const left = start + instructions - scheduler.virtualTime;
    if (left <= 0) break;
    const result = scheduler.run(machine.vcpus, { maximumInstructions: Math.min(left, SLICE_INSTRUCTIONS) });
    if (result.kind === 'limit') continue;
    if (result.kind === 'idle') throw new Error('The guest waits for something that the bench does not give.');
    const exit = machine.serveExit(result.vcpu);
    if (exit.kind === 'ended') break;
    if (exit.kind !== 'continue') throw new Error(exit.kind === 'error' ? exit.message : `The guest left with ${exit.kind}.`);
  }
  return scheduler.virtualTime - start;
}

/** As the adapter cuts long runs, so that other messages get in between. */
export const SLICE_INSTRUCTIONS = 1_000_000;

/** The value of a result; what was refused throws. */
export function granted<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly message: string } },
): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
