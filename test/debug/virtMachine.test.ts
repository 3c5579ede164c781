// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchGuest } from '../../src/debug/launch.js';
import { sampleElf } from '../support/sampleElf.js';
import { A64, CODE, DATA, WordGuest } from './wordGuest.js';

const HLT_SEMIHOSTING = 0xd45e0000;

const words64 = (...values: readonly bigint[]): readonly number[] =>
  values.flatMap(value => [Number(value & 0xffff_ffffn), Number(value >> 32n)]);

test('ST-VIRT-001 vCPU 0 starts at the entry in EL1h with D, A, I and F masked and x0 at a device tree; the others are off', () => {
  const guest = new WordGuest([A64.nop], { cpus: 3 });
  assert.deepEqual([guest.get('pc'), guest.get('pstate'), guest.get('x0')], [CODE, 0x3c5n, 0x4000_0000n]);
  assert.equal(guest.read64(0x4000_0000n) & 0xffff_ffffn, 0xedfe_0dd0n);
  assert.deepEqual(
    guest.target.vcpus().map(vcpu => vcpu.state),
    ['stopped', 'off', 'off'],
  );
});

test('ST-VIRT-002 a semihosting exit ends the guest with its status', () => {
  const guest = new WordGuest([HLT_SEMIHOSTING, A64.here], { registers: { x0: 0x18n, x1: DATA }, more: [[DATA, words64(0x2_0026n, 7n)]] });
  guest.target.execution.resume(0);
  const outcome = guest.run();
  assert.deepEqual(outcome.kind === 'ended' && [outcome.end.kind, outcome.end.status], ['semihostingExit', 7]);
});

test('ST-VIRT-003 a semihosting SYS_OPEN of a file of the host answers -1, and of ":tt" a handle', () => {
  const call = (name: string): bigint => {
    const bytes = new TextEncoder().encode(`${name}\0\0\0\0`);
    const view = new DataView(bytes.buffer, 0, bytes.length - (bytes.length % 4));
    const text = Array.from({ length: view.byteLength / 4 }, (_, index) => view.getUint32(index * 4, true));
    const guest = new WordGuest([HLT_SEMIHOSTING, A64.nop, A64.here], {
      registers: { x0: 1n, x1: DATA },
      more: [
        [DATA, words64(DATA + 0x100n, 4n, BigInt(name.length))],
        [DATA + 0x100n, text],
      ],
    });
    guest.breakAt('engine', CODE + 4n);
    guest.continue();
    return guest.get('x0');
  };
  assert.deepEqual([call('/etc/passwd'), call(':tt')], [0xffff_ffff_ffff_ffffn, 1n]);
});

test('ST-VIRT-004 what does not exist or does not fit is refused in one sentence that names it', () => {
  const refusal = (options: object): string => {
    const launched = launchGuest({ program: { path: 'x.elf', bytes: new Uint8Array(4) }, ...options });
    return launched.ok ? 'launched' : launched.error.message;
  };
  const hello = { path: 'hello.elf', bytes: sampleElf('hello', 'aarch64.O0') };
  assert.match(refusal({ program: hello, cpu: 'z80' }), /^cpu is "z80"; machine virt has .*\.$/);
  assert.match(refusal({ program: hello, machine: 'pseries' }), / is a 64-bit ARM program; machine pseries .*\.$/);
  assert.match(refusal({ program: hello, kvm: 'pr' }), /^kvm chooses between .*\.$/);
  assert.match(refusal({}), /^x\.elf is not an ELF file that can be read: .*\.$/);
});

test('ST-VIRT-005 a store where nothing answers vanishes and a load reads 0', () => {
  const guest = new WordGuest([A64.strWord(0, 1), A64.ldr(2, 1) & ~0x4000_0000, A64.here], { registers: { x1: 0x1000_0000n, x2: 5n } });
  guest.breakAt('engine', CODE + 8n);
  assert.equal(guest.continue().reason, 'breakpoint');
  assert.equal(guest.get('x2'), 0n);
});
