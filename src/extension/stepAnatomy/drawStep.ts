// SPDX-License-Identifier: MIT
import type { StepAnatomyBody, WireStepAction } from '../../dap/index.js';
import type { BorrowedTrack, Lane, StepPhase, StepPicture } from '../../views/index.js';
import type { Localization } from '../localization.js';
import { type DrawnMark, marksOf, vcpuList } from './actionMarks.js';
import { isServed, storyOf } from './methodStories.js';

type Exit = Extract<WireStepAction, { kind: 'exit' }>;

/** Between two exits, and behind the last. */
interface Stretch {
  readonly name: StepPhase['name'];
  readonly marks: readonly DrawnMark[];
}

/**
 * Draws the records of a step: who does what, in order, and what is borrowed from the guest from where to where. What the guest's processor
 * and KVM do between an entry and an exit has no record; it follows from the method and from where the guest came out, and is marked so.
 */
export function drawStep(body: StepAnatomyBody, l10n: Localization): StepPicture | undefined {
  const { actions, method, threadId, startPc, symbol, instruction, log } = body;
  if (actions.length === 0) return undefined;
  const story = storyOf(method, l10n);
  const stretches = stretchesOf(body, l10n);
  const place = [startPc, symbol].filter(text => text !== undefined).join(' ');
  return {
    threadId,
    heading: l10n.t('vCPU {0}: one step, by {1}', threadId - 1, method),
    instruction: instruction?.replace(/<[^>]*>\s*/, '') ?? l10n.t('one instruction'),
    place,
    ...(startPc === undefined ? {} : { address: startPc }),
    method,
    story: story.sentences,
    lanes: lanes(threadId, l10n),
    phases: withExits(stretches).map(({ name, marks }) => ({
      name,
      title: phaseTitle(name, marks, l10n),
      marks: marks.map(({ mark }) => mark),
    })),
    tracks: tracksOf(stretches.flatMap(({ marks }) => marks)),
    facts: story.facts(body),
    log,
  };
}

function lanes(threadId: number, l10n: Localization): Readonly<Record<Lane, { readonly title: string; readonly subtitle: string }>> {
  return {
    debugger: { title: l10n.t('Debugger'), subtitle: l10n.t('user space') },
    kvm: { title: 'KVM', subtitle: l10n.t('host kernel') },
    guest: { title: l10n.t('Guest'), subtitle: l10n.t('vCPU {0}', vcpuList([threadId - 1])) },
  };
}

function phaseTitle(name: StepPhase['name'], marks: readonly DrawnMark[], l10n: Localization): string {
  switch (name) {
    case 'prepare':
      return l10n.t('Prepare');
    case 'run':
      return l10n.t('One instruction');
    case 'restore':
      return marks.some(({ mark }) => mark.kind === 'restore') ? l10n.t('Put everything back') : l10n.t('Decide');
  }
}

/** The guest is entered again behind an exit that the machine has served, as behind a decision to do so. */
function stretchesOf(body: StepAnatomyBody, l10n: Localization): readonly Stretch[] {
  const stretches: { readonly name: StepPhase['name']; readonly marks: DrawnMark[] }[] = [];
  const story = storyOf(body.method, l10n);
  let waiting: WireStepAction[] = [];
  let name: StepPhase['name'] = 'prepare';
  const seen: WireStepAction[] = [];
  const flush = (): void => {
    if (waiting.length > 0) stretches.push({ name, marks: [...marksOf(waiting, { phase: name, seen, l10n })] });
    seen.push(...waiting);
    waiting = [];
  };
  for (const [index, action] of body.actions.entries()) {
    if (action.kind === 'exit') {
      flush();
      const run = story.run({ body, exit: action as Exit, before: body.actions.slice(0, index), after: body.actions.slice(index + 1) });
      stretches.push({ name: 'run', marks: [...run] });
      seen.push(action);
      name = isServed(action) && body.actions.slice(index + 1).some(({ kind }) => kind === 'exit') ? 'prepare' : 'restore';
      continue;
    }
    waiting.push(action);
    if (action.kind === 'decision' && action.decision === 'reenter') {
      flush();
      name = 'prepare';
    }
  }
  flush();
  return stretches;
}

/** Says of each mark behind which exits its entry of the log stands: a call is made in front of the run of the guest and behind it. */
function withExits(stretches: readonly Stretch[]): readonly Stretch[] {
  const exits: string[] = [];
  return stretches.map(({ name, marks }) => {
    const logBehind = [...exits];
    exits.push(...marks.flatMap(({ mark }) => (mark.kind === 'exit' && mark.logText !== undefined ? [mark.logText] : [])));
    return { name, marks: marks.map(drawn => ({ ...drawn, mark: { ...drawn.mark, logBehind } })) };
  });
}

/** From the mark that begins to borrow something to the mark that ends it; what is never given back goes on to the end. */
function tracksOf(marks: readonly DrawnMark[]): readonly BorrowedTrack[] {
  const titles = new Map<string, string>();
  for (const { begins } of marks) for (const { name, title } of begins) if (!titles.has(name)) titles.set(name, title);
  return [...titles].map(([name, title]) => {
    let isBorrowed = false;
    const states = marks.map(({ begins, ends }): BorrowedTrack['states'][number] => {
      const wasBorrowed = isBorrowed;
      if (ends.includes(name)) isBorrowed = false;
      if (begins.some(begun => begun.name === name)) isBorrowed = true;
      if (isBorrowed) return wasBorrowed ? 'borrowed' : 'begins';
      return wasBorrowed ? 'ends' : 'own';
    });
    return { name, title, states };
  });
}
