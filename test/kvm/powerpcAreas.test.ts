// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRNO, HCALL, KVM_EXIT, KVM_GUESTDBG, type PpcRegisterName, ppcRegisterId, type Vcpu } from '../../src/kvm/index.js';
import { KVM_TRAP, NOP, ppc } from '../cpu/powerWords.js';
import { CODE, guestDebug, oneReg, powerpcGuest, regs, setOneReg, setRegs } from './powerpcGuest.js';

const hcall = ppc.sc(1);
const [PARAMETER, RESOURCE] = [-4n, -16n];
const [VPA, SLB, DTL] = [0x8000n, 0x9000n, 0xa000n];
/** The function of H_REGISTER_VPA in its flags. */
const asks = (number: bigint): bigint => number << 45n;
const [REGISTER_VPA, REGISTER_DTL, REGISTER_SLB, DEREGISTER_VPA, DEREGISTER_DTL, DEREGISTER_SLB] = [1n, 2n, 3n, 5n, 6n, 7n].map(asks);

function caller(vcpu: Vcpu): (number: number, ...args: readonly (bigint | undefined)[]) => bigint {
  guestDebug(vcpu, KVM_GUESTDBG.USE_SW_BP);
  return (number, ...args) => {
    setRegs(vcpu, { pc: BigInt(CODE) }, { 3: BigInt(number), ...Object.fromEntries(args.map((value, n) => [4 + n, value ?? 0n])) });
    vcpu.run();
    assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.DEBUG);
    return BigInt.asIntN(64, regs(vcpu).gpr[3] ?? 0n);
  };
}

const wide = (vcpu: Vcpu, name: PpcRegisterName): readonly bigint[] => {
  const bytes = new Uint8Array(16);
  assert.equal(vcpu.getOneReg(ppcRegisterId(name), bytes), 0);
  return [...new BigUint64Array(bytes.buffer)];
};
const setWide = (vcpu: Vcpu, name: PpcRegisterName, address: bigint, length: bigint): number =>
  vcpu.setOneReg(ppcRegisterId(name), new Uint8Array(BigUint64Array.of(address, length).buffer));

test('ST-KVM-145 H_REGISTER_VPA takes a VPA first and gives it up last, with the length that the guest has put into each area', () => {
  const { vcpu, put, user } = powerpcGuest({ code: [hcall, KVM_TRAP] });
  const call = caller(vcpu);
  const register = (flags: bigint | undefined, address: bigint, id = 0n) => call(HCALL.REGISTER_VPA, flags, id, address);
  assert.equal(register(REGISTER_VPA, VPA), PARAMETER, 'a length of 0');
  put(Number(VPA), [0xd397_d781, 640 << 16]);
  put(Number(SLB), [0, 0x100]);
  put(Number(DTL), [0, 0x1000]);
  assert.equal(register(REGISTER_SLB, SLB), RESOURCE);
  assert.equal(register(REGISTER_VPA, VPA), 0n);
  const bytes = user().subarray(Number(VPA));
  assert.deepEqual([bytes[9], [...bytes.subarray(0x100, 0x104)]], [2, [0, 0, 0, 1]], 'a shared processor, not dispatched');
  assert.deepEqual([register(REGISTER_SLB, SLB), register(REGISTER_DTL, DTL)], [0n, 0n]);
  assert.deepEqual([oneReg(vcpu, 'VPA_ADDR'), wide(vcpu, 'VPA_SLB'), wide(vcpu, 'VPA_DTL')], [VPA, [SLB, 0x100n], [DTL, 0xff0n]]);
  assert.equal(register(DEREGISTER_VPA, 0n), RESOURCE);
  assert.deepEqual([register(DEREGISTER_DTL, 0n), register(DEREGISTER_SLB, 0n), register(DEREGISTER_VPA, 0n)], [0n, 0n, 0n]);
  assert.equal(oneReg(vcpu, 'VPA_ADDR'), 0n);
  assert.deepEqual(
    [register(REGISTER_VPA, VPA + 8n), register(REGISTER_VPA, 0x1000_0000n), register(REGISTER_VPA, VPA, 7n), register(asks(4n), VPA)],
    [PARAMETER, PARAMETER, PARAMETER, PARAMETER],
  );
  put(Number(VPA + 0xf00n), [0, 640 << 16]);
  assert.equal(register(REGISTER_VPA, VPA + 0xf00n), PARAMETER, 'it would leave its page');
});

