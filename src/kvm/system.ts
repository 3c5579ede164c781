// SPDX-License-Identifier: MIT
import { failure, type Result } from '../base/index.js';
import { KvmCallLog } from './callLog.js';
import { KvmFile, type KvmFailure } from './kvmFile.js';
import type { KvmQuirks } from './quirks.js';
import { Scheduler } from './scheduler.js';
import type { Vm } from './vm.js';

/** What the emulated host consists of. The engine and its processing elements will be part of it. */
export interface KvmOptions {
  readonly quirks: KvmQuirks;
}

/** /dev/kvm of the emulated host: one engine, one scheduler, one call log. */
export class Kvm extends KvmFile {
  readonly callLog = new KvmCallLog();
  readonly scheduler = new Scheduler();
  constructor(readonly options: KvmOptions) { super('system'); }
  override ioctl(number: number, argument?: Uint8Array, pointed?: Uint8Array): number { void argument; void pointed; return this.refuseUnknown(number); }
  /** KVM_GET_API_VERSION. */
  getApiVersion(): number { return 12; }
  /** KVM_CHECK_EXTENSION. */
  checkExtension(capability: number): number { void capability; return 0; }
  /** KVM_GET_VCPU_MMAP_SIZE. */
  getVcpuMmapSize(): number { return 0; }
  /** KVM_CREATE_VM with the machine type `type` (0: 40-bit guest physical addresses). */
  createVm(type = 0): Result<Vm, KvmFailure> { return failure('ENOSYS', `${type}`); }
}
