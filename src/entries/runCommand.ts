// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../base/index.js';
import { checkLaunchConfiguration, type LaunchConfiguration } from '../dap/index.js';
import { bootImage } from '../debug/index.js';
import { isInterrupted, KVM_EXIT, kvmQuirks } from '../kvm/index.js';
import { createMachine, type Machine } from '../vmm/index.js';
import type { Invocation } from './commandLine.js';
import { interpreterImage } from './engineImage.js';
import { NodeHost } from './nodeHost.js';

/** The exit status when --max-instructions ran out (as timeout(1)). */
export const LIMIT_STATUS = 124;

/** Instructions between two looks at the standard input. */
const SLICE_INSTRUCTIONS = 1_000_000;

/** How long a pipe may stay silent before the guest starts without its input. */
const PIPE_PATIENCE_MILLISECONDS = 100;

/** Names of exit reasons for --stats. */
const EXIT_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(KVM_EXIT).map(([name, reason]) => [reason, `KVM_EXIT_${name}`]));

/** What the guest has done with its console. */
interface ConsoleState {
  /** Whether it has written: its driver is up. */
  hasSpoken: boolean;
}

/** `steptrap run`: the guest's exit status, or why it could not run. Nothing of the debugger takes part. */
export async function run(invocation: Invocation): Promise<Result<number>> {
  const [path = ''] = invocation.operands;
  const checked = checkLaunchConfiguration({ ...invocation.settings, kernel: path });
  if (!checked.ok) return failure('usage', checked.error.message);
  const host = new NodeHost();
  const console: ConsoleState = { hasSpoken: false };
  const machine = await build(host, path, checked.value, console);
  if (!machine.ok) {
    host.dispose();
    return machine;
  }
  return success(await new HeadlessRun(machine.value, console, host, invocation, checked.value.maximumInstructions).toEnd());
}

async function build(host: NodeHost, path: string, configuration: LaunchConfiguration, console: ConsoleState): Promise<Result<Machine>> {
  const file = await host.files.read(path);
  if (!file.ok) return file;
  const { loadAddress, cpu, kvm } = configuration;
  const requested = configuration.machine === 'ppce500' ? undefined : configuration.machine;
  const boot = bootImage({ path, bytes: file.value, loadAddress, machine: requested });
  if (!boot.ok) return boot;
  const blobs: { initrd?: Uint8Array; deviceTree?: Uint8Array } = {};
  for (const [setting, name] of [
    ['initrd', 'initrd'],
    ['dtb', 'deviceTree'],
  ] as const) {
    const blobPath = configuration[setting];
    if (blobPath === undefined) continue;
    const blob = await host.files.read(blobPath);
    if (!blob.ok) return failure(blob.error.code, `--${setting}: ${blob.error.message}`);
    blobs[name] = blob.value;
  }
  return createMachine({
    ...boot.value,
    cpu,
    kvmKind: kvm,
    interpreter: interpreterImage,
    quirks: kvmQuirks(configuration.fidelity),
    cpus: configuration.smp,
    memoryBytes: configuration.memory,
    bootArguments: configuration.append,
    ...blobs,
    writeConsole: bytes => {
      console.hasSpoken = true;
      process.stdout.write(bytes.slice());
    },
    log: line => process.stderr.write(`steptrap: ${line}\n`),
  });
}

