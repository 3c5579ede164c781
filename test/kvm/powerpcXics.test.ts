// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ERRNO,
  HCALL,
  KVM_CAP,
  KVM_CREATE_DEVICE_TEST,
  KVM_DEV_TYPE_XICS,
  KVM_DEV_XICS_GRP_SOURCES,
  KVM_EXIT,
  KVM_GUESTDBG,
  KVM_XICS,
  KvmDevice,
  kvm_create_device,
  kvm_device_attr,
  kvm_enable_cap,
  kvm_irq_level,
  kvm_rtas_token_args,
  ppcRegisterId,
  type Vcpu,
} from '../../src/kvm/index.js';
import { KVM_TRAP, NOP, ppc } from '../cpu/powerWords.js';
import { CODE, guestDebug, MSR_REAL, oneReg, type PowerpcGuest, powerpcGuest, regs, setOneReg, setRegs } from './powerpcGuest.js';

const hcall = ppc.sc(1);
const EE = 0x8000n;
const [IPI, IRQ, OTHER_IRQ] = [2, 0x1001, 0x1002];
const PARAMETER = -4n;

interface XicsGuest extends PowerpcGuest {
  readonly device: KvmDevice;
  /** Makes a hypercall on a vCPU: GPR 3 as a signed number, GPR 4 and 5. */
  call(number: number, args?: readonly number[], vcpu?: Vcpu): { readonly result: bigint; readonly first: number; readonly second: bigint };
  /** KVM_IRQ_LINE. */
  line(irq: number, level: number): void;
}

/** A guest with XICS: vCPU n is server n, IRQ and OTHER_IRQ are sources of server 0 as `source` says. */
function xicsGuest({
  kind = 'hv',
  vcpus = 1,
  source = priorityOf(5),
}: {
  kind?: 'hv' | 'pr';
  vcpus?: number;
  source?: bigint;
} = {}): XicsGuest {
  const guest = powerpcGuest({ kind, vcpus, code: [hcall, KVM_TRAP, NOP, KVM_TRAP] });
  guest.put(0x500, [KVM_TRAP]);
  const request = kvm_create_device.make({ type: KVM_DEV_TYPE_XICS });
  assert.equal(guest.vm.createDevice(request), 0);
  const { fd } = kvm_create_device.over(request);
  const device = guest.kvm.file(fd);
  assert.ok(device instanceof KvmDevice);
  for (const [server, vcpu] of guest.vcpus.entries()) {
    assert.equal(enable(vcpu, KVM_CAP.PPC_PAPR), 0);
    assert.equal(enable(vcpu, KVM_CAP.IRQ_XICS, BigInt(fd), BigInt(server)), 0);
    guestDebug(vcpu, KVM_GUESTDBG.USE_SW_BP);
  }
  for (const irq of [IRQ, OTHER_IRQ]) assert.equal(setSource(device, irq, source), 0);
  return {
    ...guest,
    device,
    line: (irq, level) => assert.equal(guest.vm.irqLine(kvm_irq_level.make({ irq, level })), 0),
    call: (number, args = [], vcpu = guest.vcpu) => {
      setRegs(
        vcpu,
        { pc: BigInt(CODE), msr: MSR_REAL },
        { 3: BigInt(number), ...Object.fromEntries(args.map((value, n) => [4 + n, BigInt(value)])) },
      );
      assert.equal(vcpu.run(), 0);
      assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.DEBUG);
      const { gpr } = regs(vcpu);
      return { result: BigInt.asIntN(64, gpr[3] ?? 0n), first: Number(gpr[4]), second: gpr[5] ?? 0n };
    },
  };
}

function enable(vcpu: Vcpu, cap: number, ...args: readonly bigint[]): number {
  const request = kvm_enable_cap.make({ cap });
  kvm_enable_cap.over(request).args.set(args);
  return vcpu.enableCap(request);
}

const priorityOf = (priority: number): bigint => BigInt(priority) << 32n;
const attribute = (irq: number): Uint8Array => kvm_device_attr.make({ group: KVM_DEV_XICS_GRP_SOURCES, attr: BigInt(irq) });
function setSource(device: KvmDevice, irq: number, value: bigint): number {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return device.setDeviceAttr(attribute(irq), bytes);
}
function getSource(device: KvmDevice, irq: number): bigint {
  const bytes = new Uint8Array(8);
  assert.equal(device.getDeviceAttr(attribute(irq), bytes), 0);
  return new DataView(bytes.buffer).getBigUint64(0, true);
}

