// SPDX-License-Identifier: MIT
import { failure, InvariantError, type Result, success } from '../base/index.js';
import { KVM_API_VERSION } from './abi/constants.js';
import { ARM64_IOCTLS, KVMIO } from './abi/ioctlNumbers.js';
import { KvmCallLog } from './callLog.js';
import { extension } from './extensions.js';
import type { Host, KvmOptions } from './host.js';
import { callRow, callsOf, type KvmFailure, KvmFile } from './kvmFile.js';
import { Scheduler } from './scheduler.js';
import { checkSystemRegisterTables } from './systemRegisterRows.js';
import { scalarBytes, Vm } from './vm.js';

const CALL = callRow(ARM64_IOCTLS);
const CALLS = callsOf('system', KVMIO, ARM64_IOCTLS);
const PAGE_BYTES = 4096;
const DEFAULT_IPA_BITS = 40;
const MINIMUM_IPA_BITS = 32;
const FIRST_FILE = 3;

/** /dev/kvm of the emulated host: one engine, one scheduler, one call log. */
export class Kvm extends KvmFile implements Host {
  readonly callLog = new KvmCallLog();
  readonly scheduler = new Scheduler(this.callLog);
  readonly #files: KvmFile[] = [];

  /** Refuses to start (throws) when a trap table is out of order: a misplaced row would silently not be found. */
  constructor(readonly options: KvmOptions) {
    super('system');
    const refusal = checkSystemRegisterTables();
    if (refusal !== undefined) throw new InvariantError(refusal);
  }

  override ioctl(number: number, argument = new Uint8Array(0)): number {
    const row = CALLS.get(number);
    if (row === undefined) return this.refuseUnknown(number);
    const scalar = argument.length >= 4 ? new DataView(argument.buffer, argument.byteOffset).getUint32(0, true) : 0;
    switch (row.name) {
      case 'KVM_GET_API_VERSION':
        return this.getApiVersion();
      case 'KVM_CHECK_EXTENSION':
        return this.checkExtension(scalar);
      case 'KVM_GET_VCPU_MMAP_SIZE':
        return this.getVcpuMmapSize();
      case 'KVM_CREATE_VM': {
        const created = this.createVm(scalar);
        return created.ok ? this.openFile(created.value) : this.refuse(created.error.code, created.error.message);
      }
      default:
        return this.refuseUnknown(number);
    }
  }

  /** The file behind a number that KVM_CREATE_VM or KVM_CREATE_VCPU answered through `ioctl`. */
  file(descriptor: number): KvmFile | undefined {
    return this.#files[descriptor - FIRST_FILE];
  }

  openFile(file: KvmFile): number {
    return this.#files.push(file) - 1 + FIRST_FILE;
  }

  /** KVM_GET_API_VERSION. */
  getApiVersion(): number {
    return KVM_API_VERSION;
  }

  /** KVM_CHECK_EXTENSION. */
  checkExtension(capability: number): number {
    const answer = extension(capability, this.options.model);
    if (this.callLog.isOn) this.callLog.recordCall(CALL.KVM_CHECK_EXTENSION, -1, answer, scalarBytes(capability));
    return answer;
  }

  /** KVM_GET_VCPU_MMAP_SIZE: one page of struct kvm_run, one of struct steptrap_run. */
  getVcpuMmapSize(): number {
    return 2 * PAGE_BYTES;
  }

  /** KVM_CREATE_VM. `type` is the number of guest physical address bits (32 to the host's), 0 for 40. */
  createVm(type = 0): Result<Vm, KvmFailure> {
    const bits = type === 0 ? DEFAULT_IPA_BITS : type;
    const limit = this.options.model.physicalAddressBits;
    if (bits < MINIMUM_IPA_BITS || bits > limit) {
      this.refuse('EINVAL', `A VM with ${bits} guest physical address bits cannot be had; the host has ${limit}.`);
      return failure('EINVAL', this.lastFailure?.message ?? '');
    }
    if (this.callLog.isOn) this.callLog.recordCall(CALL.KVM_CREATE_VM, -1, 0, scalarBytes(type));
    return success(new Vm(this, bits));
  }
}
