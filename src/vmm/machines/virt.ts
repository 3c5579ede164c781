// SPDX-License-Identifier: MIT
import { failure, hex, type PhysicalAddress, physicalAddress, present, type Result, success } from '../../base/index.js';
import type { CpuModel, EngineShare, RamBlock } from '../../cpu/index.js';
import {
  arm64,
  arm64VcpuInit,
  CORE_REGISTER_IDS,
  KVM_EXIT,
  KVM_SYSTEM_EVENT,
  Kvm,
  type KvmQuirks,
  kvm_userspace_memory_region,
  packSystemRegister,
  STEPTRAP_EXIT,
  systemRegisterId,
  type Vcpu,
  type Vm,
} from '../../kvm/index.js';
import { checkDeviceTreeBlob, flattenDeviceTree } from '../boot/flattenedDeviceTree.js';
import { type BootImage, loadSegments } from '../boot/loadSegment.js';
import type { AccessSize } from '../devices/memoryMappedDevice.js';
import { Pl011 } from '../devices/pl011.js';
import { semihostingCall } from '../devices/semihosting.js';
import { GuestMemoryMap } from '../memory/guestMemoryMap.js';
import { walkStage1 } from '../memory/stage1Walk.js';
import { VIRT_MAP } from './addressMap.js';
import { virtDeviceTree } from './virtDeviceTree.js';

/** What a `virt` is made of. */
export interface VirtMachineOptions {
  /** The engine that the vCPUs share; its RAM becomes the guest's. */
  readonly share: EngineShare;
  readonly model: CpuModel;
  readonly quirks: KvmQuirks;
  /** Number of vCPUs, 1 to 64. */
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
}

/** What a return of KVM_RUN means to the machine. */
export type MachineExit =
  /** Served: the vCPU may enter KVM_RUN again. */
  | { readonly kind: 'continue' }
  /** For the debugger: KVM_EXIT_DEBUG, engine stops, interruptions. */
  | { readonly kind: 'notOurs' }
  /** The vCPU waits for console input: enter KVM_RUN again when some has arrived. */
  | { readonly kind: 'waitForConsole' }
  | { readonly kind: 'ended'; readonly how: 'powerOff' | 'reset' | 'crash' | 'semihostingExit'; readonly status: number }
  | { readonly kind: 'error'; readonly message: string };

const CONTINUE: MachineExit = { kind: 'continue' };
const NOT_OURS: MachineExit = { kind: 'notOurs' };

/** PSTATE at entry: EL1h with D, A, I and F masked (Linux Documentation/arm64/booting.rst; QEMU's ELF boot). */
const ENTRY_PSTATE = 0x3c5n;

/**
 * The limits of this machine, for refusals; memory comes in steps of `memoryGranule`. KVM takes 512 vCPUs of a VM without interrupt
 * controller; a GICv2 would take 8.
 */
export const VIRT_LIMITS = {
  maximumCpus: 64,
  minimumMemoryBytes: 16 << 20,
  maximumMemoryBytes: 3 * 2 ** 30,
  memoryGranule: 0x1_0000,
} as const;

const INITRD_ALIGNMENT = 0x1_0000;
const CORE = (name: string): bigint => present(CORE_REGISTER_IDS.get(name), name);
const SYSTEM = (op0: number, op1: number, CRn: number, CRm: number, op2: number): bigint =>
  systemRegisterId(packSystemRegister({ op0, op1, CRn, CRm, op2 }));

/** Ids of the registers that a debugger's walk of stage 1 reads. */
const STAGE1 = {
  SCTLR_EL1: SYSTEM(3, 0, 1, 0, 0),
  TCR_EL1: SYSTEM(3, 0, 2, 0, 2),
  TTBR0_EL1: SYSTEM(3, 0, 2, 0, 0),
  TTBR1_EL1: SYSTEM(3, 0, 2, 0, 1),
} as const;

/**
 * Machine `virt` of QEMU on the emulated KVM: RAM, a PL011, PSCI by HVC (in KVM), semihosting. It owns the VM and serves its exits;
 * whoever schedules the vCPUs hands each return of KVM_RUN to `serveExit` first. The UART's interrupt goes nowhere: there is no interrupt controller.
 */
