// SPDX-License-Identifier: MIT
import { INTERRUPT, MSR_BIT, PowerProcessingElement } from '../src/cpu/index.js';
import { KVM_EXIT, KVM_GUESTDBG, ppc_kvm_guest_debug } from '../src/kvm/index.js';
import type { Figures } from './figures.js';
import { MEMORY_BYTES } from './guest.js';
import { bootPowerGuest, ENTRY_MSR, loadPowerGuest, type PowerIsa } from './powerGuest.js';
import { type Rate, undisturbedRate } from './undisturbed.js';

const WARMING_STEPS = 100_000;
/** Until the guest is in its loop. */
export const START_INSTRUCTIONS = 100_000;

/** The endless loop that is stepped. */
export const loopOf = (isa: PowerIsa): string => `bench/loop/loop.${isa}.elf`;

/** The instructions of the loop lie within so many bytes. */
const LOOP_BYTES = 0x40n;

/**
 * Steps a second of `step`, which answers where the guest stands then. All are of one machine, as a session has one: what V8 has made for one
 * machine's engine is slower once a second one runs in the same process.
 */
export function stepRate(step: () => bigint): Rate {
  const start = step();
  const steps = (count: number): void => {
    for (let left = count; left > 0; left--) {
      const at = step();
      if (at > start + LOOP_BYTES || at < start - LOOP_BYTES) throw new Error(`A step of the loop stands at 0x${at.toString(16)}.`);
    }
  };
  steps(WARMING_STEPS);
  return undisturbedRate(steps);
}

/** The figure under `key` of all rounds, and beside it that of the rounds that were undisturbed, with their share. */
export const rateFigures = (key: string, { undisturbed, median, share }: Rate): Figures => ({
  [key]: median,
  ...(undisturbed === undefined ? {} : { [`${key}.undisturbed`]: undisturbed }),
  [`${key}.undisturbedShare`]: share,
});

/** The Trace interrupts of a processing element whose MSR[SE] is set. */
function engineStepRate(isa: PowerIsa): Rate {
  const { share, model, hostOffset, entry } = loadPowerGuest(loopOf(isa));
  const partitionScope = {
    translate: (address: bigint) =>
      address < BigInt(MEMORY_BYTES) ? { hostOffset: hostOffset + (Number(address) & ~0xfff), writable: true } : undefined,
  };
  const pe = new PowerProcessingElement({ share, model, index: 0, partitionScope });
  pe.pc = entry;
  pe.msr = ENTRY_MSR;
  // H_SET_MODE ends a run; nobody answers it.
  while (pe.retired < START_INSTRUCTIONS) pe.run(START_INSTRUCTIONS - pe.retired);
  pe.hypervisorInterrupts = new Set([INTERRUPT.trace]);
  pe.msr |= MSR_BIT.SE;
  return stepRate(() => {
    const exit = pe.run(1);
    if (exit.kind !== 'interrupt' || exit.vector !== INTERRUPT.trace) throw new Error(`A step left with ${exit.kind}.`);
    return pe.pc;
  });
}

/** Steps through KVM_RUN; the exit says where the guest stands. */
function kvmStepRate(isa: PowerIsa): Rate {
  const { vcpu, run } = bootPowerGuest(loopOf(isa), 'pr');
  run(START_INSTRUCTIONS);
  vcpu.signal();
  vcpu.run();
  if (vcpu.setGuestDebug(ppc_kvm_guest_debug.make({ control: KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.SINGLESTEP })) !== 0)
    throw new Error(vcpu.lastFailure?.message);
  const { kvmRun } = vcpu;
  return stepRate(() => {
    if (vcpu.run() !== 0 || kvmRun.exit_reason !== KVM_EXIT.DEBUG) throw new Error(`A step left with ${kvmRun.exit_reason}.`);
    return kvmRun.ppc_debug_address;
  });
}

/** `steps.engine`: the processor's own step, without KVM. */
export const engineSteps = (isa: PowerIsa) => async (): Promise<Figures> => rateFigures(`steps.engine.${isa}`, engineStepRate(isa));

/** `steps.pr`: the kvm layer in KVM-PR without debugger and adapter. */
export const prSteps = (isa: PowerIsa) => async (): Promise<Figures> => rateFigures(`steps.pr.${isa}`, kvmStepRate(isa));
