// SPDX-License-Identifier: MIT
import type { EmulatedAccess, InjectedInterrupt, PowerProcessingElement } from '../../cpu/index.js';
import type { KvmQuirks } from '../quirks.js';
import { StepWriteList } from '../stepWrites.js';
import { VcpuState } from '../vcpuState.js';
import { ProcessorAreas } from './devices/processorAreas.js';
import type { PresentationController } from './devices/xics/presentationController.js';
import { type HashPageTable, userHashTable } from './hashPageTable.js';
import type { PowerpcVmState, VcpuOfVm } from './vmState.js';

/** struct kvm_vcpu_arch of Book3S. Behaviour lives in the files that say what is done with it. */
export class PowerpcVcpuState extends VcpuState implements VcpuOfVm {
  /** The last exit was KVM_EXIT_PAPR_HCALL: the next KVM_RUN takes the return values from the run page. */
  isHcallPending = false;
  readonly stepWrites = new StepWriteList();
  /** The last exit was KVM_EXIT_MMIO for this access. */
  mmio: EmulatedAccess | undefined;
  /** KVM_CAP_PPC_PAPR has been enabled. KVM-HV knows nothing else. */
  isPapr: boolean;
  /** H_CEDE: sleeps until an interrupt or H_PROD. */
  isCeded = false;
  isProdded = false;
  /** The external interrupt's line, as KVM_INTERRUPT has set it. */
  isExternalHigh = false;
  /** The Trace interrupt that the guest's own MSR[SE] asks for and that the host's step has come before. */
  owedTrace: InjectedInterrupt | undefined;
  /** Registers that nothing executes on: SPRG4 to 7 by their halves, DABR and DABRX, DAWR1 and DAWRX1, whether user space calls it online. */
  readonly otherSPRG = new Int32Array(8);
  DABR = 0n;
  DABRX = 0n;
  DAWR1 = 0n;
  DAWRX1 = 0n;
  ONLINE = 0n;
  /** What the guest's time base is ahead of the host's, a multiple of 2^24. */
  tbOffset = 0n;
  readonly areas = new ProcessorAreas();
  HIOR = 0n;
  isRunning = false;
  /** Its part of XICS, once it is connected. */
  presentation: PresentationController | undefined;
  #SDR1 = 0n;
  #hashTable: HashPageTable | undefined;

  constructor(
    readonly vm: PowerpcVmState,
    readonly pe: PowerProcessingElement,
    readonly id: number,
    index: number,
    quirks: KvmQuirks,
  ) {
    super(index, quirks);
    this.isPapr = vm.kind === 'hv';
  }

  get SDR1(): bigint {
    return this.#SDR1;
  }
  set SDR1(value: bigint) {
    this.#SDR1 = value;
    this.findHashTable();
  }

  /** KVM-PR's hashed page table, which user space has; `undefined`: SDR1 names no memory, or this is KVM-HV. */
  get hashTable(): HashPageTable | undefined {
    return this.#hashTable;
  }

  /** To be called when SDR1 may lead elsewhere: it has changed, PAPR has been enabled, memory has moved. */
  findHashTable(): void {
    if (this.vm.kind !== 'pr') return;
    this.#hashTable = userHashTable(this.vm, this.#SDR1, this.isPapr);
    this.pe.processScope = this.#hashTable === undefined ? { kind: 'none' } : { kind: 'hash', table: this.#hashTable.view };
  }

  /** User space's memory has grown, so that views of it are gone. */
  get isHashTableStale(): boolean {
    return this.#hashTable?.isStale === true;
  }

  setExternal(isHigh: boolean): void {
    this.isExternalHigh = isHigh;
    this.pe.setExternalInterrupt(isHigh);
  }
}
