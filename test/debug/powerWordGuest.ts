// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { type Endianness, physicalAddress, virtualAddress } from '../../src/base/index.js';
import { debugQuirks } from '../../src/debug/execution/debugQuirks.js';
import type { StopReport } from '../../src/debug/execution/stop.js';
import { GuestTarget } from '../../src/debug/guestTarget.js';
import { POWERPC } from '../../src/debug/powerpc/powerpc.js';
import { ProgramSymbols } from '../../src/debug/symbols/programSymbols.js';
import { KVM_EXIT, type Vcpu } from '../../src/kvm/index.js';
import { type DebugRegisterBorrower, GuestMemoryMap, type Machine, type MachineExit } from '../../src/vmm/index.js';
import { LentDebugRegisters } from '../../src/vmm/papr/lentDebugRegisters.js';
import { CODE, MSR_REAL, type PowerpcGuest, type PowerpcGuestOptions, powerpcGuest, RAM_BYTES, setRegs } from '../kvm/powerpcGuest.js';

// A debugged POWER guest in real mode whose program is a list of words: `debug` on KVM, without a machine model, ELF or symbols.

/** Where the first word is. */
export const START = BigInt(CODE);
const LE = 1n;
const REAL_BITS = (1n << 60n) - 1n;

export interface PowerWordGuestOptions extends Omit<PowerpcGuestOptions, 'code'> {
  readonly endianness?: Endianness;
  /** More words, by real address. */
  readonly more?: readonly (readonly [address: number, words: readonly number[]])[];
  /** GPRs of vCPU 0 at the start. */
  readonly gpr?: Readonly<Record<number, bigint>>;
  /** Further bits of MSR at the start. */
  readonly msr?: bigint;
  /** Quirks of the debugger that are not those of the fidelity. */
  readonly quirks?: Readonly<Record<string, boolean>>;
  /** Where the vCPUs after the first one start, and with which GPRs; without it as the first. */
  readonly others?: readonly { readonly pc?: number; readonly gpr?: Readonly<Record<number, bigint>>; readonly msr?: bigint }[];
}

/** Real memory and hypercalls that all answer H_SUCCESS. */
function realModeMachine({ kvm, vm, vcpus, user, engine, userOffset, wordAt }: PowerpcGuest) {
  const ram = (): Uint8Array => user().subarray(0, RAM_BYTES);
  const memory = new GuestMemoryMap();
  const lent = new LentDebugRegisters(vm);
  assert.ok(memory.add({ kind: 'ram', name: 'RAM', start: physicalAddress(0n), size: RAM_BYTES, view: ram }).ok);
  const isRam = (address: bigint, count: number): boolean => address >= 0n && address + BigInt(count) <= BigInt(RAM_BYTES);
  const read = (address: bigint, count: number): Uint8Array | undefined =>
    isRam(address, count) ? ram().slice(Number(address), Number(address) + count) : undefined;
  const write = (address: bigint, bytes: Uint8Array): boolean => {
    if (!isRam(address, bytes.length)) return false;
    ram().set(bytes, Number(address));
    engine.invalidateCode(Number(userOffset) + Number(address), bytes.length);
    return true;
  };
  return {
    kvm,
    vm,
    vcpus,
    startedVcpus: vcpus,
    isOff: () => false,
    memory,
    translate: (_vcpu: Vcpu, address: bigint) => address,
    translateByTables: (_vcpu: Vcpu, address: bigint) => address & REAL_BITS,
    lendDebugRegisters: (borrower: DebugRegisterBorrower | undefined) => lent.lend(borrower),
    readPhysical: read,
    writePhysical: write,
    wordAt,
    readVirtual: (_vcpu: Vcpu, address: bigint, count: number) => read(address, count),
    writeVirtual: (_vcpu: Vcpu, address: bigint, bytes: Uint8Array) => write(address, bytes),
    receiveConsole: () => undefined,
    serveExit: (vcpu: Vcpu): MachineExit => {
      const { kvmRun } = vcpu;
      if (kvmRun.exit_reason !== KVM_EXIT.PAPR_HCALL) return { kind: 'notOurs' };
      const answer = lent.serve(vcpu, Number(kvmRun.papr_hcall_nr), kvmRun.papr_hcall_args);
      if (answer !== undefined) {
        kvmRun.papr_hcall_ret = BigInt.asUintN(64, answer);
        return { kind: 'continue' };
      }
      // H_FUNCTION's kin: -1, whose bytes stay in the exit union.
      kvmRun.papr_hcall_ret = (1n << 64n) - 1n;
      return { kind: 'continue' };
    },
  };
}

