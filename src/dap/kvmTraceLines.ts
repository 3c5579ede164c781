// SPDX-License-Identifier: MIT

/** Whether a line of the debug console is one of the log of KVM calls and exits. */
export const isKvmLine = (line: string): boolean => /^(?:KVM|STEPTRAP)_[A-Z_]+(?: |$)/.test(line);

const REGISTER_READ = 'KVM_GET_ONE_REG ';
const DEVICE_EXIT = 'KVM_RUN -> KVM_EXIT_MMIO ';

/** How many accesses to devices in a row are told one by one. */
const TOLD_DEVICE_EXITS = 2;

/**
 * The log of KVM as a transcript tells it: how often the debugger reads a register is its own business and left out, and of a
 * guest that prints the accesses to its UART are counted.
 */
export class KvmTraceLines {
  #deviceExits = 0;

  /** The lines that `line` comes to, those before it that waited included. */
  take(line: string): readonly string[] {
    if (line.startsWith(REGISTER_READ)) return [];
    if (!line.startsWith(DEVICE_EXIT)) return [...this.flush(), line];
    this.#deviceExits++;
    return this.#deviceExits <= TOLD_DEVICE_EXITS ? [line] : [];
  }

  /** What waits to be told. To be called before anything else is told of the guest than its console. */
  flush(): readonly string[] {
    const untold = this.#deviceExits - TOLD_DEVICE_EXITS;
    this.#deviceExits = 0;
    return untold > 0 ? [`${DEVICE_EXIT}… (${untold} more)`] : [];
  }
}
