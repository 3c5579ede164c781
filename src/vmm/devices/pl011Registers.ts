// SPDX-License-Identifier: MIT
/** Arm DDI 0183, PrimeCell UART (PL011), Summary of registers: byte offsets, without the prefix `UART`. */
// biome-ignore format: one register a line
export const PL011_OFFSETS = {
  DR:    0x000, // Data Register
  RSR:   0x004, // Receive Status Register, Error Clear Register (ECR) when written
  FR:    0x018, // Flag Register
  ILPR:  0x020, // IrDA Low-Power Counter Register
  IBRD:  0x024, // Integer Baud Rate Register
  FBRD:  0x028, // Fractional Baud Rate Register
  LCR_H: 0x02c, // Line Control Register
  CR:    0x030, // Control Register
  IFLS:  0x034, // Interrupt FIFO Level Select Register
  IMSC:  0x038, // Interrupt Mask Set/Clear Register
  RIS:   0x03c, // Raw Interrupt Status Register
  MIS:   0x040, // Masked Interrupt Status Register
  ICR:   0x044, // Interrupt Clear Register
  DMACR: 0x048, // DMA Control Register
  PeriphID0: 0xfe0,
  PeriphID1: 0xfe4,
  PeriphID2: 0xfe8,
  PeriphID3: 0xfec,
  PCellID0:  0xff0,
  PCellID1:  0xff4,
  PCellID2:  0xff8,
  PCellID3:  0xffc,
} as const;

/** A register of the PL011. */
export type Pl011Register = keyof typeof PL011_OFFSETS;

/** Flag Register, UARTFR. */
// biome-ignore format: one bit a line
export const PL011_FR = {
  CTS:  0x001,
  DSR:  0x002,
  DCD:  0x004,
  BUSY: 0x008,
  RXFE: 0x010, // Receive FIFO empty
  TXFF: 0x020, // Transmit FIFO full
  RXFF: 0x040, // Receive FIFO full
  TXFE: 0x080, // Transmit FIFO empty
  RI:   0x100,
} as const;

/** Line Control Register, UARTLCR_H. */
// biome-ignore format: one bit a line
export const PL011_LCR_H = {
  BRK:  0x01, // Send break
  PEN:  0x02, // Parity enable
  EPS:  0x04, // Even parity select
  STP2: 0x08, // Two stop bits select
  FEN:  0x10, // Enable FIFOs
  WLEN: 0x60, // Word length, 5 bits and up
  SPS:  0x80, // Stick parity select
} as const;

/** Control Register, UARTCR. */
// biome-ignore format: one bit a line
export const PL011_CR = {
  UARTEN: 0x001,
  LBE:    0x080, // Loop back enable
  TXE:    0x100, // Transmit enable
  RXE:    0x200, // Receive enable
} as const;

/** Interrupts: the bits of UARTIMSC, UARTRIS, UARTMIS and UARTICR. */
// biome-ignore format: one bit a line
export const PL011_INTERRUPTS = {
  RI:  0x001, // nUARTRI modem
  CTS: 0x002,
  DCD: 0x004,
  DSR: 0x008,
  RX:  0x010, // Receive
  TX:  0x020, // Transmit
  RT:  0x040, // Receive timeout
  FE:  0x080, // Framing error
  PE:  0x100, // Parity error
  BE:  0x200, // Break error
  OE:  0x400, // Overrun error
} as const;

/** The bits that a register stores; all others read as zero. Baud rate registers: Arm DDI 0183, UARTIBRD, UARTFBRD. */
export const PL011_MASKS = {
  ILPR: 0xff,
  IBRD: 0xffff,
  FBRD: 0x3f,
  LCR_H: 0xff,
  CR: 0xffff,
  IFLS: 0x3f,
  interrupts: 0x7ff,
  DMACR: 0x7,
} as const;

/** What differs by revision: the depth of the FIFOs in bytes and UARTPeriphID2. QEMU's is r1p1. */
export const PL011_REVISIONS = {
  r1p1: { fifoDepth: 16, PeriphID2: 0x14 },
  r1p5: { fifoDepth: 32, PeriphID2: 0x34 },
} as const;

/** A revision of the PL011. */
export type Pl011Revision = keyof typeof PL011_REVISIONS;

const REGISTER_BY_OFFSET: ReadonlyMap<number, Pl011Register> = new Map(
  // Object.entries widens the keys; they are the keys of the table by construction.
  (Object.entries(PL011_OFFSETS) as [Pl011Register, number][]).map(([register, offset]) => [offset, register]),
);

/** The register whose word holds byte `offset`; `undefined` where the manual says reserved. */
export const pl011RegisterAt = (offset: number): Pl011Register | undefined => REGISTER_BY_OFFSET.get(offset & ~3);
