// SPDX-License-Identifier: MIT

import type { StackFrame } from '../../../src/debug/frames/stackFrame.js';
import { Locations } from '../../../src/debug/symbols/locations.js';
import { ProgramSymbols } from '../../../src/debug/symbols/programSymbols.js';
import { GuestValueView } from '../../../src/debug/values/guestValueView.js';
import type { ValueView } from '../../../src/debug/values/valueView.js';
import { openSymbolFile, underlyingType } from '../../../src/symbols/index.js';
import { SampleGuest } from '../../debug/sampleGuest.js';
import { sampleElf } from '../../support/sampleElf.js';
import type { ValueTree } from './gdbRecording.js';

/** A sample program and how it was compiled. */
export interface Sample {
  readonly name: string;
  readonly level: 'O0' | 'O2';
}

/** The path of its program, relative to the project's root. */
export const imageOf = ({ name, level }: Sample): string => `samples/${name}/${name}.aarch64.${level}.elf`;

/** Its symbols alone, and where texts are in its code. */
export function symbolsOf(sample: Sample): { readonly symbols: ProgramSymbols; readonly locations: Locations } {
  const opened = openSymbolFile(sampleElf(sample.name, `aarch64.${sample.level}`));
  if (!opened.ok) throw new Error(opened.error.message);
  const symbols = new ProgramSymbols([{ path: imageOf(sample), file: opened.value }]);
  return { symbols, locations: new Locations(symbols) };
}

const SLICE = 20_000_000;

/** A sample under our debugger that can be put to where gdb stands: it is started anew and run to there. */
export class ComparedGuest {
  #guest: SampleGuest;

  constructor(private readonly sample: Sample) {
    this.#guest = new SampleGuest(sample.name, sample.level);
  }

  get guest(): SampleGuest {
    return this.#guest;
  }

  get pc(): bigint {
    return this.#guest.frame().pc;
  }

  /** Whether it stands in an inlined copy. */
  get isInlined(): boolean {
    return this.#guest.frame().isInlined;
  }

  /** Instructions retired: where in the run it stands, as each run is the same. */
  get time(): bigint {
    return this.#guest.target.execution.retiredInstructions;
  }

  /** The first time after `time` at which it is at `pc` with stack pointer `sp`. */
  moveTo(time: bigint, pc: bigint, sp: bigint): void {
    this.#guest = new SampleGuest(this.sample.name, this.sample.level);
    const { execution } = this.#guest.target;
    if (time > 0n) {
      execution.resume(0);
      execution.runSlice(Number(time));
      execution.pause();
      execution.runSlice(1);
      if (this.time !== time) throw new Error(`${imageOf(this.sample)} stands at instruction ${this.time} instead of ${time}.`);
    }
    this.#guest.runTo(`*0x${pc.toString(16)}`, `$sp == 0x${sp.toString(16)}`);
  }

  /** Steps; `undefined` if the guest ended instead, else the sentence of a refusal or ''. */
  step(kind: 'into' | 'over' | 'out', granularity: 'statement' | 'instruction'): string | undefined {
    const { execution } = this.#guest.target;
    const begun = execution.step({ vcpu: 0, kind, granularity });
    if (!begun.ok) return begun.error.message;
    const outcome = execution.runSlice(SLICE);
    if (outcome.kind === 'ended') return undefined;
    return outcome.kind === 'stopped' ? '' : outcome.kind;
  }

  /** Locals and arguments of `frame`, the innermost block first. */
  variables(frame: StackFrame): Readonly<Record<string, ValueTree>> {
    const [locals, parameters] = this.#guest.target.scopes(frame);
    return Object.fromEntries([...(locals?.values() ?? []), ...(parameters?.values() ?? [])].map(view => [view.name, valueTree(view)]));
  }
}

const MAXIMUM_ELEMENTS = 64;

function valueTree(view: ValueView): ValueTree {
  const kind = view instanceof GuestValueView ? underlyingType(view.value.type).kind : 'unknown';
  if (kind !== 'structure' && kind !== 'array') return view.number?.toString() ?? view.text();
  const children = view.children(0, MAXIMUM_ELEMENTS);
  if (children.length === 0) return view.text();
  return children.map(child => [child.name.replace(/^\[(\d+)\]$/, '$1').replace(/^<anonymous.*/, '<anonymous>'), valueTree(child)]);
}

/** A composite of which nothing is left is as good as a scalar of which nothing is left. */
export function spellTree(tree: ValueTree): string {
  if (typeof tree === 'string') return tree;
  const members = tree.map(([name, member]) => [name, spellTree(member)]);
  if (members.length > 0 && members.every(([, text]) => text === '<optimized out>')) return '<optimized out>';
  return `{${members.map(([name, text]) => `${name} = ${text}`).join(', ')}}`;
}
