// SPDX-License-Identifier: MIT
import type { StepPicture } from './stepPicture.js';

/** Kinds of entries of KVM's log, as the adapter names them. */
export type LogKind = 'read' | 'call' | 'run' | 'preemption';

/** Which entries are shown. */
export interface LogFilter {
  readonly kinds: readonly LogKind[];
  /** With `isFilter`, only entries with this text are shown; without it, they are marked and gone to. */
  readonly text: string;
  readonly isFilter: boolean;
}

/** One entry of the log; what is `undefined` is not shown. */
export interface LogRow {
  readonly number: number;
  readonly kind: LogKind;
  readonly vcpu?: number;
  readonly text: string;
  /** Where the guest stood at a return of KVM_RUN. */
  readonly address?: string;
  readonly symbol?: string;
}

/** From the extension to the page. */
export type ToStepAnatomy =
  /** Another step, or none and the sentence to show in its place. */
  | { readonly type: 'picture'; readonly picture: StepPicture | undefined; readonly sentence: string }
  /** What was shown of the log is stale. */
  | { readonly type: 'logChanged' }
  /** Something that only a screen reader has to be told; others see it. */
  | { readonly type: 'told'; readonly sentence: string }
  /** Go to the entry with this number. */
  | { readonly type: 'goTo'; readonly number: number }
  /** Rows of the log from `start` on, under the filter with the number `generation`; `total` is the count of all rows. */
  | {
      readonly type: 'rows';
      readonly generation: number;
      readonly start: number;
      readonly total: number;
      readonly rows: readonly LogRow[];
      readonly summary: string;
      /** The row to go to: an answer to `find`, or to a wish to see an entry. */
      readonly goTo?: number;
    };

/** The first entry of a vCPU's, from number `first` on to before `end`, whose text begins with `text`. */
export interface LogPlace {
  readonly text: string;
  /** It stands behind entries that begin so, which follow each other. */
  readonly behind: readonly string[];
  readonly threadId: number;
  readonly first: number;
  readonly end: number;
}

/** From the page to the extension. */
export type FromStepAnatomy =
  | { readonly type: 'ready' }
  /** `around`: the page that holds the entry with this number, or the one after it. */
  | {
      readonly type: 'read';
      readonly generation: number;
      readonly start: number;
      readonly count: number;
      readonly around?: number;
      readonly filter: LogFilter;
    }
  /** The next entry with the text of the filter behind number `from`, or the one before it. */
  | {
      readonly type: 'find';
      readonly generation: number;
      readonly from: number;
      readonly isBackward: boolean;
      readonly count: number;
      readonly filter: LogFilter;
    }
  | ({ readonly type: 'showInLog' } & LogPlace)
  | { readonly type: 'showDisassembly'; readonly address: string; readonly number?: number }
  | { readonly type: 'export'; readonly filter: LogFilter };
