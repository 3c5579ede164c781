// SPDX-License-Identifier: MIT
import type { VirtualAddress } from '../../base/index.js';
import type { ElfFile } from '../../symbols/index.js';
import type { KernelDebugExit } from '../execution/debugExit.js';
import type { DebugQuirks } from '../execution/debugQuirks.js';
import type { RegisterFile } from '../registers/registerFile.js';
import type { FieldView } from '../registers/registerView.js';

/** An exception that a vCPU has just taken: it stands at the first instruction of the vector. */
export interface ExceptionReport {
  /** The entry of the vector table, as `sync from lower EL (AArch64)`. */
  readonly vector: string;
  /** `Data Abort`, `SVC`, `IRQ`, … */
  readonly title: string;
  /** What happened and to whom, where there is little room: `SVC from EL0t`. */
  readonly summary: string;
  /** One sentence for people: what happened, to whom, where. */
  readonly sentence: string;
  /** The fields of the syndrome by name; none for interrupts, which have no syndrome. */
  readonly syndrome: readonly FieldView[];
  /** Where the exception returns to. */
  readonly returnAddress: VirtualAddress;
  /** The faulting address, where the class has one and says that it is valid. */
  readonly faultAddress: VirtualAddress | undefined;
  /** One line for each register that tells something, for people. */
  readonly lines: readonly string[];
}

/** The vectors of one kind together, from whatever level the exception comes. */
export interface VectorGroup {
  /** How the names of its vectors begin. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
}

/** What a breakpoint on vectors may be set on. */
export interface VectorChoice {
  /** The kinds, for people to choose among. */
  readonly groups: readonly VectorGroup[];
  /** What may be named: a kind, or one entry. */
  readonly names: readonly string[];
  /** Conditions that make sense at a vector, each with what it means, for people. */
  readonly conditionExamples: string;
}

/** A vector where it is now. */
export interface PlacedVector {
  readonly name: string;
  readonly address: bigint;
}

/** An exception that an instruction, or an interrupt around it, has led to. */
export interface TakenException {
  /** It came from outside of the program. */
  readonly isInterrupt: boolean;
  readonly returnAddress: bigint;
}

/** How an architecture takes exceptions. */
export interface ExceptionModel {
  readonly choice: VectorChoice;
  /** The exceptions whose vectors `name` means now, for all vCPUs; none if it is unknown. */
  addressesOf(name: string, vcpus: readonly RegisterFile[]): readonly bigint[];
  /** All vectors of one vCPU. */
  vectors(registers: RegisterFile): readonly PlacedVector[];
  /** The addresses behind the instructions of `programs` that may move the vectors. */
  vectorMoves(programs: readonly ElfFile[]): readonly bigint[];
  /** The exception at whose vector the vCPU stands; `undefined` if it stands elsewhere. `describe`: `<symbol+0x10>` of an address. */
  report(registers: RegisterFile, describe: (address: bigint) => string | undefined): ExceptionReport | undefined;
  /** Whether the vCPU stands at a vector because of the instruction at `start` or an interrupt around it. */
  takenFrom(start: bigint, registers: RegisterFile): TakenException | undefined;
  /** Gives a debug exit that is none of ours to the guest, as hardware would have. The next KVM_RUN starts at the vector. */
  inject(registers: RegisterFile, exit: KernelDebugExit, quirks: DebugQuirks): void;
  /** Whether the guest itself would get a breakpoint or watchpoint exception now. */
  guestTakesDebugExceptions(registers: RegisterFile): boolean;
}
