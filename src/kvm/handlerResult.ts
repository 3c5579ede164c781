// SPDX-License-Identifier: MIT
/**
 * What a handler of a guest exit says: 1 back into the guest, 0 to user space, negative: KVM_RUN fails with that errno.
 * Beside the kernel's values the three below.
 */
export type HandlerResult = number;

/** Back into the guest. */
export const TO_GUEST = 1;
/** KVM_RUN returns; the run page says why. */
export const TO_USER_SPACE = 0;
/** The thread sleeps until an interrupt; then the guest goes on. */
export const WAIT = 2;
/** The thread gives its slice away; then the guest goes on. */
export const YIELD = 3;
/** The guest has not left: the instructions that were asked for have retired. */
export const IN_GUEST = 4;
