// SPDX-License-Identifier: MIT
import type { ModalEngine } from '../../engine/engine.js';
import { SharedEngine } from '../../engine/sharedEngine.js';
import { type InstructionModule, Interpreter } from '../../interpreter/interpreter.js';
import type { InterpreterImage } from '../../interpreter/interpreterModule.js';
import type { PowerCpuModel } from './cpuModels.js';
import { POWER_MODE_NAMES, type PowerModeName, powerInstructionSet } from './instructionSet.js';

/** The engine that the Book3S processing elements of a machine share. */
export class PowerEngineShare extends SharedEngine<ModalEngine> {}

/** The engine for `model`: `images` has what was generated for each mode. Its modes are numbered as in `POWER_MODE_NAMES`. */
export function powerInterpreter(model: PowerCpuModel, images: Readonly<Record<PowerModeName, InterpreterImage>>): Interpreter {
  const modules = POWER_MODE_NAMES.map(
    (mode): InstructionModule => ({ instructions: powerInstructionSet(model, mode), image: images[mode] }),
  );
  const [first, ...others] = modules;
  return new Interpreter(first?.instructions ?? powerInstructionSet(model, 'ppc64'), first?.image ?? images.ppc64, others);
}
