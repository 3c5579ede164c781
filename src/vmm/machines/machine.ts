// SPDX-License-Identifier: MIT
import { failure, type PhysicalAddress, type Result, success } from '../../base/index.js';
import type { Engine, RamBlock } from '../../cpu/index.js';
import {
  type Architecture,
  KVM_EXIT,
  Kvm,
  type KvmQuirks,
  kvm_userspace_memory_region,
  STEPTRAP_EXIT,
  type Vcpu,
  type Vm,
} from '../../kvm/index.js';
import type { BootImage } from '../boot/loadSegment.js';
import type { AccessSize } from '../devices/memoryMappedDevice.js';
import { GuestMemoryMap } from '../memory/guestMemoryMap.js';
import { type RamWord, ramWord } from '../memory/ramWord.js';
import type { TranslationWalk } from '../memory/translationWalk.js';
import type { DebugRegisterBorrower } from '../papr/lentDebugRegisters.js';

/** What every machine is made of. */
export interface MachineOptions {
  readonly quirks: KvmQuirks;
  /** Number of vCPUs, from 1 to what the machine has. */
  readonly cpus: number;
  /** Bytes of RAM, a multiple of 64 KiB. */
  readonly memoryBytes: number;
  readonly image: BootImage;
  readonly initrd?: Uint8Array | undefined;
  readonly bootArguments?: string | undefined;
  /** A device tree blob in place of the machine's own. */
  readonly deviceTree?: Uint8Array | undefined;
  /** Takes what the guest sends on the console. */
  readonly writeConsole: (bytes: Uint8Array) => void;
  /** Takes a line about what the guest asked for and the machine does not have. */
  readonly log?: ((line: string) => void) | undefined;
}

/** What a return of KVM_RUN means to the machine. */
export type MachineExit =
  /** Served: the vCPU may enter KVM_RUN again, if it is one of `startedVcpus`. */
  | { readonly kind: 'continue' }
  /** For the debugger: KVM_EXIT_DEBUG, engine stops, interruptions. */
  | { readonly kind: 'notOurs' }
  /** The vCPU waits for console input: enter KVM_RUN again when some has arrived. */
  | { readonly kind: 'waitForConsole' }
  | { readonly kind: 'ended'; readonly how: 'powerOff' | 'reset' | 'crash' | 'semihostingExit'; readonly status: number }
  | { readonly kind: 'error'; readonly message: string };

export const CONTINUE: MachineExit = { kind: 'continue' };
export const NOT_OURS: MachineExit = { kind: 'notOurs' };

/** Bytes of RAM that any machine takes, for refusals. */
export const MEMORY_LIMITS = { minimum: 16 << 20, maximum: 3 * 2 ** 30, granule: 0x1_0000 } as const;

/** The machines, by QEMU's names. */
export type MachineName = 'virt' | 'pseries';

/** What tells machines apart before they run. */
export interface MachineKind {
  readonly name: MachineName;
  readonly maximumCpus: number;
  /** The call by which the guest starts further vCPUs. */
  readonly startCall: string;
  readonly ramStart: PhysicalAddress;
}

/** The host's part of a machine: KVM, the VM and its RAM. */
export interface MachineHost {
  readonly kind: MachineKind;
  readonly kvm: Kvm;
  readonly vm: Vm;
  readonly engine: Engine;
  readonly ram: RamBlock;
  readonly ramBytes: number;
}

/** Makes the VM and its RAM, after a look at the options. Refusals are one sentence that begins with the setting. */
export function createMachineHost(
  kind: MachineKind,
  { cpus, memoryBytes, quirks }: MachineOptions,
  architecture: Architecture,
): Result<MachineHost> {
  const { name, maximumCpus } = kind;
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > maximumCpus)
    return failure('smp', `smp is ${cpus}; machine ${name} has 1 to ${maximumCpus} vCPUs.`);
  const { minimum, maximum, granule } = MEMORY_LIMITS;
  if (memoryBytes < minimum || memoryBytes > maximum || memoryBytes % granule !== 0)
    return failure('memory', `memory is ${memoryBytes} bytes; machine ${name} takes 16 MiB to 3 GiB in steps of 64 KiB.`);
  const { engine } = architecture;
  const ram = engine.allocateRam(memoryBytes);
  if (ram === undefined)
    return failure('memory', `This host has no ${memoryBytes / 2 ** 20} MiB for the guest's memory; ask for less with "memory".`);
  const kvm = new Kvm({ architecture, quirks });
  const vm = kvm.createVm();
  if (!vm.ok) return vm;
  return success({ kind, kvm, vm: vm.value, engine, ram, ramBytes: memoryBytes });
}