export class VirtMachine {
  readonly kvm: Kvm;
  readonly vm: Vm;
  readonly memory = new GuestMemoryMap();
  readonly uart: Pl011;
  readonly entry: PhysicalAddress;
  readonly #share: EngineShare;
  readonly #ram: RamBlock;
  readonly #ramBytes: number;
  readonly #writeConsole: (bytes: Uint8Array) => void;
  readonly #consoleInput: number[] = [];
  #readsBySemihosting = false;

  private constructor(options: VirtMachineOptions, kvm: Kvm, vm: Vm, ram: RamBlock) {
    this.kvm = kvm;
    this.vm = vm;
    this.entry = options.image.entry;
    this.#share = options.share;
    this.#ram = ram;
    this.#ramBytes = options.memoryBytes;
    this.#writeConsole = options.writeConsole;
    this.uart = new Pl011({ interrupt: () => undefined, transmit: byte => options.writeConsole(Uint8Array.of(byte)) });
  }

  /** Makes the machine and loads it up to the state before the first instruction. Refusals are one sentence. */
  static create(options: VirtMachineOptions): Result<VirtMachine> {
    const { cpus, memoryBytes } = options;
    if (!Number.isInteger(cpus) || cpus < 1 || cpus > VIRT_LIMITS.maximumCpus) {
      return failure('smp', `smp is ${cpus}; machine virt has 1 to ${VIRT_LIMITS.maximumCpus} vCPUs.`);
    }
    if (
      memoryBytes < VIRT_LIMITS.minimumMemoryBytes ||
      memoryBytes > VIRT_LIMITS.maximumMemoryBytes ||
      memoryBytes % VIRT_LIMITS.memoryGranule !== 0
    ) {
      return failure('memory', `memory is ${memoryBytes} bytes; machine virt takes 16 MiB to 3 GiB in steps of 64 KiB.`);
    }
    const ram = options.share.engine.allocateRam(memoryBytes);
    if (ram === undefined)
      return failure('memory', `This host has no ${memoryBytes / 2 ** 20} MiB for the guest's memory; ask for less with "memory".`);
    const kvm = new Kvm({ architecture: arm64({ share: options.share, model: options.model }), quirks: options.quirks });
    const vm = kvm.createVm();
    if (!vm.ok) return vm;
    const machine = new VirtMachine(options, kvm, vm.value, ram);
    const built = machine.#build(options);
    return built.ok ? success(machine) : built;
  }

  get vcpus(): readonly Vcpu[] {
    return this.vm.vcpus;
  }

