// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Disposable, VirtualAddress } from '../base/index.js';
import type { StackFrame, StopReport } from '../debug/index.js';
import type { AdapterHost } from './adapterHost.js';
import { BreakpointBook } from './breakpointBook.js';
import { type Reply, refuse, reply } from './errors.js';
import { GuestRun, type RunListener } from './guestRun.js';
import type { LaunchedGuest, MakeTarget, SendEvent } from './launchedGuest.js';
import { Loading } from './loading.js';
import { MissingSources } from './missingSources.js';
import { exceptionOfStop, stoppedEventBody } from './stopEvents.js';
import { ValueFormats } from './valueFormats.js';
import { StopReferences } from './variableReferences.js';

/** What a client said in `initialize` that changes our answers. */
export interface ClientTraits {
  readonly linesStartAt1: boolean;
  readonly columnsStartAt1: boolean;
  readonly takesMemoryEvents: boolean;
  readonly takesProgress: boolean;
}

/** The exit status that says that the limit of instructions is used up. */
const LIMIT_STATUS = 124;

/** The state of one debug session. Handlers read and change it; it sends the events of the guest's life. */
export class Session implements RunListener, Disposable {
  client: ClientTraits = { linesStartAt1: true, columnsStartAt1: true, takesMemoryEvents: false, takesProgress: false };
  guest: LaunchedGuest | undefined;
  hadGuest = false;
  isConfigured = false;
  /** Addresses that `gotoTargets` answered at this stop; ids count from 1. */
  readonly gotoTargets: VirtualAddress[] = [];
  readonly references = new StopReferences();
  readonly missingSources = new MissingSources();
  readonly breakpoints = new BreakpointBook();
  readonly formats = new ValueFormats();
  #loading: Loading | undefined;
  #loads = 0;
  /** Work to be done when the request at hand has been answered. */
  readonly #afterAnswer: (() => void)[] = [];
  #subscriptions: Disposable[] = [];
  #areDebugRegistersStale = false;
  #tracedKvmLines = 0;
  #trace: LaunchedGuest['configuration']['trace'] = 'off';
  #isEntryStop = false;

  constructor(
    readonly host: AdapterHost,
    readonly makeTarget: MakeTarget,
    readonly send: SendEvent,
    /** The client has disconnected: nothing more comes, and whoever holds the session lets it go. */
    readonly end: () => void,
  ) {}

  /** The guest runs on or was moved: what the client holds of this stop ends. */
  forgetStop(): void {
    this.references.clear();
    this.gotoTargets.length = 0;
  }

  /** Does `work` when the answer to the request at hand has been sent. */
  afterAnswer(work: () => void): void {
    this.#afterAnswer.push(work);
  }

