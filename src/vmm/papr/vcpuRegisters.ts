// SPDX-License-Identifier: MIT
import type { Result } from '../../base/index.js';
import { GUEST_MSR, MSR_BIT } from '../../cpu/index.js';
import { ppc_kvm_regs, type StructureView, type Vcpu } from '../../kvm/index.js';

/** A struct kvm_regs as user space has it. */
interface RegisterBytes {
  readonly bytes: Uint8Array;
  /** The same bytes: halves of doublewords, least significant first, and doublewords. */
  readonly words: Int32Array;
  readonly values: BigUint64Array;
  /** `registersVersion` of the vCPU when they were its registers; `NEVER`: they were none's. */
  version: number;
}

/** One that its owner may change (`setRegister`) and hand to KVM. */
export interface GeneralRegisterBytes extends RegisterBytes {
  /** Of the vCPU that it was last used for. */
  known: KnownRegisters | undefined;
  /** What has become of them since they were the vCPU's. */
  change: Change;
}

const CHANGE = {
  NONE: 0,
  /** What KVM takes as it is given. */
  WHOLE: 1,
  /** What it may take in part, too. */
  PARTLY_TAKEN: 2,
} as const;
type Change = (typeof CHANGE)[keyof typeof CHANGE];

/** The `version` of registers that nobody knows. */
const NEVER = -1;

const { fields } = ppc_kvm_regs;
const indexOf = (offset: number): number => offset / BigUint64Array.BYTES_PER_ELEMENT;
/** Doublewords that KVM may take in part, if it takes them at all: CR, XER and PID. */
const PARTLY_TAKEN = new Uint8Array(indexOf(ppc_kvm_regs.bytes));
for (const [, offset] of [fields.cr, fields.xer, fields.pid]) PARTLY_TAKEN[indexOf(offset)] = 1;

/** Writes a doubleword by its index. */
export function setRegister(into: GeneralRegisterBytes, index: number, value: bigint): void {
  if (PARTLY_TAKEN[index] === 1) into.change = CHANGE.PARTLY_TAKEN;
  else if (into.change === CHANGE.NONE) into.change = CHANGE.WHOLE;
  into.values[index] = value;
}

function registerBytes(): RegisterBytes {
  const bytes = ppc_kvm_regs.make();
  const { buffer, byteOffset, length } = bytes;
  const words = new Int32Array(buffer, byteOffset, length / Int32Array.BYTES_PER_ELEMENT);
  const values = new BigUint64Array(buffer, byteOffset, length / BigUint64Array.BYTES_PER_ELEMENT);
  return { bytes, words, values, version: NEVER };
}

export const generalRegisterBytes = (): GeneralRegisterBytes => ({ ...registerBytes(), known: undefined, change: CHANGE.NONE });

/** Those of a vCPU as they were last read or written. */
interface KnownRegisters extends RegisterBytes {
  readonly vcpu: Vcpu;
  /** The last call's. */
  answer: number;
  /** Who has got them from KVM, or given them to it, last: they are copied from there when another asks. */
  latest: GeneralRegisterBytes | undefined;
  readonly fields: Readonly<StructureView<typeof ppc_kvm_regs.fields>>;
}

const ZEROS: KnownRegisters['fields'] = ppc_kvm_regs.over(ppc_kvm_regs.make());

const known = new WeakMap<Vcpu, KnownRegisters>();
/** Of the vCPU that was asked for last: a step asks for the same one many times, and a look into a `WeakMap` is slow. */
let recent: KnownRegisters | undefined;

function knownOf(vcpu: Vcpu): KnownRegisters {
  if (recent?.vcpu === vcpu) return recent;
  let registers = known.get(vcpu);
  if (registers === undefined) {
    const structure = registerBytes();
    registers = { ...structure, vcpu, answer: 0, latest: undefined, fields: ppc_kvm_regs.over(structure.bytes) };
    known.set(vcpu, registers);
  }
  recent = registers;
  return registers;
}

/** `knownOf`, quicker for who asks about the same vCPU again. */
function knownBy(asking: GeneralRegisterBytes, vcpu: Vcpu): KnownRegisters {
  if (asking.known?.vcpu !== vcpu) {
    asking.known = knownOf(vcpu);
    asking.version = NEVER;
  }
  return asking.known;
}

/** Whether the bytes of who asked or gave last are the registers as they are at `version`. */
const isLatest = (latest: GeneralRegisterBytes | undefined, registers: KnownRegisters, version: number): latest is GeneralRegisterBytes =>
  latest !== undefined && latest.known === registers && latest.version === version && latest.change === CHANGE.NONE;

