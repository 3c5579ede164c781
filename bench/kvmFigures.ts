// SPDX-License-Identifier: MIT
import { CORE_REGISTER_IDS, KVM_EXIT, KVM_GUESTDBG, kvm_guest_debug } from '../src/kvm/index.js';
import type { Figures } from './figures.js';
import { type BenchGuest, bootGuest, runGuest } from './guest.js';
import { interleaved, median, userSeconds } from './measure.js';

const LOOP = 'bench/loop/loop.aarch64.elf';
const STEPS = 300_000;
const LOOP_INSTRUCTIONS = 100_000_000;
const ROUNDS = 5;
/** ESR_ELx.EC of a software step from a lower level, and where the class stands in hsr. */
const CLASS_SHIFT = 26;
const SOFTWARE_STEP = 0x32;
/** DBGBCR: enabled, EL1 and EL0, the whole instruction. DBGWCR: enabled, EL1 and EL0, loads and stores, eight bytes. */
const BREAKPOINT_CONTROL = 0x1e7n;
const WATCHPOINT_CONTROL = 0x1fffn;

function setGuestDebug(
  guest: BenchGuest,
  control: number,
  fill: (debug: ReturnType<typeof kvm_guest_debug.over>) => void = () => undefined,
): void {
  // The loop never leaves KVM_RUN by itself; a signal to its thread brings it out, as in user space.
  if (guest.vcpu.isInKvmRun) {
    guest.vcpu.signal();
    guest.vcpu.run();
  }
  const bytes = kvm_guest_debug.make({ control });
  fill(kvm_guest_debug.over(bytes));
  if (guest.vcpu.setGuestDebug(bytes) !== 0) throw new Error(guest.vcpu.lastFailure?.message);
}

/** Steps a second through KVM_RUN; each exit is told by its class, and pc is read. */
function stepsPerSecond(): number {
  const guest = bootGuest(LOOP);
  const { vcpu } = guest;
  runGuest(guest, 100_000);
  setGuestDebug(guest, KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.SINGLESTEP);
  const pc = CORE_REGISTER_IDS.get('pc');
  if (pc === undefined) throw new Error('KVM names no pc.');
  const main = guest.symbol('main');
  const { kvmRun } = vcpu;
  const step = (): void => {
    const result = vcpu.run();
    const hsr = kvmRun.debug_hsr;
    if (result !== 0 || kvmRun.exit_reason !== KVM_EXIT.DEBUG || hsr >>> CLASS_SHIFT !== SOFTWARE_STEP)
      throw new Error(`A step left with ${kvmRun.exit_reason}, hsr 0x${hsr.toString(16)}.`);
    const at = vcpu.getOneRegValue(pc);
    if (at === undefined || at < main || at > main + 0x40n) throw new Error(`A step of the loop stands at 0x${at?.toString(16)}.`);
  };
  for (let warming = 0; warming < 20_000; warming++) step();
  return (
    STEPS /
    userSeconds(() => {
      for (let count = 0; count < STEPS; count++) step();
    })
  );
}

/** Seconds of CPU time that the loop takes with what `arm` has set. */
function loopSeconds(arm: (guest: BenchGuest) => void): number {
  const guest = bootGuest(LOOP);
  runGuest(guest, LOOP_INSTRUCTIONS / 2); // Until the optimizing compiler has it.
  arm(guest);
  runGuest(guest, LOOP_INSTRUCTIONS / 10);
  return userSeconds(() => runGuest(guest, LOOP_INSTRUCTIONS));
}

const armNothing = (): void => undefined;
const armBreakpoint = (guest: BenchGuest): void =>
  setGuestDebug(guest, KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_HW, debug => {
    debug.dbg_bvr[0] = guest.symbol('bystander');
    debug.dbg_bcr[0] = BREAKPOINT_CONTROL;
  });
const armWatchpoint = (guest: BenchGuest): void =>
  setGuestDebug(guest, KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_HW, debug => {
    // The doubleword behind `neighbour`: nobody touches it, and it is in the page of what the loop counts.
    debug.dbg_wvr[0] = guest.symbol('neighbour');
    debug.dbg_wcr[0] = WATCHPOINT_CONTROL;
  });

/** `steps.kvm`: the kvm layer without debugger and adapter. */
export async function kvmSteps(): Promise<Figures> {
  return { 'steps.kvm.aarch64': median([stepsPerSecond(), stepsPerSecond(), stepsPerSecond()]) };
}

/** How much slower the loop is with `arm` than without; both sides alternate. */
async function slowdown(arm: (guest: BenchGuest) => void): Promise<number> {
  const { ratio } = await interleaved(
    ROUNDS,
    () => loopSeconds(arm),
    () => loopSeconds(armNothing),
  );
  return ratio;
}

/** An unhit breakpoint register on the loop's page. */
export const breakpointSlowdown = async (): Promise<Figures> => ({
  'slowdown.breakpointSamePage.aarch64': await slowdown(armBreakpoint),
});

/** A watchpoint on bytes that nobody touches, in the page that the loop reads and writes. */
export const watchpointSlowdown = async (): Promise<Figures> => ({
  'slowdown.watchpointSamePage.aarch64': await slowdown(armWatchpoint),
});