/** Where the vCPU stops that goes on with external interrupts enabled: 0x500 in their handler. */
function runEnabled(vcpu: Vcpu): bigint {
  setRegs(vcpu, { pc: BigInt(CODE + 8), msr: MSR_REAL | EE });
  vcpu.run();
  return regs(vcpu).pc;
}

for (const kind of ['hv', 'pr'] as const) {
  test(`ST-KVM-120 an interrupt by KVM_IRQ_LINE is presented, accepted by H_XIRR and over with H_EOI (${kind})`, () => {
    const { vcpu, call, line } = xicsGuest({ kind });
    assert.equal(call(HCALL.CPPR, [0xff]).result, 0n);
    assert.equal(runEnabled(vcpu), BigInt(CODE + 12));
    line(IRQ, 1);
    assert.equal(runEnabled(vcpu), 0x500n);
    assert.equal(call(HCALL.XIRR).first, 0xff00_0000 + IRQ, 'the interrupt and the priority to go back to');
    assert.equal(runEnabled(vcpu), BigInt(CODE + 12), 'an accepted interrupt is not presented any more');
    assert.equal(call(HCALL.XIRR).first, 0x0500_0000, 'the processor works at its priority');
    assert.equal(call(HCALL.EOI, [0xff00_0000 + IRQ]).result, 0n);
    assert.equal(call(HCALL.XIRR).first, 0xff00_0000);
  });
}

test('ST-KVM-121 a message that comes twice before its EOI is presented once more after it, a level as long as it is there', () => {
  const message = xicsGuest();
  message.call(HCALL.CPPR, [0xff]);
  for (let n = 0; n < 3; n++) message.line(IRQ, 1);
  const accepted = Array.from({ length: 3 }, () => {
    const { first } = message.call(HCALL.XIRR);
    message.call(HCALL.EOI, [0xff00_0000 + IRQ]);
    return first & 0xff_ffff;
  });
  assert.deepEqual(accepted, [IRQ, IRQ, 0]);
  const level = xicsGuest({ source: priorityOf(5) | KVM_XICS.LEVEL_SENSITIVE });
  level.call(HCALL.CPPR, [0xff]);
  level.line(IRQ, 1);
  const take = () => level.call(HCALL.XIRR).first & 0xff_ffff;
  assert.equal(take(), IRQ);
  level.call(HCALL.EOI, [0xff00_0000 + IRQ]);
  assert.equal(take(), IRQ);
  level.line(IRQ, 0);
  level.call(HCALL.EOI, [0xff00_0000 + IRQ]);
  assert.equal(take(), 0);
});

test('ST-KVM-122 a more favoured interrupt takes the place of a presented one, which comes again, and CPPR holds both back', () => {
  const { device, call, line } = xicsGuest();
  setSource(device, OTHER_IRQ, priorityOf(3));
  line(IRQ, 1);
  assert.equal(call(HCALL.XIRR).first, 0, 'CPPR is 0 at the start: nothing is presented');
  call(HCALL.CPPR, [0xff]);
  line(OTHER_IRQ, 1);
  assert.equal(call(HCALL.XIRR).first, 0xff00_0000 + OTHER_IRQ);
  call(HCALL.EOI, [0xff00_0000 + OTHER_IRQ]);
  assert.equal(call(HCALL.IPOLL, [0]).first, 0xff00_0000 + IRQ);
  call(HCALL.CPPR, [5]);
  assert.equal(call(HCALL.IPOLL, [0]).first, 0x0500_0000, 'a CPPR of the same priority takes it back');
  call(HCALL.CPPR, [6]);
  assert.equal(call(HCALL.XIRR_X).first, 0x0600_0000 + IRQ);
});

