// SPDX-License-Identifier: MIT
import type { VcpusBody, WireVcpu } from '../../dap/index.js';
import type { Localization } from '../localization.js';
import { markdownTable, plainMarkdown } from '../markdownText.js';
import type { RowIcon, SourcePlace, TreeRow } from '../tree/treeRow.js';
import { foldAlike, MANY_VCPUS } from './alikeVcpus.js';

/** How a vCPU stands to the last stop: `stoppedHere` caused it, `held` stands still because another one did. */
export type Standing = 'stoppedHere' | 'held' | 'running' | 'waiting' | 'off' | 'frozen';

const STANDINGS: readonly Standing[] = ['stoppedHere', 'held', 'running', 'waiting', 'frozen', 'off'];

const standingOf = ({ state, threadId }: WireVcpu, stoppedThread: number | undefined): Standing =>
  state !== 'stopped' ? state : threadId === stoppedThread ? 'stoppedHere' : 'held';

const ICONS: Readonly<Record<Standing, RowIcon>> = {
  stoppedHere: { name: 'debug-stackframe', color: 'debugIcon.breakpointCurrentStackframeForeground' },
  held: { name: 'debug-pause', color: 'disabledForeground' },
  running: { name: 'play', color: 'debugIcon.startForeground' },
  waiting: { name: 'watch', color: 'charts.blue' },
  off: { name: 'circle-slash', color: 'disabledForeground' },
  frozen: { name: 'lock', color: 'charts.blue' },
};

type Vcpus = Omit<VcpusBody, 'schedulerLocking'>;

/**
 * The rows of the view "vCPUs": one for each, with what is known of it below. The only one is open; of many, those that are alike are
 * folded into one row, so that the others are seen at once.
 */
export function vcpuRows({ vcpus, stoppedThread }: Vcpus, l10n: Localization): readonly TreeRow[] {
  const rows = vcpus.map(vcpu => {
    const standing = standingOf(vcpu, stoppedThread);
    const row = vcpuRow(vcpu, standing, l10n);
    return { vcpu, standing, row: vcpus.length === 1 ? { ...row, isOpen: true } : row };
  });
  return vcpus.length < MANY_VCPUS ? rows.map(({ row }) => row) : foldAlike(rows, l10n);
}

/** How many vCPUs stand how: `1 stopped, 3 held`. */
export function vcpuCounts({ vcpus, stoppedThread }: Vcpus, l10n: Localization): string {
  const counts = new Map<Standing, number>();
  for (const vcpu of vcpus) {
    const standing = standingOf(vcpu, stoppedThread);
    counts.set(standing, (counts.get(standing) ?? 0) + 1);
  }
  return STANDINGS.flatMap(standing => {
    const count = counts.get(standing);
    return count === undefined ? [] : [`${count} ${standingWord(standing, l10n)}`];
  }).join(', ');
}

function vcpuRow(vcpu: WireVcpu, standing: Standing, l10n: Localization): TreeRow {
  const id = `vcpu/${vcpu.index}`;
  const label = l10n.t('vCPU {0}', vcpu.index);
  const word = standingWord(standing, l10n);
  const place = placeOf(vcpu);
  const facts = factsOf(vcpu, standing, l10n);
  const where = isStill(standing) ? [locationText(vcpu), vcpu.mode] : [];
  return {
    id,
    label,
    description: [word, ...where].join(' · '),
    icon: ICONS[standing],
    tooltip: [`**${plainMarkdown(label)}** – ${plainMarkdown(word)}`, markdownTable(facts.map(({ name, text }) => [name, text]))].join(
      '\n\n',
    ),
    spoken: [label, word, ...facts.filter(fact => fact.isSpoken).map(({ name, text }) => `${name} ${text}`)].join(', '),
    context: contextOf(standing, vcpu),
    threadId: vcpu.threadId,
    value: vcpu.pc,
    ...(place === undefined ? {} : { place }),
    children: facts.map(({ key, name, text, icon }) => ({
      id: `${id}/${key}`,
      label: name,
      description: text,
      icon: { name: icon },
      tooltip: plainMarkdown(text),
      context: 'fact',
      threadId: vcpu.threadId,
      value: text,
      ...(key === 'location' && place !== undefined ? { place } : {}),
    })),
  };
}

/** Whether registers and place of the vCPU can be looked at. */
const isStill = (standing: Standing): boolean => standing === 'stoppedHere' || standing === 'held' || standing === 'frozen';

