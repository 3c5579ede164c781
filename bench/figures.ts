// SPDX-License-Identifier: MIT
/** Figures by key; the keys stay, so that runs of different versions compare. */
export type Figures = Readonly<Record<string, number | string>>;

interface FigureRow {
  readonly key: string;
  readonly what: string;
  /** Digits behind the point. */
  readonly digits: number;
  readonly unit: string;
  /** What was to be reached, and in which direction better is. */
  readonly target?: readonly [comparison: 'at least' | 'at most', value: number];
}

// biome-ignore format: a table, one row a line
export const FIGURE_ROWS: readonly FigureRow[] = [
  { key: 'mips.interpreter.aarch64',             digits: 0, unit: 'million instructions/s', what: 'Integer workload, headless' },
  { key: 'mips.qemuUser.aarch64',                digits: 0, unit: 'million instructions/s', what: 'The same object code under qemu-aarch64' },
  { key: 'ratio.interpreter.aarch64.qemuUser',   digits: 3, unit: '',                       what: 'Ours / qemu-aarch64',                                       target: ['at least', 0.17] },
  { key: 'mips.interpreter.ppc64',               digits: 0, unit: 'million instructions/s', what: 'The workload for big-endian POWER' },
  { key: 'mips.qemuUser.ppc64',                  digits: 0, unit: 'million instructions/s', what: 'The same object code under qemu-ppc64' },
  { key: 'ratio.interpreter.ppc64.qemuUser',     digits: 3, unit: '',                       what: 'Ours / qemu-ppc64',                                         target: ['at least', 0.12] },
  { key: 'mips.interpreter.ppc64le',             digits: 0, unit: 'million instructions/s', what: 'The workload for little-endian POWER' },
  { key: 'mips.qemuUser.ppc64le',                digits: 0, unit: 'million instructions/s', what: 'The same object code under qemu-ppc64le' },
  { key: 'ratio.interpreter.ppc64le.qemuUser',   digits: 3, unit: '',                       what: 'Ours / qemu-ppc64le',                                       target: ['at least', 0.12] },
  { key: 'steps.kvm.aarch64',                    digits: 0, unit: 'steps/s',                what: 'One KVM_RUN and one decoded exit a step',                   target: ['at least', 1_000_000] },
  { key: 'steps.engine.ppc64',                   digits: 0, unit: 'steps/s',                what: 'One Trace interrupt a step, no KVM',                        target: ['at least', 500_000] },
  { key: 'steps.engine.ppc64le',                 digits: 0, unit: 'steps/s',                what: 'The same, little-endian',                                   target: ['at least', 500_000] },
  { key: 'steps.pr.ppc64',                       digits: 0, unit: 'steps/s',                what: 'One KVM_RUN of KVM-PR and its exit a step',                 target: ['at least', 500_000] },
  { key: 'steps.pr.ppc64le',                     digits: 0, unit: 'steps/s',                what: 'The same, little-endian',                                   target: ['at least', 500_000] },
  { key: 'steps.kvm.ppc64',                      digits: 0, unit: 'steps/s',                what: 'One whole Trace step under KVM-HV: armed, run, decided, given back', target: ['at least', 150_000] },
  { key: 'steps.kvm.ppc64.undisturbed',           digits: 0, unit: 'steps/s',                what: 'The same, in the rounds in which nobody else had the machine' },
  { key: 'steps.kvm.ppc64.undisturbedShare',      digits: 2, unit: '',                       what: 'The share of these rounds' },
  { key: 'steps.kvm.ppc64le',                    digits: 0, unit: 'steps/s',                what: 'The same, little-endian',                                   target: ['at least', 150_000] },
  { key: 'steps.kvm.ppc64le.undisturbed',         digits: 0, unit: 'steps/s',                what: 'The same, in the rounds in which nobody else had the machine' },
  { key: 'steps.kvm.ppc64le.undisturbedShare',    digits: 2, unit: '',                       what: 'The share of these rounds' },
  { key: 'steps.adapter.aarch64',                digits: 0, unit: 'steps/s',                what: 'stepIn request to stopped event, in process',               target: ['at least', 20_000] },
  { key: 'steps.adapter.ppc64',                  digits: 0, unit: 'steps/s',                what: 'The same by the Trace method under KVM-HV',                 target: ['at least', 15_000] },
  { key: 'steps.adapter.ppc64le',                digits: 0, unit: 'steps/s',                what: 'The same, little-endian',                                   target: ['at least', 15_000] },
  { key: 'hits.falseCondition.aarch64',          digits: 0, unit: 'hits/s',                 what: 'Conditional breakpoint whose condition is false, engine mode', target: ['at least', 500_000] },
  { key: 'hits.falseConditionHardware.aarch64',  digits: 0, unit: 'hits/s',                 what: 'The same, hardware mode' },
  { key: 'hits.breakpoint.aarch64',              digits: 0, unit: 'hits/s',                 what: 'Breakpoint hit, reported and continued from' },
  { key: 'hits.watchpoint.aarch64',              digits: 0, unit: 'hits/s',                 what: 'Watchpoint hit, reported and continued from' },
  { key: 'slowdown.breakpointSamePage.aarch64',  digits: 3, unit: 'times',                  what: 'Unhit hardware breakpoint on the loop\'s page',             target: ['at most', 1.05] },
  { key: 'slowdown.watchpointSamePage.aarch64',  digits: 3, unit: 'times',                  what: 'Unrelated watchpoint on the page of the loop\'s data' },
  { key: 'milliseconds.stopAllViews8',           digits: 1, unit: 'ms',                     what: 'Stop of 8 vCPUs, all views open: all requests answered',    target: ['at most', 30] },
  { key: 'milliseconds.stepInWorkbench',         digits: 1, unit: 'ms',                     what: 'Step over in VS Code, key press to repainted editor' },
  { key: 'milliseconds.stepInWorkbench.mock',    digits: 1, unit: 'ms',                     what: 'The same with an adapter that answers at once' },
  { key: 'ratio.stepInWorkbench.mock',           digits: 3, unit: '',                       what: 'Ours / the mock\'s',                                        target: ['at most', 1.3] },
  { key: 'milliseconds.logFrame',                digits: 1, unit: 'ms',                     what: 'Longest frame while 100,000 entries of the KVM log are scrolled', target: ['at most', 50] },
  { key: 'milliseconds.logFrame.median',         digits: 1, unit: 'ms',                     what: 'A frame of them' },
  { key: 'milliseconds.logFrame.work',           digits: 1, unit: 'ms',                     what: 'Processor time of the longest task in a frame',             target: ['at most', 50] },
  { key: 'rows.logDrawn',                        digits: 0, unit: '',                       what: 'Rows that are in the page meanwhile' },
  { key: 'seconds.firstStop',                    digits: 3, unit: 's',                      what: 'Process start to first stop',                               target: ['at most', 0.6] },
  { key: 'memory.residentMiB',                   digits: 0, unit: 'MiB',                    what: 'Resident beside the guest\'s 16 MiB, at the first stop',    target: ['at most', 184] },
];

/** A Markdown table of the figures that are there. */
export function figuresTable(figures: Figures): string {
  const rows = FIGURE_ROWS.flatMap(({ key, what, digits, unit, target }) => {
    const value = figures[key];
    if (typeof value !== 'number') return [];
    const shown = `${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}${unit === '' ? '' : ` ${unit}`}`;
    const goal = target === undefined ? '' : `${target[0]} ${target[1].toLocaleString('en')}`;
    return [`| ${what} | ${shown} | ${goal} | \`${key}\` |`];
  });
  return ['| figure | value | to reach | key |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The figures that miss what was to be reached, a sentence each. */
export function missedTargets(figures: Figures): readonly string[] {
  return FIGURE_ROWS.flatMap(({ key, target }) => {
    const value = figures[key];
    if (target === undefined || typeof value !== 'number') return [];
    const isReached = target[0] === 'at least' ? value >= target[1] : value <= target[1];
    return isReached ? [] : [`${key} is ${value}, to reach is ${target[0]} ${target[1]}.`];
  });
}
