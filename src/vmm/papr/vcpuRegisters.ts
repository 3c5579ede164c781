// SPDX-License-Identifier: MIT
import type { Result } from '../../base/index.js';
import { GUEST_MSR, MSR_BIT } from '../../cpu/index.js';
import { ppc_kvm_regs, type StructureView, type Vcpu } from '../../kvm/index.js';

/** A struct kvm_regs. */
export interface GeneralRegisterBytes {
  readonly bytes: Uint8Array;
  /** Of the same bytes. */
  readonly view: DataView;
}

export function generalRegisterBytes(): GeneralRegisterBytes {
  const bytes = ppc_kvm_regs.make();
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** That of a vCPU as it was last read or written. */
interface KnownRegisters extends GeneralRegisterBytes {
  /** `registersVersion` then. */
  version: number;
  /** The last call's. */
  answer: number;
  readonly fields: Readonly<StructureView<typeof ppc_kvm_regs.fields>>;
}

const NEVER = -1;
const ZEROS: KnownRegisters['fields'] = ppc_kvm_regs.over(ppc_kvm_regs.make());

const known = new WeakMap<Vcpu, KnownRegisters>();

function knownOf(vcpu: Vcpu): KnownRegisters {
  let registers = known.get(vcpu);
  if (registers === undefined) {
    const structure = generalRegisterBytes();
    registers = { ...structure, version: NEVER, answer: 0, fields: ppc_kvm_regs.over(structure.bytes) };
    known.set(vcpu, registers);
  }
  return registers;
}

/** KVM_GET_REGS, unless the registers are known since it was last asked. */
function fetchKnown(vcpu: Vcpu): KnownRegisters {
  const registers = knownOf(vcpu);
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
export function fetchRegisters(vcpu: Vcpu, into: Uint8Array): number {
  const { bytes, answer } = fetchKnown(vcpu);
  if (answer === 0) into.set(bytes);
  return answer;
}

/**
 * KVM_SET_REGS; the answer is the call's. What KVM has taken as it was given need not be asked for again: a debugger's step writes registers two times
 * and reads them in between.
 */
export function putRegisters(vcpu: Vcpu, from: GeneralRegisterBytes): number {
  const registers = knownOf(vcpu);
  const isTaken = registers.version === vcpu.registersVersion && isTakenAsGiven(from.view, registers.view);
  const answer = vcpu.call('KVM_SET_REGS', from.bytes);
  if (answer === 0 && isTaken) {
    registers.bytes.set(from.bytes);
    registers.version = vcpu.registersVersion;
  }
  return answer;
}

const { fields } = ppc_kvm_regs;
const [MSR_OFFSET, PC_OFFSET] = [fields.msr[1], fields.pc[1]];
/** What KVM may take in part, if it takes it at all: CR, XER and PID. */
const PARTLY_TAKEN = [fields.cr[1], fields.cr[1] + 4, fields.xer[1], fields.xer[1] + 4, fields.pid[1], fields.pid[1] + 4];
/** A guest has neither the bits of NIP beneath a word nor all of MSR. */
const IN_WORD = 3;
const [NOT_GUESTS_LOW, NOT_GUESTS_HIGH] = [~Number(BigInt.asIntN(32, GUEST_MSR)), ~Number(BigInt.asIntN(32, GUEST_MSR >> 32n))];

function isTakenAsGiven(given: DataView, before: DataView): boolean {
  if ((given.getInt32(PC_OFFSET, true) & IN_WORD) !== 0) return false;
  if ((given.getInt32(MSR_OFFSET, true) & NOT_GUESTS_LOW) !== 0 || (given.getInt32(MSR_OFFSET + 4, true) & NOT_GUESTS_HIGH) !== 0)
    return false;
  for (const offset of PARTLY_TAKEN) if (given.getInt32(offset, true) !== before.getInt32(offset, true)) return false;
  return true;
}

/** The general registers of `vcpu`, until something runs or changes them; zeros if KVM refuses them. */
export function readRegisters(vcpu: Vcpu): KnownRegisters['fields'] {
  const { fields, answer } = fetchKnown(vcpu);
  return answer === 0 ? fields : ZEROS;
}

/** KVM_GET_REGS, `change`, KVM_SET_REGS. */
export function changeRegisters(vcpu: Vcpu, change: (registers: StructureView<typeof ppc_kvm_regs.fields>) => void): Result<number> {
  const bytes = ppc_kvm_regs.make();
  const read = vcpu.result(fetchRegisters(vcpu, bytes));
  if (!read.ok) return read;
  change(ppc_kvm_regs.over(bytes));
  return vcpu.result(vcpu.call('KVM_SET_REGS', bytes));
}

/** MSR of a vCPU that starts: 64-bit mode, translation off, interrupts off. */
export const ENTRY_MSR = MSR_BIT.SF | MSR_BIT.ME;
