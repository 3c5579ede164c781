// SPDX-License-Identifier: MIT
import type { Vcpu } from '../../kvm/index.js';
import type { VirtMachine } from '../../vmm/index.js';
import type { StopMechanisms } from '../breakpoints/stopMechanisms.js';
import type { ProgramSymbols } from '../symbols/programSymbols.js';
import type { NameScope } from './evaluator.js';
import type { SyntaxTree } from './syntaxTree.js';

/** Whether the condition holds; `undefined` if the quick way does not get at a value and the whole evaluator must. */
export type CompiledCondition = (vcpu: Vcpu) => boolean | undefined;

/** `tree` as a closure over registers and memory, for places where a condition is asked half a million times a second. `undefined` if it uses more than integers. */
export function compileCondition(_tree: SyntaxTree, _names: NameScope, _symbols: ProgramSymbols, _pc: bigint, _machine: VirtMachine, _mechanisms: StopMechanisms): CompiledCondition | undefined {
  return undefined;
}