/** The smallest page of any guest. */
const PAGE = 4096;
const WORD_BYTES = 4;

/**
 * A machine on the emulated KVM: what `run` and the debugger need of it, whichever it is. It owns the VM and serves its exits;
 * whoever schedules the vCPUs hands each return of KVM_RUN to `serveExit` first.
 */
export abstract class Machine {
  readonly kind: MachineKind;
  readonly kvm: Kvm;
  readonly vm: Vm;
  readonly memory = new GuestMemoryMap();
  readonly #host: MachineHost;

  protected constructor(
    host: MachineHost,
    /** Where the first vCPU begins, as it addresses memory before any translation is on. */
    readonly entry: PhysicalAddress,
  ) {
    this.#host = host;
    this.kind = host.kind;
    this.kvm = host.kvm;
    this.vm = host.vm;
  }

  get vcpus(): readonly Vcpu[] {
    return this.vm.vcpus;
  }

  /** The vCPUs whose threads belong into KVM_RUN. One that is not among them is held by the machine until the guest starts it; KVM knows nothing of that. */
  get startedVcpus(): readonly Vcpu[] {
    return this.vcpus;
  }

  /** Whether `vcpu` is off until the guest starts it. It must be outside of KVM_RUN. */
  abstract isOff(vcpu: Vcpu): boolean;
  /** Gives `bytes` to the guest's console. */
  abstract receiveConsole(bytes: Iterable<number>): void;
  /** Serves what KVM_RUN returned with (`result` 0) as far as it is the machine's business. */
  abstract serveExit(vcpu: Vcpu): MachineExit;
  /** The physical address of `va` as `vcpu` translates it now, `undefined` where nothing is mapped. The vCPU must be outside of KVM_RUN. */
  abstract translate(vcpu: Vcpu, va: bigint): bigint | undefined;

  /** As `translate`, but as if translation were on: for who knows that it will be. */
  translateByTables(vcpu: Vcpu, va: bigint): bigint | undefined {
    return this.translate(vcpu, va);
  }

  /** How `vcpu` translates `va` now, step by step, for who shows it. The vCPU must be outside of KVM_RUN. */
  abstract explainTranslation(vcpu: Vcpu, va: bigint): TranslationWalk;

  /** Lends debug registers of the guest's to a debugger, or takes them back (`undefined`). */
  lendDebugRegisters(_borrower: DebugRegisterBorrower | undefined): Result<undefined> {
    return failure('ENOTSUP', `The machine ${this.kind.name} has no debug registers to lend.`);
  }

  /** Puts RAM into the memory map and into slot 0 of KVM. */
  protected mapRam(): Result<number> {
    const { engine, ram, ramBytes, kind } = this.#host;
    const { hostOffset } = ram;
    const view = (): Uint8Array => engine.memory.subarray(hostOffset, hostOffset + ramBytes);
    const region = this.memory.add({ kind: 'ram', name: 'RAM', start: kind.ramStart, size: ramBytes, view });
    if (!region.ok) return region;
    const slot = kvm_userspace_memory_region.make({
      slot: 0,
      guest_phys_addr: kind.ramStart,
      memory_size: BigInt(ramBytes),
      userspace_addr: BigInt(hostOffset),
    });
    return this.vm.result(this.vm.setUserMemoryRegion(slot));
  }

