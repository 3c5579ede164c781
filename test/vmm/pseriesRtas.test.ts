// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HCALL, HCALL_RESULT, KVM_EXIT } from '../../src/kvm/index.js';
import { PSERIES_INTERRUPTS, PSERIES_MAP } from '../../src/vmm/machines/addressMap.js';
import { RTAS_TOKENS } from '../../src/vmm/papr/rtas.js';
import { changeRegisters } from '../../src/vmm/papr/vcpuRegisters.js';
import { PSERIES_CODE, PSERIES_RAM, PseriesGuest } from './pseriesGuest.js';

const { SUCCESS, PARAMETER } = HCALL_RESULT;
const [OK, HARDWARE_ERROR, PARAMETER_ERROR, NOT_SUPPORTED] = [0, -1, -3, -3];
const [STOPPED, RUNNING] = [0, 2];

test('ST-PSR-030 the tokens of RTAS are those of QEMU 7.2', () => {
  assert.deepEqual(RTAS_TOKENS, {
    'display-character': 0x2000,
    'get-time-of-day': 0x2001,
    'set-time-of-day': 0x2002,
    'power-off': 0x2003,
    'system-reboot': 0x2004,
    'query-cpu-stopped-state': 0x2005,
    'start-cpu': 0x2006,
    'stop-self': 0x2007,
    'ibm,get-system-parameter': 0x2008,
    'ibm,set-system-parameter': 0x2009,
    'ibm,set-xive': 0x200a,
    'ibm,get-xive': 0x200b,
    'ibm,int-off': 0x200c,
    'ibm,int-on': 0x200d,
  });
});

test('ST-PSR-031 RTAS power-off ends the guest with status 0, system-reboot as a reset', () => {
  const guest = new PseriesGuest();
  guest.rtas('power-off', [0, 0], 1);
  assert.deepEqual(guest.lastExit, { kind: 'ended', how: 'powerOff', status: 0 });
  guest.rtas('system-reboot', [], 1);
  assert.deepEqual(guest.lastExit, { kind: 'ended', how: 'reset', status: 0 });
});

test('ST-PSR-032 RTAS display-character sends a character, also by the token that early debug code of Linux uses', () => {
  const guest = new PseriesGuest();
  assert.deepEqual(guest.rtas('display-character', [0x48], 1).outputs, [OK]);
  assert.deepEqual(guest.rtas(0xa, [0x169], 1).outputs, [OK]);
  assert.equal(guest.output, 'Hi');
});

test('ST-PSR-033 the time of day begins with the year 2000 and goes with the time base', () => {
  const guest = new PseriesGuest();
  const [status, year, month, day, hour, minute, second, nanosecond = 0] = guest.rtas('get-time-of-day', [], 8).outputs;
  assert.deepEqual([status, year, month, day, hour, minute, second], [OK, 2000, 1, 1, 0, 0, 0]);
  assert.ok(nanosecond < 1000);
  const set = changeRegisters(guest.vcpu(), registers => {
    registers.pc = 0x4000n;
  });
  assert.ok(set.ok);
  // A branch to itself, for 100 million instructions at 1.024 GHz.
  guest.write(0x4000n, Uint8Array.of(0x48, 0, 0, 0));
  guest.machine.kvm.scheduler.run([guest.vcpu()], { maximumInstructions: 100_000_000 });
  guest.vcpu().signal();
  guest.vcpu().run();
  const later = guest.rtas('get-time-of-day', [], 8).outputs[7] ?? 0;
  assert.equal(Math.trunc(later / 1000), 97_656);
});

test('ST-PSR-034 a CPU is stopped until start-cpu starts it at an address, big-endian in real mode, with an argument in r3', () => {
  const guest = new PseriesGuest({ cpus: 2 });
  const state = (): readonly number[] => [0, 1].map(cpu => guest.rtas('query-cpu-stopped-state', [cpu], 2).outputs[1] ?? -1);
  assert.deepEqual(state(), [RUNNING, STOPPED]);
  assert.deepEqual(guest.rtas('start-cpu', [1, 0x4000, 0xdead_beef], 1).outputs, [OK]);
  assert.deepEqual(state(), [RUNNING, RUNNING]);
  const { pc, msr, gpr } = guest.registers(1);
  assert.deepEqual([pc, msr, gpr[3]], [0x4000n, 0x8000_0000_0000_1000n, 0xdead_beefn]);
  assert.deepEqual(guest.rtas('start-cpu', [1, 0x4000, 0], 1).outputs, [HARDWARE_ERROR]);
  assert.deepEqual(guest.rtas('start-cpu', [2, 0x4000, 0], 1).outputs, [PARAMETER_ERROR]);
  assert.deepEqual(guest.rtas('query-cpu-stopped-state', [2], 2).outputs, [PARAMETER_ERROR, 0]);
});

