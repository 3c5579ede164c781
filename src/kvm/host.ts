// SPDX-License-Identifier: MIT
import type { Architecture } from './architecture.js';
import type { KvmCallLog } from './callLog.js';
import type { CallTable, KvmFile } from './kvmFile.js';
import type { KvmQuirks } from './quirks.js';
import type { Scheduler } from './scheduler.js';

/** What the emulated host consists of. */
export interface KvmOptions {
  /** The host's processor and its engine: `arm64(…)` or `powerpc(…)`. Every vCPU has the same. */
  readonly architecture: Architecture;
  readonly quirks: KvmQuirks;
}

/** The emulated host as its VMs see it; `Kvm` is the one there is. */
export interface Host {
  readonly options: KvmOptions;
  readonly callLog: KvmCallLog;
  readonly scheduler: Scheduler;
  readonly vmCalls: CallTable;
  readonly vcpuCalls: CallTable;
  readonly deviceCalls: CallTable;
  /** KVM_CHECK_EXTENSION. */
  checkExtension(capability: number): number;
  /** Gives `file` a number; for `ioctl` entries. */
  openFile(file: KvmFile): number;
}
