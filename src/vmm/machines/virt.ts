// SPDX-License-Identifier: MIT
import { failure, hex, type PhysicalAddress, present, type Result, success } from '../../base/index.js';
import type { CpuModel, EngineShare } from '../../cpu/index.js';
import {
  arm64,
  arm64VcpuInit,
  CORE_REGISTER_IDS,
  KVM_EXIT,
  KVM_MP_STATE,
  KVM_SYSTEM_EVENT,
  kvm_mp_state,
  packSystemRegister,
  STEPTRAP_EXIT,
  systemRegisterId,
  type Vcpu,
} from '../../kvm/index.js';
import { deviceTreeBlob, loadDeviceTree, loadImageAndInitrd } from '../boot/bootBlobs.js';
import { Pl011 } from '../devices/pl011.js';
import { semihostingCall } from '../devices/semihosting.js';
import { explainStage1, isStage1On, type Stage1ControlRegisters, stage1OffAddress } from '../memory/stage1Explanation.js';
import { walkStage1 } from '../memory/stage1Walk.js';
import type { TranslationWalk } from '../memory/translationWalk.js';
import { VIRT_MAP } from './addressMap.js';
import {
  CONTINUE,
  createMachineHost,
  Machine,
  type MachineExit,
  type MachineHost,
  type MachineKind,
  type MachineOptions,
} from './machine.js';
import { virtDeviceTree } from './virtDeviceTree.js';

/** What a `virt` is made of. */
export interface VirtMachineOptions extends MachineOptions {
  /** The engine that the vCPUs share; its RAM becomes the guest's. */
  readonly share: EngineShare;
  readonly model: CpuModel;
}

/** PSTATE at entry: EL1h with D, A, I and F masked (Linux Documentation/arm64/booting.rst; QEMU's ELF boot). */
const ENTRY_PSTATE = 0x3c5n;

/** KVM takes 512 vCPUs of a VM without interrupt controller; a GICv2 would take 8. */
export const VIRT: MachineKind = { name: 'virt', maximumCpus: 64, startCall: 'PSCI CPU_ON', ramStart: VIRT_MAP.ramStart };

const CORE = (name: string): bigint => present(CORE_REGISTER_IDS.get(name), name);
const SYSTEM = (op0: number, op1: number, CRn: number, CRm: number, op2: number): bigint =>
  systemRegisterId(packSystemRegister({ op0, op1, CRn, CRm, op2 }));

/** Ids of the registers that a debugger's walk of stage 1 reads. */
const STAGE1 = {
  SCTLR_EL1: SYSTEM(3, 0, 1, 0, 0),
  TCR_EL1: SYSTEM(3, 0, 2, 0, 2),
  TTBR0_EL1: SYSTEM(3, 0, 2, 0, 0),
  TTBR1_EL1: SYSTEM(3, 0, 2, 0, 1),
  MAIR_EL1: SYSTEM(3, 0, 10, 2, 0),
} as const;

/**
 * Machine `virt` of QEMU on the emulated KVM: RAM, a PL011, PSCI by HVC (in KVM), semihosting. The UART's interrupt goes nowhere:
 * there is no interrupt controller.
 */
export class VirtMachine extends Machine {
  readonly uart: Pl011;
  readonly #writeConsole: (bytes: Uint8Array) => void;
  readonly #consoleInput: number[] = [];
  #readsBySemihosting = false;

  private constructor(host: MachineHost, options: VirtMachineOptions) {
    super(host, options.image.entry);
    this.#writeConsole = options.writeConsole;
    this.uart = new Pl011({ interrupt: () => undefined, transmit: byte => options.writeConsole(Uint8Array.of(byte)) });
  }

  /** Makes the machine and loads it up to the state before the first instruction. Refusals are one sentence. */
  static create(options: VirtMachineOptions): Result<VirtMachine> {
    const host = createMachineHost(VIRT, options, arm64({ share: options.share, model: options.model }));
    if (!host.ok) return host;
    const machine = new VirtMachine(host.value, options);
    const built = machine.#build(options);
    return built.ok ? success(machine) : built;
  }

