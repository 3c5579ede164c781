// SPDX-License-Identifier: MIT
import { failure, type PhysicalAddress, physicalAddress, type Result, success } from '../../base/index.js';
import { MSR_BIT, type PowerCpuModel, type PowerEngineShare } from '../../cpu/index.js';
import { KVM_CAP, KVM_EXIT, type KvmKind, kvm_enable_cap, powerpc, TIME_BASE, type Vcpu } from '../../kvm/index.js';
import { deviceTreeBlob, loadDeviceTree, loadImageAndInitrd } from '../boot/bootBlobs.js';
import type { TranslationWalk } from '../memory/translationWalk.js';
import { PartitionHashTable } from '../papr/hashTable.js';
import { serveHypercall } from '../papr/hypercalls.js';
import { InterruptController } from '../papr/interruptController.js';
import { type DebugRegisterBorrower, LentDebugRegisters } from '../papr/lentDebugRegisters.js';
import type { PaprSurroundings } from '../papr/paprSurroundings.js';
import { PartitionMmu } from '../papr/partitionMmu.js';
import { Processors } from '../papr/processors.js';
import { RandomNumbers } from '../papr/randomNumbers.js';
import { RTAS_ENTRY_CODE } from '../papr/rtas.js';
import { changeRegisters, ENTRY_MSR } from '../papr/vcpuRegisters.js';
import { VirtualTerminal } from '../papr/virtualTerminal.js';
import { PSERIES_INTERRUPTS, PSERIES_MAP } from './addressMap.js';
import { createMachineHost, Machine, type MachineExit, type MachineHost, type MachineKind, type MachineOptions } from './machine.js';
import { pseriesDeviceTree } from './pseriesDeviceTree.js';

/** What a `pseries` is made of. */
export interface PseriesMachineOptions extends MachineOptions {
  /** The engine that the vCPUs share; its RAM becomes the guest's. */
  readonly share: PowerEngineShare;
  readonly model: PowerCpuModel;
  /** Which KVM is loaded on the host. */
  readonly kvmKind: KvmKind;
}

export const PSERIES: MachineKind = { name: 'pseries', maximumCpus: 8, startCall: 'RTAS start-cpu', ramStart: PSERIES_MAP.ramStart };

const [NANOSECONDS_A_SECOND, INSTRUCTIONS_A_SECOND] = [1_000_000_000n, BigInt(TIME_BASE.ticksPerSecond * TIME_BASE.instructionsPerTick)];
/**
 * Machine `pseries` of QEMU on the emulated KVM: a partition of PAPR, entered as a kernel is by the flattened device tree. RAM, a vty, the hypercalls
 * that KVM leaves to user space, RTAS, XICS in the kernel. There is no device in the address space and no firmware runs.
 */
export class PseriesMachine extends Machine {
  readonly terminal: VirtualTerminal;
  readonly processors: Processors;
  readonly #mmu: PartitionMmu;
  readonly #surroundings: PaprSurroundings;

  readonly #interrupts: InterruptController;
  readonly #hashTable: PartitionHashTable;

