// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../../src/base/index.js';
import { AAPCS64, ELF_V1, openSymbolFile, parseElf, processorSupplementOf, type SymbolFile } from '../../src/symbols/index.js';
import { POWER_VARIANTS, type PowerVariant, powerElf, powerLine } from '../support/powerElf.js';

function open(variant: PowerVariant): SymbolFile {
  const opened = openSymbolFile(powerElf(variant));
  assert.ok(opened.ok);
  return opened.value;
}

const files = new Map(POWER_VARIANTS.map(variant => [variant, open(variant)]));
const file = (variant: PowerVariant): SymbolFile => present(files.get(variant), variant);

test('ST-ELF-010 a function with a descriptor (ELFv1) is found at its code and at its descriptor, and by name', () => {
  for (const variant of ['ppc64.O0', 'ppc64.O2'] as const) {
    const { elf, debug } = file(variant);
    const [middle] = elf.symbols.named('middle');
    const [scope] = debug.functionsNamed('middle');
    assert.ok(middle && scope);
    assert.notEqual(middle.address, middle.entryPoint);
    assert.equal(middle.entryPoint, scope.entryPoint);
    assert.equal(middle.localEntryPoint, middle.entryPoint);
    assert.equal(elf.symbols.describe(middle.entryPoint + 8n), '<middle+0x8>');
    assert.equal(elf.symbols.describe(middle.address), '<middle>');
    // The symbol's size is that of the code: the next descriptor must not count as part of it.
    assert.equal(elf.symbols.describe(middle.address + 24n), '<mixed>');
  }
});

test('ST-ELF-011 an entry point that is a descriptor (ELFv1) leads to its code', () => {
  for (const variant of POWER_VARIANTS) assert.equal(file(variant).elf.symbols.describe(file(variant).elf.entry), '<_start>', variant);
});

test('ST-ELF-012 a function has its local entry point (ELFv2) where st_other says', () => {
  const distances = ['leaf', 'middle', 'mixed', '_start', 'counter'].map(name => {
    const [symbol] = file('ppc64le.O2').elf.symbols.named(name);
    return symbol && symbol.localEntryPoint - symbol.entryPoint;
  });
  assert.deepEqual(distances, [0n, 8n, 8n, 8n, 0n]);
});

test('ST-ELF-013 the code of a function is found by its name without the dot of its code symbol, and the name without it is shown', () => {
  const bytes = powerElf('ppc64.O0');
  // `.opd` has the symbols of descriptors only; the names of data become a code symbol and a code symbol alone.
  const renamed = renamedSymbols(bytes, { number: '.leaf', single: '.lone' });
  const { symbols } = renamed;
  const leaf = present(symbols.named('leaf')[0], 'leaf');
  assert.equal(symbols.named('.leaf').length, 1);
  assert.equal(symbols.describe(leaf.entryPoint), '<leaf>');
  assert.equal(symbols.named('lone')[0]?.name, '.lone');
  assert.equal(file('ppc64le.O0').elf.symbols.named('.leaf').length, 0);
});

/** The file with symbols renamed to names that are as long or shorter. */
function renamedSymbols(bytes: Uint8Array, names: Readonly<Record<string, string>>) {
  const copy = bytes.slice();
  const strings = present(file('ppc64.O0').elf.section('.strtab'), '.strtab');
  for (const [from, to] of Object.entries(names)) {
    const at = new TextDecoder('latin1').decode(strings.bytes).indexOf(`\0${from}\0`) + 1;
    assert.ok(at > 0 && to.length <= from.length);
    copy.set(new TextEncoder().encode(`${to}\0`), strings.fileOffset + at);
  }
  const parsed = parseElf(copy);
  assert.ok(parsed.ok);
  return parsed.value;
}

