// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';

/** The breakpoint modes as clients list them. */
// biome-ignore format: a table
export const BREAKPOINT_MODES: DebugProtocol.BreakpointMode[] = [
  { mode: 'auto',     label: 'Automatic', description: 'Hardware while registers are free, then in the emulator', appliesTo: ['source', 'data', 'instruction'] },
  { mode: 'hardware', label: 'Hardware',  description: 'A breakpoint or watchpoint register of the CPU', appliesTo: ['source', 'data', 'instruction'] },
  { mode: 'software', label: 'Software',  description: 'A trap instruction in guest memory', appliesTo: ['source', 'instruction'] },
  { mode: 'engine',   label: 'Engine',    description: 'In the emulator: unlimited, and the guest cannot see it', appliesTo: ['source', 'data', 'instruction'] },
];

/** What the adapter offers before a machine is known; vectors follow in a `capabilities` event after launch. */
export const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsGotoTargetsRequest: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.', '>', '$', ' '],
  supportsModulesRequest: true,
  supportsRestartRequest: true,
  supportsValueFormattingOptions: true,
  supportsExceptionInfoRequest: true,
  supportTerminateDebuggee: true,
  supportsDelayedStackTraceLoading: true,
  supportsLoadedSourcesRequest: true,
  supportsLogPoints: true,
  supportsSetExpression: true,
  supportsTerminateRequest: true,
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsDisassembleRequest: true,
  supportsCancelRequest: true,
  supportsBreakpointLocationsRequest: true,
  supportsClipboardContext: true,
  supportsSteppingGranularity: true,
  supportsInstructionBreakpoints: true,
  supportsSingleThreadExecutionRequests: true,
  breakpointModes: BREAKPOINT_MODES,
  exceptionBreakpointFilters: [],
};

/** The filters for CPU vectors of the launched machine. */
export function vectorFilters(names: readonly string[]): DebugProtocol.ExceptionBreakpointsFilter[] {
  return names.map(name => ({ filter: name, label: name, description: `Stop at the first instruction of vector ${name}`, default: false }));
}
