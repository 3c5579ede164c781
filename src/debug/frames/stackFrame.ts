// SPDX-License-Identifier: MIT
import type { VirtualAddress } from '../../base/index.js';
import type { SourcePosition } from '../../symbols/index.js';

/** How the caller of a frame was found. */
export type UnwindMethod = 'innermost' | 'callFrameInformation' | 'framePointer' | 'linkRegister' | 'inlined';

/** A function that has not returned, an inlined copy included. Valid until the guest runs. */
export interface StackFrame {
  readonly vcpu: number;
  /** 0 is the innermost. */
  readonly level: number;
  /** The next instruction: for callers the return address. */
  readonly pc: VirtualAddress;
  /** The function's name, else `<symbol+0x10>`, else the address. */
  readonly name: string;
  readonly isInlined: boolean;
  /** Where it stands in the source (for callers: the call); `undefined` without line information. */
  readonly position: SourcePosition | undefined;
  /** The canonical frame address; shared by a function and what is inlined into it. `undefined` if no table or frame pointer tells. */
  readonly callFrameAddress: VirtualAddress | undefined;
  readonly foundBy: UnwindMethod;
}

/** Some frames of a stack. */
export interface StackTrace {
  readonly frames: readonly StackFrame[];
  /** Whether there are more after the last one. */
  readonly hasMore: boolean;
  /** Why the stack ends before its root, if it does: one sentence. */
  readonly problem: string | undefined;
}
