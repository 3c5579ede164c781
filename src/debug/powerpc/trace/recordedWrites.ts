// SPDX-License-Identifier: MIT
import type { Vcpu } from '../../../kvm/index.js';
import type { StepAction } from '../../stepping/stepAction.js';
import type { GeneralName, GeneralRegisters } from '../registers/generalRegisters.js';

/** Writes to `registers`, each with its record, which one KVM_SET_REGS hands to KVM. */
export class RecordedWrites {
  #actions: StepAction[] = [];
  #count = 0;

  constructor(private readonly registers: GeneralRegisters) {}

  /** The records go to `actions`. */
  begin(actions: StepAction[]): this {
    this.#actions = actions;
    this.#count = 0;
    return this;
  }

  /** A register by name, or a general register by number. */
  write(register: GeneralName | number, value: bigint, why: string): void {
    this.#count++;
    const { registers } = this;
    if (typeof register === 'number') {
      this.#actions.push({ kind: 'writeRegister', register: `r${register}`, before: registers.gpr(register), after: value, why });
      registers.setGpr(register, value);
    } else {
      const before = registers.exchange(register, value);
      this.#actions.push({ kind: 'writeRegister', register, before, after: value, why });
    }
  }

  /** KVM_SET_REGS, if there is anything to write. */
  end(vcpu: Vcpu): void {
    if (this.#count > 0) this.registers.store(vcpu);
  }
}
