// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode, SCTLR_EL1, TCR_EL1 } from '../../src/cpu/index.js';
import { explainStage1, type Stage1ControlRegisters, walkStage1 } from '../../src/vmm/index.js';
import { LEAF_DESCRIPTOR, TABLE_DESCRIPTOR } from '../../src/vmm/memory/stage1Descriptors.js';

/** RAM from 0x4000_0000 on: doublewords by their address. */
class Tables {
  readonly #entries = new Map<bigint, bigint>();

  set(address: bigint, descriptor: bigint): void {
    this.#entries.set(address, descriptor);
  }

  readonly read = (address: bigint, bytes: number): Uint8Array | undefined => {
    if (address < 0x4000_0000n || address >= 0x4100_0000n) return undefined;
    assert.equal(bytes, 8);
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, this.#entries.get(address) ?? 0n, true);
    return new Uint8Array(view.buffer);
  };
}

const page = 12n;
const ATTRIBUTES = { normal: 0, device: 1, nonCacheable: 2 } as const;

/** 48-bit regions of 4 KiB pages; TTBR0's tables at 0x4000_0000, TTBR1's at 0x4000_8000. */
const registers = (changes: Partial<Stage1ControlRegisters> = {}): Stage1ControlRegisters => ({
  SCTLR_EL1: encode(SCTLR_EL1, { M: 1 }),
  TCR_EL1: encode(TCR_EL1, { T0SZ: 16, T1SZ: 16, TG0: 'size4K', TG1: 'size4K' }),
  TTBR0_EL1: 0x4000_0000n,
  TTBR1_EL1: 0x4000_8000n,
  MAIR_EL1: 0x44_04_ffn,
  ...changes,
});

const table = (next: bigint, limits: object = {}): bigint =>
  encode(TABLE_DESCRIPTOR, { NLTA: next >> page, type: 'table', valid: 1, ...limits });
const leaf = (output: bigint, type: 'block' | 'page', fields: object = {}): bigint =>
  encode(LEAF_DESCRIPTOR, { OA: output >> page, type, valid: 1, AF: 1, SH: 'innerShareable', ...fields });

/** `va` 0x1234: four levels to the page 0x4080_0000, and a block of 2 MiB behind it at 0x20_0000. */
function mapped(fields: object = {}, limits: object = {}): Tables {
  const tables = new Tables();
  tables.set(0x4000_0000n, table(0x4000_1000n, limits));
  tables.set(0x4000_1000n, table(0x4000_2000n));
  tables.set(0x4000_2000n, table(0x4000_3000n));
  tables.set(0x4000_2008n, leaf(0x4020_0000n, 'block', { AttrIndx: ATTRIBUTES.device, PXN: 1, UXN: 1 }));
  tables.set(0x4000_3008n, leaf(0x4080_0000n, 'page', fields));
  return tables;
}

const attributesOf = (tables: Tables, va: bigint, changes: Partial<Stage1ControlRegisters> = {}): string => {
  const { outcome } = explainStage1(registers(changes), va, tables.read);
  return outcome.kind === 'mapped' ? outcome.attributes.map(({ name, text }) => `${name}: ${text}`).join('; ') : outcome.why;
};

test('ST-VMM-080 a translation by stage 1 is told descriptor by descriptor down to the page or the block', () => {
  const walk = explainStage1(registers(), 0x1234n, mapped().read);
  assert.equal(walk.regime, 'EL1&0 stage 1');
  assert.deepEqual(
    walk.steps.map(step => (step.kind === 'entry' ? `${step.title} at 0x${step.address?.toString(16)}` : step.name)),
    [
      'SCTLR_EL1',
      'TCR_EL1',
      'TTBR0_EL1',
      'Level 0: Table at 0x40000000',
      'Level 1: Table at 0x40001000',
      'Level 2: Table at 0x40002000',
      'Level 3: Page at 0x40003008',
      'MAIR_EL1',
    ],
  );
  assert.ok(walk.outcome.kind === 'mapped');
  assert.deepEqual([walk.outcome.address, walk.outcome.pageBytes], [0x4080_0234n, 4096n]);
  const block = explainStage1(registers(), 0x20_5678n, mapped().read);
  assert.ok(block.outcome.kind === 'mapped');
  assert.deepEqual([block.outcome.address, block.outcome.pageBytes], [0x4020_5678n, 2n ** 21n]);
});

