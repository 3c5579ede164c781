// SPDX-License-Identifier: MIT
/**
 * debug: a guest under a debugger. The user-space part of kernel debugging (what QEMU plays around KVM_SET_GUEST_DEBUG), and what
 * a source debugger builds on it: breakpoints, stepping, stacks, values, expressions, disassembly, views of the debug registers.
 *
 * It knows neither the Debug Adapter Protocol nor an editor, and it never waits: `ExecutionControl.runSlice` runs a bounded number
 * of instructions, and whoever calls it decides when to go on.
 *
 * Start reading at `debugTarget.ts` (the face) and `execution/` (one exit, from KVM_RUN to the stop report); `slots/` holds the debug
 * registers' encodings and allocator, `stepping/` the one interface for all ways to step.
 */

export { INTERPRETER_NAMES, type InterpreterName, MEMORY_LIMITS, PSERIES, VIRT } from '../vmm/index.js';
export { VECTOR_CHOICE } from './arm64/exceptions/vectors.js';
export * from './bootFile.js';
export * from './bootImage.js';
export * from './breakpoints/breakpointMode.js';
export * from './breakpoints/breakpointRequest.js';
export * from './debugTarget.js';
export * from './disassembly/disassembledRow.js';
export type { ExceptionReport, VectorChoice } from './exceptions/exceptionModel.js';
export type { ConsoleInput } from './execution/consoleInputLog.js';
export { QUIRKS } from './execution/debugQuirks.js';
export * from './execution/executionControl.js';
export * from './execution/stop.js';
export { splitFormat } from './expressions/formatSuffix.js';
export * from './frames/stackFrame.js';
export type { KvmLogLine, KvmLogPage, KvmTrace } from './kvmTrace.js';
export { launch } from './launch.js';
export * from './launchOptions.js';
export type * from './memory/machineMemory.js';
export * from './registers/registerView.js';
export { fieldText, registerText } from './registers/registerViews.js';
export * from './stepping/stepAction.js';
export {
  type ModuleView,
  type SectionView,
  SYMBOL_KINDS,
  type SymbolFilter,
  type SymbolKind,
  type SymbolView,
} from './symbols/moduleViews.js';
export * from './values/valueView.js';