function standingWord(standing: Standing, l10n: Localization): string {
  switch (standing) {
    case 'stoppedHere':
      return l10n.t('stopped');
    case 'held':
      return l10n.t('held');
    case 'running':
      return l10n.t('running');
    case 'waiting':
      return l10n.t('waiting');
    case 'off':
      return l10n.t('off');
    case 'frozen':
      return l10n.t('frozen');
  }
}

/** `frozen` or `thawed`, and `ready` for one that a step may be asked of. */
function contextOf(standing: Standing, { isFrozen }: WireVcpu): string {
  const isReady = standing === 'stoppedHere' || standing === 'held';
  return ['vcpu', isReady ? 'ready' : standing, isFrozen ? 'frozen' : 'thawed'].join(' ');
}

function placeOf({ source, line }: WireVcpu): SourcePlace | undefined {
  return source?.path === undefined || line === undefined ? undefined : { path: source.path, line };
}

/** `increment counter.c:88`; without line information the function or the address alone. */
function locationText({ function: name, pc, source, line }: WireVcpu): string {
  return [name ?? pc, ...(source?.name === undefined ? [] : [`${source.name}:${line}`])].join(' ');
}

interface Fact {
  readonly key: string;
  readonly name: string;
  readonly text: string;
  readonly icon: string;
  /** Whether a screen reader hears it with the row of the vCPU. */
  readonly isSpoken: boolean;
}

function factsOf(vcpu: WireVcpu, standing: Standing, l10n: Localization): readonly Fact[] {
  const reason = vcpu.stopReason ?? standingSentence(standing, l10n);
  const step: readonly Fact[] =
    vcpu.step === undefined
      ? []
      : [{ key: 'step', name: l10n.t('Step'), text: stepSentence(vcpu.step, l10n), icon: 'debug-step-over', isSpoken: true }];
  if (!isStill(standing)) return [{ key: 'reason', name: l10n.t('State'), text: reason, icon: 'info', isSpoken: false }, ...step];
  const why: Fact = { key: 'reason', name: l10n.t('Why'), text: reason, icon: 'info', isSpoken: true };
  return [
    why,
    ...step,
    { key: 'location', name: l10n.t('Location'), text: locationText(vcpu), icon: 'symbol-method', isSpoken: true },
    { key: 'pc', name: l10n.t('Next instruction'), text: vcpu.pc, icon: 'arrow-right', isSpoken: false },
    { key: 'mode', name: l10n.t('Mode'), text: vcpu.mode, icon: 'chip', isSpoken: true },
    { key: 'interrupts', name: l10n.t('Interrupts'), text: interruptSentence(vcpu.interruptState, l10n), icon: 'bell', isSpoken: false },
  ];
}

function stepSentence(step: NonNullable<WireVcpu['step']>, l10n: Localization): string {
  switch (step) {
    case 'armed':
      return l10n.t('It ends behind the next instruction.');
    case 'pending':
      return l10n.t('It is pending; it ends when the handler of its exception has come back.');
    case 'passing':
      return l10n.t("It gets past a breakpoint or the trap of another vCPU's step.");
  }
}

/** What is said where the debugger gives no reason. */
function standingSentence(standing: Standing, l10n: Localization): string {
  switch (standing) {
    case 'stoppedHere':
      return l10n.t('It has stopped.');
    case 'held':
      return l10n.t('It is held because another vCPU has stopped.');
    case 'running':
      return l10n.t('It is running.');
    case 'waiting':
      return l10n.t('It waits for an interrupt or an event.');
    case 'off':
      return l10n.t('It has not been switched on.');
    case 'frozen':
      return l10n.t('It does not run until it is thawed.');
  }
}

/** PSTATE's masks by letter, with the manual's names. */
const MASKS: Readonly<Record<string, string>> = { D: 'debug', A: 'SError', I: 'IRQ', F: 'FIQ' };

/** `DaIF` as "debug, IRQ, FIQ masked": capital letters are masked. */
function interruptSentence(state: string, l10n: Localization): string {
  // POWER has one mask for all that come from outside.
  if (state === 'enabled') return l10n.t('MSR[EE] is 1: external interrupts are taken');
  if (state === 'disabled') return l10n.t('MSR[EE] is 0: external interrupts wait');
  const masked = [...state].flatMap(letter => MASKS[letter] ?? []);
  if (masked.length === 0) return l10n.t('{0}: none masked', state);
  return masked.length === Object.keys(MASKS).length
    ? l10n.t('{0}: all masked', state)
    : l10n.t('{0}: {1} masked', state, masked.join(', '));
}