test('ST-PSR-035 a CPU that has stopped itself starts again as a new one: the call that it stopped in leaves nothing behind', () => {
  const guest = new PseriesGuest({ cpus: 2 });
  const [first, second] = [guest.vcpu(0), guest.vcpu(1)];
  guest.rtas('stop-self', [], 1);
  assert.deepEqual(guest.machine.startedVcpus, []);
  assert.ok(guest.machine.isOff(first) && guest.machine.isOff(second));
  const started = guest.machine.processors.start(first, PSERIES_CODE, 0x77n);
  assert.ok(started.ok);
  assert.deepEqual(guest.machine.startedVcpus, [first]);
  // Its first instruction is sc 1: what user space sees of the call are the registers of the start.
  const run = guest.machine.kvm.scheduler.run(guest.machine.startedVcpus, { maximumInstructions: 10 });
  assert.equal(run.kind, 'returned');
  assert.deepEqual([first.kvmRun.exit_reason, first.kvmRun.papr_hcall_nr], [KVM_EXIT.PAPR_HCALL, 0x77n]);
});

test('ST-PSR-036 RTAS ibm,get-system-parameter writes length and value as far as there is room, and refuses what it does not know', () => {
  const guest = new PseriesGuest({ cpus: 2 });
  const get = (parameter: number, length: number, at = 0x5000): number | undefined =>
    guest.rtas('ibm,get-system-parameter', [parameter, at, length], 1).outputs[0];
  assert.equal(get(20, 256), OK);
  const text = `MaxEntCap=2,DesMem=${PSERIES_RAM >> 20},DesProcs=2,MaxPlatProcs=2\0`;
  assert.deepEqual(Buffer.from(guest.read(0x5000n, 2 + text.length)).toString('latin1'), `\0${String.fromCharCode(text.length)}${text}`);
  guest.write(0x5000n, new Uint8Array(16).fill(0xff));
  assert.equal(get(42, 256), OK);
  assert.deepEqual([...guest.read(0x5000n, 4)], [0, 1, 0, 0xff]);
  assert.equal(get(20, 4), OK);
  assert.deepEqual([...guest.read(0x5000n, 6)], [0, text.length, 0x4d, 0x61, 0xff, 0xff]);
  assert.equal(get(20, 1), -9999);
  assert.equal(get(20, 256, PSERIES_RAM), -9999);
  assert.equal(get(21, 256), NOT_SUPPORTED);
});

test('ST-PSR-037 an unknown token answers H_PARAMETER and a parameter error, with a line; a wrong number of arguments is a parameter error', () => {
  const guest = new PseriesGuest();
  const { result, outputs } = guest.rtas(0x2fff, [], 1);
  assert.deepEqual([result, outputs], [PARAMETER, [PARAMETER_ERROR]]);
  assert.deepEqual(guest.log, ['vCPU 0 made RTAS call 0x2fff, which machine pseries does not have.']);
  assert.deepEqual(guest.rtas('power-off', [0], 1), { result: SUCCESS, outputs: [PARAMETER_ERROR] });
  assert.deepEqual(guest.rtas('get-time-of-day', [], 7).outputs[0], PARAMETER_ERROR);
});

test('ST-PSR-038 arguments of RTAS that are not in RAM or that no call has answer H_PARAMETER and change nothing', () => {
  const guest = new PseriesGuest();
  for (const address of [BigInt(PSERIES_RAM), BigInt(PSERIES_RAM) - 8n, -8n, 1n << 62n])
    assert.equal(guest.call(HCALL.RTAS, [address]).result, PARAMETER);
  guest.writeDoubleword(0x6000n, 0x2003_ffff_ffffn);
  assert.equal(guest.call(HCALL.RTAS, [0x6000n]).result, PARAMETER);
  guest.writeDoubleword(BigInt(PSERIES_RAM) - 16n, 0x2003_0000_0002n);
  guest.writeDoubleword(BigInt(PSERIES_RAM) - 8n, 0x1_0000_0000n);
  assert.equal(guest.call(HCALL.RTAS, [BigInt(PSERIES_RAM) - 16n]).result, PARAMETER);
});

test('ST-PSR-039 console input interrupts the server that ibm,set-xive names, under both kinds of KVM', () => {
  const { terminal } = PSERIES_INTERRUPTS;
  for (const kvm of ['hv', 'pr'] as const) {
    const guest = new PseriesGuest({ kvm });
    const [PRIORITY, LEAST] = [5, 0xff];
    assert.deepEqual(guest.rtas('ibm,get-xive', [terminal], 3).outputs, [OK, 0, LEAST]);
    guest.machine.receiveConsole([0x41]);
    assert.equal(guest.call(HCALL.CPPR, [BigInt(LEAST)]).result, SUCCESS);
    assert.equal(guest.call(HCALL.XIRR).values[0], BigInt(LEAST) << 24n, 'a source that is off stays silent');
    assert.deepEqual(guest.rtas('ibm,set-xive', [terminal, 0, PRIORITY], 1).outputs, [OK]);
    assert.deepEqual(guest.rtas('ibm,get-xive', [terminal], 3).outputs, [OK, 0, PRIORITY]);
    guest.machine.receiveConsole([0x42]);
    assert.equal(guest.call(HCALL.XIRR).values[0], (BigInt(LEAST) << 24n) | BigInt(terminal));
    assert.deepEqual(guest.rtas('ibm,set-xive', [0x1234, 0, PRIORITY], 1).outputs, [PARAMETER_ERROR]);
    assert.deepEqual(guest.call(HCALL.GET_TERM_CHAR, [BigInt(PSERIES_MAP.terminal)]).values[0], 2n);
  }
});
