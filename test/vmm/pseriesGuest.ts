// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { physicalAddress } from '../../src/base/index.js';
import { interpreterImage } from '../../src/entries/engineImage.js';
import {
  type Fidelity,
  HCALL,
  type KvmKind,
  type KvmQuirks,
  kvmQuirks,
  type ppc_kvm_regs,
  type StructureView,
  type Vcpu,
} from '../../src/kvm/index.js';
import { rawImage } from '../../src/vmm/boot/armImage.js';
import type { BootImage } from '../../src/vmm/boot/loadSegment.js';
import { createMachine } from '../../src/vmm/machines/createMachine.js';
import type { MachineExit } from '../../src/vmm/machines/machine.js';
import { PseriesMachine } from '../../src/vmm/machines/pseries.js';
import { RTAS_TOKENS } from '../../src/vmm/papr/rtas.js';
import { changeRegisters, readRegisters } from '../../src/vmm/papr/vcpuRegisters.js';

export const PSERIES_RAM = 16 << 20;
/** Where the guest is: `sc 1`, over and over. */
export const PSERIES_CODE = 0x1000n;
const [SC_1, CALLS] = [0x4400_0022, 64];
/** Where arguments of RTAS go. */
const RTAS_ARGUMENTS = 0x2000n;

export interface PseriesGuestOptions {
  readonly kvm?: KvmKind;
  readonly cpu?: 'power8' | 'power9';
  readonly cpus?: number;
  readonly fidelity?: Fidelity;
  /** Single quirks of KVM, switched. */
  readonly quirks?: Partial<KvmQuirks>;
  readonly image?: BootImage;
  readonly initrd?: Uint8Array;
  readonly bootArguments?: string;
}

const words = (values: readonly number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [n, value] of values.entries()) view.setInt32(4 * n, value);
  return new Uint8Array(view.buffer);
};

/** A `pseries` whose guest does nothing but make the hypercalls that a test asks for. */
export class PseriesGuest {
  readonly machine: PseriesMachine;
  readonly log: string[] = [];
  output = '';
  /** How the last call ended, unless the guest went on. */
  lastExit: MachineExit = { kind: 'continue' };

  constructor({ kvm, cpu, cpus = 1, fidelity = 'exact', quirks, image, initrd, bootArguments }: PseriesGuestOptions = {}) {
    const code = { ...rawImage(words(new Array(CALLS).fill(SC_1)), physicalAddress(PSERIES_CODE)), endianness: 'big' as const };
    const made = createMachine({
      machine: 'pseries',
      cpu,
      kvmKind: kvm,
      interpreter: interpreterImage,
      quirks: kvmQuirks(fidelity, quirks),
      cpus,
      memoryBytes: PSERIES_RAM,
      image: image ?? code,
      initrd,
      bootArguments,
      writeConsole: bytes => {
        this.output += Buffer.from(bytes).toString('latin1');
      },
      log: line => this.log.push(line),
    });
    assert.ok(made.ok, made.ok ? '' : made.error.message);
    assert.ok(made.value instanceof PseriesMachine);
    this.machine = made.value;
  }

  vcpu(index = 0): Vcpu {
    const vcpu = this.machine.vcpus[index];
    assert.ok(vcpu);
    return vcpu;
  }

  registers(index = 0): StructureView<typeof ppc_kvm_regs.fields> {
    return readRegisters(this.vcpu(index));
  }

  /** One hypercall: GPR 3 as a signed number, and GPR 4 on. */
  call(number: number, values: readonly bigint[] = [], index = 0): { readonly result: bigint; readonly values: readonly bigint[] } {
    const vcpu = this.vcpu(index);
    const set = changeRegisters(vcpu, registers => {
      registers.pc = PSERIES_CODE;
      registers.gpr[3] = BigInt(number);
      for (const [n, value] of values.entries()) registers.gpr[4 + n] = BigInt.asUintN(64, value);
    });
    assert.ok(set.ok);
    const run = this.machine.kvm.scheduler.run([vcpu], { maximumInstructions: 1 });
    this.lastExit = { kind: 'continue' };
    if (run.kind === 'returned') this.lastExit = this.machine.serveExit(vcpu);
    // Out of KVM_RUN, with what was answered in the registers.
    vcpu.signal();
    vcpu.run();
    const { gpr } = this.registers(index);
    return { result: BigInt.asIntN(64, gpr[3] ?? 0n), values: Array.from(gpr.subarray(4)) };
  }

  /** One RTAS call by name or token: H_RTAS's answer, and the outputs, the status first. */
  rtas(
    service: string | number,
    inputs: readonly number[],
    outputs: number,
  ): { readonly result: bigint; readonly outputs: readonly number[] } {
    const token = typeof service === 'number' ? service : (RTAS_TOKENS[service] ?? 0);
    this.write(RTAS_ARGUMENTS, words([token, inputs.length, outputs, ...inputs, ...new Array<number>(outputs).fill(0)]));
    const { result } = this.call(HCALL.RTAS, [RTAS_ARGUMENTS]);
    const answer = this.read(RTAS_ARGUMENTS + BigInt(4 * (3 + inputs.length)), 4 * outputs);
    const view = new DataView(answer.buffer, answer.byteOffset);
    return { result, outputs: Array.from({ length: outputs }, (_, n) => view.getInt32(4 * n)) };
  }

  read(address: bigint, count: number): Uint8Array {
    const bytes = this.machine.readPhysical(address, count);
    assert.ok(bytes);
    return bytes;
  }

  write(address: bigint, bytes: Uint8Array): void {
    assert.ok(this.machine.writePhysical(address, bytes));
  }

  readDoubleword(address: bigint): bigint {
    const bytes = this.read(address, 8);
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  }

  writeDoubleword(address: bigint, value: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value);
    this.write(address, bytes);
  }
}