  private constructor(host: MachineHost, options: PseriesMachineOptions, hashTable: PartitionHashTable, interrupts: InterruptController) {
    super(host, options.image.entry);
    this.#hashTable = hashTable;
    this.#interrupts = interrupts;
    this.terminal = new VirtualTerminal(BigInt(PSERIES_MAP.terminal), options.writeConsole);
    this.processors = new Processors(this.vm);
    this.#mmu = new PartitionMmu(this.vm, hashTable, (address, count) => this.memory.ram(address, count));
    const randomNumbers = new RandomNumbers();
    this.#surroundings = {
      memory: this,
      memoryBytes: options.memoryBytes,
      terminal: this.terminal,
      processors: this.processors,
      mmu: this.#mmu,
      debugRegisters: new LentDebugRegisters(this.vm),
      nanoseconds: () => (BigInt(this.kvm.scheduler.virtualTime) * NANOSECONDS_A_SECOND) / INSTRUCTIONS_A_SECOND,
      random: () => randomNumbers.next(),
      log: line => options.log?.(line),
    };
  }

  /** Makes the machine and loads it up to the state before the first instruction. Refusals are one sentence. */
  static create(options: PseriesMachineOptions): Result<PseriesMachine> {
    const { share, model, kvmKind, memoryBytes } = options;
    const host = createMachineHost(PSERIES, options, powerpc({ share, model, kind: kvmKind }));
    if (!host.ok) return host;
    const { kvm, vm } = host.value;
    const hashTable = PartitionHashTable.create(host.value, kvmKind, memoryBytes);
    if (!hashTable.ok) return hashTable;
    const interrupts = InterruptController.create(kvm, vm);
    if (!interrupts.ok) return interrupts;
    const machine = new PseriesMachine(host.value, options, hashTable.value, interrupts.value);
    const built = machine.#build(options);
    return built.ok ? success(machine) : built;
  }

  override get startedVcpus(): readonly Vcpu[] {
    return this.processors.started;
  }

  #build(options: PseriesMachineOptions): Result<undefined> {
    const mapped = this.mapRam();
    if (!mapped.ok) return mapped;
    const deviceTree = this.#load(options);
    return deviceTree.ok ? this.#createVcpus(options, deviceTree.value) : deviceTree;
  }

  /** Loads image, initrd, RTAS and device tree; the device tree's address. */
  #load(options: PseriesMachineOptions): Result<PhysicalAddress> {
    const loaded = loadImageAndInitrd(this.memory, options, PSERIES_MAP.ramStart);
    if (!loaded.ok) return loaded;
    const { initrd, end } = loaded.value;
    const { cpus, model, memoryBytes, bootArguments } = options;
    const firmwareEnd = BigInt(memoryBytes) < PSERIES_MAP.firmwareEnd ? BigInt(memoryBytes) : PSERIES_MAP.firmwareEnd;
    const rtas = { start: firmwareEnd - BigInt(PSERIES_MAP.rtasBytes), bytes: PSERIES_MAP.rtasBytes };
    const hasRadix = this.kvm.checkExtension(KVM_CAP.PPC_MMU_RADIX) > 0;
    const blob = deviceTreeBlob(
      options.deviceTree,
      pseriesDeviceTree({ cpus, model, memoryBytes, hashTableOrder: this.#hashTable.order, hasRadix, rtas, bootArguments, initrd }),
    );
    if (!blob.ok) return blob;
    const granule = BigInt(PSERIES_MAP.rtasBytes);
    const address = physicalAddress(((rtas.start - BigInt(blob.value.length)) / granule) * granule);
    if (address < end)
      return failure(
        'memory',
        `The image, the initrd and the device tree do not fit into ${memoryBytes / 2 ** 20} MiB; give the guest more memory.`,
      );
    const code = new DataView(new ArrayBuffer(4 * RTAS_ENTRY_CODE.length));
    for (const [n, word] of RTAS_ENTRY_CODE.entries()) code.setUint32(4 * n, word);
    this.writePhysical(rtas.start, new Uint8Array(code.buffer));
    return loadDeviceTree(this.memory, blob.value, address);
  }

  #createVcpus({ cpus, image }: PseriesMachineOptions, deviceTree: PhysicalAddress): Result<undefined> {
    for (let id = 0; id < cpus; id++) {
      const created = this.vm.createVcpu(id);
      if (!created.ok) return created;
      const vcpu = created.value;
      const papr = vcpu.result(vcpu.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.PPC_PAPR })));
      if (!papr.ok) return papr;
      for (const done of [this.#interrupts.connect(vcpu), this.#hashTable.attach(vcpu)]) if (!done.ok) return done;
      this.processors.add(vcpu);
    }
    const source = this.#interrupts.addSource(PSERIES_INTERRUPTS.terminal);
    if (!source.ok) return source;
    const [boot] = this.vcpus;
    const set = boot && this.#setEntry(boot, image, deviceTree);
    return set === undefined || set.ok ? success(undefined) : set;
  }

  /** Registers as a kernel finds them that is entered by the flattened device tree (Linux: Documentation/powerpc/booting.rst). */
  #setEntry(vcpu: Vcpu, image: PseriesMachineOptions['image'], deviceTree: PhysicalAddress): Result<number> {
    const base = image.segments.reduce((lowest, { physicalAddress: at }) => (at < lowest ? at : lowest), this.entry);
    return changeRegisters(vcpu, registers => {
      registers.pc = this.entry;
      registers.msr = ENTRY_MSR | MSR_BIT.FP | (image.endianness === 'big' ? 0n : MSR_BIT.LE);
      registers.gpr[2] = image.tableOfContents ?? 0n;
      registers.gpr[3] = deviceTree;
      registers.gpr[4] = base;
      registers.gpr[5] = 0n;
    });
  }

  isOff(vcpu: Vcpu): boolean {
    return this.processors.isStopped(vcpu);
  }

  receiveConsole(bytes: Iterable<number>): void {
    this.terminal.receive(bytes);
    this.#interrupts.send(PSERIES_INTERRUPTS.terminal);
  }

  serveExit(vcpu: Vcpu): MachineExit {
    return vcpu.kvmRun.exit_reason === KVM_EXIT.PAPR_HCALL ? serveHypercall(vcpu, this.#surroundings) : this.serveCommonExit(vcpu);
  }

  translate(vcpu: Vcpu, va: bigint): bigint | undefined {
    return this.#mmu.translate(vcpu, va);
  }

  explainTranslation(vcpu: Vcpu, va: bigint): TranslationWalk {
    return this.#mmu.explain(vcpu, va);
  }

  override translateByTables(vcpu: Vcpu, va: bigint): bigint | undefined {
    return this.#mmu.translateByTables(vcpu, va);
  }

  override lendDebugRegisters(borrower: DebugRegisterBorrower | undefined): Result<undefined> {
    return this.#surroundings.debugRegisters.lend(borrower);
  }
}
