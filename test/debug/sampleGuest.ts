// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { EndReport, StopReport } from '../../src/debug/execution/stop.js';
import type { StackFrame } from '../../src/debug/frames/stackFrame.js';
import type { GuestTarget } from '../../src/debug/guestTarget.js';
import { launchGuest } from '../../src/debug/launch.js';
import type { LaunchOptions } from '../../src/debug/launchOptions.js';
import { interpreterBytes } from '../../src/entries/engineImage.js';

// A sample program under the debugger.

const root = new URL('../../../', import.meta.url);

/** The path of the sample's main source as its debug information has it. */
export const COUNTER = 'samples/counter/counter.c';

const source = readFileSync(new URL(COUNTER, root), 'utf8').split('\n');

/** The line of `counter.c` that bears the marker comment `text`. */
export function lineOf(text: string): number {
  const index = source.findIndex(line => line.includes(`/* ${text} */`));
  assert.ok(index >= 0, `no line of counter.c bears /* ${text} */`);
  return index + 1;
}

export interface SampleOptions extends Partial<LaunchOptions> {
  readonly isa?: 'aarch64' | 'ppc64' | 'ppc64le';
}

/** A sample that stands before its first instruction. */
export class SampleGuest {
  readonly target: GuestTarget;
  #output = '';

  constructor(name: string, level: 'O0' | 'O2', { isa = 'aarch64', ...options }: SampleOptions = {}) {
    const file = `samples/${name}/${name}.${isa}.${level}.elf`;
    const launched = launchGuest({
      program: { path: file, bytes: new Uint8Array(readFileSync(new URL(file, root))) },
      interpreter: interpreterBytes,
      console: { write: bytes => void (this.#output += String.fromCharCode(...bytes)), read: () => undefined },
      ...options,
    });
    assert.ok(launched.ok, launched.ok ? '' : launched.error.message);
    this.target = launched.value;
  }

  get output(): string {
    return this.#output;
  }

  /** Stops at `where` (a function, `file:line`, `*address`) once. */
  runTo(where: string, condition?: string): StopReport {
    const { breakpoints } = this.target;
    const [report] = breakpoints.setFunctions([{ name: where, condition }]);
    assert.ok(report?.isVerified, report?.message);
    const stop = this.continue();
    breakpoints.setFunctions([]);
    return stop;
  }

  continue(): StopReport {
    const resumed = this.target.execution.resume(0);
    assert.ok(resumed.ok, resumed.ok ? '' : resumed.error.message);
    return this.stop();
  }

  runToEnd(): EndReport {
    assert.ok(this.target.execution.resume(0).ok);
    const outcome = this.target.execution.runSlice(50_000_000);
    assert.equal(outcome.kind, 'ended');
    assert.ok(outcome.kind === 'ended');
    return outcome.end;
  }

  step(kind: 'into' | 'over' | 'out', granularity: 'statement' | 'instruction' = 'statement'): StopReport {
    const begun = this.target.execution.step({ vcpu: 0, kind, granularity });
    assert.ok(begun.ok, begun.ok ? '' : begun.error.message);
    return this.stop();
  }

  stop(): StopReport {
    const outcome = this.target.execution.runSlice(50_000_000);
    assert.equal(outcome.kind, 'stopped', outcome.kind === 'ended' ? outcome.end.description : outcome.kind);
    assert.ok(outcome.kind === 'stopped');
    return outcome.stop;
  }

  frame(level = 0): StackFrame {
    const frame = this.target.stack(0).frames[level];
    assert.ok(frame);
    return frame;
  }

  /** `function:line` of each frame. */
  get frames(): readonly string[] {
    return this.target.stack(0).frames.map(frame => `${frame.name}:${frame.position?.line}`);
  }

  /** `function:line` of the innermost frame. */
  get here(): string {
    return this.frames[0] ?? '';
  }

  /** The text of `expression`, or the sentence by which it is refused. */
  value(expression: string, level = 0): string {
    const value = this.target.evaluate(expression, this.frame(level));
    return value.ok ? value.value.text() : value.error.message;
  }

  /** Names and texts of the arguments and locals of a frame. */
  variables(level = 0): Readonly<Record<string, string>> {
    const [locals, parameters] = this.target.scopes(this.frame(level));
    return Object.fromEntries([...(parameters?.values() ?? []), ...(locals?.values() ?? [])].map(view => [view.name, view.text()]));
  }
}
