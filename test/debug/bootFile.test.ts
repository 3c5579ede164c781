// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bootFileText, describeBootFile } from '../../src/debug/index.js';
import { projectFile } from '../support/adapterConnection.js';

/** System V ABI, "ELF Header": where e_type, e_machine and e_phnum of a 64-bit file lie; "Program Header": p_type. */
const E_TYPE = 16;
const E_MACHINE = 18;
const E_PHNUM = 56;
const FIRST_P_TYPE = 64;

/** A sample with 16 bits of its header replaced. */
function changed(offset: number, value: number): Uint8Array {
  const bytes = new Uint8Array(readFileSync(projectFile('samples/hello/hello.aarch64.O0.elf')));
  new DataView(bytes.buffer).setUint16(offset, value, true);
  return bytes;
}

const told = (bytes: Uint8Array): string => {
  const file = describeBootFile(bytes);
  return file.ok ? bootFileText(file.value) : file.error.message;
};

test('ST-EXT-050 a bare-metal file is told by the machine that its ELF header fits, and its entry', () => {
  assert.equal(told(changed(E_MACHINE, 183)), 'virt (ARM64), entry 0x40080000');
  assert.equal(told(changed(E_MACHINE, 21)), 'pseries (POWER), entry 0x40080000');
  assert.equal(told(changed(E_MACHINE, 20)), 'ppce500 (POWER, BookE), entry 0x40080000');
});

test('ST-EXT-051 what cannot boot is refused with the cause: other machines, objects, programs of an operating system, no ELF', () => {
  assert.equal(told(changed(E_MACHINE, 62)), 'The file is for ELF machine 62; AArch64 (183) and POWER (21) can boot.');
  assert.match(told(changed(E_TYPE, 1)), /^The file is not linked/);
  assert.match(told(changed(FIRST_P_TYPE, 3)), /^The file is a program of an operating system/);
  assert.equal(told(changed(E_PHNUM, 0)), 'The file has no segment to load.');
  assert.match(told(new Uint8Array([1, 2, 3])), /^The file is no ELF file/);
});