/** A guest, of KVM-PR if nothing else is said, that stands before the first of `words`. */
export class PowerWordGuest {
  readonly target: GuestTarget;
  readonly #isLittle: boolean;

  constructor(words: readonly number[], options: PowerWordGuestOptions = {}) {
    const { endianness = 'big', more = [], gpr = {}, msr = 0n, others = [], quirks = {}, ...parts } = options;
    this.#isLittle = endianness === 'little';
    const guest = powerpcGuest({ kind: 'pr', vcpus: 1 + others.length, ...parts });
    const machine = realModeMachine(guest);
    for (const [n, start] of [{ gpr, msr }, ...others].entries()) {
      const { pc = CODE, ...state }: NonNullable<PowerWordGuestOptions['others']>[number] = start;
      const startMsr = MSR_REAL | (state.msr ?? msr) | (this.#isLittle ? LE : 0n);
      setRegs(guest.vcpus[n] ?? guest.vcpu, { pc: BigInt(pc), msr: startMsr }, state.gpr ?? gpr);
    }
    this.target = new GuestTarget({
      // What the debugger asks of a machine and no more.
      machine: machine as unknown as Machine,
      architecture: POWERPC,
      symbols: new ProgramSymbols([]),
      quirks: debugQuirks(options.fidelity ?? 'exact', quirks),
    });
    this.put(CODE, words);
    for (const [address, other] of more) this.put(address, other);
  }

  put(address: number, words: readonly number[]): void {
    const view = new DataView(new ArrayBuffer(4 * words.length));
    for (const [n, word] of words.entries()) view.setUint32(4 * n, word, this.#isLittle);
    assert.ok(this.target.machine.writePhysical(BigInt(address), new Uint8Array(view.buffer)));
  }

  get(name: string, vcpu = 0): bigint {
    this.target.control.kickAll();
    const register = this.target.control.at(vcpu).registers.read(name);
    assert.ok(register, name);
    return register.value;
  }

  set(name: string, value: bigint, vcpu = 0): void {
    const written = this.target.writeRegister(vcpu, name, value);
    assert.ok(written.ok, written.ok ? '' : written.error.message);
  }

  /** Bytes as they really are in memory. */
  raw(address: bigint, count = 4): readonly number[] {
    return [...(this.target.machine.readPhysical(address, count) ?? [])];
  }

  stop(budget = 100_000): StopReport {
    const outcome = this.target.execution.runSlice(budget);
    assert.equal(outcome.kind, 'stopped', outcome.kind === 'ended' ? outcome.end.description : outcome.kind);
    assert.ok(outcome.kind === 'stopped');
    return outcome.stop;
  }

  continue(): StopReport {
    assert.deepEqual(this.target.execution.resume(0), { ok: true, value: undefined });
    return this.stop();
  }

  step(kind: 'into' | 'over' | 'out' = 'into', stepsExclusivesAsOne = false, vcpu = 0): StopReport {
    const begun = this.target.execution.step({ vcpu, kind, granularity: 'instruction', stepsExclusivesAsOne });
    assert.ok(begun.ok, begun.ok ? '' : begun.error.message);
    return this.stop();
  }

  breakAt(mode: 'hardware' | 'software' | 'engine' | 'auto', ...addresses: readonly bigint[]) {
    return this.target.breakpoints.setInstructions(addresses.map(address => ({ address: virtualAddress(address), mode })));
  }
}
