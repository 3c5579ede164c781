// SPDX-License-Identifier: MIT
import { KVM_MP_STATE } from './abi/constants.js';
import type { StructureView } from './abi/structure.js';
import { kvm_run } from './abi/structures.js';
import type { KvmQuirks } from './quirks.js';
import { SteptrapPage } from './steptrapPage.js';
import type { StepWrites } from './stepWrites.js';

/** Counts of what a lazy debug-register switch and the exits cost. They only grow; an architecture without such a switch leaves its counts at 0. */
export interface VcpuCounters {
  /** Times that a guest or host-debugger set was loaded into hardware, and saved from it. */
  debugRegisterLoads: number;
  debugRegisterSaves: number;
  /** Exceptions taken to the hypervisor. */
  guestExits: number;
  /** Trapped accesses to debug registers. */
  debugRegisterTraps: number;
  /** Values written into the processing element's debug registers by the switch. */
  debugRegisterWrites: number;
}

/** The kernel's side of one vCPU, the part that every architecture has: struct kvm_vcpu. Each architecture adds its own: struct kvm_vcpu_arch. */
export abstract class VcpuState {
  readonly runBytes = new Uint8Array(kvm_run.bytes);
  readonly run: StructureView<typeof kvm_run.fields> = kvm_run.over(this.runBytes);
  /** The exit union, for the log. */
  readonly exitUnion = new DataView(this.runBytes.buffer, 32, 256);
  /** The whole run page, for the fields that each run touches. */
  readonly runView = new DataView(this.runBytes.buffer);
  readonly steptrapRun = new SteptrapPage();

  /** A KVM_MP_STATE. */
  mpState: number = KVM_MP_STATE.RUNNABLE;
  /** The control word of KVM_SET_GUEST_DEBUG: KVM_GUESTDBG bits. */
  guestDebug = 0;
  internalErrorSentence: string | undefined;
  /** What the kernel has written for a step in this KVM_RUN, or in the last one. */
  abstract readonly stepWrites: StepWrites;

  readonly counters: VcpuCounters = {
    debugRegisterLoads: 0,
    debugRegisterSaves: 0,
    guestExits: 0,
    debugRegisterTraps: 0,
    debugRegisterWrites: 0,
  };

  constructor(
    readonly index: number,
    readonly quirks: KvmQuirks,
  ) {}
}
