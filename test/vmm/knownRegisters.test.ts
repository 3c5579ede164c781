// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HCALL, HCALL_RESULT, ppc_kvm_regs, type Vcpu } from '../../src/kvm/index.js';
import { LentDebugRegisters } from '../../src/vmm/papr/lentDebugRegisters.js';
import {
  changeRegisters,
  fetchRegisters,
  generalRegisterBytes,
  putRegisters,
  readRegisters,
  setRegister,
} from '../../src/vmm/papr/vcpuRegisters.js';
import { PseriesGuest } from './pseriesGuest.js';

const R3 = ppc_kvm_regs.fields.gpr[1] / BigUint64Array.BYTES_PER_ELEMENT + 3;

/** GPR 3 as KVM has it. */
function r3Of(vcpu: Vcpu): bigint | undefined {
  const bytes = ppc_kvm_regs.make();
  assert.equal(vcpu.call('KVM_GET_REGS', bytes), 0);
  return ppc_kvm_regs.over(bytes).gpr[3];
}

test('ST-VMM-085 registers that somebody is changing are his until KVM has them: others read those of the vCPU', () => {
  const vcpu = new PseriesGuest().vcpu();
  const before = r3Of(vcpu);
  const changed = changeRegisters(vcpu, registers => {
    registers.gpr[3] = 7n;
    assert.equal(readRegisters(vcpu).gpr[3], before);
  });
  assert.ok(changed.ok);
  assert.deepEqual([readRegisters(vcpu).gpr[3], r3Of(vcpu)], [7n, 7n]);
  assert.throws(() =>
    changeRegisters(vcpu, registers => {
      registers.gpr[3] = 99n;
      throw new RangeError('a change that fails');
    }),
  );
  assert.deepEqual([readRegisters(vcpu).gpr[3], r3Of(vcpu)], [7n, 7n]);
  const [one, other] = [generalRegisterBytes(), generalRegisterBytes()];
  fetchRegisters(vcpu, one);
  setRegister(one, R3, 8n);
  fetchRegisters(vcpu, other);
  assert.deepEqual([other.values[R3], readRegisters(vcpu).gpr[3]], [7n, 7n]);
  assert.equal(putRegisters(vcpu, one), 0);
  fetchRegisters(vcpu, other);
  assert.deepEqual([other.values[R3], readRegisters(vcpu).gpr[3], r3Of(vcpu)], [8n, 8n, 8n]);
  // What is never handed to KVM is gone with the next look.
  setRegister(one, R3, 9n);
  fetchRegisters(vcpu, one);
  assert.equal(one.values[R3], 8n);
});

/** H_SET_MODE: the completed instruction address breakpoint register. */
const SET_CIABR = 1n;

test('ST-VMM-086 H_SET_MODE that user space serves answers H_HARDWARE where KVM does not take the register', () => {
  const lent = new LentDebugRegisters(new PseriesGuest().machine.vm);
  assert.ok(lent.lend({ keepDawr0: () => undefined }).ok);
  // Only the call that it makes is asked of the vCPU.
  const vcpuThat = (answer: number) => ({ setOneRegValue: () => answer }) as unknown as Vcpu;
  const serve = (vcpu: Vcpu) => lent.serve(vcpu, HCALL.SET_MODE, BigUint64Array.of(0n, SET_CIABR, 0x1001n, 0n));
  assert.deepEqual([serve(vcpuThat(0)), serve(vcpuThat(-1))], [HCALL_RESULT.SUCCESS, HCALL_RESULT.HARDWARE]);
});
