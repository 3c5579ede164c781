// SPDX-License-Identifier: MIT
/** The channels of the debug log, one a layer. */
export const LOG_CHANNELS = ['base', 'cpu', 'translate', 'kvm', 'vmm', 'symbols', 'debug', 'dap', 'view'] as const;

export type LogChannel = (typeof LOG_CHANNELS)[number];

/** Where log lines go. A channel that is off costs one comparison: ask `isOn` before making the text. */
export interface Log {
  isOn(channel: LogChannel): boolean;
  write(channel: LogChannel, line: string): void;
}

/** The log that drops everything. */
export const SILENT_LOG: Log = { isOn: () => false, write: () => undefined };
