// SPDX-License-Identifier: MIT
import { KVM_QUIRKS } from '../../kvm/index.js';

// biome-ignore format: a table
/**
 * The gaps of the studied user space (QEMU 7.2) in this layer, by name. Code asks for the quirk, never for the preset:
 * `kernel` has all of them, `exact` has none.
 */
export const DEBUG_QUIRKS = [
  { name: 'watchpointNeedsExactAddress', requirement: 'ARM-HW-11', sentence: 'A watchpoint exit whose FAR is not the first byte of a watched range is taken for the guest\'s and injected.' },
  { name: 'injectsMaskedDebugExceptions', requirement: 'ARM-HW-37', sentence: 'A guest breakpoint that the guest has masked at EL1 is injected all the same.' },
  { name: 'injectsRawSyndrome',           requirement: 'ARM-SYNC-23', sentence: 'An injected watchpoint keeps the exception class of a lower level and does not set FAR_EL1.' },
  { name: 'exclusivesNeverSucceed',       requirement: 'ARM-HW-29', sentence: 'A step into a load-exclusive loop never gets through; no sequence is stepped as one.' },
] as const;

/** All quirks that a launch may switch, those of the kernel and those of this layer. */
export const QUIRKS: readonly { readonly name: string; readonly requirement: string; readonly sentence: string }[] = [
  ...KVM_QUIRKS,
  ...DEBUG_QUIRKS,
];

export type DebugQuirkName = (typeof DEBUG_QUIRKS)[number]['name'];
export type DebugQuirks = Readonly<Record<DebugQuirkName, boolean>>;

/** The quirks of a preset, with single ones switched by `changes`. */
export function debugQuirks(preset: 'kernel' | 'exact', changes: Readonly<Record<string, boolean>> = {}): DebugQuirks {
  const on = preset === 'kernel';
  const isOn = (name: DebugQuirkName): boolean => changes[name] ?? on;
  return {
    watchpointNeedsExactAddress: isOn('watchpointNeedsExactAddress'),
    injectsMaskedDebugExceptions: isOn('injectsMaskedDebugExceptions'),
    injectsRawSyndrome: isOn('injectsRawSyndrome'),
    exclusivesNeverSucceed: isOn('exclusivesNeverSucceed'),
  };
}
