// SPDX-License-Identifier: MIT
import { packSystemRegister, type SystemRegisterEncoding } from '../abi/arm64/registerIds.js';
import type { Arm64VcpuState } from './vcpuState.js';

/** One access of the guest that trapped. `value` is Rt's for a write; a read handler puts its answer there. */
export interface TrappedAccess {
  readonly encoding: number;
  readonly isWrite: boolean;
  value: bigint;
}

/** Where a register's value is kept: what KVM_GET_ONE_REG and KVM_SET_ONE_REG reach. `set` answers false for a value it does not take. */
export interface RegisterStorage {
  get(vcpu: Arm64VcpuState): bigint;
  set(vcpu: Arm64VcpuState, value: bigint): boolean;
}

/** One register of a trap table. */
export interface SystemRegisterRow extends SystemRegisterEncoding {
  readonly name: string;
  /** Handles a trapped access; false: it has been refused with an UNDEFINED exception. Absent: the guest cannot reach it. */
  readonly access?: (vcpu: Arm64VcpuState, access: TrappedAccess) => boolean;
  readonly storage?: RegisterStorage;
  /** Linux's reset function; every register with storage needs one. `Arm64VcpuState.reset` calls it in order of the table. */
  readonly reset?: (vcpu: Arm64VcpuState) => void;
}

/** Finds a row by its packed encoding: a binary search, so a row out of order would silently disappear. */
export function findRow(table: readonly SystemRegisterRow[], encoding: number): SystemRegisterRow | undefined {
  let low = 0;
  let high = table.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const row = table[middle];
    if (row === undefined) return undefined;
    const at = packSystemRegister(row);
    if (at === encoding) return row;
    if (at < encoding) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/**
 * Linux: check_sysreg_table(). The sentence that refuses the table, or `undefined`: rows must be strictly ascending, and with
 * `needsReset` each row with storage must have a reset.
 */
export function checkSystemRegisterTable(table: readonly SystemRegisterRow[], needsReset: 'needsReset' | 'noReset'): string | undefined {
  for (const [index, row] of table.entries()) {
    const next = table[index + 1];
    if (next !== undefined && packSystemRegister(next) <= packSystemRegister(row)) {
      return `System register table: row ${index + 1} (${next.name}) does not come after row ${index} (${row.name}).`;
    }
    if (needsReset === 'needsReset' && row.storage !== undefined && row.reset === undefined) {
      return `System register table: row ${index} (${row.name}) has storage but no reset.`;
    }
  }
  return undefined;
}
