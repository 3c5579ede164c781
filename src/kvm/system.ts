// SPDX-License-Identifier: MIT
import { type Result, success } from '../base/index.js';
import { KVM_API_VERSION } from './abi/constants.js';
import { COMMON_IOCTLS, type IoctlRow, KVMIO, type KvmFileKind } from './abi/ioctlNumbers.js';
import { STEPTRAP_IOCTLS, STEPTRAPIO } from './abi/steptrap.js';
import type { Architecture } from './architecture.js';
import { KvmCallLog } from './callLog.js';
import { extension } from './extensions.js';
import type { Host, KvmOptions } from './host.js';
import { CallTable, callRow, type KvmFailure, KvmFile, scalarBytes, scalarOf } from './kvmFile.js';
import { Scheduler } from './scheduler.js';
import { Vm } from './vm.js';

const CALL = callRow(COMMON_IOCTLS);
const PAGE_BYTES = 4096;
const FIRST_FILE = 3;

const callsOf = (kind: KvmFileKind, { coding, calls }: Architecture): CallTable =>
  new CallTable(kind, coding, [
    { type: KVMIO, rows: calls },
    { type: STEPTRAPIO, rows: STEPTRAP_IOCTLS },
  ]);

/** /dev/kvm of the emulated host: one architecture with its engine, one scheduler, one call log. */
export class Kvm extends KvmFile implements Host {
  readonly callLog: KvmCallLog;
  readonly scheduler: Scheduler;
  readonly vmCalls: CallTable;
  readonly vcpuCalls: CallTable;
  readonly deviceCalls: CallTable;
  /** By descriptor less `FIRST_FILE`. */
  readonly #files: (KvmFile | undefined)[] = [];

  constructor(readonly options: KvmOptions) {
    const { architecture } = options;
    super(callsOf('system', architecture));
    this.vmCalls = callsOf('vm', architecture);
    this.vcpuCalls = callsOf('vcpu', architecture);
    this.deviceCalls = callsOf('device', architecture);
    this.callLog = new KvmCallLog(architecture.texts);
    this.scheduler = new Scheduler(this.callLog);
  }

  protected override perform(row: IoctlRow, argument: Uint8Array): number {
    switch (row.name) {
      case 'KVM_GET_API_VERSION':
        return this.getApiVersion();
      case 'KVM_CHECK_EXTENSION':
        return this.checkExtension(scalarOf(argument));
      case 'KVM_GET_VCPU_MMAP_SIZE':
        return this.getVcpuMmapSize();
      case 'KVM_CREATE_VM': {
        const created = this.createVm(scalarOf(argument));
        return created.ok ? this.openFile(created.value) : this.conclude(created.error);
      }
      default:
        return this.refuse('ENOTTY', `This system file descriptor has no ${row.name}.`);
    }
  }

  /** The file behind a number that KVM_CREATE_VM, KVM_CREATE_VCPU (through `ioctl`) or KVM_CREATE_DEVICE answered. */
  file(descriptor: number): KvmFile | undefined {
    return this.#files[descriptor - FIRST_FILE];
  }

  /** The lowest number that is free, as open(2). */
  openFile(file: KvmFile): number {
    const free = this.#files.indexOf(undefined);
    if (free < 0) return this.#files.push(file) - 1 + FIRST_FILE;
    this.#files[free] = file;
    return free + FIRST_FILE;
  }

  /** close(2). */
  close(descriptor: number): void {
    if (this.file(descriptor) !== undefined) this.#files[descriptor - FIRST_FILE] = undefined;
  }

  /** KVM_GET_API_VERSION. */
  getApiVersion(): number {
    return KVM_API_VERSION;
  }

  /** KVM_CHECK_EXTENSION. */
  checkExtension(capability: number): number {
    const answer = this.options.architecture.extension(capability) ?? extension(capability);
    if (this.callLog.isOn) this.callLog.recordCall(CALL.KVM_CHECK_EXTENSION, -1, answer, scalarBytes(capability));
    return answer;
  }

  /** KVM_GET_VCPU_MMAP_SIZE: one page of struct kvm_run, one of struct steptrap_run. */
  getVcpuMmapSize(): number {
    return 2 * PAGE_BYTES;
  }

  /** KVM_CREATE_VM. What `type` means is the architecture's; 0 is its default. */
  createVm(type = 0): Result<Vm, KvmFailure> {
    const { architecture, quirks } = this.options;
    const created = architecture.createVm(type, { quirks, scheduler: this.scheduler, openFile: file => this.openFile(file) });
    if (!created.ok) {
      this.lastFailure = created.error;
      return created;
    }
    if (this.callLog.isOn) this.callLog.recordCall(CALL.KVM_CREATE_VM, -1, 0, scalarBytes(type));
    return success(new Vm(this, created.value));
  }
}
