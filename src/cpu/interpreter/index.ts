// SPDX-License-Identifier: MIT
/** The generated interpreter: `buildInterpreter` prints the module from the rows, `Interpreter` is the engine that runs it. */
export { readImage, writeImage } from './imageFile.js';
export { type InstructionModule, type InstructionSet, Interpreter } from './interpreter.js';
export { buildInterpreter, type InterpreterImage } from './interpreterModule.js';
