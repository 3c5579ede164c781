// SPDX-License-Identifier: MIT
import { CIABR, decode, encode, MSR_BIT } from '../../../cpu/index.js';
import { ppcRegisterId, type Vcpu } from '../../../kvm/index.js';
import type { StepAction } from '../../stepping/stepAction.js';
import { isTraced, type SteppedInstruction } from './steppedInstruction.js';
import type { Arming } from './stepSites.js';

// CIABR in place of MSR[SE] (PPC-HV-44): the Trace interrupt comes behind the instruction at its address, and nothing of the guest's shows a bit.

const { SE, BE, PR } = MSR_BIT;
const ID = ppcRegisterId('CIABR');
const [PROBLEM, PRIVILEGED] = [1, 2];

const read = (vcpu: Vcpu): bigint => vcpu.getOneRegValue(ID) ?? 0n;

/** Whether the guest uses CIABR itself, so that no step can have it. */
export const isCiabrGuests = (vcpu: Vcpu): boolean => decode(CIABR, read(vcpu)).PRIV !== 0;

/**
 * Whether CIABR can make the step of `instruction` that SE would make: it is traced, no Trace of the guest's own would come with it, whose SRR1 tells
 * another cause.
 */
export const canStepByCiabr = (instruction: SteppedInstruction, { state, injected }: Arming, msr: bigint): boolean =>
  isTraced(instruction) && state === 'ARMED' && injected === 'msr' && (msr & (SE | BE)) === 0n;

/** Makes the instruction at `nip` the one that is traced; the guest's value, which has to come back. */
export function borrowCiabr(vcpu: Vcpu, nip: bigint, msr: bigint, actions: StepAction[]): bigint {
  const before = read(vcpu);
  const after = nip | encode(CIABR, { PRIV: (msr & PR) !== 0n ? PROBLEM : PRIVILEGED });
  vcpu.setOneRegValue(ID, after);
  const why = 'the guest takes a Trace interrupt after the instruction there';
  actions.push(
    { kind: 'saveRegister', register: 'ciabr', value: before },
    { kind: 'writeRegister', register: 'ciabr', before, after, why },
  );
  return before;
}

export function giveCiabrBack(vcpu: Vcpu, value: bigint, actions: StepAction[]): void {
  actions.push({ kind: 'writeRegister', register: 'ciabr', before: read(vcpu), after: value, why: "the guest's own value again" });
  vcpu.setOneRegValue(ID, value);
}
