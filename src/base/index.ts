// SPDX-License-Identifier: MIT
/**
 * base: what every layer needs and no architecture owns: bits, branded addresses, byte readers,
 * results, invariants, events and log channels.
 *
 * It does not know what a CPU, a guest or a debugger is. Start reading at `result.ts`, which
 * holds the three ways of saying that something went wrong.
 */
export * from './address.js';
export * from './bits.js';
export * from './byteReader.js';
export * from './disposable.js';
export * from './event.js';
export * from './files.js';
export * from './invariant.js';
export * from './log.js';
export * from './rememberedByNumber.js';
export * from './result.js';
export * from './uri.js';