/** KVM_GET_REGS, unless the registers are known since it was last asked. */
function fetchKnown(registers: KnownRegisters): KnownRegisters {
  const { vcpu, latest } = registers;
  const version = vcpu.registersVersion;
  registers.answer = 0;
  if (!vcpu.isInKvmRun) {
    if (registers.version === version) return registers;
    if (isLatest(latest, registers, version)) {
      registers.bytes.set(latest.bytes);
      registers.version = version;
      return registers;
    }
  }
  registers.answer = vcpu.call('KVM_GET_REGS', registers.bytes);
  registers.version = registers.answer === 0 ? version : NEVER;
  return registers;
}

/**
 * KVM_GET_REGS, unless the registers are known since it was last asked: they are fetched once a stop (QEMU: cpu_synchronize_state()). The answer is the
 * call's; the vCPU must be outside of KVM_RUN.
 */
export function fetchRegisters(vcpu: Vcpu, into: GeneralRegisterBytes): number {
  const registers = knownBy(into, vcpu);
  const version = vcpu.registersVersion;
  const isAsked = vcpu.isInKvmRun || (registers.version !== version && !isLatest(registers.latest, registers, version));
  if (!isAsked) {
    if (into.version === version && into.change === CHANGE.NONE) return 0;
    into.bytes.set(fetchKnown(registers).bytes);
  } else {
    const answer = vcpu.call('KVM_GET_REGS', into.bytes);
    if (answer !== 0) {
      into.version = NEVER;
      return answer;
    }
    registers.latest = into;
  }
  into.version = version;
  into.change = CHANGE.NONE;
  return 0;
}

/** A doubleword of struct kvm_regs by its index, as `fetchRegisters`; `undefined` if KVM refuses it. */
export function fetchRegister(vcpu: Vcpu, index: number): bigint | undefined {
  const { values, answer } = fetchKnown(knownOf(vcpu));
  return answer === 0 ? values[index] : undefined;
}

/**
 * KVM_SET_REGS; the answer is the call's. What KVM has taken as it was given need not be asked for again: a debugger's step writes registers two times
 * and reads them in between.
 */
export function putRegisters(vcpu: Vcpu, from: GeneralRegisterBytes): number {
  const registers = knownBy(from, vcpu);
  const isTaken = from.version === vcpu.registersVersion && from.change !== CHANGE.PARTLY_TAKEN && isGuests(from.words);
  const answer = vcpu.call('KVM_SET_REGS', from.bytes);
  if (answer === 0 && isTaken) {
    from.version = vcpu.registersVersion;
    from.change = CHANGE.NONE;
    registers.latest = from;
  } else from.version = NEVER;
  return answer;
}

/** `change` writes registers of `vcpu` that are not in struct kvm_regs: what is known of these stays known. */
export function writeBesides(vcpu: Vcpu, change: () => void): void {
  const registers = knownOf(vcpu);
  const { latest } = registers;
  const before = vcpu.registersVersion;
  change();
  if (isLatest(latest, registers, before)) latest.version = vcpu.registersVersion;
  if (registers.version === before) registers.version = vcpu.registersVersion;
}

const wordOf = (offset: number): number => offset / Int32Array.BYTES_PER_ELEMENT;
const [MSR_WORD, PC_WORD] = [wordOf(fields.msr[1]), wordOf(fields.pc[1])];
const IN_WORD = 3;
const [NOT_GUESTS_LOW, NOT_GUESTS_HIGH] = [~Number(BigInt.asIntN(32, GUEST_MSR)), ~Number(BigInt.asIntN(32, GUEST_MSR >> 32n))];

/** Whether NIP and MSR are as a guest can have them: neither bits of NIP beneath a word nor all of MSR. */
function isGuests(given: Int32Array): boolean {
  const [pc = 0, low = 0, high = 0] = [given[PC_WORD], given[MSR_WORD], given[MSR_WORD + 1]];
  return (pc & IN_WORD) === 0 && (low & NOT_GUESTS_LOW) === 0 && (high & NOT_GUESTS_HIGH) === 0;
}

/** The general registers of `vcpu`, until something runs or changes them; zeros if KVM refuses them. */
export function readRegisters(vcpu: Vcpu): KnownRegisters['fields'] {
  const { fields, answer } = fetchKnown(knownOf(vcpu));
  return answer === 0 ? fields : ZEROS;
}

/** KVM_GET_REGS, `change`, KVM_SET_REGS. */
export function changeRegisters(vcpu: Vcpu, change: (registers: StructureView<typeof ppc_kvm_regs.fields>) => void): Result<number> {
  const into = generalRegisterBytes();
  const read = vcpu.result(fetchRegisters(vcpu, into));
  if (!read.ok) return read;
  // What `change` writes is not the vCPU's before KVM has it, and never if it throws.
  into.version = NEVER;
  change(ppc_kvm_regs.over(into.bytes));
  return vcpu.result(vcpu.call('KVM_SET_REGS', into.bytes));
}

/** MSR of a vCPU that starts: 64-bit mode, translation off, interrupts off. */
export const ENTRY_MSR = MSR_BIT.SF | MSR_BIT.ME;
