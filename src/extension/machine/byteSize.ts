// SPDX-License-Identifier: MIT

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const STEP = 1024;

/** A number of bytes as people say it: `4 KiB`, `15.4 MiB`. */
export function byteSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= STEP && unit + 1 < UNITS.length) {
    value /= STEP;
    unit++;
  }
  return `${Number(value.toFixed(1))} ${UNITS[unit]}`;
}
