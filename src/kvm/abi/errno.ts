// SPDX-License-Identifier: MIT
/** Linux 6.1: include/uapi/asm-generic/errno-base.h and errno.h; the ones that KVM answers with. */
// prettier-ignore
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  ENXIO: 6,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  ENOMEM: 12,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOTTY: 25,
  EDEADLK: 35,
  ENOSYS: 38,
} as const;

export type ErrnoName = keyof typeof ERRNO;

const NAMES = new Map<number, string>(Object.entries(ERRNO).map(([name, number]) => [number, name]));

/** The kernel's name of an errno number (positive), or the number as text if the table does not hold it. */
export const errnoName = (number: number): string => NAMES.get(number) ?? `errno ${number}`;
