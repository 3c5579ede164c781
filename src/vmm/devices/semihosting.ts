// SPDX-License-Identifier: MIT
import { ByteReader } from '../../base/index.js';

/** Arm "Semihosting for AArch32 and AArch64": operation numbers in w0. */
export const SEMIHOSTING = {
  SYS_OPEN: 0x01,
  SYS_CLOSE: 0x02,
  SYS_WRITEC: 0x03,
  SYS_WRITE0: 0x04,
  SYS_WRITE: 0x05,
  SYS_READ: 0x06,
  SYS_READC: 0x07,
  SYS_ISERROR: 0x08,
  SYS_ISTTY: 0x09,
  SYS_ERRNO: 0x13,
  SYS_EXIT: 0x18,
  SYS_EXIT_EXTENDED: 0x20,
} as const;

/** ADP_Stopped_ApplicationExit: the reason code of an exit that has a status. */
const APPLICATION_EXIT = 0x2_0026n;
const CONSOLE_NAME = ':tt';
const CONSOLE_HANDLE = 1n;
const NO_SUCH_FILE = 2n;
const FAILED = 0xffff_ffff_ffff_ffffn;
/** Longer texts are cut: the guest's string may never end. */
const MAXIMUM_TEXT = 65_536;

/** What semihosting may touch. */
export interface SemihostingSurroundings {
  /** All `count` bytes at the virtual address, or `undefined`. */
  readMemory(address: bigint, count: number): Uint8Array | undefined;
  writeMemory(address: bigint, bytes: Uint8Array): boolean;
  writeConsole(bytes: Uint8Array): void;
  /** The next byte of the console's input; `undefined` if none has arrived. */
  readConsole(): number | undefined;
}

/** What a call comes to. */
export type SemihostingAnswer =
  /** x0 takes `value` and the guest goes on. */
  | { readonly kind: 'answer'; readonly value: bigint }
  | { readonly kind: 'exit'; readonly status: number }
  /** SYS_READC without input: to be asked again when some has arrived. */
  | { readonly kind: 'wait' };

const answer = (value: bigint): SemihostingAnswer => ({ kind: 'answer', value });

/** Serves one semihosting call. No file of the host is ever opened: SYS_OPEN knows the console's name only. */
export function semihostingCall(operation: number, parameter: bigint, surroundings: SemihostingSurroundings): SemihostingAnswer {
  const field = (index: number): bigint => {
    const bytes = surroundings.readMemory(parameter + BigInt(index) * 8n, 8);
    return bytes ? new ByteReader(bytes, 'little').u64() : 0n;
  };
  switch (operation) {
    case SEMIHOSTING.SYS_WRITEC: {
      const byte = surroundings.readMemory(parameter, 1);
      if (byte) surroundings.writeConsole(byte);
      return answer(0n);
    }
    case SEMIHOSTING.SYS_WRITE0:
      surroundings.writeConsole(textAt(parameter, surroundings));
      return answer(0n);
    case SEMIHOSTING.SYS_OPEN: {
      const length = Number(BigInt.asUintN(16, field(2)));
      const name = surroundings.readMemory(field(0), length);
      const isConsole = name !== undefined && new TextDecoder().decode(name) === CONSOLE_NAME;
      return answer(isConsole ? CONSOLE_HANDLE : FAILED);
    }
    case SEMIHOSTING.SYS_CLOSE:
      return answer(parameterIsConsole(field(0)) ? 0n : FAILED);
    case SEMIHOSTING.SYS_WRITE: {
      const length = field(2);
      const bytes =
        parameterIsConsole(field(0)) && length <= BigInt(MAXIMUM_TEXT) ? surroundings.readMemory(field(1), Number(length)) : undefined;
      if (bytes === undefined) return answer(length);
      surroundings.writeConsole(bytes);
      return answer(0n);
    }
    case SEMIHOSTING.SYS_READ: {
      const length = field(2);
      if (!parameterIsConsole(field(0)) || length === 0n) return answer(length);
      const byte = surroundings.readConsole();
      if (byte === undefined) return { kind: 'wait' };
      return answer(surroundings.writeMemory(field(1), Uint8Array.of(byte)) ? length - 1n : length);
    }
    case SEMIHOSTING.SYS_READC: {
      const byte = surroundings.readConsole();
      return byte === undefined ? { kind: 'wait' } : answer(BigInt(byte));
    }
    case SEMIHOSTING.SYS_ISERROR:
      return answer(BigInt.asIntN(64, field(0)) < 0n ? 1n : 0n);
    case SEMIHOSTING.SYS_ISTTY:
      return answer(parameterIsConsole(field(0)) ? 1n : 0n);
    case SEMIHOSTING.SYS_ERRNO:
      return answer(NO_SUCH_FILE);
    case SEMIHOSTING.SYS_EXIT:
    case SEMIHOSTING.SYS_EXIT_EXTENDED:
      return { kind: 'exit', status: field(0) === APPLICATION_EXIT ? Number(BigInt.asUintN(8, field(1))) : 1 };
    default:
      return answer(FAILED);
  }
}

const parameterIsConsole = (handle: bigint): boolean => handle === CONSOLE_HANDLE;

function textAt(address: bigint, { readMemory }: SemihostingSurroundings): Uint8Array {
  const text: number[] = [];
  while (text.length < MAXIMUM_TEXT) {
    const byte = readMemory(address + BigInt(text.length), 1)?.[0];
    if (byte === undefined || byte === 0) break;
    text.push(byte);
  }
  return Uint8Array.from(text);
}