test('ST-KVM-123 H_IPI wakes another vCPU from H_CEDE and stays until its MFRR is set back', () => {
  const { kvm, vcpus, put, call } = xicsGuest({ vcpus: 2 });
  const [waker, sleeper] = vcpus;
  assert.ok(waker !== undefined && sleeper !== undefined);
  call(HCALL.CPPR, [0xff], sleeper);
  put(CODE + 0x100, [hcall, NOP, KVM_TRAP]);
  setRegs(sleeper, { pc: BigInt(CODE + 0x100) }, { 3: BigInt(HCALL.CEDE) });
  setRegs(waker, { pc: BigInt(CODE) }, { 3: BigInt(HCALL.IPI), 4: 1n, 5: 4n });
  const stopped = new Set<Vcpu>();
  const stops = [0, 1].map(() => {
    const result = kvm.scheduler.run(
      vcpus.filter(vcpu => !stopped.has(vcpu)),
      { maximumInstructions: 1000 },
    );
    if (result.kind !== 'returned') return result.kind;
    stopped.add(result.vcpu);
    return [result.vcpu.index, regs(result.vcpu).pc];
  });
  assert.deepEqual(stops, [[0, BigInt(CODE + 4)], [1, 0x500n]]); // biome-ignore format: rows
  assert.equal(call(HCALL.XIRR, [], sleeper).first, 0xff00_0000 + IPI);
  const { first, second } = call(HCALL.IPOLL, [1]);
  assert.deepEqual([first, second], [0x0400_0000, 4n]);
  call(HCALL.EOI, [0xff00_0000 + IPI], sleeper);
  assert.equal(call(HCALL.IPOLL, [1]).first, 0xff00_0000 + IPI, 'MFRR still asks');
  call(HCALL.XIRR, [], sleeper);
  call(HCALL.IPI, [1, 0xff], sleeper);
  call(HCALL.EOI, [0xff00_0000 + IPI], sleeper);
  assert.equal(call(HCALL.IPOLL, [1]).first, 0xff00_0000);
  assert.deepEqual([call(HCALL.IPI, [7, 0]).result, call(HCALL.IPOLL, [7]).result], [PARAMETER, PARAMETER]);
});

test('ST-KVM-124 RTAS switches, moves and reads a source in the kernel once a token is defined, and other tokens go to user space', () => {
  const { vm, vcpu, vcpus, put, call, line } = xicsGuest({ vcpus: 2 });
  const ARGUMENTS = 0x2000;
  const names = ['ibm,set-xive', 'ibm,get-xive', 'ibm,int-on', 'ibm,int-off'];
  const define = (name: string, token: bigint) =>
    vm.call('KVM_PPC_RTAS_DEFINE_TOKEN', kvm_rtas_token_args.make({ token, name: padded(name) }));
  const [SET, GET, ON, OFF] = [0x2001, 0x2002, 0x2003, 0x2004];
  const rtas = (token: number, inputs: readonly number[], outputs: number): readonly number[] => {
    put(ARGUMENTS, [token, inputs.length, outputs, ...inputs, ...Array.from({ length: outputs }, () => 0x55)]);
    assert.equal(call(HCALL.RTAS, [ARGUMENTS]).result, 0n);
    return Array.from({ length: outputs }, (_, n) => word(ARGUMENTS + 4 * (3 + inputs.length + n)));
  };
  const word = (address: number): number => {
    put(CODE + 0x200, [ppc.lwz(6, 7, 0), KVM_TRAP]);
    setRegs(vcpu, { pc: BigInt(CODE + 0x200) }, { 7: BigInt(address) });
    vcpu.run();
    return Number(regs(vcpu).gpr[6]) | 0;
  };
  for (const [n, name] of names.entries()) assert.equal(define(name, BigInt(SET + n)), 0);
  assert.deepEqual([define('ibm,set-xive', 0x2001n), define('power-off', 0x99n)], [-ERRNO.EEXIST, -ERRNO.ENOENT]);
  for (const each of vcpus) call(HCALL.CPPR, [0xff], each);
  assert.deepEqual(rtas(GET, [IRQ], 3), [0, 0, 5]);
  assert.deepEqual(rtas(OFF, [IRQ], 1), [0]);
  line(IRQ, 1);
  assert.equal(call(HCALL.XIRR).first & 0xff_ffff, 0, 'masked');
  assert.deepEqual(rtas(GET, [IRQ], 3), [0, 0, 0xff]);
  assert.deepEqual(rtas(ON, [IRQ], 1), [0]);
  assert.equal(call(HCALL.XIRR).first & 0xff_ffff, IRQ, 'what came while it was masked is not lost');
  assert.deepEqual(rtas(SET, [OTHER_IRQ, 1, 4], 1), [0]);
  line(OTHER_IRQ, 1);
  assert.equal(call(HCALL.XIRR, [], vcpus[1]).first & 0xff_ffff, OTHER_IRQ);
  assert.deepEqual([rtas(SET, [OTHER_IRQ, 9, 4], 1), rtas(ON, [0x1234], 1), rtas(GET, [IRQ], 1)], [[-3], [-3], [-3]]);
  put(ARGUMENTS, [0x3333, 0, 1]);
  setRegs(vcpu, { pc: BigInt(CODE) }, { 3: BigInt(HCALL.RTAS), 4: BigInt(ARGUMENTS) });
  vcpu.run();
  assert.deepEqual([vcpu.kvmRun.exit_reason, vcpu.kvmRun.papr_hcall_nr], [KVM_EXIT.PAPR_HCALL, BigInt(HCALL.RTAS)]);
  assert.equal(define('ibm,int-on', 0n), 0);
  assert.equal(define('ibm,int-on', 0n), -ERRNO.ENOENT);
});

