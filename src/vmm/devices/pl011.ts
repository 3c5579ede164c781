// SPDX-License-Identifier: MIT
import type { AccessSize, InterruptLine, MemoryMappedDevice } from './memoryMappedDevice.js';
import {
  PL011_CR,
  PL011_FR,
  PL011_INTERRUPTS,
  PL011_LCR_H,
  PL011_MASKS,
  PL011_REVISIONS,
  type Pl011Revision,
  pl011RegisterAt,
} from './pl011Registers.js';

/** Everything that a PL011 remembers: registers under the manual's names, and bytes on their way to the guest. */
export interface Pl011State {
  readonly RSR: number;
  readonly ILPR: number;
  readonly IBRD: number;
  readonly FBRD: number;
  readonly LCR_H: number;
  readonly CR: number;
  readonly IFLS: number;
  readonly IMSC: number;
  readonly RIS: number;
  readonly DMACR: number;
  /** Received and not yet read, oldest first: at most the depth of the FIFO. */
  readonly receiveFifo: readonly number[];
  /** Input that waits for room in the FIFO, oldest first. */
  readonly waitingInput: readonly number[];
}

/** Arm DDI 0183, Summary of registers, reset values: transmit and receive enabled, triggers at half, all else zero. */
export const PL011_RESET: Pl011State = {
  RSR: 0,
  ILPR: 0,
  IBRD: 0,
  FBRD: 0,
  LCR_H: 0,
  CR: PL011_CR.TXE | PL011_CR.RXE,
  IFLS: 0x12,
  IMSC: 0,
  RIS: 0,
  DMACR: 0,
  receiveFifo: [],
  waitingInput: [],
};

/** What a PL011 is wired to. */
export interface Pl011Wires {
  /** UARTINTR, the combined interrupt. */
  readonly interrupt: InterruptLine;
  /** Takes each byte that the guest sends. */
  readonly transmit: (byte: number) => void;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Arm's PrimeCell UART. Where the manual and QEMU's model differ, QEMU's behaviour is chosen, because guests are
 * tested on it: sending takes no time; the receive interrupt comes with the first byte whatever UARTIFLS says, so
 * there is no receive timeout; UARTCR's enables and loop back are stored and have no effect; input waits outside
 * the FIFO rather than overrun it.
 */
export class Pl011 implements MemoryMappedDevice {
  #state: Mutable<Pl011State>;
  #receiveFifo: number[];
  #waitingInput: number[];
  #line: 'high' | 'low' = 'low';
  readonly #revision: (typeof PL011_REVISIONS)[Pl011Revision];

  constructor(
    private readonly wires: Pl011Wires,
    revision: Pl011Revision = 'r1p1',
    state: Pl011State = PL011_RESET,
  ) {
    this.#revision = PL011_REVISIONS[revision];
    this.#state = { ...state };
    this.#receiveFifo = [...state.receiveFifo];
    this.#waitingInput = [...state.waitingInput];
    this.#driveLine();
  }

