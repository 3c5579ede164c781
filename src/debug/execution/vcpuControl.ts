// SPDX-License-Identifier: MIT
import { InvariantError, present, type Result } from '../../base/index.js';
import type { ScheduleLimits, ScheduleResult, Vcpu } from '../../kvm/index.js';
import type { Machine, MachineExit } from '../../vmm/index.js';
import type { Lift, StopMechanisms } from '../breakpoints/stopMechanisms.js';
import type { RegisterFile, RegisterModel } from '../registers/registerFile.js';

/** A vCPU with what the debugger remembers about it. */
export interface DebuggedVcpu {
  readonly vcpu: Vcpu;
  readonly registers: RegisterFile;
  isFrozen: boolean;
  /** The pc at which a breakpoint has been dealt with and must not fire again before the instruction has run (ARM-HW-35). */
  passedAt: bigint | undefined;
  /** It waits for console input in the middle of a semihosting call. */
  isWaitingForConsole: boolean;
  /** It is entered again at a trap that nobody lifts: as on a processor of its own, the others go on meanwhile. */
  isSpinning: boolean;
}

/** Attempts to get a vCPU out of KVM_RUN: an exit may come in between. */
const MAXIMUM_KICKS = 4;

/** Gets vCPUs into and out of KVM_RUN, with what KVM must know before. */
export class VcpuControl {
  readonly all: readonly DebuggedVcpu[];

  constructor(
    private readonly machine: Machine,
    private readonly mechanisms: StopMechanisms,
    registers: RegisterModel,
  ) {
    this.all = machine.vcpus.map(vcpu => ({
      vcpu,
      registers: registers.file(vcpu),
      isFrozen: false,
      passedAt: undefined,
      isWaitingForConsole: false,
      isSpinning: false,
    }));
  }

  at(index: number): DebuggedVcpu {
    return present(this.all[index], `vCPU ${index}`);
  }

  /** All, `first` before the others. */
  from(first: Vcpu | undefined): readonly DebuggedVcpu[] {
    return first === undefined ? this.all : [this.of(first), ...this.all.filter(({ vcpu }) => vcpu !== first)];
  }

  of(vcpu: Vcpu): DebuggedVcpu {
    return this.at(vcpu.index);
  }

  /** The call by which the guest starts further vCPUs. */
  get startCall(): string {
    return this.machine.kind.startCall;
  }

  /** Whether the vCPU is off: nothing but another vCPU's call starts it. It must be outside of KVM_RUN. */
  isOff({ vcpu }: DebuggedVcpu): boolean {
    return this.machine.isOff(vcpu);
  }

  /** Brings the vCPU out of KVM_RUN, as a signal from the debugger's thread does. No instruction runs (API-12). */
  kick(vcpu: Vcpu): void {
    for (let attempt = 0; vcpu.isInKvmRun && attempt < MAXIMUM_KICKS; attempt++) {
      vcpu.signal();
      const result = this.#run([vcpu], { maximumInstructions: 1 });
      // An exit that was on its way is served here; a debug exit cannot be, because nothing has run.
      if (result.kind === 'returned' && result.result === 0) this.serveExit(vcpu);
    }
    this.mechanisms.slots.userSwitch?.settle(vcpu);
    if (vcpu.isInKvmRun) throw new InvariantError(`vCPU ${vcpu.index} cannot be brought out of KVM_RUN`);
  }

  kickAll(): void {
    for (const { vcpu } of this.all) if (vcpu.isInKvmRun) this.kick(vcpu);
  }

  /** Tells KVM about the present breakpoints for `vcpu`, if it does not know them. */
  prepare(vcpu: Vcpu, isStepping: boolean, lift?: Lift): Result<unknown> | undefined {
    if (!this.mechanisms.isStale(vcpu, isStepping, lift)) return undefined;
    this.kick(vcpu);
    return this.mechanisms.sync(vcpu, isStepping, lift);
  }

  /** Lets those of `vcpus` run whose threads belong into KVM_RUN, perhaps for one slice only. The vCPUs must have been prepared. */
  run(vcpus: readonly Vcpu[], maximumInstructions: number, endsWithSlice = false): ScheduleResult {
    const { startedVcpus } = this.machine;
    return this.#run(
      vcpus.filter(vcpu => startedVcpus.includes(vcpu)),
      { maximumInstructions, endsWithSlice },
    );
  }

  #run(vcpus: readonly Vcpu[], limits: ScheduleLimits): ScheduleResult {
    return this.machine.kvm.scheduler.run(vcpus, limits);
  }

  /** Lets the machine serve what KVM_RUN of `vcpu` has returned with. */
  serveExit(vcpu: Vcpu): MachineExit {
    const served = this.machine.serveExit(vcpu);
    this.mechanisms.slots.userSwitch?.machineServed(vcpu);
    return served;
  }
}