  /** What is no exit of one machine's alone. */
  protected serveCommonExit(vcpu: Vcpu): MachineExit {
    const { exit_reason: reason, internal_suberror: suberror } = vcpu.kvmRun;
    switch (reason) {
      case KVM_EXIT.MMIO:
        this.#serveMmio(vcpu);
        return CONTINUE;
      case KVM_EXIT.DEBUG:
      case KVM_EXIT.INTR:
      case STEPTRAP_EXIT.ENGINE:
        return NOT_OURS;
      case KVM_EXIT.INTERNAL_ERROR:
        return {
          kind: 'error',
          message: vcpu.internalErrorSentence ?? `KVM reports the internal error ${suberror} on vCPU ${vcpu.index}.`,
        };
      default:
        return {
          kind: 'error',
          message: `KVM_RUN of vCPU ${vcpu.index} returned with exit reason ${reason}, which machine ${this.kind.name} does not know.`,
        };
    }
  }

  #serveMmio(vcpu: Vcpu): void {
    const run = vcpu.kvmRun;
    const size = run.mmio_len as AccessSize; // KVM splits accesses into these sizes.
    const location = this.memory.find(run.mmio_phys_addr);
    const device = location?.region.kind === 'device' ? location.region.device : undefined;
    const data = new DataView(run.mmio_data.buffer, run.mmio_data.byteOffset, 8);
    // Where nothing answers, reads are 0 and writes vanish, as on QEMU's unassigned memory.
    if (run.mmio_is_write !== 0) device?.write(location?.offset ?? 0, size, BigInt.asUintN(size * 8, data.getBigUint64(0, true)));
    else data.setBigUint64(0, device?.read(location?.offset ?? 0, size) ?? 0n, true);
  }

  /** A copy of all `count` bytes of RAM at the physical address, or `undefined`. Devices are never read: that would change them. */
  readPhysical(address: bigint, count: number): Uint8Array | undefined {
    return this.memory.ram(address, count)?.slice();
  }

  /** Writes RAM and tells the engine that code may have changed. False if not all of it is RAM. */
  writePhysical(address: bigint, bytes: Uint8Array): boolean {
    const { engine, ram, kind } = this.#host;
    const target = this.memory.ram(address, bytes.length);
    if (target === undefined) return false;
    target.set(bytes);
    engine.invalidateCode(ram.hostOffset + Number(address - kind.ramStart), bytes.length);
    return true;
  }

  /** The word of RAM at a physical address, a multiple of 4; `undefined` if that is no RAM. */
  wordAt(address: bigint): RamWord | undefined {
    const { engine, ram, kind } = this.#host;
    if (this.memory.ram(address, WORD_BYTES) === undefined) return undefined;
    return ramWord(engine, ram.hostOffset + Number(address - kind.ramStart));
  }

  /** As `readPhysical`, by virtual address; page by page. */
  readVirtual(vcpu: Vcpu, address: bigint, count: number): Uint8Array | undefined {
    if (count > this.#host.ramBytes) return undefined;
    const result = new Uint8Array(count);
    return this.#pages(vcpu, address, count, (physical, at, size) => {
      const bytes = this.memory.ram(physical, size);
      if (bytes) result.set(bytes, at);
      return bytes !== undefined;
    })
      ? result
      : undefined;
  }

  /** Writes all of `bytes` by virtual address, or nothing. */
  writeVirtual(vcpu: Vcpu, address: bigint, bytes: Uint8Array): boolean {
    const isRam = this.#pages(vcpu, address, bytes.length, (physical, _at, size) => this.memory.ram(physical, size) !== undefined);
    return (
      isRam && this.#pages(vcpu, address, bytes.length, (physical, at, size) => this.writePhysical(physical, bytes.subarray(at, at + size)))
    );
  }

  #pages(vcpu: Vcpu, address: bigint, count: number, use: (physical: bigint, at: number, size: number) => boolean): boolean {
    for (let at = 0; at < count; ) {
      const va = BigInt.asUintN(64, address + BigInt(at));
      const size = Math.min(count - at, PAGE - Number(va % BigInt(PAGE)));
      const physical = this.translate(vcpu, va);
      if (physical === undefined || !use(physical, at, size)) return false;
      at += size;
    }
    return true;
  }
}
