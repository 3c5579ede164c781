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
  { name: 'handlersSeeTrace',             requirement: 'PPC-HV-40', sentence: 'A step on POWER HV runs through the handlers of what comes first, and they see and save SRR1 with the debugger\'s SE.' },
  { name: 'rfidStepsOneMore',             requirement: 'PPC-HV-21', sentence: 'A step of rfid stops one instruction behind its target, unless a breakpoint is there.' },
  { name: 'untracedStepsOneMore',         requirement: 'PPC-HV-21', sentence: 'A step of sc, scv, a hypercall or an access that KVM emulates stops one instruction late.' },
  { name: 'rfscvStepNeverEnds',           requirement: 'PPC-HV-27', sentence: 'A step of rfscv, which takes its MSR from CTR, loses SE and never ends.' },
  { name: 'guestTraceSeenOnlyAtRfid',     requirement: 'PPC-HV-27', sentence: 'A guest that steps itself is noticed at rfid alone; elsewhere its SE and its Trace interrupt are lost.' },
  { name: 'movesLoseGuestTrace',          requirement: 'PPC-HV-18', sentence: 'A step of mfmsr or mtmsr clears SE in what the guest has read or written, also if it is the guest\'s own.' },
  { name: 'moveToMsrKeepsVector',         requirement: 'PPC-HV-19', sentence: 'The trap for a step of mtmsr is at the vector by the MSR before it, whatever it does to IR and DR.' },
  { name: 'returnVectorIgnoresPR',        requirement: 'PPC-HV-20', sentence: 'The translation behind a return goes by IR and DR of SRR1, though problem state forces both on.' },
  { name: 'keepsStatusBit42',             requirement: 'PPC-HV-14', sentence: 'Bit 42 of SRR1\'s status stays in the MSR after a step.' },
  { name: 'handlerStartRunsTwice',        requirement: 'PPC-HV-31', sentence: 'A step of the Trace handler\'s first instruction runs it twice.' },
  { name: 'handlerBranchEscapes',         requirement: 'PPC-HV-32', sentence: 'A step of a branch that is the Trace handler\'s first instruction waits behind it, wherever it goes.' },
  { name: 'vectorHitComparesOwnSavedAddress', requirement: 'PPC-HV-22', sentence: 'A vCPU in the trap of another one\'s step is taken for a stop, unless its own last step had its trap there.' },
  { name: 'reentersAtForeignTrap',        requirement: 'PPC-HV-23', sentence: 'A vCPU in the trap of another one\'s step is entered again and again until the trap is gone.' },
  { name: 'nestedStepOverwritesPending',  requirement: 'S-045',     sentence: 'A step inside a handler overwrites what the step that is pending there has saved.' },
  { name: 'anyReturnEndsPending',         requirement: 'S-045',     sentence: 'While a step is pending, any rfid is taken for the one that comes back to it.' },
  { name: 'watchpointLosesInterruptState', requirement: 'PPC-HV-45', sentence: 'A data breakpoint by DAWR leaves SRR0, SRR1, DAR and DSISR as its interrupt has set them: no processor keeps the old values.' },
  { name: 'accessesMeetTraps',            requirement: 'PPC-HV-38', sentence: 'A load that is stepped may read the trap of its own step, and a store may write over it.' },
  { name: 'trapThroughCurrentContext',    requirement: 'PPC-HV-35', sentence: 'The trap of a step is written through the vCPU\'s present translation, not to where the handler is.' },
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
  return Object.fromEntries(DEBUG_QUIRKS.map(({ name }) => [name, changes[name] ?? on])) as DebugQuirks; // Every quirk is a key, by construction.
}
