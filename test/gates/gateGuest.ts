// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AARCH64_INSTRUCTION_SET, buildInterpreter, CPU_MODELS, EngineShare, Interpreter } from '../../src/cpu/index.js';
import { bootImage } from '../../src/debug/index.js';
import { kvm_guest_debug, kvmQuirks, type Vcpu } from '../../src/kvm/index.js';
import { VirtMachine } from '../../src/vmm/index.js';

/** The project's root. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The interpreter as the build generates it. */
export const image = buildInterpreter(AARCH64_INSTRUCTION_SET.rows, AARCH64_INSTRUCTION_SET.routines, AARCH64_INSTRUCTION_SET);

/** A machine with a guest of bench/ or samples/, whose engine's counters a gate reads. */
export function gateGuest(path: string, cpus = 1): { readonly machine: VirtMachine; readonly vcpu: Vcpu; readonly engine: Interpreter } {
  const engine = new Interpreter(AARCH64_INSTRUCTION_SET, image);
  const boot = bootImage({ path: path, bytes: new Uint8Array(readFileSync(`${ROOT}${path}`)) });
  assert.ok(boot.ok);
  const machine = VirtMachine.create({
    share: new EngineShare(engine),
    model: CPU_MODELS['cortex-a57'],
    quirks: kvmQuirks('exact'),
    cpus,
    memoryBytes: 16 << 20,
    image: boot.value.image,
    writeConsole: () => undefined,
  });
  assert.ok(machine.ok);
  const [vcpu] = machine.value.vcpus;
  assert.ok(vcpu !== undefined);
  return { machine: machine.value, vcpu, engine };
}

/** Runs `instructions` of a guest that needs no device. */
export function runGuest(machine: VirtMachine, instructions: number): void {
  const result = machine.kvm.scheduler.run(machine.vcpus, { maximumInstructions: instructions });
  assert.equal(result.kind, 'limit');
}

/** KVM_SET_GUEST_DEBUG, after the vCPU's thread has been called out of KVM_RUN. */
export function setGuestDebug(
  vcpu: Vcpu,
  control: number,
  fill: (debug: ReturnType<typeof kvm_guest_debug.over>) => void = () => undefined,
): void {
  if (vcpu.isInKvmRun) {
    vcpu.signal();
    vcpu.run();
  }
  const bytes = kvm_guest_debug.make({ control });
  fill(kvm_guest_debug.over(bytes));
  assert.equal(vcpu.setGuestDebug(bytes), 0, vcpu.lastFailure?.message);
}
