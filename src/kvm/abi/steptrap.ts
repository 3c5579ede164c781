// SPDX-License-Identifier: MIT
import type { IoctlRow } from './ioctlNumbers.js';
import { structure } from './structure.js';

// The private capability of the emulated KVM. No kernel has it; nothing of it is mixed into the kernel's structures.

/** Answers 1 where engine breakpoints, engine watchpoints, instruction limits and semihosting exits exist. */
export const STEPTRAP_CAP_ENGINE = 0x5354_0001;

/** The ioctl type of the private calls, beside KVM's own KVMIO. */
export const STEPTRAPIO = 0x53;

/** Private exit reasons: exit_reason of struct kvm_run. The details are in struct steptrap_run. */
export const STEPTRAP_EXIT = { ENGINE: 0x5354_0001, SEMIHOSTING: 0x5354_0002 } as const;

/** `kind` of struct steptrap_run at STEPTRAP_EXIT.ENGINE. */
export const STEPTRAP_ENGINE = { BREAKPOINT: 1, WATCHPOINT: 2, INSTRUCTION_LIMIT: 3 } as const;

/** `access` of an engine watchpoint and of struct steptrap_run. */
export const STEPTRAP_ACCESS = { READ: 1, WRITE: 2 } as const;

/** Bits of `skip_breakpoint_at_pc`. */
export const STEPTRAP_SKIP = { BREAKPOINT: 1, WATCHPOINTS: 2 } as const;

/**
 * struct steptrap_run: a second page beside struct kvm_run.
 * In: `skip_breakpoint_at_pc` (STEPTRAP_SKIP bits) lets the next KVM_RUN execute the instruction at its first pc although an engine
 * breakpoint stands there, or although it touches engine watchpoints, and is then cleared. `maximum_instructions` not 0 ends each KVM_RUN after that many retired instructions.
 * Out, at STEPTRAP_EXIT.ENGINE: `kind`; `pc` of the instruction, which has not run; `hits_count` and the first 16 `hits`: indices in the set that the last
 * call installed, ascending; for watchpoints `access` (what the instruction does) and `address`, the lowest watched byte that it would touch.
 * Out, at KVM_EXIT_DEBUG and engine breakpoints of POWER: `has_watchpoint` and, if it is 1, the bytes of the access that has matched DAWR0 last, and the
 * registers as they were before its interrupt. No processor keeps them.
 */
// prettier-ignore
export const steptrap_run = structure('steptrap_run', 144, {
  skip_breakpoint_at_pc: ['u8', 0],
  maximum_instructions: ['u64', 8],
  kind: ['u32', 16],
  access: ['u32', 20],
  pc: ['u64', 24],
  address: ['u64', 32],
  hits_count: ['u32', 40],
  hits: ['u32[]', 48, 16],
  has_watchpoint: ['u8', 1],
  watchpoint_bytes: ['u32', 4],
  watchpoint_srr0: ['u64', 112],
  watchpoint_srr1: ['u64', 120],
  watchpoint_dar: ['u64', 128],
  watchpoint_dsisr: ['u64', 136],
});

/** struct steptrap_engine_breakpoint: one element of the list that STEPTRAP_SET_ENGINE_BREAKPOINTS takes (virtual address, a multiple of 4). */
export const steptrap_engine_breakpoint = structure('steptrap_engine_breakpoint', 8, { address: ['u64', 0] });

/** struct steptrap_engine_watchpoint: one element of the list that STEPTRAP_SET_ENGINE_WATCHPOINTS takes. Any range of virtual addresses that does not wrap. */
// prettier-ignore
export const steptrap_engine_watchpoint = structure('steptrap_engine_watchpoint', 24, {
  address: ['u64', 0],
  bytes: ['u64', 8],
  access: ['u32', 16],
});

/** The private calls. The list calls take `nr` elements one after another; the whole set is replaced. */
// prettier-ignore
export const STEPTRAP_IOCTLS = [
  { name: 'STEPTRAP_SET_ENGINE_BREAKPOINTS', files: ['vcpu'], direction: 'write', nr: 0x01, bytes: 8, isList: true },
  { name: 'STEPTRAP_SET_ENGINE_WATCHPOINTS', files: ['vcpu'], direction: 'write', nr: 0x02, bytes: 24, isList: true },
  { name: 'STEPTRAP_SET_SEMIHOSTING', files: ['vcpu'], direction: 'write', nr: 0x03, bytes: 4 },
] as const satisfies readonly IoctlRow[];
