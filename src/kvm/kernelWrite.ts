// SPDX-License-Identifier: MIT
/** A register that the kernel itself has written on its way into the guest for a step, or back on its way out. */
export interface KernelWrite {
  readonly when: 'entering' | 'leaving';
  /** As the debugger names it, with its field where it is one bit; or what the kernel keeps beside the guest's state. */
  readonly register: string;
  readonly before: bigint;
  readonly after: bigint;
}
