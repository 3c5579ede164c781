// SPDX-License-Identifier: MIT
/** Who does something in a step: the debugger in user space, the host kernel, or the guest's processor. */
export type Lane = 'debugger' | 'kvm' | 'guest';

/** What a mark looks like. */
export type MarkKind =
  | 'save'
  | 'set'
  | 'trap'
  | 'restore'
  | 'call'
  | 'enter'
  | 'instruction'
  | 'interrupt'
  | 'exit'
  | 'decision'
  | 'hold'
  | 'other';

/** One line of what a mark is about; texts only. */
export interface MarkValue {
  readonly name: string;
  /** `undefined` for a value that is only told. */
  readonly before?: string;
  readonly after: string;
  /** `SE [10]` 0 → 1: the fields that come to another value. */
  readonly fields?: readonly { readonly name: string; readonly bits: string; readonly before: string; readonly after: string }[];
}

/** Something that happens in a step. */
export interface StepMark {
  readonly kind: MarkKind;
  readonly lane: Lane;
  /** Where the arrow goes; `undefined` for what stays in its lane. */
  readonly to?: Lane;
  readonly title: string;
  readonly why?: string;
  /** The change in a few letters, `SE 0 → 1`. */
  readonly badges: readonly string[];
  readonly values: readonly MarkValue[];
  /** It follows from how the processor works; the debugger has no record of it. */
  readonly isDerived: boolean;
  /** An address to be shown in the disassembly, `0x…`. */
  readonly address?: string;
  /** What the log of KVM would have of it: the beginning of the entry's text. */
  readonly logText?: string;
  /** The beginnings of entries of the step that stand before that one, in their order: the exits of the guest. */
  readonly logBehind?: readonly string[];
}

/** A part of a step that has a heading. */
export interface StepPhase {
  readonly name: 'prepare' | 'run' | 'restore';
  readonly title: string;
  readonly marks: readonly StepMark[];
}

/** Something of the guest's that is not the guest's own for a while: a line beside the marks. */
export interface BorrowedTrack {
  readonly name: string;
  readonly title: string;
  /** For each mark of all phases, in order. */
  readonly states: readonly ('own' | 'begins' | 'borrowed' | 'ends')[];
}

/** A fact that explains, with its rows: why this vector, the states of the step machine. */
export interface StepFact {
  readonly title: string;
  /** The cells are words; else they are numbers and names of the machine. */
  readonly isProse?: boolean;
  readonly rows: readonly { readonly cells: readonly string[]; readonly isChosen: boolean }[];
  readonly conclusion: string;
}

/** One step, ready to be drawn. */
export interface StepPicture {
  readonly threadId: number;
  readonly heading: string;
  /** `addi r9,r9,32528`. */
  readonly instruction: string;
  readonly place: string;
  readonly address?: string;
  readonly method: string;
  /** How the method works, a sentence each. */
  readonly story: readonly string[];
  readonly lanes: Readonly<Record<Lane, { readonly title: string; readonly subtitle: string }>>;
  readonly phases: readonly StepPhase[];
  readonly tracks: readonly BorrowedTrack[];
  readonly facts: readonly StepFact[];
  /** What KVM's log has of the step: from number `first` on to before `end`. */
  readonly log: { readonly first: number; readonly end: number };
}