test('ST-VMM-081 memory type, shareability and permissions are those of all descriptors together', () => {
  assert.equal(
    attributesOf(mapped(), 0x1000n),
    'Memory type: Normal, Write-Back; Shareability: Inner Shareable; EL1: read, write, execute; EL0: execute',
  );
  assert.match(attributesOf(mapped({ AP: 'readWrite' }), 0x1000n), /EL1: read, write; EL0: read, write, execute/);
  assert.match(attributesOf(mapped({ AP: 'readOnly', UXN: 1 }), 0x1000n), /EL1: read, execute; EL0: read$/);
  assert.match(
    attributesOf(mapped({ AP: 'readWrite' }, { APTable: 'readOnlyNoEL0', PXNTable: 1, UXNTable: 1 }), 0x1000n),
    /EL1: read; EL0: none/,
  );
  assert.match(attributesOf(mapped({ AttrIndx: ATTRIBUTES.nonCacheable }), 0x1000n), /^Memory type: Normal, Non-cacheable;/);
  assert.equal(attributesOf(mapped(), 0x20_0000n), 'Memory type: Device-nGnRE; EL1: read, write; EL0: none');
  assert.match(attributesOf(mapped({ AF: 0 }), 0x1000n), /Access flag: 0: the first access is an Access flag fault$/);
  const WXN = { SCTLR_EL1: encode(SCTLR_EL1, { M: 1, WXN: 1 }) };
  assert.match(attributesOf(mapped(), 0x1000n, WXN), /EL1: read, write;/);
});

test('ST-VMM-082 an address that stage 1 does not map is told with the reason, at the level where the walk ended', () => {
  const TCR = (fields: object): Partial<Stage1ControlRegisters> => ({
    TCR_EL1: encode(TCR_EL1, { T0SZ: 16, T1SZ: 16, TG0: 'size4K', TG1: 'size4K', ...fields }),
  });
  const tables = mapped();
  assert.equal(attributesOf(tables, 0x5000n), 'The descriptor is not valid: Translation fault, level 3.');
  assert.equal(attributesOf(tables, 1n << 39n), 'The descriptor is not valid: Translation fault, level 0.');
  assert.equal(attributesOf(tables, 0x1000n, TCR({ EPD0: 1 })), 'TCR_EL1.EPD0 is 1: the tables of TTBR0_EL1 are not walked.');
  assert.equal(attributesOf(tables, 0xffff_ffff_ffff_0000n, TCR({ TG1: 0 })), 'TCR_EL1.TG1 has a reserved value.');
  assert.equal(attributesOf(tables, 1n << 50n), '0x4000000000000 is outside of the 48 bits that TCR_EL1.T0SZ leaves to TTBR0_EL1.');
  // A T0SZ below 16 is taken as 16.
  assert.match(attributesOf(tables, 1n << 50n, TCR({ T0SZ: 5 })), /outside of the 48 bits/);
  assert.equal(
    attributesOf(tables, 0x1000n, { TTBR0_EL1: 0x9000_0000n }),
    'The descriptor at physical address 0x90000000 does not lie in RAM.',
  );
  tables.set(0x4000_0008n, leaf(0x4080_0000n, 'block'));
  assert.equal(attributesOf(tables, 1n << 39n), 'The descriptor is not valid: Translation fault, level 0.');
});

test('ST-VMM-083 with stage 1 off the address loses its tag, and memory is Device-nGnRnE', () => {
  const { regime, outcome } = explainStage1(registers({ SCTLR_EL1: 0n }), 0xff00_0000_4008_0000n, mapped().read);
  assert.equal(regime, 'EL1&0 stage 1, off');
  assert.deepEqual(outcome, {
    kind: 'mapped',
    address: 0x4008_0000n,
    pageBytes: undefined,
    attributes: [{ name: 'Memory type', text: 'Device-nGnRnE' }],
  });
});

test('ST-VMM-084 larger granules have fewer levels, and TTBR1 maps the upper region', () => {
  const tables = new Tables();
  // 64 KiB granule, 42 bits: level 2 with 8192 entries, level 3.
  tables.set(0x4000_0000n + 8n * 1n, table(0x4001_0000n));
  tables.set(0x4001_0000n + 8n * 2n, leaf(0x4200_0000n, 'page'));
  const large = { TCR_EL1: encode(TCR_EL1, { T0SZ: 22, T1SZ: 25, TG0: 'size64K', TG1: 'size4K' }), TTBR1_EL1: 0x4000_8000n };
  const walk = walkStage1(registers(large), (1n << 29n) + 0x2_1234n, tables.read);
  assert.deepEqual(
    walk.entries.map(({ level }) => level),
    [2, 3],
  );
  assert.deepEqual(walk.outcome, { kind: 'mapped', address: 0x4200_1234n, pageShift: 16 });
  // 39 bits of 4 KiB pages begin at level 1, where a block has 1 GiB.
  tables.set(0x4000_8000n, leaf(0x8000_0000n, 'block'));
  const upper = walkStage1(registers(large), 0xffff_ff80_0123_4567n, tables.read);
  assert.equal(upper.isUpper, true);
  assert.deepEqual(upper.outcome, { kind: 'mapped', address: 0x8123_4567n, pageShift: 30 });
});
