// SPDX-License-Identifier: MIT
import { type Result, success } from '../../base/index.js';
import type { Vcpu, Vm } from '../../kvm/index.js';
import { noAreas, type ProcessorAreas } from './processorAreas.js';
import { changeRegisters, ENTRY_MSR } from './vcpuRegisters.js';

/** PAPR: which processors run. KVM of powerpc knows no stopped vCPU: user space keeps the thread of one that is stopped out of KVM_RUN. */
export class Processors {
  readonly #stopped = new Set<Vcpu>();
  readonly #areas = new Map<Vcpu, ProcessorAreas>();
  #started: readonly Vcpu[] = [];

  constructor(private readonly vm: Vm) {}

  /** Takes in a vCPU that has just been created: the first one runs, the others wait for start-cpu. */
  add(vcpu: Vcpu): void {
    if (vcpu.index > 0) this.#stopped.add(vcpu);
    this.#update();
  }

  /** The vCPUs that run, in order of creation. */
  get started(): readonly Vcpu[] {
    return this.#started;
  }

  /** All that there are. */
  get count(): number {
    return this.vm.vcpus.length;
  }

  /** The vCPU with this `ibm,ppc-interrupt-server#s`. */
  find(server: bigint): Vcpu | undefined {
    return this.vm.vcpus.find(({ id }) => BigInt(id) === server);
  }

  /** What it has registered by H_REGISTER_VPA. */
  areas(vcpu: Vcpu): ProcessorAreas {
    const areas = this.#areas.get(vcpu) ?? noAreas();
    this.#areas.set(vcpu, areas);
    return areas;
  }

  isStopped(vcpu: Vcpu): boolean {
    return this.#stopped.has(vcpu);
  }

  /** Takes `vcpu` out of the run. If it stands at a hypercall, that is carried to its end, so that a later start finds nothing to complete. */
  stop(vcpu: Vcpu): void {
    vcpu.kvmRun.immediate_exit = 1;
    vcpu.run();
    vcpu.kvmRun.immediate_exit = 0;
    this.#stopped.add(vcpu);
    this.#update();
  }

  /** Starts `vcpu` at the real address `entry`, big-endian, with `argument` in GPR 3 (PAPR, start-cpu). */
  start(vcpu: Vcpu, entry: bigint, argument: bigint): Result<undefined> {
    const set = changeRegisters(vcpu, registers => {
      registers.pc = entry;
      registers.msr = ENTRY_MSR;
      registers.gpr[3] = argument;
    });
    if (!set.ok) return set;
    this.#stopped.delete(vcpu);
    this.#update();
    return success(undefined);
  }

  #update(): void {
    this.#started = this.vm.vcpus.filter(vcpu => !this.#stopped.has(vcpu));
  }
}
