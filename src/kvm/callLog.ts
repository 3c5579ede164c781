// SPDX-License-Identifier: MIT
import type { IoctlRow } from './abi/ioctlNumbers.js';
import { type CallTexts, describeLogRecord } from './callLogText.js';
import { LOG_RECORD, LOG_WORDS } from './logRecord.js';

/** Entries that the log keeps; older ones are overwritten. */
export const CALL_LOG_ENTRIES = 100_000;

/** A call that only reads (KVM_GET_…, KVM_CHECK_…), any other call, a return of KVM_RUN, a vCPU that the scheduler took off the processor. */
export type CallLogKind = 'read' | 'call' | 'run' | 'preemption';

/** One line of the log. */
export interface CallLogEntry {
  /** Counts from 1 since the log was first switched on. */
  readonly number: number;
  /** vCPU index, or `undefined` for a call on the VM or on the system. */
  readonly vcpu: number | undefined;
  readonly kind: CallLogKind;
  /** Of a return of KVM_RUN: the vCPU's program counter then. */
  readonly pc: bigint | undefined;
  /** In the kernel's words: `KVM_RUN -> KVM_EXIT_MMIO write phys_addr=0x9000000 len=1 data=0x41`. */
  readonly text: string;
}

/** Kind, vCPU, result, exit reason, and the program counter's two halves. */
const HEAD = 6;
const STRIDE = HEAD + LOG_WORDS;
const KIND_NAMES = ['call', 'run', 'preemption'] as const;
const ONLY_READS = /^KVM_(?:GET|CHECK)_/;

/**
 * The numbered log of everything that user space asked of the emulated KVM and what it answered: a ring of `CALL_LOG_ENTRIES`.
 * Off, it costs the caller one comparison (`isOn`) a call and holds no memory.
 */
export class KvmCallLog {
  /** Callers ask this before they gather what `record…` wants. */
  isOn = false;
  /** Called with each entry as it is made, while the log is on. Slow: it formats everything. */
  listener: ((entry: CallLogEntry) => void) | undefined;
  #count = 0;
  #words = new Uint32Array(0);
  #calls: (IoctlRow | undefined)[] = [];
  #arguments: (Uint8Array | undefined)[] = [];
  #names: (((id: bigint) => string) | undefined)[] = [];

  /** `texts`: how the architecture's own calls and exits are printed. */
  constructor(private readonly texts: CallTexts) {}

  /** Starts or stops recording. What was recorded stays readable. */
  setOn(isOn: boolean): void {
    this.isOn = isOn;
    if (isOn && this.#words.length === 0) this.#words = new Uint32Array(CALL_LOG_ENTRIES * STRIDE);
  }

  /** Number of the newest entry; 0 if there is none. */
  get newest(): number {
    return this.#count;
  }

  /** Number of the oldest entry still kept. */
  get oldest(): number {
    return Math.max(1, this.#count - CALL_LOG_ENTRIES + 1);
  }

  /** Records a call. `argument` is copied. */
  recordCall(call: IoctlRow, vcpu: number, result: number, argument?: Uint8Array): void {
    const at = this.#begin(LOG_RECORD.CALL, vcpu, result, 0);
    this.#calls[at] = call;
    this.#arguments[at] = argument?.slice();
    this.#end();
  }

  /** Records KVM_GET_ONE_REG or KVM_SET_ONE_REG: at most 16 bytes of `value` are kept. */
  recordRegister(call: IoctlRow, vcpu: number, result: number, id: bigint, value: Uint8Array, registerName: (id: bigint) => string): void {
    const at = this.#begin(LOG_RECORD.CALL, vcpu, result, 0);
    const first = at * STRIDE + HEAD;
    this.#words[first] = Number(id & 0xffff_ffffn);
    this.#words[first + 1] = Number(id >> 32n);
    for (let n = 0; n < 16; n++) {
      const word = first + 2 + (n >> 2);
      this.#words[word] = (n % 4 === 0 ? 0 : (this.#words[word] ?? 0)) | ((value[n] ?? 0) << (8 * (n % 4)));
    }
    this.#calls[at] = call;
    this.#names[at] = registerName;
    this.#end();
  }

  /** Records a return of KVM_RUN at `pc` with the first bytes of the exit union in `union`. */
  recordRun(vcpu: number, result: number, reason: number, flags: number, union: DataView, pc: bigint): void {
    const at = this.#begin(LOG_RECORD.RUN, vcpu, result, reason);
    const first = at * STRIDE + HEAD;
    this.#words[first - 2] = Number(pc & 0xffff_ffffn);
    this.#words[first - 1] = Number(pc >> 32n);
    for (let n = 0; n < LOG_WORDS; n++) this.#words[first + n] = union.getUint32(4 * n, true);
    // flags has 16 bits and the kind two: they share a word.
    this.#words[at * STRIDE] = LOG_RECORD.RUN | (flags << 8);
    this.#end();
  }

  /** Records that `vcpu` used up its slice and the scheduler went on to `next`. */
  recordPreemption(vcpu: number, next: number): void {
    const at = this.#begin(LOG_RECORD.PREEMPTION, vcpu, 0, 0);
    this.#words[at * STRIDE + HEAD] = next;
    this.#end();
  }

  /** Formats up to `count` entries from number `start` on; entries no longer kept are left out. */
  read(start: number, count: number): CallLogEntry[] {
    const entries: CallLogEntry[] = [];
    const first = Math.max(start, this.oldest);
    for (let number = first; number < first + count && number <= this.#count; number++) entries.push(this.#entry(number));
    return entries;
  }

  /** The kind of an entry that is kept, without formatting it. */
  kindOf(number: number): CallLogKind {
    const at = (number - 1) % CALL_LOG_ENTRIES;
    const kind = KIND_NAMES[(this.#words[at * STRIDE] ?? 0) & 0xff] ?? 'call';
    return kind === 'call' && ONLY_READS.test(this.#calls[at]?.name ?? '') ? 'read' : kind;
  }

  #begin(kind: number, vcpu: number, result: number, reason: number): number {
    const at = this.#count % CALL_LOG_ENTRIES;
    const first = at * STRIDE;
    this.#words[first] = kind;
    this.#words[first + 1] = vcpu;
    this.#words[first + 2] = result;
    this.#words[first + 3] = reason;
    this.#calls[at] = undefined;
    this.#arguments[at] = undefined;
    this.#names[at] = undefined;
    return at;
  }

  #end(): void {
    this.#count++;
    if (this.listener !== undefined) this.listener(this.#entry(this.#count));
  }

  #entry(number: number): CallLogEntry {
    const at = (number - 1) % CALL_LOG_ENTRIES;
    const words = this.#words.subarray(at * STRIDE, (at + 1) * STRIDE);
    const kind = (words[0] ?? 0) & 0xff;
    const vcpu = (words[1] ?? 0) | 0;
    const text = describeLogRecord(
      {
        kind,
        vcpu,
        result: (words[2] ?? 0) | 0,
        reason: words[3] ?? 0,
        words: words.subarray(HEAD),
        call: this.#calls[at],
        argument: this.#arguments[at],
        registerName: this.#names[at],
      },
      this.texts,
    );
    const pc = kind === LOG_RECORD.RUN ? (BigInt(words[HEAD - 1] ?? 0) << 32n) | BigInt(words[HEAD - 2] ?? 0) : undefined;
    return { number, vcpu: vcpu < 0 ? undefined : vcpu, kind: this.kindOf(number), pc, text };
  }
}
