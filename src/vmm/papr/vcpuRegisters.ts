// SPDX-License-Identifier: MIT
import type { Result } from '../../base/index.js';
import { GUEST_MSR, MSR_BIT } from '../../cpu/index.js';
import { ppc_kvm_regs, type StructureView, type Vcpu } from '../../kvm/index.js';

/** A struct kvm_regs as user space has it. */
export interface GeneralRegisterBytes {
  readonly bytes: Uint8Array;
  /** The same bytes: halves of doublewords, least significant first, and doublewords. */
  readonly words: Int32Array;
  readonly values: BigUint64Array;
  /** Of the vCPU that it was last used for. */
  known: KnownRegisters | undefined;
  /** The `version` of `known` that it has the registers of; `NEVER` once somebody has written to it (`setRegister`). */
  version: number;
}

/** The `version` of registers that nobody knows. */
const NEVER = -1;

/** Writes a doubleword by its index. */
export function setRegister(into: GeneralRegisterBytes, index: number, value: bigint): void {
  into.version = NEVER;
  into.values[index] = value;
}

export function generalRegisterBytes(): GeneralRegisterBytes {
  const bytes = ppc_kvm_regs.make();
  const { buffer, byteOffset, length } = bytes;
  const words = new Int32Array(buffer, byteOffset, length / Int32Array.BYTES_PER_ELEMENT);
  const values = new BigUint64Array(buffer, byteOffset, length / BigUint64Array.BYTES_PER_ELEMENT);
  return { bytes, words, values, known: undefined, version: NEVER };
}

/** Those of a vCPU as they were last read or written. */
interface KnownRegisters extends Omit<GeneralRegisterBytes, 'known'> {
  readonly vcpu: Vcpu;
  /** `registersVersion` then. */
  version: number;
  /** The last call's. */
  answer: number;
  readonly fields: Readonly<StructureView<typeof ppc_kvm_regs.fields>>;
}

const ZEROS: KnownRegisters['fields'] = ppc_kvm_regs.over(ppc_kvm_regs.make());

const known = new WeakMap<Vcpu, KnownRegisters>();

function knownOf(vcpu: Vcpu): KnownRegisters {
  let registers = known.get(vcpu);
  if (registers === undefined) {
    const { bytes, words, values } = generalRegisterBytes();
    registers = { bytes, words, values, vcpu, version: NEVER, answer: 0, fields: ppc_kvm_regs.over(bytes) };
    known.set(vcpu, registers);
  }
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

/** KVM_GET_REGS, unless the registers are known since it was last asked. */
function fetchKnown(registers: KnownRegisters): KnownRegisters {
  const { vcpu } = registers;
  const version = vcpu.registersVersion;
  registers.answer = 0;
  if (registers.version === version && !vcpu.isInKvmRun) return registers;
  registers.answer = vcpu.call('KVM_GET_REGS', registers.bytes);
  registers.version = registers.answer === 0 ? version : NEVER;
  return registers;
}

/**
 * KVM_GET_REGS, unless the registers are known since it was last asked: they are fetched once a stop (QEMU: cpu_synchronize_state()). The answer is the
 * call's; the vCPU must be outside of KVM_RUN.
 */
export function fetchRegisters(vcpu: Vcpu, into: GeneralRegisterBytes): number {
  const { bytes, answer, version } = fetchKnown(knownBy(into, vcpu));
  if (answer === 0 && into.version !== version) {
    into.bytes.set(bytes);
    into.version = version;
  }
  return answer;
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
  const isTaken = registers.version === vcpu.registersVersion && isTakenAsGiven(from.words, registers.words);
  const answer = vcpu.call('KVM_SET_REGS', from.bytes);
  if (answer === 0 && isTaken) {
    registers.bytes.set(from.bytes);
    from.version = registers.version = vcpu.registersVersion;
  }
  return answer;
}

/** `change` writes registers of `vcpu` that are not in struct kvm_regs: what is known of these stays known. */
export function writeBesides(vcpu: Vcpu, change: () => void): void {
  const registers = knownOf(vcpu);
  const isKnown = registers.version === vcpu.registersVersion;
  change();
  if (isKnown) registers.version = vcpu.registersVersion;
}

const { fields } = ppc_kvm_regs;
const wordOf = (offset: number): number => offset / Int32Array.BYTES_PER_ELEMENT;
const [MSR_WORD, PC_WORD] = [wordOf(fields.msr[1]), wordOf(fields.pc[1])];
/** What KVM may take in part, if it takes it at all: CR, XER and PID. */
const PARTLY_TAKEN = [fields.cr[1], fields.xer[1], fields.pid[1]].flatMap(offset => [wordOf(offset), wordOf(offset) + 1]);
/** A guest has neither the bits of NIP beneath a word nor all of MSR. */
const IN_WORD = 3;
const [NOT_GUESTS_LOW, NOT_GUESTS_HIGH] = [~Number(BigInt.asIntN(32, GUEST_MSR)), ~Number(BigInt.asIntN(32, GUEST_MSR >> 32n))];

function isTakenAsGiven(given: Int32Array, before: Int32Array): boolean {
  const [pc = 0, low = 0, high = 0] = [given[PC_WORD], given[MSR_WORD], given[MSR_WORD + 1]];
  if ((pc & IN_WORD) !== 0 || (low & NOT_GUESTS_LOW) !== 0 || (high & NOT_GUESTS_HIGH) !== 0) return false;
  for (const word of PARTLY_TAKEN) if (given[word] !== before[word]) return false;
  return true;
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
  change(ppc_kvm_regs.over(into.bytes));
  return vcpu.result(vcpu.call('KVM_SET_REGS', into.bytes));
}

/** MSR of a vCPU that starts: 64-bit mode, translation off, interrupts off. */
export const ENTRY_MSR = MSR_BIT.SF | MSR_BIT.ME;
