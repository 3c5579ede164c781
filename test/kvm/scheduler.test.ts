// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRNO, KVM_EXIT, KVM_GUESTDBG, SLICE_INSTRUCTIONS } from '../../src/kvm/index.js';
import { addImmediate, b, brk, hvc, ldr, mov32, movz, nop, str, wfe, wfi } from './a64.js';
import { CODE, DATA, DEVICE, guest, guestDebug, irq, register, setRegister } from './guest.js';

const OTHER = CODE + 0x800;
const LOOP = [addImmediate(0, 0, 1), b(-4)];

function pair(code: readonly number[], other: readonly number[]) {
  const machine = guest({ vcpus: 2, code });
  machine.put(OTHER, other);
  const [, second] = machine.vcpus;
  assert.ok(second !== undefined);
  setRegister(second, 'pc', OTHER);
  const running = new Uint8Array(4);
  assert.equal(second.setMpState(running), 0);
  return { ...machine, first: machine.vcpu, second };
}

test('ST-KVM-030 two looping vCPUs get slices in turn, and the end of a slice is no guest exit', () => {
  const { kvm, first, second } = pair(LOOP, LOOP);
  kvm.callLog.setOn(true);
  assert.equal(kvm.scheduler.run([first, second], { maximumInstructions: 3 * SLICE_INSTRUCTIONS + 10 }).kind, 'limit');
  assert.deepEqual([first.retiredInstructions, second.retiredInstructions], [2 * SLICE_INSTRUCTIONS, SLICE_INSTRUCTIONS + 10]);
  assert.deepEqual([first.counters.guestExits, second.counters.guestExits], [0, 0]);
  assert.deepEqual(
    kvm.callLog.read(1, 10).map(entry => [entry.kind, entry.text]),
    [
      ['preemption', 'end of slice, next vCPU 1'],
      ['preemption', 'end of slice, next vCPU 0'],
      ['preemption', 'end of slice, next vCPU 1'],
    ],
  );
});

test('ST-KVM-031 how the caller cuts its calls changes neither interleaving nor virtual time', () => {
  const drive = (chunks: readonly number[]) => {
    const { kvm, first, second } = pair(
      [...mov32(1, DATA), ldr(0, 1), addImmediate(0, 0, 1), str(0, 1), b(-12)],
      [...mov32(1, DATA), ldr(0, 1), addImmediate(0, 0, 3), str(0, 1), b(-12)],
    );
    for (const maximumInstructions of chunks) kvm.scheduler.run([first, second], { maximumInstructions });
    for (const vcpu of [first, second]) vcpu.signal();
    kvm.scheduler.run([first], { maximumInstructions: 1 });
    kvm.scheduler.run([second], { maximumInstructions: 1 });
    return [kvm.scheduler.virtualTime, register(first, 'x0'), register(second, 'x0'), register(first, 'pc'), register(second, 'pc')];
  };
  const whole = drive([35_000]);
  assert.deepEqual(drive([1, 9_999, 12_345, 12_655]), whole);
  assert.deepEqual(drive(Array.from({ length: 350 }, () => 100)), whole);
  assert.equal(whole[0], 35_000);
});

test('ST-KVM-032 API-12 one vCPU returns while the other stays inside its KVM_RUN and can be kicked out', () => {
  const { kvm, first, second } = pair([...mov32(1, DEVICE), ldr(0, 1)], LOOP);
  const returned = kvm.scheduler.run([first, second], { maximumInstructions: 1_000_000 });
  assert.equal(returned.kind === 'returned' && returned.vcpu, first);
  kvm.scheduler.run([second], { maximumInstructions: 5 });
  assert.deepEqual([first.isInKvmRun, second.isInKvmRun], [false, true]);
  assert.equal(guestDebug(second, 0), -ERRNO.EDEADLK);
  second.signal();
  const kicked = kvm.scheduler.run([second], { maximumInstructions: 1_000_000 });
  assert.equal(kicked.kind === 'returned' && kicked.result, -ERRNO.EINTR);
  assert.deepEqual([second.kvmRun.exit_reason, register(second, 'x0')], [KVM_EXIT.INTR, 3n]);
});

