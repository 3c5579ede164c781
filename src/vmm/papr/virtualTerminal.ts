// SPDX-License-Identifier: MIT

/** Characters of one H_PUT_TERM_CHAR or H_GET_TERM_CHAR: two registers full. */
export const TERMINAL_BURST = 16;

/** PAPR's vty: a terminal of hypercalls. Output goes out at once; input waits until the guest asks. */
export class VirtualTerminal {
  readonly #input: number[] = [];

  constructor(
    /** Its `reg` in the device tree: the unit address that hypercalls name. */
    readonly unitAddress: bigint,
    private readonly transmit: (bytes: Uint8Array) => void,
  ) {}

  /** Whether a hypercall that names `unit` means this terminal; 0 is the first one there is. */
  answersTo(unit: bigint): boolean {
    return unit === this.unitAddress || unit === 0n;
  }

  /** H_PUT_TERM_CHAR. */
  write(bytes: Uint8Array): void {
    this.transmit(bytes);
  }

  /** Characters for the guest. */
  receive(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#input.push(byte);
  }

  /** H_GET_TERM_CHAR: up to sixteen characters that have arrived. */
  read(): Uint8Array {
    return Uint8Array.from(this.#input.splice(0, TERMINAL_BURST));
  }
}
