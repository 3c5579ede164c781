// SPDX-License-Identifier: MIT
/**
 * cpu: what the architectures say. Instruction rows with their semantics, the engine that runs them,
 * registers with their fields, exceptions, translation, and the debug architecture.
 *
 * It does not know KVM, devices, symbols or debuggers. What hardware takes to the hypervisor's level
 * ends a run and is handed to the layer above. Start reading at `aarch64/processingElement.ts`.
 */
export * from './aarch64/cpuModels.js';

export * from './aarch64/disassembly.js';
export * from './aarch64/engineShare.js';
export type * from './aarch64/guestExit.js';
export * from './aarch64/instructionSet.js';
export * from './aarch64/processingElement.js';
export * from './aarch64/registers/controlRegisters.js';
export * from './aarch64/registers/debugRegisters.js';
export * from './aarch64/registers/encoding.js';
export { MPIDR } from './aarch64/registers/systemRegisterAccess.js';
export * from './aarch64/registers/systemRegisters.js';
export type * from './aarch64/translation/stage2.js';
export * from './decode/assemblyVocabulary.js';
export * from './engine/engine.js';
export type * from './engine/engineStops.js';
export type * from './engine/exits.js';
export * from './engine/sharedEngine.js';
export * from './interpreter/index.js';
export * from './power/book3s/cpuModels.js';
export * from './power/book3s/disassembly.js';
export type * from './power/book3s/emulatedAccess.js';
export * from './power/book3s/engineShare.js';
export * from './power/book3s/exceptions/interruptVectors.js';
export * from './power/book3s/exceptions/msrChanges.js';
export type * from './power/book3s/guestExit.js';
export * from './power/book3s/instructionSet.js';
export * from './power/book3s/instructions/instructionNature.js';
export * from './power/book3s/instructions/rowNature.js';
export * from './power/book3s/processingElement.js';
export * from './power/book3s/registers/controlRegisters.js';
export * from './power/book3s/registers/debugRegisters.js';
export * from './power/book3s/registers/machineState.js';
export * from './power/book3s/registers/registerFile.js';
export * from './power/book3s/registers/specialPurposeRegisters.js';
export type * from './power/book3s/timeFacilities.js';
export * from './power/book3s/translation/hashedPages.js';
export type * from './power/book3s/translation/partitionScope.js';
export type * from './power/book3s/translation/processScope.js';
export * from './power/book3s/translation/radix.js';
export * from './power/book3s/translation/realMode.js';
export * from './power/book3s/translation/segmentLookasideBuffer.js';
export * from './registers/describeRegister.js';