  #build(options: VirtMachineOptions): Result<undefined> {
    const uart = this.memory.add({ kind: 'device', name: 'PL011', ...VIRT_MAP.uart, device: this.uart });
    if (!uart.ok) return uart;
    const mapped = this.mapRam();
    if (!mapped.ok) return mapped;
    const deviceTree = this.#load(options);
    return deviceTree.ok ? this.#createVcpus(options.cpus, deviceTree.value) : deviceTree;
  }

  /** Loads image, initrd and device tree; the device tree's address. */
  #load(options: VirtMachineOptions): Result<PhysicalAddress> {
    const { ramStart, deviceTreeBytes } = VIRT_MAP;
    const loaded = loadImageAndInitrd(this.memory, options, ramStart + BigInt(deviceTreeBytes));
    if (!loaded.ok) return loaded;
    const { initrd, end } = loaded.value;
    const { cpus, model, memoryBytes, bootArguments } = options;
    const blob = deviceTreeBlob(
      options.deviceTree,
      virtDeviceTree({
        cpus,
        cpu: model.name,
        memoryBytes,
        ...(bootArguments !== undefined && { bootArguments }),
        ...(initrd && { initrd }),
      }),
    );
    if (!blob.ok) return blob;
    const { length } = blob.value;
    if (length > deviceTreeBytes)
      return failure('dtb', `The device tree has ${length} bytes; at most ${deviceTreeBytes} fit before the image.`);
    const isFree = options.image.segments.every(segment => segment.physicalAddress >= ramStart + BigInt(length));
    // An image linked to the start of RAM leaves no room there; it gets its device tree behind itself.
    return loadDeviceTree(this.memory, blob.value, isFree ? ramStart : end);
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

  isOff(vcpu: Vcpu): boolean {
    const state = kvm_mp_state.make();
    vcpu.getMpState(state);
    return kvm_mp_state.over(state).mp_state === KVM_MP_STATE.STOPPED;
  }

  receiveConsole(bytes: Iterable<number>): void {
    // Semihosting and the UART share one keyboard: it belongs to the UART until the guest has read by semihosting.
    if (this.#readsBySemihosting) this.#consoleInput.push(...bytes);
    else this.uart.receive(bytes);
  }

  serveExit(vcpu: Vcpu): MachineExit {
    const run = vcpu.kvmRun;
    switch (run.exit_reason) {
      case STEPTRAP_EXIT.SEMIHOSTING:
        return this.#serveSemihosting(vcpu);
      case KVM_EXIT.SYSTEM_EVENT:
        return systemEvent(run.system_event_type);
      case KVM_EXIT.ARM_NISV:
        return {
          kind: 'error',
          message: `vCPU ${vcpu.index} accessed a device at ${hex(run.arm_nisv_fault_ipa)} with an instruction that KVM cannot decode.`,
        };
      default:
        return this.serveCommonExit(vcpu);
    }
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

  translate(vcpu: Vcpu, va: bigint): bigint | undefined {
    if (!isStage1On(systemRegister(vcpu, STAGE1.SCTLR_EL1))) return stage1OffAddress(va);
    const { outcome } = walkStage1(stage1Registers(vcpu), va, this.#readTable);
    return outcome.kind === 'mapped' ? outcome.address : undefined;
  }

  explainTranslation(vcpu: Vcpu, va: bigint): TranslationWalk {
    return explainStage1(stage1Registers(vcpu), va, this.#readTable);
  }

  readonly #readTable = (address: bigint, count: number): Uint8Array | undefined => this.memory.ram(address, count);
}

const systemRegister = (vcpu: Vcpu, id: bigint): bigint => vcpu.getOneRegValue(id) ?? 0n;

const stage1Registers = (vcpu: Vcpu): Stage1ControlRegisters => ({
  SCTLR_EL1: systemRegister(vcpu, STAGE1.SCTLR_EL1),
  TCR_EL1: systemRegister(vcpu, STAGE1.TCR_EL1),
  TTBR0_EL1: systemRegister(vcpu, STAGE1.TTBR0_EL1),
  TTBR1_EL1: systemRegister(vcpu, STAGE1.TTBR1_EL1),
  MAIR_EL1: systemRegister(vcpu, STAGE1.MAIR_EL1),
});

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