test('ST-KVM-146 the registers of the areas refuse what is not aligned and an order that cannot be', () => {
  const { vcpu } = powerpcGuest();
  assert.equal(setWide(vcpu, 'VPA_SLB', SLB, 0x100n), -ERRNO.EINVAL);
  assert.equal(setOneReg(vcpu, 'VPA_ADDR', VPA + 4n), -ERRNO.EINVAL);
  assert.equal(setOneReg(vcpu, 'VPA_ADDR', VPA), 0);
  assert.deepEqual(
    [setWide(vcpu, 'VPA_SLB', SLB, 0x100n), setWide(vcpu, 'VPA_DTL', DTL, 47n), setWide(vcpu, 'VPA_DTL', DTL, 100n)],
    [0, -ERRNO.EINVAL, 0],
  );
  assert.deepEqual(wide(vcpu, 'VPA_DTL'), [DTL, 96n]);
  assert.equal(setOneReg(vcpu, 'VPA_ADDR', 0n), -ERRNO.EINVAL);
  assert.deepEqual([setWide(vcpu, 'VPA_SLB', 0n, 0n), setWide(vcpu, 'VPA_DTL', 0n, 0n), setOneReg(vcpu, 'VPA_ADDR', 0n)], [0, 0, 0]);
});

test('ST-KVM-147 H_CONFER gives the slice to others only if the target has not been dispatched since its count was read', () => {
  const conferred = [0n, 1n].map(count => {
    const { kvm, vcpus, put } = powerpcGuest({ vcpus: 2, code: [hcall, NOP, ppc.b(-4)] });
    const [caller, other] = vcpus;
    assert.ok(caller !== undefined && other !== undefined);
    put(CODE + 0x100, [NOP, ppc.b(-4)]);
    setRegs(caller, {}, { 3: BigInt(HCALL.CONFER), 4: 1n, 5: count });
    setRegs(other, { pc: BigInt(CODE + 0x100) });
    kvm.scheduler.run(vcpus, { maximumInstructions: 100 });
    return other.retiredInstructions > 0;
  });
  assert.deepEqual(conferred, [true, false], 'without a VPA the count is 0');
  assert.equal(caller(powerpcGuest({ code: [hcall, KVM_TRAP] }).vcpu)(HCALL.CONFER, 9n, 0n), PARAMETER);
});

test('ST-KVM-148 registers of KVM-HV lose the bits that are not the guest’s, and times keep their relation', () => {
  const { vcpu } = powerpcGuest();
  assert.deepEqual([setOneReg(vcpu, 'DAWRX1', 0x7n), oneReg(vcpu, 'DAWRX1')], [0, 3n]);
  assert.deepEqual([setOneReg(vcpu, 'DABRX', 0xfn), oneReg(vcpu, 'DABRX')], [0, 0xbn]);
  assert.deepEqual([setOneReg(vcpu, 'PSSCR', 0xffff_ffff_ffff_ffffn), oneReg(vcpu, 'PSSCR')], [0, 0xf000_0000_0000_03ffn]);
  assert.deepEqual([setOneReg(vcpu, 'HIOR', 1n), setOneReg(vcpu, 'HIOR', 0n)], [-ERRNO.EINVAL, 0]);
  const before = oneReg(vcpu, 'DEC_EXPIRY');
  assert.deepEqual([setOneReg(vcpu, 'TB_OFFSET', 0x100_0001n), oneReg(vcpu, 'TB_OFFSET')], [0, 0x200_0000n]);
  assert.equal(oneReg(vcpu, 'DEC_EXPIRY') - before, 0x200_0000n, 'the decrementer stays, the time base has moved');
  assert.deepEqual([setOneReg(vcpu, 'DEC_EXPIRY', before + 5n), oneReg(vcpu, 'DEC_EXPIRY')], [0, before + 5n]);
  assert.deepEqual(
    [0x0f00_0005n, 0x0f00_0004n, 0n, 0x0f00_0006n].map(value => setOneReg(vcpu, 'ARCH_COMPAT', value)),
    [0, 0, 0, -ERRNO.EINVAL],
  );
  assert.equal(setOneReg(powerpcGuest({ model: 'power8' }).vcpu, 'ARCH_COMPAT', 0x0f00_0005n), -ERRNO.EINVAL);
  assert.deepEqual([setOneReg(vcpu, 'ONLINE', 1n), oneReg(vcpu, 'ONLINE')], [0, 1n]);
});
