// SPDX-License-Identifier: MIT
import type { LogRecord } from './callLog.js';

/** A log record in the kernel's words. */
export const describeLogRecord = (record: LogRecord): string => record.call?.name ?? 'KVM_RUN';
