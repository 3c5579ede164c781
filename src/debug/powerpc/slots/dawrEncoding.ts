// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success } from '../../../base/index.js';
import { DAWR, DAWRX, decode, encode, maskOf } from '../../../cpu/index.js';
import type { AccessKind, SlotFailure, WatchRequest } from '../../slots/debugSlots.js';

/** DAWRn and DAWRXn. */
export interface DawrPair {
  readonly value: bigint;
  readonly control: bigint;
}

const DOUBLEWORD_BYTES = 8n;
/** MRD has six bits. */
const MAXIMUM_DOUBLEWORDS = 64n;
/** Before version 3.1 a range does not cross a boundary of this many bytes. */
const RANGE_BOUNDARY = 512n;
const DEAW = maskOf(DAWR, 'DEAW');

const DIRECTION: Readonly<Record<AccessKind, { readonly DW: 0 | 1; readonly DR: 0 | 1 }>> = {
  read: { DW: 0, DR: 1 },
  write: { DW: 1, DR: 0 },
  readWrite: { DW: 1, DR: 1 },
};

/**
 * The pair that watches the doublewords in which `request` lies, in every state of the guest's, whether it translates data addresses or not
 * (PPC-HV-45).
 */
export function encodeDawr({ address, bytes, access }: WatchRequest, crossesBoundary: boolean): Result<DawrPair, SlotFailure> {
  const start = BigInt.asUintN(64, address);
  const last = start + bytes - 1n;
  if (bytes < 1n || last >= 1n << 64n) return failure('EINVAL', `${bytes} bytes at ${hex(start)} cannot be watched.`);
  const doublewords = last / DOUBLEWORD_BYTES - start / DOUBLEWORD_BYTES + 1n;
  if (doublewords > MAXIMUM_DOUBLEWORDS) {
    const limit = MAXIMUM_DOUBLEWORDS * DOUBLEWORD_BYTES;
    return failure('EINVAL', `DAWR watches at most ${limit} bytes, not ${bytes} at ${hex(start)}; use the mode "engine".`);
  }
  if (!crossesBoundary && start / RANGE_BOUNDARY !== last / RANGE_BOUNDARY)
    return failure(
      'EINVAL',
      `DAWR of this CPU does not watch across a multiple of ${RANGE_BOUNDARY}, as ${bytes} bytes at ${hex(start)} are; use the mode "engine".`,
    );
  const control = encode(DAWRX, { MRD: Number(doublewords) - 1, ...DIRECTION[access], WTI: 1, PNH: 1, PRO: 1 });
  return success({ value: start & DEAW, control });
}

/** The same pair while accesses that are translated cannot be seen: WTI and WT leave those in real mode. */
export const inRealModeOnly = ({ value, control }: DawrPair): DawrPair => ({ value, control: control & ~maskOf(DAWRX, 'WTI') });

/** Whether the pair can match at all in a guest. */
export function isDawrEnabled({ control }: DawrPair): boolean {
  const { DW, DR, PNH, PRO } = decode(DAWRX, control);
  return DW + DR > 0 && PNH + PRO > 0;
}

/** What the pair watches, half open. */
export function dawrRange({ value, control }: DawrPair): readonly [low: bigint, high: bigint] {
  const low = value & DEAW;
  return [low, low + DOUBLEWORD_BYTES * BigInt(decode(DAWRX, control).MRD + 1)];
}

/** Whether the pair matches stores (`isWrite`), or loads. */
export function dawrFiresOn({ control }: DawrPair, isWrite: boolean): boolean {
  const { DW, DR } = decode(DAWRX, control);
  return (isWrite ? DW : DR) === 1;
}
