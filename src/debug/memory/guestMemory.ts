// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { Machine } from '../../vmm/index.js';
import type { StopMechanisms } from '../breakpoints/stopMechanisms.js';

/** The longest piece that is tried at once when memory has holes. */
const PAGE = 4096n;

/** The guest's memory as the debugger shows it: software breakpoints hidden, writes put under them. */
export class GuestMemory {
  constructor(
    private readonly machine: Machine,
    private readonly mechanisms: StopMechanisms,
  ) {}

  /** All `size` bytes or `undefined`. */
  read(vcpu: Vcpu, address: bigint, size: number): Uint8Array | undefined {
    const bytes = this.machine.readVirtual(vcpu, address, size);
    if (bytes) this.mechanisms.software.hide(address, bytes);
    return bytes;
  }

  /** As many bytes from `address` on as are there, up to `count`. */
  readUpTo(vcpu: Vcpu, address: bigint, count: number): Uint8Array {
    const whole = this.read(vcpu, address, count);
    if (whole) return whole;
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < count) {
      const at = BigInt.asUintN(64, address + BigInt(length));
      const part = this.read(vcpu, at, Math.min(count - length, Number(PAGE - (at % PAGE))));
      if (!part) break;
      parts.push(part);
      length += part.length;
    }
    const result = new Uint8Array(length);
    let offset = 0;
    for (const part of parts) {
      result.set(part, offset);
      offset += part.length;
    }
    return result;
  }

  /** All or nothing. */
  write(vcpu: Vcpu, address: bigint, bytes: Uint8Array): Result<undefined> {
    if (this.machine.readVirtual(vcpu, address, bytes.length) === undefined) {
      return failure(
        'memory',
        `${bytes.length} bytes at ${hex(address)} cannot be written: not all of them are RAM that vCPU ${vcpu.index} can reach.`,
      );
    }
    const stored = this.mechanisms.software.underTraps(address, bytes);
    return this.machine.writeVirtual(vcpu, address, stored)
      ? success(undefined)
      : failure('memory', `The memory at ${hex(address)} cannot be written.`);
  }
}
