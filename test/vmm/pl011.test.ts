// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AccessSize } from '../../src/vmm/devices/memoryMappedDevice.js';
import { PL011_RESET, Pl011 } from '../../src/vmm/devices/pl011.js';
import {
  PL011_FR,
  PL011_INTERRUPTS,
  PL011_LCR_H,
  PL011_OFFSETS,
  type Pl011Register,
  type Pl011Revision,
} from '../../src/vmm/devices/pl011Registers.js';

function uart(revision: Pl011Revision = 'r1p1') {
  const sent: number[] = [];
  const levels: string[] = [];
  const device = new Pl011({ interrupt: level => levels.push(level), transmit: byte => sent.push(byte) }, revision);
  return {
    device,
    sent,
    levels,
    read: (register: Pl011Register) => Number(device.read(PL011_OFFSETS[register], 4)),
    write: (register: Pl011Register, value: number) => device.write(PL011_OFFSETS[register], 4, BigInt(value)),
  };
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test('ST-VMM-040 after reset the registers hold what QEMU 7.2 shows: CR 0x300, IFLS 0x12, FR 0x90, all else zero', () => {
  const { read } = uart();
  const registers = ['DR', 'RSR', 'FR', 'ILPR', 'IBRD', 'FBRD', 'LCR_H', 'CR', 'IFLS', 'IMSC', 'RIS', 'MIS', 'ICR', 'DMACR'] as const;
  assert.deepEqual(Object.fromEntries(registers.map(register => [register, read(register)] as const).filter(([, value]) => value !== 0)), {
    FR: 0x90,
    CR: 0x300,
    IFLS: 0x12,
  });
});

test('ST-VMM-041 the identification registers are those of the PL011, with the revision in PeriphID2', () => {
  const bytes = (revision: Pl011Revision) =>
    Array.from({ length: 8 }, (_, index) => Number(uart(revision).device.read(0xfe0 + index * 4, 4)));
  assert.deepEqual(bytes('r1p1'), [0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1]);
  assert.deepEqual(bytes('r1p5'), [0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1]);
});

test('ST-VMM-042 each byte written to DR is transmitted at once, whatever CR enables, and the transmit FIFO stays empty', () => {
  const { write, read, sent } = uart();
  write('CR', 0);
  for (const byte of [0x48, 0x69, 0x1ff]) write('DR', byte);
  assert.deepEqual(sent, [0x48, 0x69, 0xff]);
  assert.equal(read('FR') & (PL011_FR.TXFE | PL011_FR.TXFF | PL011_FR.BUSY), PL011_FR.TXFE);
});

test('ST-VMM-043 input is read in order, however much of it there is, and RXFE and RXFF follow the FIFO', () => {
  for (const [revision, depth] of [
    ['r1p1', 16],
    ['r1p5', 32],
  ] as const) {
    const { device, read, write } = uart(revision);
    write('LCR_H', PL011_LCR_H.FEN);
    const input = Array.from({ length: 100 }, (_, index) => index);
    device.receive(input.slice(0, depth - 1));
    assert.equal(read('FR') & (PL011_FR.RXFE | PL011_FR.RXFF), 0);
    device.receive(input.slice(depth - 1));
    assert.equal(read('FR') & (PL011_FR.RXFE | PL011_FR.RXFF), PL011_FR.RXFF);
    assert.equal(device.snapshot().receiveFifo.length, depth);
    const seen: number[] = [];
    while (!(read('FR') & PL011_FR.RXFE)) seen.push(read('DR'));
    assert.deepEqual(seen, input);
    assert.equal(read('DR'), 0);
  }
});

test('ST-VMM-044 with the FIFOs off one byte fills the receiver and the next waits', () => {
  const { device, read } = uart();
  device.receive(text('ab'));
  assert.equal(read('FR') & PL011_FR.RXFF, PL011_FR.RXFF);
  assert.deepEqual(device.snapshot().waitingInput, [0x62]);
  assert.deepEqual([read('DR'), read('DR')], [0x61, 0x62]);
});

test('ST-VMM-045 the interrupt line is high exactly while RIS and IMSC share a bit, and is driven on changes only', () => {
  const { device, read, write, levels } = uart();
  device.receive(text('a'));
  assert.deepEqual([read('RIS'), read('MIS'), levels], [PL011_INTERRUPTS.RX, 0, []]);
  write('IMSC', PL011_INTERRUPTS.RX | PL011_INTERRUPTS.RT);
  assert.deepEqual([read('MIS'), levels], [PL011_INTERRUPTS.RX, ['high']]);
  device.receive(text('b'));
  read('DR'); // The next byte moves up within the access: the line stays high.
  assert.deepEqual([read('RIS'), levels], [PL011_INTERRUPTS.RX, ['high']]);
  read('DR');
  assert.deepEqual([read('RIS'), levels], [0, ['high', 'low']]);
});

test('ST-VMM-046 sending raises the transmit interrupt, and ICR clears exactly the bits written as one', () => {
  const { device, read, write } = uart();
  write('DR', 0x41);
  device.receive(text('a'));
  assert.equal(read('RIS'), PL011_INTERRUPTS.TX | PL011_INTERRUPTS.RX);
  write('ICR', PL011_INTERRUPTS.TX);
  assert.equal(read('RIS'), PL011_INTERRUPTS.RX);
  write('ICR', 0x7ff);
  assert.equal(read('RIS'), 0);
});

test('ST-VMM-047 a register keeps the bits that the manual gives it; read-only and reserved words keep nothing', () => {
  const { device, read, write } = uart();
  for (const offset of Object.values(PL011_OFFSETS)) if (offset > 0) device.write(offset, 4, 0xffff_ffffn);
  for (const reserved of [0x008, 0x01c, 0x04c, 0xfdc]) {
    device.write(reserved, 4, 0xffff_ffffn);
    assert.equal(device.read(reserved, 4), 0n);
  }
  assert.deepEqual(
    (['RSR', 'FR', 'ILPR', 'IBRD', 'FBRD', 'LCR_H', 'CR', 'IFLS', 'IMSC', 'RIS', 'DMACR', 'PCellID0'] as const).map(read),
    [0, 0x90, 0xff, 0xffff, 0x3f, 0xff, 0xffff, 0x3f, 0x7ff, 0, 7, 0x0d],
  );
  write('LCR_H', 0);
});

test('ST-VMM-048 switching the FIFOs on or off drops what the FIFO held and keeps what waits outside', () => {
  const { device, read, write } = uart();
  device.receive(text('ab'));
  write('LCR_H', PL011_LCR_H.FEN);
  assert.equal(read('DR'), 0x62);
});

test('ST-VMM-049 byte and halfword accesses reach the low end of the register, a doubleword is two words', () => {
  const { device, sent, write } = uart();
  device.write(0, 1, 0x141n);
  write('IBRD', 0x1234);
  write('FBRD', 0x15);
  assert.deepEqual(sent, [0x41]);
  assert.equal(device.read(PL011_OFFSETS.IBRD, 1), 0x34n);
  assert.equal(device.read(PL011_OFFSETS.IBRD, 2), 0x1234n);
  assert.equal(device.read(PL011_OFFSETS.ILPR, 8), 0x1234_0000_0000n);
  device.write(PL011_OFFSETS.FBRD - 4, 8, 0x0000_0002_0000_0001n);
  assert.deepEqual([device.snapshot().IBRD, device.snapshot().FBRD], [1, 2]);
});

test('ST-VMM-050 a device restored from a snapshot answers every further access like the first, and drives its line', () => {
  const access = fc.record({
    kind: fc.constantFrom('read', 'write', 'receive'),
    offset: fc.oneof(fc.constantFrom(...Object.values(PL011_OFFSETS)), fc.integer({ min: 0, max: 0xfff })),
    size: fc.constantFrom<AccessSize>(1, 2, 4, 8),
    value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  });
  const perform = (device: Pl011, { kind, offset, size, value }: { kind: string; offset: number; size: AccessSize; value: bigint }) => {
    if (kind === 'write') device.write(offset, size, value);
    else if (kind === 'receive') device.receive([Number(value & 0xffn), Number((value >> 8n) & 0xffn)]);
    else return device.read(offset, size);
    return undefined;
  };
  fc.assert(
    fc.property(fc.array(access, { maxLength: 30 }), fc.array(access, { maxLength: 30 }), (before, after) => {
      const first = uart();
      for (const step of before) perform(first.device, step);
      const state = first.device.snapshot();
      const second = uart();
      second.device.restore(state);
      assert.equal(second.levels.at(-1) ?? 'low', first.levels.at(-1) ?? 'low');
      for (const step of after) assert.equal(perform(second.device, step), perform(first.device, step));
      assert.deepEqual(second.device.snapshot(), first.device.snapshot());
      assert.equal(second.levels.at(-1) ?? 'low', first.levels.at(-1) ?? 'low');
    }),
    { numRuns: 200 },
  );
  assert.deepEqual(PL011_RESET.receiveFifo, []);
});
