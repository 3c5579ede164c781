// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRNO, KVM_EXIT, STEPTRAP_ACCESS, STEPTRAP_ENGINE, STEPTRAP_EXIT } from '../../src/kvm/index.js';
import { addImmediate, b, ldr, nop, str, subsImmediate } from './a64.js';
import { CODE, DATA, guest, guestDebug, register, runToDebugExit, STEP, setRegister } from './guest.js';

test('ST-KVM-036 an engine breakpoint stops before its instruction and is passed over in one KVM_RUN', () => {
  const { vcpu } = guest({ code: [addImmediate(0, 0, 1), addImmediate(1, 1, 1), b(-8)] });
  assert.equal(vcpu.setEngineBreakpoints([BigInt(CODE + 0x100), BigInt(CODE + 4)]), 0);
  for (let hit = 1; hit <= 5; hit++) {
    assert.equal(vcpu.run(), 0);
    const { kind, pc, hits_count, hits } = vcpu.steptrapRun;
    assert.deepEqual(
      [vcpu.kvmRun.exit_reason, kind, pc, hits_count, hits[0]],
      [STEPTRAP_EXIT.ENGINE, STEPTRAP_ENGINE.BREAKPOINT, BigInt(CODE + 4), 1, 1],
    );
    assert.deepEqual([register(vcpu, 'x0'), register(vcpu, 'x1')], [BigInt(hit), BigInt(hit - 1)]);
    vcpu.steptrapRun.skip_breakpoint_at_pc = 1;
  }
  assert.equal(vcpu.setEngineBreakpoints([2n]), -ERRNO.EINVAL);
});

test('ST-KVM-037 an engine watchpoint names the access and the lowest watched byte', () => {
  const { vcpu } = guest({ code: [str(0, 1), ldr(2, 1), nop] });
  setRegister(vcpu, 'x1', DATA);
  assert.equal(vcpu.setEngineWatchpoints([{ address: BigInt(DATA + 3), bytes: 2, access: STEPTRAP_ACCESS.READ }]), 0);
  vcpu.run();
  const { kind, pc, address, access, hits } = vcpu.steptrapRun;
  assert.deepEqual(
    [vcpu.kvmRun.exit_reason, kind, pc, address, access, hits[0]],
    [STEPTRAP_EXIT.ENGINE, STEPTRAP_ENGINE.WATCHPOINT, BigInt(CODE + 4), BigInt(DATA + 3), STEPTRAP_ACCESS.READ, 0],
  );
  assert.equal(vcpu.setEngineWatchpoints([{ address: 0n, bytes: 0, access: 1 }]), -ERRNO.EINVAL);
});

test('ST-KVM-038 maximum_instructions ends each KVM_RUN after exactly that many', () => {
  const { vcpu } = guest({ code: [addImmediate(0, 0, 1), b(-4)] });
  vcpu.steptrapRun.maximum_instructions = 12_345n;
  for (let n = 1; n <= 3; n++) {
    assert.equal(vcpu.run(), 0);
    assert.deepEqual(
      [vcpu.kvmRun.exit_reason, vcpu.steptrapRun.kind, vcpu.retiredInstructions],
      [STEPTRAP_EXIT.ENGINE, STEPTRAP_ENGINE.INSTRUCTION_LIMIT, 12_345 * n],
    );
  }
  assert.equal(register(vcpu, 'x0'), 18_518n);
});

test('ST-KVM-039 an instruction that the emulator lacks is an internal error with a sentence', () => {
  const { vcpu } = guest({ code: [0x4e20_1c00, nop] }); // and v0.16b, v0.16b, v0.16b
  setRegister(vcpu, 'pc', CODE);
  vcpu.setOneRegValue(0x6030_0000_0013_c082n, 0x30_0000n); // CPACR_EL1.FPEN: no trap
  assert.equal(vcpu.run(), 0);
  if (vcpu.kvmRun.exit_reason === KVM_EXIT.INTERNAL_ERROR) {
    assert.equal(vcpu.kvmRun.internal_suberror, 1);
    assert.match(vcpu.internalErrorSentence ?? '', /0x40001000/);
  }
  assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.INTERNAL_ERROR);
});

test("ST-KVM-040 the call log speaks the kernel's words and is numbered", () => {
  const { kvm, vcpu } = guest({ code: [nop, subsImmediate(0, 0, 1), nop] });
  kvm.callLog.setOn(true);
  guestDebug(vcpu, STEP | 0x2_0000, { breakpoints: [BigInt(CODE + 0x40)] });
  runToDebugExit(vcpu);
  setRegister(vcpu, 'pc', CODE + 8);
  guestDebug(vcpu, 0x10_0001);
  vcpu.setEngineBreakpoints([BigInt(CODE)]);
  assert.deepEqual(
    kvm.callLog.read(1, 10).map(entry => `${entry.number} ${entry.vcpu} ${entry.text}`),
    [
      '1 0 KVM_SET_GUEST_DEBUG ENABLE|SINGLESTEP|USE_HW bp0=0x40001040:0x1e7',
      '2 0 KVM_RUN -> KVM_EXIT_DEBUG hsr=0xcb000022 far=0x0 (Software Step exception from a lower Exception level)',
      '3 0 KVM_SET_ONE_REG pc = 0x40001008',
      '4 0 KVM_SET_GUEST_DEBUG ENABLE|BLOCKIRQ -> -EINVAL',
      '5 0 STEPTRAP_SET_ENGINE_BREAKPOINTS 0x40001000',
    ],
  );
});

test('ST-KVM-041 the log keeps the last 100,000 entries', () => {
  const { kvm, vcpu } = guest();
  kvm.callLog.setOn(true);
  for (let n = 0; n < 100_010; n++) setRegister(vcpu, 'x0', n);
  assert.deepEqual(
    [kvm.callLog.oldest, kvm.callLog.newest, kvm.callLog.read(1, 1)[0]?.text, kvm.callLog.read(100_010, 5).length],
    [11, 100_010, 'KVM_SET_ONE_REG x0 = 0xa', 1],
  );
});
