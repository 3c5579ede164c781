// SPDX-License-Identifier: MIT
import type { CpuModel, EngineShare } from '../cpu/index.js';
import type { KvmCallLog } from './callLog.js';
import type { KvmFile } from './kvmFile.js';
import type { KvmQuirks } from './quirks.js';
import type { Scheduler } from './scheduler.js';

/** What the emulated host consists of. */
export interface KvmOptions {
  /** The engine that all vCPUs of the host share. Its RAM is user space's memory: `userspace_addr` is an offset in it. */
  readonly share: EngineShare;
  /** The host's processor; every vCPU has the same. */
  readonly model: CpuModel;
  readonly quirks: KvmQuirks;
}

/** The emulated host as its VMs see it; `Kvm` is the one there is. */
export interface Host {
  readonly options: KvmOptions;
  readonly callLog: KvmCallLog;
  readonly scheduler: Scheduler;
  /** KVM_CHECK_EXTENSION. */
  checkExtension(capability: number): number;
  /** Gives `file` a number; for `ioctl` entries. */
  openFile(file: KvmFile): number;
}
