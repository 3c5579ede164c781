// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import { VECTOR_CHOICE, type VectorChoice } from '../debug/index.js';

/** The breakpoint modes as clients list them. */
// biome-ignore format: a table
export const BREAKPOINT_MODES: DebugProtocol.BreakpointMode[] = [
  { mode: 'auto',     label: 'Automatic', description: 'Hardware while registers are free, then in the emulator', appliesTo: ['source', 'exception', 'data', 'instruction'] },
  { mode: 'hardware', label: 'Hardware',  description: 'A breakpoint or watchpoint register of the CPU', appliesTo: ['source', 'exception', 'data', 'instruction'] },
  { mode: 'software', label: 'Software',  description: 'A trap instruction in guest memory', appliesTo: ['source', 'exception', 'instruction'] },
  { mode: 'engine',   label: 'Engine',    description: 'In the emulator: unlimited, and the guest cannot see it', appliesTo: ['source', 'exception', 'data', 'instruction'] },
];

/** The filters for CPU vectors: one for each kind, because an editor lists them all, always. The adapter takes the names of single vectors, too. */
export const vectorFilters = ({ groups, conditionExamples }: VectorChoice): DebugProtocol.ExceptionBreakpointsFilter[] =>
  groups.map(({ name, title, description }) => ({
    filter: name,
    label: title,
    description: `${description}: stop at the first instruction of the vector`,
    default: false,
    supportsCondition: true,
    conditionDescription: `C expression with $registers, as ${conditionExamples}`,
  }));

/**
 * What the adapter offers before a machine is known. VS Code lists the filters of this answer only, so they are those of the
 * one machine there is; a `capabilities` event after launch tells those of the launched machine.
 */
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
  supportsExceptionFilterOptions: true,
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
  exceptionBreakpointFilters: vectorFilters(VECTOR_CHOICE),
};
