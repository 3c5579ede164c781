// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import {
  aarch64InstructionSet,
  CPU_MODELS,
  EngineShare,
  Interpreter,
  type InterpreterImage,
  POWER_CPU_MODELS,
  POWER_MODE_NAMES,
  PowerEngineShare,
  type PowerModeName,
  powerInterpreter,
} from '../../cpu/index.js';
import type { KvmKind } from '../../kvm/index.js';
import type { Machine, MachineName, MachineOptions } from './machine.js';
import { PseriesMachine } from './pseries.js';
import { VirtMachine } from './virt.js';

/** What is generated for the engine: one module for AArch64, one for each mode of POWER. */
export const INTERPRETER_NAMES = ['aarch64', ...POWER_MODE_NAMES] as const;
export type InterpreterName = (typeof INTERPRETER_NAMES)[number];

/** A machine by name, as users ask for it. */
export interface MachineRequest extends MachineOptions {
  readonly machine: MachineName;
  /** QEMU's name; `undefined`: the machine's own choice. */
  readonly cpu?: string | undefined;
  /** Which KVM a POWER machine runs under; default `hv`. */
  readonly kvmKind?: KvmKind | undefined;
  /** Finds what was generated for the engine. */
  readonly interpreter: (name: InterpreterName) => Result<InterpreterImage>;
}

const DEFAULT_CPUS = { virt: 'cortex-a57', pseries: 'power9' } as const satisfies Readonly<Record<MachineName, string>>;

/** Makes the machine and loads it up to the state before the first instruction. Refusals are one sentence. */
export function createMachine(request: MachineRequest): Result<Machine> {
  return request.machine === 'virt' ? createVirt(request) : createPseries(request);
}

function modelOf<Model>(models: Readonly<Record<string, Model>>, { machine, cpu = DEFAULT_CPUS[machine] }: MachineRequest): Result<Model> {
  const model = Object.hasOwn(models, cpu) ? models[cpu] : undefined;
  return model === undefined
    ? failure('cpu', `cpu is "${cpu}"; machine ${machine} has ${Object.keys(models).join(', ')}.`)
    : success(model);
}

function createVirt(request: MachineRequest): Result<Machine> {
  if (request.kvmKind !== undefined)
    return failure('kvm', 'kvm chooses between the two KVMs of POWER machines; machine virt has one, so leave it out.');
  const model = modelOf(CPU_MODELS, request);
  if (!model.ok) return model;
  const image = request.interpreter('aarch64');
  if (!image.ok) return image;
  const share = new EngineShare(new Interpreter(aarch64InstructionSet(model.value), image.value));
  return VirtMachine.create({ ...request, share, model: model.value });
}

function createPseries(request: MachineRequest): Result<Machine> {
  const model = modelOf(POWER_CPU_MODELS, request);
  if (!model.ok) return model;
  const images: Partial<Record<PowerModeName, InterpreterImage>> = {};
  for (const name of POWER_MODE_NAMES) {
    const image = request.interpreter(name);
    if (!image.ok) return image;
    images[name] = image.value;
  }
  // Each mode has just got its image.
  const share = new PowerEngineShare(powerInterpreter(model.value, images as Record<PowerModeName, InterpreterImage>));
  return PseriesMachine.create({ ...request, share, model: model.value, kvmKind: request.kvmKind ?? 'hv' });
}