test('ST-KVM-033 CPU_ON starts a powered-off vCPU at its entry with its context, CPU_OFF stops it', () => {
  const machine = guest({ vcpus: 2, code: [...mov32(0, 0xc400_0003), movz(1, 1), ...mov32(2, OTHER), movz(3, 77), hvc(0), wfi] });
  machine.put(OTHER, [addImmediate(5, 0, 1), ...mov32(0, 0x8400_0002), hvc(0), nop]);
  const { kvm, vcpus } = machine;
  const [first, second] = vcpus;
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(kvm.scheduler.run(vcpus, { maximumInstructions: 1000 }).kind, 'idle');
  for (const vcpu of vcpus) vcpu.signal();
  for (const vcpu of vcpus) kvm.scheduler.run([vcpu], { maximumInstructions: 1 });
  assert.deepEqual([register(first, 'x0'), register(second, 'x5'), register(second, 'pc')], [0n, 78n, BigInt(OTHER + 16)]);
});

test('ST-KVM-034 WFE gives the slice to the other vCPU', () => {
  const { kvm, first, second } = pair([wfe, b(-4)], LOOP);
  kvm.scheduler.run([first, second], { maximumInstructions: SLICE_INSTRUCTIONS / 2 });
  assert.ok(second.retiredInstructions > SLICE_INSTRUCTIONS / 4);
});

test('ST-KVM-035 an interrupt wakes a sleeping vCPU while the other runs on', () => {
  const { kvm, vm, first, second } = pair([wfi, addImmediate(3, 3, 1), brk(0)], LOOP);
  guestDebug(first, KVM_GUESTDBG.ENABLE);
  assert.equal(kvm.scheduler.run([first, second], { maximumInstructions: 100 }).kind, 'limit');
  irq(vm, 0, 1);
  const returned = kvm.scheduler.run([first, second], { maximumInstructions: 3 * SLICE_INSTRUCTIONS });
  assert.equal(returned.kind === 'returned' && returned.vcpu, first);
  assert.equal(register(first, 'x3'), 1n);
});

test('ST-KVM-060 a thread that is signalled leaves without a turn: slices go on where they were', () => {
  const drive = (interrupts: boolean): readonly unknown[] => {
    const { kvm, first, second } = pair(
      [...mov32(1, DATA), ldr(0, 1), addImmediate(0, 0, 1), str(0, 1), b(-12)],
      [...mov32(1, DATA), ldr(0, 1), addImmediate(0, 0, 3), str(0, 1), b(-12)],
    );
    for (let round = 0; round < 70; round++) {
      kvm.scheduler.run([first, second], { maximumInstructions: 700 });
      if (!interrupts) continue;
      for (const vcpu of [first, second]) {
        vcpu.signal();
        const left = kvm.scheduler.run([vcpu], { maximumInstructions: 1 });
        assert.equal(left.kind === 'returned' && left.result, -ERRNO.EINTR);
      }
    }
    for (const vcpu of [first, second]) {
      if (vcpu.isInKvmRun) vcpu.signal();
      if (vcpu.isInKvmRun) kvm.scheduler.run([vcpu], { maximumInstructions: 1 });
    }
    return [kvm.scheduler.virtualTime, ...[first, second].flatMap(vcpu => [register(vcpu, 'x0'), register(vcpu, 'pc')])];
  };
  assert.deepEqual(drive(true), drive(false));
});

test('ST-KVM-061 the reset of CPU_ON comes before user space reads or writes a register of the vCPU', () => {
  for (const name of ['read', 'write'] as const) {
    const machine = guest({ vcpus: 2, code: [...mov32(0, 0xc400_0003), movz(1, 1), ...mov32(2, OTHER), movz(3, 77), hvc(0), wfi] });
    machine.put(OTHER, [addImmediate(5, 0, 1), b(-4)]);
    const [first, second] = machine.vcpus;
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(machine.kvm.scheduler.run([first], { maximumInstructions: 1000 }).kind, 'idle');
    if (name === 'write') setRegister(second, 'x0', 100);
    assert.deepEqual([register(second, 'pc'), register(second, 'x0')], [BigInt(OTHER), name === 'write' ? 100n : 77n]);
    machine.kvm.scheduler.run([second], { maximumInstructions: 1 });
    second.signal();
    machine.kvm.scheduler.run([second], { maximumInstructions: 1 });
    assert.equal(register(second, 'x5'), name === 'write' ? 101n : 78n);
  }
});