// biome-ignore format: a table, one row a line
/** Where gdb 13 sets the breakpoint on each function. */
const GDB_BREAKPOINTS: Readonly<Record<PowerVariant, Readonly<Record<string, bigint>>>> = {
  'ppc64.O0':   { leaf: 0x10020n, middle: 0x10068n, mixed: 0x10114n, _start: 0x101e0n },
  'ppc64.O2':   { leaf: 0x10000n, middle: 0x10020n, mixed: 0x10070n, _start: 0x10130n },
  'ppc64le.O0': { leaf: 0x10020n, middle: 0x10070n, mixed: 0x10124n, _start: 0x101f8n },
  'ppc64le.O2': { leaf: 0x10000n, middle: 0x10028n, mixed: 0x10088n, _start: 0x10148n },
};

test('ST-DWARF-018 a function breakpoint stands where gdb sets it, and never before the entry point that all callers come through', () => {
  for (const variant of POWER_VARIANTS) {
    const { debug, elf } = file(variant);
    for (const [name, expected] of Object.entries(GDB_BREAKPOINTS[variant])) {
      const scope = present(debug.functionsNamed(name)[0], name);
      const symbol = present(elf.symbols.named(name)[0], name);
      assert.equal(debug.breakpointAddressOf(scope), expected, `${variant} ${name}`);
      assert.ok(debug.breakpointAddressOf(scope) >= symbol.localEntryPoint, `${variant} ${name}`);
    }
  }
});

test('ST-DWARF-040 register numbers of the 64-bit ELF ABI for Power have the names of the assembler and the sizes of their save areas', () => {
  for (const variant of POWER_VARIANTS) {
    const supplement = present(processorSupplementOf(file(variant).elf), variant);
    assert.equal(supplement.name, variant.startsWith('ppc64le') ? 'ELFv2' : 'ELFv1');
  }
  const numbers = [0, 1, 31, 32, 63, 64, 65, 66, 68, 75, 76, 77, 108, 109, 1124, 1155, 67, 9999];
  assert.deepEqual(
    numbers.map(number => ELF_V1.registerNames.get(number)),
    // biome-ignore format: as the numbers above
    ['r0', 'r1', 'r31', 'f0', 'f31', 'cr', 'lr', 'ctr', 'cr0', 'cr7', 'xer', 'v0', 'v31', 'vrsave', 'v0', 'v31', undefined, undefined],
  );
  assert.deepEqual([14, 46, 65, 70, 76, 97].map(ELF_V1.savedBytes), [8, 8, 8, 4, 8, 16]);
});

test('ST-DWARF-041 what a function preserves (64-bit ELF ABI for Power) is what its frames keep without a rule', () => {
  const { preserved, followed, linkRegister, stackPointer, frameChain } = ELF_V1;
  assert.deepEqual(
    [2, 13, 14, 31, 46, 63, 70, 72, 97, 108].filter(register => !preserved.has(register)),
    [],
  );
  assert.deepEqual(
    [0, 3, 12, 32, 45, 65, 66, 68, 69, 73, 77, 96].filter(register => preserved.has(register)),
    [],
  );
  assert.ok(followed.includes(linkRegister) && followed.includes(stackPointer));
  assert.deepEqual(
    [frameChain.register, frameChain.returnAddress, frameChain.callerStackPointer],
    [stackPointer, { link: "caller's", bytes: 16n }, { link: "caller's", bytes: 0n }],
  );
});

test('ST-DWARF-042 the unwind rows of a function (POWER) save its return address where the ABI has its place', () => {
  for (const variant of POWER_VARIANTS) {
    const { debug } = file(variant);
    const call = present(debug.locationsOfLine('layouts.c', powerLine('call middle')).locations[0], variant);
    const row = present(debug.unwindRowAt(call.address), variant);
    assert.equal(row.returnAddressRegister, ELF_V1.linkRegister);
    assert.deepEqual(row.registers.get(ELF_V1.linkRegister), { kind: 'offset', offset: ELF_V1.frameChain.returnAddress.bytes }, variant);
  }
});

test('ST-DWARF-043 DWARF number 31 of ARM64 is the stack pointer and 30 the link register', () => {
  const { registerNames, stackPointer, linkRegister } = AAPCS64;
  assert.deepEqual([registerNames.get(0), registerNames.get(30), registerNames.get(31)], ['x0', 'x30', 'sp']);
  assert.deepEqual([linkRegister, stackPointer], [30, 31]);
});