  #build(options: VirtMachineOptions): Result<undefined> {
    const { memory, vm } = this;
    const engine = this.#share.engine;
    const { hostOffset } = this.#ram;
    const view = (): Uint8Array => engine.memory.subarray(hostOffset, hostOffset + options.memoryBytes);
    const regions = [
      memory.add({ kind: 'ram', name: 'RAM', start: VIRT_MAP.ramStart, size: options.memoryBytes, view }),
      memory.add({ kind: 'device', name: 'PL011', ...VIRT_MAP.uart, device: this.uart }),
    ];
    for (const region of regions) if (!region.ok) return region;
    const slot = kvm_userspace_memory_region.make({
      slot: 0,
      guest_phys_addr: VIRT_MAP.ramStart,
      memory_size: BigInt(options.memoryBytes),
      userspace_addr: BigInt(hostOffset),
    });
    const mapped = vm.result(vm.setUserMemoryRegion(slot));
    if (!mapped.ok) return mapped;
    const loaded = this.#load(options);
    if (!loaded.ok) return loaded;
    return this.#createVcpus(options.cpus, loaded.value);
  }

  /** Loads image, initrd and device tree; the device tree's address. */
  #load(options: VirtMachineOptions): Result<PhysicalAddress> {
    const { image, initrd } = options;
    const loaded = loadSegments(this.memory, image.segments);
    if (!loaded.ok) return loaded;
    const imageEnd = image.segments.reduce((end, segment) => {
      const last = segment.physicalAddress + BigInt(Math.max(segment.memoryBytes, segment.bytes.length));
      return last > end ? last : end;
    }, VIRT_MAP.ramStart + BigInt(VIRT_MAP.deviceTreeBytes));
    const initrdStart = physicalAddress(((imageEnd + BigInt(INITRD_ALIGNMENT) - 1n) / BigInt(INITRD_ALIGNMENT)) * BigInt(INITRD_ALIGNMENT));
    if (initrd) {
      const placed = loadSegments(this.memory, [{ physicalAddress: initrdStart, bytes: initrd, memoryBytes: initrd.length }]);
      if (!placed.ok)
        return failure(
          'initrd',
          `The initrd of ${initrd.length} bytes does not fit behind the image at ${hex(initrdStart)}; give the guest more memory.`,
        );
    }
    const given = options.deviceTree && checkDeviceTreeBlob(options.deviceTree);
    if (given && !given.ok) return given;
    const blob =
      options.deviceTree ??
      flattenDeviceTree(
        virtDeviceTree({
          cpus: options.cpus,
          cpu: options.model.name,
          memoryBytes: options.memoryBytes,
          ...(options.bootArguments !== undefined && { bootArguments: options.bootArguments }),
          ...(initrd && { initrd: { start: initrdStart, bytes: initrd.length } }),
        }),
      );
    if (blob.length > VIRT_MAP.deviceTreeBytes)
      return failure('dtb', `The device tree has ${blob.length} bytes; at most ${VIRT_MAP.deviceTreeBytes} fit before the image.`);
    const isFree = image.segments.every(segment => segment.physicalAddress >= VIRT_MAP.ramStart + BigInt(blob.length));
    // An image linked to the start of RAM leaves no room there; it gets its device tree behind itself.
    const address = isFree ? VIRT_MAP.ramStart : physicalAddress(initrdStart + BigInt(((initrd?.length ?? 0) + 0xffff) & ~0xffff));
    const placed = loadSegments(this.memory, [{ physicalAddress: address, bytes: blob, memoryBytes: blob.length }]);
    if (!placed.ok)
      return failure('dtb', `The device tree of ${blob.length} bytes does not fit at ${hex(address)}; give the guest more memory.`);
    return success(address);
  }

  #createVcpus(count: number, deviceTree: PhysicalAddress): Result<undefined> {
    for (let index = 0; index < count; index++) {
      const created = this.vm.createVcpu(index);
      if (!created.ok) return created;
      const vcpu = created.value;
      const init = arm64VcpuInit(this.vm, index === 0 ? 'running' : 'poweredOff');
      const initialised = vcpu.result(vcpu.call('KVM_ARM_VCPU_INIT', init));
      if (!initialised.ok) return initialised;
      vcpu.setSemihosting(true);
    }
    const boot = this.vcpus[0];
    const entryState: readonly (readonly [string, bigint])[] = [
      ['x0', deviceTree],
      ['pc', this.entry],
      ['pstate', ENTRY_PSTATE],
    ];
    for (const [name, value] of entryState) {
      const written = boot?.result(boot.setOneRegValue(CORE(name), value));
      if (written && !written.ok) return written;
    }
    return success(undefined);
  }

  /** Gives `bytes` to the guest's console. */
  receiveConsole(bytes: Iterable<number>): void {
    // Semihosting and the UART share one keyboard: it belongs to the UART until the guest has read by semihosting.
    if (this.#readsBySemihosting) this.#consoleInput.push(...bytes);
    else this.uart.receive(bytes);
  }

  /** Serves what KVM_RUN returned with (`result` 0) as far as it is the machine's business. */
  serveExit(vcpu: Vcpu): MachineExit {
    const run = vcpu.kvmRun;
    switch (run.exit_reason) {
      case KVM_EXIT.MMIO:
        this.#serveMmio(vcpu);
        return CONTINUE;
      case KVM_EXIT.DEBUG:
      case KVM_EXIT.INTR:
      case STEPTRAP_EXIT.ENGINE:
        return NOT_OURS;
      case STEPTRAP_EXIT.SEMIHOSTING:
        return this.#serveSemihosting(vcpu);
      case KVM_EXIT.SYSTEM_EVENT:
        return systemEvent(run.system_event_type);
      case KVM_EXIT.ARM_NISV:
        return {
          kind: 'error',
          message: `vCPU ${vcpu.index} accessed a device at ${hex(run.arm_nisv_fault_ipa)} with an instruction that KVM cannot decode.`,
        };
      case KVM_EXIT.INTERNAL_ERROR:
        return {
          kind: 'error',
          message: vcpu.internalErrorSentence ?? `KVM reports the internal error ${run.internal_suberror} on vCPU ${vcpu.index}.`,
        };
      default:
        return {
          kind: 'error',
          message: `KVM_RUN of vCPU ${vcpu.index} returned with exit reason ${run.exit_reason}, which machine virt does not know.`,
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

  #serveSemihosting(vcpu: Vcpu): MachineExit {
    const operation = Number(BigInt.asUintN(32, vcpu.getOneRegValue(CORE('x0')) ?? 0n));
    const parameter = vcpu.getOneRegValue(CORE('x1')) ?? 0n;
    const outcome = semihostingCall(operation, parameter, {
      readMemory: (address, count) => this.readVirtual(vcpu, address, count),
      writeMemory: (address, bytes) => this.writeVirtual(vcpu, address, bytes),
      writeConsole: this.#writeConsole,
      readConsole: () => {
        this.#readsBySemihosting = true;
        return this.#consoleInput.shift();
      },
    });
    switch (outcome.kind) {
      case 'exit':
        return { kind: 'ended', how: 'semihostingExit', status: outcome.status };
      case 'wait':
        return { kind: 'waitForConsole' };
      case 'answer':
        vcpu.setOneRegValue(CORE('x0'), outcome.value);
        return CONTINUE;
    }
  }

  /** The physical address of `va` as `vcpu` translates it now, `undefined` where nothing is mapped. The vCPU must be outside of KVM_RUN. */
  translate(vcpu: Vcpu, va: bigint): bigint | undefined {
    const read = (id: bigint): bigint => vcpu.getOneRegValue(id) ?? 0n;
    const SCTLR_EL1 = read(STAGE1.SCTLR_EL1);
    if ((SCTLR_EL1 & 1n) === 0n) return BigInt.asUintN(56, va);
    const registers = { SCTLR_EL1, TCR_EL1: read(STAGE1.TCR_EL1), TTBR0_EL1: read(STAGE1.TTBR0_EL1), TTBR1_EL1: read(STAGE1.TTBR1_EL1) };
    return walkStage1(registers, va, (address, count) => this.memory.ram(address, count));
  }

  /** A copy of all `count` bytes of RAM at the physical address, or `undefined`. Devices are never read: that would change them. */
  readPhysical(address: bigint, count: number): Uint8Array | undefined {
    return this.memory.ram(address, count)?.slice();
  }

  /** Writes RAM and tells the engine that code may have changed. False if not all of it is RAM. */
  writePhysical(address: bigint, bytes: Uint8Array): boolean {
    const target = this.memory.ram(address, bytes.length);
    if (target === undefined) return false;
    target.set(bytes);
    this.#share.engine.invalidateCode(this.#ram.hostOffset + Number(address - VIRT_MAP.ramStart), bytes.length);
    return true;
  }

  /** As `readPhysical`, by virtual address; page by page. */
  readVirtual(vcpu: Vcpu, address: bigint, count: number): Uint8Array | undefined {
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
    if (count > this.#ramBytes) return false;
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

/** The smallest granule. */
const PAGE = 4096;

function systemEvent(type: number): MachineExit {
  switch (type) {
    case KVM_SYSTEM_EVENT.SHUTDOWN:
      return { kind: 'ended', how: 'powerOff', status: 0 };
    case KVM_SYSTEM_EVENT.RESET:
      return { kind: 'ended', how: 'reset', status: 0 };
    default:
      return { kind: 'ended', how: 'crash', status: 1 };
  }
}
