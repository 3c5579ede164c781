// SPDX-License-Identifier: MIT
/**
 * One thing that a step did, in order. These are the records by which the step works: replaying the writes on a copy of the state
 * before the step, and taking the exits as given, leads to the state after it.
 */
export type StepAction =
  | {
      readonly kind: 'saveRegister';
      readonly register: string;
      readonly value: bigint;
    }
  | {
      readonly kind: 'writeRegister';
      readonly register: string;
      readonly before: bigint;
      readonly after: bigint;
      readonly why: string;
    }
  | {
      readonly kind: 'writeMemory';
      /** Real. */
      readonly address: bigint;
      readonly before: Uint8Array;
      readonly after: Uint8Array;
      readonly why: string;
    }
  /** KVM_SET_GUEST_DEBUG with this control word. */
  | {
      readonly kind: 'setGuestDebug';
      readonly control: number;
      readonly names: readonly string[];
      readonly why: string;
    }
  /** KVM has this control word already, from the step before: nothing is called. */
  | {
      readonly kind: 'guestDebugInForce';
      readonly control: number;
      readonly names: readonly string[];
      readonly why: string;
    }
  /** A slot or trap that is out of force while one instruction runs. */
  | {
      readonly kind: 'liftBreakpoint' | 'restoreBreakpoint';
      readonly mode: 'hardware' | 'software' | 'engine';
      readonly address: bigint;
      readonly slot: number | undefined;
    }
  | {
      readonly kind: 'holdVcpus' | 'releaseVcpus';
      readonly vcpus: readonly number[];
    }
  /** KVM_RUN came back. */
  | {
      readonly kind: 'exit';
      readonly reason: string;
      readonly syndrome: bigint | undefined;
      readonly pc: bigint;
    }
  | {
      readonly kind: 'decision';
      readonly decision: 'toDebugger' | 'toGuest' | 'reenter';
      readonly why: string;
    };

/** How the last step of a vCPU was made. */
export interface StepAnatomy {
  readonly vcpu: number;
  /** `ARM64 software step`, `engine`, … */
  readonly method: string;
  readonly actions: readonly StepAction[];
}