  /** To be called when an answer has been sent. */
  answered(): void {
    for (const work of this.#afterAnswer.splice(0)) work();
    this.#announceDebugRegisters();
  }

  /** A load begins; one at a time. */
  beginLoading(): Loading {
    this.#loading = new Loading(`load ${++this.#loads}`);
    return this.#loading;
  }

  endLoading(): void {
    this.#loading = undefined;
  }

  /** Ends the load under way, or only the one with this id. */
  cancelLoading(progressId?: unknown): void {
    if (this.#loading !== undefined && (progressId === undefined || progressId === this.#loading.progressId))
      this.#loading.isCancelled = true;
  }

  /** Takes over a launched guest. */
  adopt(launched: Omit<LaunchedGuest, 'run'>): LaunchedGuest {
    const { target, configuration } = launched;
    const run = new GuestRun(target.execution, this.host, this, configuration.maximumInstructions);
    this.#tracedKvmLines = 0;
    this.#subscriptions = [
      target.onDidLog(line => this.send('output', { category: 'console', output: `${line}\n` })),
      target.onDidChangeDebugRegisters(() => {
        this.#areDebugRegistersStale = true;
      }),
      target.onDidChangeBreakpoints(() => this.breakpoints.announceChanges(this)),
    ];
    this.guest = { ...launched, run };
    this.hadGuest = true;
    this.setTrace(configuration.trace);
    return this.guest;
  }

  /** What is written to the debug console besides. */
  get trace(): LaunchedGuest['configuration']['trace'] {
    return this.#trace;
  }

  /** Switches the trace. Of KVM's log, the lines from now on are sent. */
  setTrace(trace: LaunchedGuest['configuration']['trace']): void {
    const target = this.guest?.target;
    if (trace === 'kvm' && target !== undefined && this.#trace !== 'kvm') {
      target.kvmTrace.setOn(true);
      this.#tracedKvmLines = target.kvmTrace.end;
    }
    this.#trace = trace;
  }

  /** The next stop is reported with reason `entry`, whatever brought it about. */
  expectEntryStop(): void {
    this.#isEntryStop = true;
  }

  /** Ends the guest, if there is one. No event of it follows. */
  dispose(): void {
    const guest = this.guest;
    this.guest = undefined;
    this.forgetStop();
    this.isConfigured = false;
    this.#trace = 'off';
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    guest?.run.abandon();
    guest?.target.dispose();
  }

  /** vCPU of the protocol's `threadId`, which counts from 1. */
  vcpuOfThread(threadId: number): Reply<number> {
    const count = this.guest?.target.vcpuCount ?? 0;
    if (threadId >= 1 && threadId <= count) return reply(threadId - 1);
    return refuse('unknownThread', `There is no thread ${threadId}; the vCPUs are threads 1 to ${count}.`);
  }

  /** The frame that a client names, else where expressions of `vcpu` (the one that stopped last) are evaluated. */
  placeOf(guest: LaunchedGuest, frameId: number | undefined): Reply<StackFrame | { readonly vcpu: number }> {
    if (frameId === undefined) return reply({ vcpu: guest.target.lastStop?.vcpu ?? 0 });
    return this.references.frames.find(frameId);
  }

  /** Reports the stop that the guest stands at. */
  announceStop(stop: StopReport): void {
    const body = stoppedEventBody(stop, this.breakpoints, this.guest && exceptionOfStop(this.guest.target, stop));
    this.send('stopped', this.#isEntryStop && (stop.reason === 'goto' || stop.reason === 'entry') ? { ...body, reason: 'entry' } : body);
    this.#isEntryStop = false;
    if (this.guest !== undefined) this.breakpoints.stopped(this.guest, stop.breakpoints);
  }

  /** The client is told, after the answer to the request at hand, that values were written. */
  announceWrite(written?: { readonly memoryReference: string; readonly offset: number; readonly count: number }): void {
    this.afterAnswer(() => {
      if (written !== undefined && this.client.takesMemoryEvents) this.send('memory', written);
      this.send('invalidated', { areas: ['variables'] });
    });
  }

  stopped(stop: StopReport): void {
    this.announceStop(stop);
  }

  ended(end: { readonly status: number; readonly description: string }): void {
    this.#flushConsole('end');
    this.send('output', { category: 'console', output: `${end.description}\n` });
    this.#finish(end.status);
  }

  limitReached(): void {
    this.#flushConsole('end');
    this.send('output', {
      category: 'important',
      output: `The guest used up its ${this.guest?.configuration.maximumInstructions} instructions.\n`,
    });
    this.#finish(LIMIT_STATUS);
  }

  failed(sentence: string): void {
    this.send('output', { category: 'important', output: `The debugger failed while the guest ran: ${sentence}\n` });
    this.#finish(1);
  }

  sliceDone(): void {
    this.#flushConsole('more');
    this.#traceKvm();
    this.#announceDebugRegisters();
  }

  #finish(exitCode: number): void {
    this.send('exited', { exitCode });
    this.send('terminated');
  }

  #flushConsole(end: 'more' | 'end'): void {
    const guest = this.guest;
    const output = guest?.console.takeText(end) ?? '';
    if (guest === undefined || output === '') return;
    this.send('steptrap/console', { output });
    if (guest.configuration.console === 'debugConsole')
      this.send('output', { category: 'stdout', output } satisfies DebugProtocol.OutputEvent['body']);
  }

  /** KVM log lines that one slice may send; what is more stays in the log. */
  static readonly #TRACED_LINES = 1000;

  #traceKvm(): void {
    const guest = this.guest;
    if (guest === undefined || this.#trace !== 'kvm') return;
    const lines = guest.target.kvmTrace.read(this.#tracedKvmLines, Session.#TRACED_LINES);
    const last = lines.at(-1);
    if (last === undefined) return;
    this.#tracedKvmLines = last.number + 1;
    this.send('output', { category: 'console', output: lines.map(line => `${line.text}\n`).join('') });
  }

  #announceDebugRegisters(): void {
    if (!this.#areDebugRegistersStale) return;
    this.#areDebugRegistersStale = false;
    this.breakpoints.announceSlots(this);
    this.send('steptrap/debugRegistersChanged', {});
  }
}
