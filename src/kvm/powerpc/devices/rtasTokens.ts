// SPDX-License-Identifier: MIT
import { kvm_rtas_token_args } from '../../abi/powerpc/structures.js';
import { type CallAnswer, refusal } from '../../kvmFile.js';
import type { Xics } from './xics/xics.js';

// Linux 6.1: arch/powerpc/kvm/book3s_rtas.c.

/** A call of RTAS that the kernel carries out: the words that it returns behind the status; `undefined`: it failed. */
export interface RtasCall {
  readonly inputs: number;
  readonly outputs: number;
  work(xics: Xics, input: (n: number) => number): readonly number[] | undefined;
}

const done = (isDone: boolean): readonly number[] | undefined => (isDone ? [] : undefined);

const CALLS: ReadonlyMap<string, RtasCall> = new Map<string, RtasCall>([
  ['ibm,set-xive', { inputs: 3, outputs: 1, work: (xics, input) => done(xics.setXive(input(0), input(1), input(2) & 0xff)) }],
  [
    'ibm,get-xive',
    {
      inputs: 1,
      outputs: 3,
      work: (xics, input) => {
        const xive = xics.getXive(input(0));
        return xive === undefined ? undefined : [xive.server, xive.priority];
      },
    },
  ],
  ['ibm,int-off', { inputs: 1, outputs: 1, work: (xics, input) => done(xics.intOff(input(0))) }],
  ['ibm,int-on', { inputs: 1, outputs: 1, work: (xics, input) => done(xics.intOn(input(0))) }],
]);

/** The tokens by which a guest asks for calls that the kernel carries out. */
export class RtasTokens {
  readonly #names = new Map<number, string>();

  get isEmpty(): boolean {
    return this.#names.size === 0;
  }

  callOf(token: number): RtasCall | undefined {
    const name = this.#names.get(token);
    return name === undefined ? undefined : CALLS.get(name);
  }

  /** KVM_PPC_RTAS_DEFINE_TOKEN; token 0 takes the definition of a name away. */
  define(argument: Uint8Array): CallAnswer {
    const { name: bytes, token } = kvm_rtas_token_args.over(argument);
    const end = bytes.indexOf(0);
    const name = String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end));
    if (token === 0n) {
      const known = [...this.#names].find(([, defined]) => defined === name)?.[0];
      if (known === undefined) return refusal('ENOENT', 'No token is defined for this name.');
      this.#names.delete(known);
      return 0;
    }
    if (this.#names.has(Number(token))) return refusal('EEXIST', `The token 0x${token.toString(16)} is defined already.`);
    if (!CALLS.has(name)) return refusal('ENOENT', `The kernel carries out ${[...CALLS.keys()].join(', ')} and no other call of RTAS.`);
    this.#names.set(Number(token), name);
    return 0;
  }
}
