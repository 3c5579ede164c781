// SPDX-License-Identifier: MIT
import type { VcpuStep, VcpuView } from '../registers/registerView.js';
import type { ProgramSymbols } from '../symbols/programSymbols.js';
import type { EndReport, StopReport } from './stop.js';
import type { DebuggedVcpu, VcpuControl } from './vcpuControl.js';

/** What the view of a vCPU is made of. */
export interface VcpuViewParts {
  readonly control: VcpuControl;
  readonly symbols: ProgramSymbols;
  readonly execution: {
    readonly isRunning: boolean;
    readonly holdsOthers: boolean;
    readonly requestedVcpu: number | undefined;
    readonly end: EndReport | undefined;
    stepOf(vcpu: DebuggedVcpu): VcpuStep | undefined;
  };
  /** The stop that the guest stands at, `undefined` while it runs. */
  readonly stop: StopReport | undefined;
}

/** The list of vCPUs. Brings them all out of KVM_RUN. */
export function vcpuViews(parts: VcpuViewParts): readonly VcpuView[] {
  const { control } = parts;
  const asleep = new Set(control.all.filter(({ vcpu }) => vcpu.isAsleep));
  control.kickAll();
  return control.all.map(debugged => {
    const { vcpu, registers, isFrozen } = debugged;
    const { pc, mode, interruptState } = registers;
    const step = parts.execution.stepOf(debugged);
    const state = stateOf(debugged, parts, asleep.has(debugged));
    return {
      index: vcpu.index,
      name: `vCPU ${vcpu.index} (${mode}, ${state})`,
      state,
      pc,
      function: parts.symbols.functionScopesAt(pc)[0]?.name ?? parts.symbols.describe(pc),
      mode,
      interruptState,
      stopReason: reasonOf(debugged, state, parts),
      isFrozen,
      ...(step === undefined ? {} : { step }),
    };
  });
}

/** Whether the vCPU is left out of the request under way, or was of the last one. */
const isLocked = ({ vcpu }: DebuggedVcpu, { execution }: VcpuViewParts): boolean =>
  execution.holdsOthers && execution.requestedVcpu !== vcpu.index;

function stateOf(debugged: DebuggedVcpu, parts: VcpuViewParts, isAsleep: boolean): VcpuView['state'] {
  if (parts.control.isOff(debugged)) return 'off';
  if (debugged.isFrozen) return 'frozen';
  if (!parts.execution.isRunning || isLocked(debugged, parts)) return 'stopped';
  return isAsleep ? 'waiting' : 'running';
}

function reasonOf(debugged: DebuggedVcpu, state: VcpuView['state'], parts: VcpuViewParts): string | undefined {
  const { stop } = parts;
  if (parts.execution.end) return parts.execution.end.description;
  if (stop?.vcpu === debugged.vcpu.index) return stop.description;
  switch (state) {
    case 'off':
      return `Off until another vCPU starts it by ${parts.control.startCall}.`;
    case 'frozen':
      return 'Frozen.';
    case 'stopped':
      if (isLocked(debugged, parts)) return 'Held by scheduler locking.';
      return stop && `Held: vCPU ${stop.vcpu} has stopped.`;
    default:
      return undefined;
  }
}
