// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSymbolFile, type SymbolFile, sizeOf, spellType } from '../../src/symbols/index.js';
import { sampleElf, sampleSource } from '../support/sampleElf.js';

function open(name: string, variant: string): SymbolFile {
  const opened = openSymbolFile(sampleElf(name, variant));
  assert.ok(opened.ok);
  return opened.value;
}

/** The line of `samples/counter/counter.c` with the marker comment. */
function line(marker: string): number {
  const index = sampleSource('counter/counter.c')
    .split('\n')
    .findIndex(text => text.includes(`/* ${marker} */`));
  assert.ok(index >= 0, `no marker ${marker}`);
  return index + 1;
}

const unoptimised = open('counter', 'aarch64.O0');
const optimised = open('counter', 'aarch64.O2');

test('ST-ELF-001 an address inside a sized function is described as symbol and offset, mapping symbols are not used', () => {
  const [main] = unoptimised.elf.symbols.named('main');
  assert.ok(main);
  assert.equal(unoptimised.elf.symbols.describe(main.address + 0x10n), '<main+0x10>');
  assert.equal(unoptimised.elf.symbols.describe(unoptimised.elf.entry), '<_start>');
  assert.ok(unoptimised.elf.symbols.all.every(({ name }) => !/^\$[xd]/.test(name)));
});

test('ST-DWARF-010 a line has one location in each function, and one in each inlined copy', () => {
  assert.deepEqual(
    unoptimised.debug.locationsOfLine('counter.c', line('inlined rotate')).locations.map(({ scope }) => scope?.kind),
    ['inlined', 'inlined'],
  );
  const { locations } = unoptimised.debug.locationsOfLine('/elsewhere/counter/counter.c', line('store counter'));
  assert.deepEqual(
    locations.map(({ scope, row }) => [scope?.name, row.line]),
    [['increment', line('store counter')]],
  );
});

test('ST-DWARF-011 a line without code slides to the next line that has some, but never into a function that begins below it', () => {
  const store = line('store counter');
  assert.equal(unoptimised.debug.locationsOfLine('counter.c', store - 1).line, store - 1);
  assert.deepEqual(unoptimised.debug.locationsOfLine('counter.c', store - 3).locations, []);
  assert.deepEqual(unoptimised.debug.locationsOfLine('counter.c', 100_000).locations, []);
});

test('ST-DWARF-012 a function breakpoint stands behind the prologue at -O0 and on the first instruction where GCC tracks variables', () => {
  const [plain] = unoptimised.debug.functionsNamed('fibonacci');
  const [tracked] = optimised.debug.functionsNamed('fibonacci');
  const [assembly] = unoptimised.debug.functionsNamed('_start');
  assert.ok(plain && tracked && assembly);
  assert.equal(unoptimised.debug.breakpointAddressOf(plain), plain.entryPoint + 12n);
  assert.equal(optimised.debug.breakpointAddressOf(tracked), tracked.entryPoint);
  assert.equal(unoptimised.debug.breakpointAddressOf(assembly), assembly.entryPoint);
});

test('ST-DWARF-013 inlined copies nest, with the place of their call', () => {
  const [rotate] = unoptimised.debug.inlinedCopiesOf('rotate');
  assert.ok(rotate?.kind === 'inlined');
  assert.equal(rotate.call?.line, line('inlined mix'));
  const pc = rotate.ranges[0]?.start ?? 0n;
  const scopes = unoptimised.debug.functionScopesAt(pc);
  assert.deepEqual(
    scopes.map(({ name }) => name),
    ['rotate', 'mix', 'digest'],
  );
  assert.deepEqual(
    unoptimised.debug.variablesIn(rotate, pc).map(({ name }) => name),
    ['by', 'value', 'high'],
  );
});

test('ST-DWARF-014 types are found by name and spelled as C', () => {
  const [item] = unoptimised.debug.typesNamed('struct item');
  assert.ok(item?.kind === 'structure');
  assert.deepEqual(
    item.members.slice(0, 3).map(({ type, name, bitOffset }) => [spellType(type, name), bitOffset]),
    [
      ['struct item *next', 0],
      ['const char *name', 64],
      ['struct point where', 128],
    ],
  );
  const spelled = (name: string): string => {
    const [variable] = unoptimised.debug.globalsNamed(name);
    return variable === undefined ? 'none' : spellType(variable.type, name);
  };
  assert.deepEqual(['matrix', 'greeting', 'heartbeat', 'operations'].map(spelled), [
    'int matrix[2][3]',
    'const char * const greeting',
    'volatile uint32_t heartbeat',
    'const operation operations[2]',
  ]);
  const [matrix] = unoptimised.debug.globalsNamed('matrix');
  assert.equal(matrix && sizeOf(matrix.type), 24);
  const flags = unoptimised.debug.typesNamed('flags')[0];
  assert.ok(flags?.kind === 'structure' && flags.members.every(({ bitSize }) => bitSize !== undefined));
});

test('ST-DWARF-015 a call site knows what it passed in a register', () => {
  const [main] = optimised.debug.functionsNamed('main');
  const site = main?.callSites.find(({ parameters }) => parameters.some(({ register }) => register === 0));
  assert.ok(site);
  assert.equal(optimised.debug.callSiteReturningTo(site.returnAddress), site);
});

test('ST-DWARF-016 rows of a line table follow each other without gaps inside a function, and each pc has one row', () => {
  for (const { debug } of [unoptimised, optimised]) {
    const [main] = debug.functionsNamed('main');
    assert.ok(main);
    let next: bigint = main.entryPoint;
    for (const { address, endAddress } of debug.lineRowsOf(main)) {
      if (address !== next && address === endAddress) continue;
      assert.equal(address, next);
      next = endAddress;
    }
    for (const { start, end } of main.ranges) for (let pc = start as bigint; pc < end; pc += 4n) assert.ok(debug.lineRowAt(pc), `${pc}`);
  }
});

test('ST-DWARF-017 the samples have no problems, and reading the headers is far from reading everything', () => {
  for (const file of [unoptimised, optimised]) assert.deepEqual(file.problems, []);
  const fresh = open('counter', 'aarch64.O2');
  const atFirst = fresh.debug.workDone;
  fresh.debug.functionsNamed('main');
  assert.ok(atFirst * 10 < fresh.debug.workDone, `${atFirst} of ${fresh.debug.workDone}`);
});
