// SPDX-License-Identifier: MIT
import type { KernelWrite, Vcpu } from '../../kvm/index.js';

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
      readonly trap?: StepTrap;
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
      /** For `software`: what is written at the address. */
      readonly word?: WrittenWord;
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
      /** What KVM itself has written for the step on the way in and out, in order: MSR[SE]; MDSCR_EL1, PSTATE.SS and the active-pending mark. */
      readonly kernel?: readonly KernelWrite[];
    }
  | {
      readonly kind: 'decision';
      readonly decision: 'toDebugger' | 'toGuest' | 'reenter';
      readonly why: string;
    };

/** Bytes in memory before and after a write. */
export interface WrittenWord {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** A trap word of a step. */
export interface StepTrap {
  /** It comes; if not, what lay beneath comes back. */
  readonly isPlaced: boolean;
  /** Effective. */
  readonly address: bigint;
  /** What it is there for: the interrupt behind the instruction, one that may come instead, or the next instruction. */
  readonly role: 'trace' | 'interrupt' | 'successor';
  /** Why a vector is at this address: its offset, and the MSR[IR], MSR[DR] and LPCR[AIL] that it is taken under. */
  readonly vector?: { readonly offset: number; readonly IR: number; readonly DR: number; readonly AIL: number };
}

/** What KVM has written for the step in the KVM_RUN that `vcpu` has come back from, for its record. */
export function kernelWrites({ stepWrites: kernel }: Vcpu): { readonly kernel?: readonly KernelWrite[] } {
  return kernel.length === 0 ? {} : { kernel };
}

/** How the last step of a vCPU was made. */
export interface StepAnatomy {
  readonly vcpu: number;
  /** `ARM64 software step`, `engine`, … */
  readonly method: string;
  /** Address of the instruction; `undefined` if the vCPU has not stepped. */
  readonly startPc: bigint | undefined;
  /** The instruction itself, where the step may have left the context that it reads so in. */
  readonly word?: number | undefined;
  /** What KVM's log has of the step: from number `first` on to before number `end`. Empty while the log is off. */
  readonly log: { readonly first: number; readonly end: number };
  readonly actions: readonly StepAction[];
}