/** One run of a machine from its first instruction to its end. */
class HeadlessRun {
  readonly #exits: Record<string, number> = {};
  /** Input that the guest has not been given: a UART forgets what comes before its driver has set it up. */
  #typed: number[] = [];
  #inputEnded = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly console: ConsoleState,
    private readonly host: NodeHost,
    private readonly invocation: Invocation,
    private readonly maximumInstructions: number | undefined,
  ) {}

  async toEnd(): Promise<number> {
    const { kvm } = this.machine;
    if (this.invocation.options['trace'] === 'kvm') {
      kvm.callLog.setOn(true);
      kvm.callLog.listener = entry =>
        process.stderr.write(`${entry.number}  ${entry.vcpu === undefined ? '' : `vCPU ${entry.vcpu}  `}${entry.text}\n`);
    }
    process.stdin.on('data', (bytes: Uint8Array) => {
      this.#typed.push(...bytes);
      this.#wake?.();
    });
    process.stdin.on('end', () => {
      this.#inputEnded = true;
      this.#wake?.();
    });
    process.stdin.on('error', () => undefined);
    await this.#pipedInput();
    const before = performance.now();
    const status = await this.#loop();
    if ('stats' in this.invocation.options) {
      const seconds = (performance.now() - before) / 1000;
      process.stderr.write(
        `${JSON.stringify({ instructions: kvm.scheduler.virtualTime, seconds: Number(seconds.toFixed(6)), exits: this.#exits })}\n`,
      );
    }
    process.stdin.removeAllListeners();
    process.stdin.destroy();
    this.host.dispose();
    return status;
  }

  /**
   * Input from a file or pipe is there before the first instruction, so that a guest that polls a while for it finds it, whatever the
   * speed. A terminal, or a pipe that stays silent, is not waited for.
   */
  async #pipedInput(): Promise<void> {
    if (process.stdin.isTTY) return;
    const silence = setTimeout(() => this.#wake?.(), PIPE_PATIENCE_MILLISECONDS);
    await this.#moreInput();
    clearTimeout(silence);
    this.#wake = undefined;
  }

  async #loop(): Promise<number> {
    const { machine } = this;
    const { scheduler } = machine.kvm;
    for (let sliceEnd = SLICE_INSTRUCTIONS; ; ) {
      const limit = this.maximumInstructions ?? Number.MAX_SAFE_INTEGER;
      const left = Math.min(sliceEnd, limit) - scheduler.virtualTime;
      if (scheduler.virtualTime >= limit) return LIMIT_STATUS;
      if (left <= 0) {
        this.#type();
        sliceEnd = scheduler.virtualTime + SLICE_INSTRUCTIONS;
        await new Promise<void>(resolve => this.host.defer(resolve));
        continue;
      }
      const result = scheduler.run(machine.startedVcpus, { maximumInstructions: left });
      if (result.kind === 'limit') continue;
      if (result.kind === 'idle') {
        if (!(await this.#input())) return this.#giveUp('Every vCPU of the guest waits and nothing can wake it.');
        continue;
      }
      const { vcpu } = result;
      // A hypercall of another vCPU has woken it; nothing else signals here.
      if (isInterrupted(result.result)) continue;
      if (result.result !== 0) return this.#giveUp(`KVM_RUN of vCPU ${vcpu.index} failed with ${result.result}.`);
      const name = EXIT_NAMES.get(vcpu.kvmRun.exit_reason) ?? `exit ${vcpu.kvmRun.exit_reason}`;
      this.#exits[name] = (this.#exits[name] ?? 0) + 1;
      if (this.console.hasSpoken) this.#type();
      const exit = machine.serveExit(vcpu);
      switch (exit.kind) {
        case 'continue':
          continue;
        case 'waitForConsole':
          if (!(await this.#input())) return this.#giveUp('The guest waits for console input, and the standard input has ended.');
          continue;
        case 'ended':
          return exit.status;
        case 'notOurs':
          return this.#giveUp(`vCPU ${vcpu.index} stopped for a debugger (${name}), and there is none.`);
        case 'error':
          return this.#giveUp(exit.message);
      }
    }
  }

  /** Gives the guest what was typed, now that it can take it: it has written itself, waits, or has run for a while. */
  #type(): void {
    if (this.#typed.length > 0) this.machine.receiveConsole(this.#typed.splice(0));
  }

  /** Waits for the next input; false when there will be none. */
  async #input(): Promise<boolean> {
    if (this.#typed.length === 0 && !(await this.#moreInput())) return false;
    this.#type();
    return true;
  }

  #moreInput(): Promise<boolean> {
    if (this.#inputEnded) return Promise.resolve(false);
    return new Promise(resolve => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve(this.#typed.length > 0);
      };
    });
  }

  #giveUp(sentence: string): number {
    process.stderr.write(`steptrap: ${sentence}\n`);
    return 1;
  }
}