  /** A copy of the state: later changes of the device do not reach it. */
  snapshot(): Pl011State {
    return { ...this.#state, receiveFifo: [...this.#receiveFifo], waitingInput: [...this.#waitingInput] };
  }

  /** Takes over `state` and drives the interrupt line as that state asks. */
  restore(state: Pl011State): void {
    this.#state = { ...state };
    this.#receiveFifo = [...state.receiveFifo];
    this.#waitingInput = [...state.waitingInput];
    this.#driveLine();
  }

  /** Gives `bytes` to the guest, in order. What does not fit the FIFO waits. */
  receive(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#waitingInput.push(byte & 0xff);
    this.#fillFifo();
  }

  /** See MemoryMappedDevice. A doubleword is two words, the low one first; bytes read the low end of their word's register. */
  read(offset: number, size: AccessSize): bigint {
    if (size === 8) return this.read(offset, 4) | (this.read(offset + 4, 4) << 32n);
    return BigInt.asUintN(size * 8, BigInt(this.#readRegister(offset)));
  }

  /** See MemoryMappedDevice. A doubleword is two words, the low one first. */
  write(offset: number, size: AccessSize, value: bigint): void {
    if (size === 8) {
      this.write(offset, 4, value);
      this.write(offset + 4, 4, value >> 32n);
      return;
    }
    this.#writeRegister(offset, Number(BigInt.asUintN(size * 8, value)));
  }

  #readRegister(offset: number): number {
    const state = this.#state;
    const register = pl011RegisterAt(offset);
    switch (register) {
      case 'DR':
        return this.#readData();
      case 'FR':
        return this.#flags();
      case 'RSR':
      case 'ILPR':
      case 'IBRD':
      case 'FBRD':
      case 'LCR_H':
      case 'CR':
      case 'IFLS':
      case 'IMSC':
      case 'RIS':
      case 'DMACR':
        return state[register];
      case 'MIS':
        return state.RIS & state.IMSC;
      case 'PeriphID0':
        return 0x11;
      case 'PeriphID1':
        return 0x10;
      case 'PeriphID2':
        return this.#revision.PeriphID2;
      case 'PeriphID3':
        return 0x00;
      case 'PCellID0':
        return 0x0d;
      case 'PCellID1':
        return 0xf0;
      case 'PCellID2':
        return 0x05;
      case 'PCellID3':
        return 0xb1;
      case 'ICR': // Write only.
      case undefined:
        return 0;
    }
  }

  #writeRegister(offset: number, value: number): void {
    const state = this.#state;
    const register = pl011RegisterAt(offset);
    switch (register) {
      case 'DR':
        this.wires.transmit(value & 0xff);
        state.RIS |= PL011_INTERRUPTS.TX;
        break;
      case 'RSR': // Written, it is UARTECR: any value clears the errors.
        state.RSR = 0;
        break;
      case 'ILPR':
      case 'IBRD':
      case 'FBRD':
      case 'CR':
      case 'IFLS':
      case 'DMACR':
        state[register] = value & PL011_MASKS[register];
        break;
      case 'LCR_H':
        if ((state.LCR_H ^ value) & PL011_LCR_H.FEN) this.#receiveFifo = []; // Switching the FIFOs empties them.
        state.LCR_H = value & PL011_MASKS.LCR_H;
        this.#fillFifo();
        break;
      case 'IMSC':
        state.IMSC = value & PL011_MASKS.interrupts;
        break;
      case 'ICR':
        state.RIS &= ~value;
        break;
      default: // Read-only and reserved words ignore writes.
        return;
    }
    this.#driveLine();
  }

  #readData(): number {
    const byte = this.#receiveFifo.shift();
    if (byte === undefined) return 0;
    this.#state.RSR = 0; // The errors of the byte just read: there are none on this line.
    if (this.#receiveFifo.length === 0) this.#state.RIS &= ~PL011_INTERRUPTS.RX;
    this.#fillFifo();
    this.#driveLine();
    return byte;
  }

  #flags(): number {
    let flags: number = PL011_FR.TXFE;
    if (this.#receiveFifo.length === 0) flags |= PL011_FR.RXFE;
    if (this.#receiveFifo.length >= this.#depth) flags |= PL011_FR.RXFF;
    return flags;
  }

  /** Bytes that the receive FIFO holds: one, the holding register, while the FIFOs are off. */
  get #depth(): number {
    return this.#state.LCR_H & PL011_LCR_H.FEN ? this.#revision.fifoDepth : 1;
  }

  #fillFifo(): void {
    const wasEmpty = this.#receiveFifo.length === 0;
    const room = Math.max(0, this.#depth - this.#receiveFifo.length);
    this.#receiveFifo.push(...this.#waitingInput.splice(0, room));
    if (wasEmpty && this.#receiveFifo.length > 0) this.#state.RIS |= PL011_INTERRUPTS.RX;
    this.#driveLine();
  }

  #driveLine(): void {
    const level = this.#state.RIS & this.#state.IMSC ? 'high' : 'low';
    if (level === this.#line) return;
    this.#line = level;
    this.wires.interrupt(level);
  }
}
