// SPDX-License-Identifier: MIT
import { kvm_enable_cap } from './abi/structures.js';

/** What KVM_ENABLE_CAP asks for. */
export interface EnableCap {
  /** A KVM_CAP. */
  readonly capability: number;
  readonly flags: number;
  /** args[0] and args[1]; no capability here has more. */
  readonly values: readonly [bigint, bigint];
}

const ARGS = kvm_enable_cap.fields.args[1];

/** struct kvm_enable_cap, at any alignment. */
export function enableCapOf(argument: Uint8Array): EnableCap {
  const { cap, flags } = kvm_enable_cap.over(argument);
  const view = new DataView(argument.buffer, argument.byteOffset, argument.length);
  return { capability: cap, flags, values: [view.getBigUint64(ARGS, true), view.getBigUint64(ARGS + 8, true)] };
}
