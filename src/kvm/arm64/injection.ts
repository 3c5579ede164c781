// SPDX-License-Identifier: MIT
import { EC } from './exceptionClasses.js';
import { ESR, PSTATE } from './registerFields.js';
import type { Arm64VcpuState } from './vcpuState.js';

// Exceptions that KVM itself gives to the guest (Linux 6.1: arch/arm64/kvm/inject_fault.c). They are committed before the guest runs or user space looks.

const EC_SHIFT = 26;

/** kvm_inject_undefined(): Unknown reason, at the instruction at pc. `esr` is the syndrome that came to EL2, for IL. */
export function injectUndefined(vcpu: Arm64VcpuState, esr: number = ESR.IL): void {
  vcpu.adjustment = { kind: 'exception', ESR: ((EC.UNKNOWN << EC_SHIFT) | (esr & ESR.IL)) >>> 0, FAR: undefined };
}

/** kvm_inject_dabt() and kvm_inject_pabt(): an external abort, or another fault status by `FSC`. */
export function injectAbort(
  vcpu: Arm64VcpuState,
  kind: 'data' | 'instruction',
  FAR: bigint,
  esr: number = ESR.IL,
  FSC: number = ESR.EXTERNAL_ABORT,
): void {
  const isFromEL0 = (vcpu.pe.pstate & PSTATE.EL) === 0;
  const instructionAbort = isFromEL0 ? EC.IABT_LOW : EC.IABT_CURRENT;
  const exceptionClass = kind === 'instruction' ? instructionAbort : instructionAbort | EC.DABT_LOW;
  vcpu.adjustment = { kind: 'exception', ESR: ((exceptionClass << EC_SHIFT) | (esr & ESR.IL) | FSC) >>> 0, FAR };
}