const padded = (name: string): Uint8Array => {
  const bytes = new Uint8Array(120);
  bytes.set(new TextEncoder().encode(name));
  return bytes;
};

test('ST-KVM-125 ICP_STATE is the presentation controller of a connected vCPU and takes a consistent state only', () => {
  const { vcpu, call, line } = xicsGuest();
  call(HCALL.CPPR, [0x80]);
  line(IRQ, 1);
  const state = (CPPR: bigint, XISR: bigint, MFRR: bigint, pending: bigint) =>
    (CPPR << 56n) | (XISR << 32n) | (MFRR << 24n) | (pending << 16n);
  assert.equal(oneReg(vcpu, 'ICP_STATE'), state(0x80n, BigInt(IRQ), 0xffn, 5n));
  assert.equal(setOneReg(vcpu, 'ICP_STATE', state(0xffn, 2n, 4n, 4n)), 0);
  assert.equal(call(HCALL.XIRR).first, 0xff00_0002);
  const refused = [
    state(0xffn, 0n, 0xffn, 5n),
    state(0xffn, 2n, 4n, 5n),
    state(4n, BigInt(IRQ), 0xffn, 5n),
    state(0xffn, 0x999n, 0xffn, 5n),
  ];
  assert.deepEqual(
    refused.map(value => setOneReg(vcpu, 'ICP_STATE', value)),
    refused.map(() => -ERRNO.EINVAL),
  );
  const { vcpu: alone } = powerpcGuest();
  assert.equal(alone.getOneReg(ppcRegisterId('ICP_STATE'), new Uint8Array(8)), -ERRNO.ENXIO);
});

test('ST-KVM-126 a source reads back what it was made with and what has come of it', () => {
  const { device, line, vm } = xicsGuest();
  assert.equal(getSource(device, IRQ), priorityOf(5));
  line(IRQ, 1);
  assert.equal(getSource(device, IRQ), priorityOf(5) | KVM_XICS.PENDING | KVM_XICS.PRESENTED);
  line(IRQ, 1);
  assert.equal(getSource(device, IRQ) & KVM_XICS.QUEUED, KVM_XICS.QUEUED);
  const masked = priorityOf(7) | KVM_XICS.MASKED | KVM_XICS.LEVEL_SENSITIVE;
  assert.equal(setSource(device, IRQ, masked), 0);
  assert.equal(getSource(device, IRQ), masked);
  assert.deepEqual(
    [
      setSource(device, 15, 0n),
      setSource(device, IRQ, priorityOf(5) | 9n),
      device.hasDeviceAttr(attribute(IRQ)),
      device.hasDeviceAttr(attribute(3)),
    ],
    [-ERRNO.ENOENT, -ERRNO.EINVAL, 0, -ERRNO.ENXIO],
  );
  assert.equal(device.getDeviceAttr(attribute(0x2000), new Uint8Array(8)), -ERRNO.ENOENT);
  assert.equal(vm.irqLine(kvm_irq_level.make({ irq: 0x2000, level: 1 })), 0, 'Linux answers 0 for a number that no source has');
});

test('ST-KVM-127 a VM has one XICS and a vCPU one place in it; without it interrupts and their calls are for user space', () => {
  const { kvm, vm, vcpu, vcpus } = xicsGuest({ vcpus: 2 });
  const create = (flags = 0, type = KVM_DEV_TYPE_XICS) => vm.createDevice(kvm_create_device.make({ type, flags }));
  assert.deepEqual([create(), create(KVM_CREATE_DEVICE_TEST), create(0, 9)], [-ERRNO.EEXIST, 0, -ERRNO.ENODEV]);
  assert.deepEqual(
    [enable(vcpu, KVM_CAP.IRQ_XICS, 99n, 0n), enable(vcpus[1] ?? vcpu, KVM_CAP.IRQ_XICS, 3n, 0n)],
    [-ERRNO.EPERM, -ERRNO.EBUSY],
  );
  assert.equal(kvm.checkExtension(KVM_CAP.IRQ_XICS), 1);
  const { vm: bare, vcpu: alone } = powerpcGuest({ code: [hcall] });
  assert.equal(bare.irqLine(kvm_irq_level.make({ irq: IRQ, level: 1 })), -ERRNO.ENXIO);
  setRegs(alone, {}, { 3: BigInt(HCALL.XIRR) });
  alone.run();
  assert.equal(alone.kvmRun.exit_reason, KVM_EXIT.PAPR_HCALL);
});
