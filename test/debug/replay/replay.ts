// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import type { GuestTarget } from '../../../src/debug/guestTarget.js';
import type { StepAction } from '../../../src/debug/stepping/stepAction.js';
import { KVM_EXIT, kvm_guest_debug, ppc_kvm_guest_debug } from '../../../src/kvm/index.js';

// The records of a step, done again on a copy of the guest by nobody but this file: what they leave out is missing in the copy behind the step.

/** PSTATE.SS, as SPSR has it. */
const SS = 21n;
/** More instructions than any guest runs from an entry to its exit here. */
const MOST = 10_000;
const hexadecimal = (value: bigint): string => `0x${value.toString(16)}`;
const bytesOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Does what `actions` say on `copy`, which stands where the step began and whose own debugger does nothing. */
export function replay(actions: readonly StepAction[], copy: GuestTarget, index = 0): void {
  for (const [n, action] of actions.entries()) replayOne(action, `record ${n} (${action.kind})`, copy, index);
}

function replayOne(action: StepAction, about: string, copy: GuestTarget, index: number): void {
  const { machine } = copy;
  const { vcpu, registers } = copy.control.at(index);
  const has = (name: string, value: bigint): void =>
    assert.equal(hexadecimal(registers.read(name)?.value ?? -1n), hexadecimal(value), `${about}: ${name} before it`);
  switch (action.kind) {
    case 'saveRegister':
      has(action.register, action.value);
      return;
    case 'writeRegister':
      has(action.register, action.before);
      assert.ok(registers.write(action.register, action.after).ok, about);
      return;
    case 'writeMemory':
      assert.equal(bytesOf(machine.readPhysical(action.address, action.before.length) ?? new Uint8Array()), bytesOf(action.before), about);
      assert.ok(machine.writePhysical(action.address, action.after), about);
      return;
    case 'setGuestDebug':
    case 'guestDebugInForce': {
      const structure = registers.model.names.includes('srr0') ? ppc_kvm_guest_debug : kvm_guest_debug;
      assert.equal(vcpu.call('KVM_SET_GUEST_DEBUG', structure.make({ control: action.control })), 0, about);
      return;
    }
    case 'exit': {
      const { kernel = [] } = action;
      for (const [n, write] of kernel.entries())
        if (
          write.when === 'entering' &&
          kernel.findIndex(({ register }) => register === write.register) === n &&
          isKeptForStep(write.register)
        )
          assert.equal(kernelValue(copy, index, write.register), write.before, `${about}: ${write.register} before KVM writes it`);
      const result = machine.kvm.scheduler.run([vcpu], { maximumInstructions: MOST });
      assert.ok(result.kind === 'returned' && result.result === 0, `${about}: the copy does not leave the guest`);
      const isDebug = vcpu.kvmRun.exit_reason === KVM_EXIT.DEBUG;
      assert.equal(isDebug, !action.reason.endsWith('served by the machine'), `${about}: exit ${vcpu.kvmRun.exit_reason}`);
      if (!isDebug) assert.equal(copy.control.serveExit(vcpu).kind, 'continue', about);
      assert.equal(hexadecimal(registers.pc), hexadecimal(action.pc), about);
      assert.deepEqual(vcpu.stepWrites, kernel, `${about}: what KVM has written`);
      for (const [n, write] of kernel.entries())
        if (
          write.when === 'leaving' &&
          !kernel.slice(n + 1).some(({ register }) => register === write.register) &&
          isKeptForStep(write.register)
        )
          assert.equal(kernelValue(copy, index, write.register), write.after, `${about}: ${write.register} behind what KVM writes`);
      return;
    }
    case 'decision':
    case 'holdVcpus':
    case 'releaseVcpus':
      return;
    case 'liftBreakpoint':
    case 'restoreBreakpoint': {
      // Slots and engine breakpoints come with what KVM is told, and no step here has one.
      assert.ok(action.word !== undefined, about);
      const { address, word } = action;
      assert.equal(bytesOf(machine.readVirtual(vcpu, address, word.before.length) ?? new Uint8Array()), bytesOf(word.before), about);
      assert.ok(machine.writeVirtual(vcpu, address, word.after), about);
      return;
    }
  }
}

/** MSR of KVM-PR is also written by the interrupts that KVM delivers on the way. */
const isKeptForStep = (register: string): boolean => register !== 'msr' && register !== 'srr1';

/** A register, the one field of PSTATE that KVM lends, or the mark that KVM keeps itself. */
function kernelValue(copy: GuestTarget, index: number, name: string): bigint {
  const { vcpu, registers } = copy.control.at(index);
  if (name === 'active-pending') return vcpu.debugState.isStepPending ? 1n : 0n;
  const [register = name, field] = name.split('.');
  const value = registers.read(register)?.value;
  assert.ok(value !== undefined, name);
  return field === 'SS' ? (value >> SS) & 1n : value;
}

/** All registers that the debugger knows, by name. */
export function registersOf(target: GuestTarget, index = 0): Readonly<Record<string, string>> {
  const { registers } = target.control.at(index);
  return Object.fromEntries(registers.model.names.map(name => [name, hexadecimal(registers.read(name)?.value ?? 0n)]));
}
