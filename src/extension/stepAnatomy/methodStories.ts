// SPDX-License-Identifier: MIT
import type { StepAnatomyBody, WireStepAction } from '../../dap/index.js';
import type { Lane, MarkValue, StepFact, StepMark } from '../../views/index.js';
import type { Localization } from '../localization.js';
import { BY_INTERRUPT, type DrawnMark, own, plain } from './actionMarks.js';
import { kernelMarks } from './kernelMarks.js';
import { softwareStepStates, traceOwner, traceVector, whoSeesWhat } from './stepFacts.js';

/** One stay in the guest, with the records before and behind it. */
export interface GuestRun {
  readonly body: StepAnatomyBody;
  readonly exit: Extract<WireStepAction, { kind: 'exit' }>;
  readonly before: readonly WireStepAction[];
  readonly after: readonly WireStepAction[];
}

/** How a method works: in words, and what happens between an entry and an exit. */
export interface MethodStory {
  readonly sentences: readonly string[];
  run(run: GuestRun): readonly DrawnMark[];
  facts(body: StepAnatomyBody): readonly StepFact[];
}

/** The story of a method by its name; of a method without one, what is true of all. */
export function storyOf(method: string, l10n: Localization): MethodStory {
  const story = STORIES.find(({ names }) => names.test(method))?.story ?? plainStory;
  return story(l10n, method);
}

type Story = (l10n: Localization, method: string) => MethodStory;

const KVM_RUN = 'KVM_RUN';

/**
 * A stay in the guest: KVM_RUN, what KVM writes on its way in, what happens `inside`, what it writes on its way out, and the return. Where
 * KVM writes something there is a mark for each way through it.
 */
function stay(run: GuestRun, inside: readonly DrawnMark[], l10n: Localization): readonly DrawnMark[] {
  const [entering, leaving] = [kernelMarks(run.exit, 'entering', l10n), kernelMarks(run.exit, 'leaving', l10n)];
  const isInKvm = inside.some(({ mark }) => mark.to === 'kvm');
  return [
    ...(entering.length === 0
      ? [enter('debugger', 'guest', l10n)]
      : [enter('debugger', 'kvm', l10n), ...entering, enter('kvm', 'guest', l10n)]),
    ...inside,
    ...(isInKvm || leaving.length === 0 ? [] : [exitToKvm(run, l10n)]),
    ...leaving,
    leave(run, l10n),
  ];
}

function enter(from: Lane, to: Lane, l10n: Localization): DrawnMark {
  if (from === 'kvm')
    return derived(own('enter', from, l10n.t('Enter the guest'), { to, why: l10n.t('from here on the processor runs the guest') }));
  const why = to === 'guest' ? l10n.t('KVM enters the guest') : l10n.t('KVM is to run the guest');
  return plain(own('enter', from, KVM_RUN, { to, why }));
}

const exitToKvm = ({ exit }: GuestRun, l10n: Localization): DrawnMark =>
  derived(own('interrupt', 'guest', l10n.t('Something for KVM'), { to: 'kvm', why: l10n.t('an exit of the guest'), address: exit.pc }));

function leave({ exit }: GuestRun, l10n: Localization): DrawnMark {
  const [reason = exit.reason, detail] = exit.reason.split(': ', 2);
  const values: MarkValue[] = [
    { name: 'PC', after: [exit.pc, exit.symbol].filter(text => text !== undefined).join(' ') },
    ...(exit.syndrome === undefined ? [] : [{ name: l10n.t('syndrome (hsr)'), after: exit.syndrome }]),
  ];
  return plain(
    own('exit', 'kvm', reason, {
      to: 'debugger',
      why: l10n.t('KVM_RUN returns'),
      badges: detail === undefined ? [] : [detail],
      values,
      address: exit.pc,
      logText: `${KVM_RUN} -> ${reason}`,
    }),
  );
}

/** Whether the machine has done what the guest left for: the guest goes on behind it. */
export const isServed = ({ reason }: GuestRun['exit']): boolean => reason.endsWith(', served by the machine');

function ran({ body, before }: GuestRun, how: string, l10n: Localization): StepMark {
  const why = before.some(action => action.kind === 'exit' && isServed(action))
    ? l10n.t('it has what the machine has answered, and is over')
    : how;
  return own('instruction', 'guest', body.instruction?.replace(/<[^>]*>\s*/, '') ?? l10n.t('the instruction'), {
    why,
    isDerived: true,
    values: body.startPc === undefined ? [] : [{ name: l10n.t('at'), after: [body.startPc, body.symbol].filter(Boolean).join(' ') }],
    ...(body.startPc === undefined ? {} : { address: body.startPc }),
  });
}

const derived = (mark: StepMark, borrowing: Partial<Pick<DrawnMark, 'begins' | 'ends'>> = {}): DrawnMark => ({
  mark: { ...mark, isDerived: true },
  begins: [],
  ends: [],
  ...borrowing,
});

const plainStory: Story = l10n => ({
  sentences: [],
  run: run => stay(run, [derived(ran(run, l10n.t('the guest runs'), l10n))], l10n),
  facts: () => [],
});

/** KVM-HV: what has no single step gets one by the guest's own Trace interrupt (PPC-HV, section 3). */
const traceStory: Story = (l10n, method) => ({
  sentences: [
    l10n.t(
      'KVM-HV has no single step. A processor can trace: it takes a Trace interrupt after each instruction. But that interrupt goes to the guest, and KVM never sees it.',
    ),
    method.endsWith('CIABR')
      ? l10n.t("The debugger puts the instruction's address into CIABR, so that the Trace interrupt comes after it.")
      : l10n.t('The debugger sets MSR[SE], so that the Trace interrupt comes after one instruction.'),
    l10n.t(
      "At the vector of that interrupt it has put a word that is no instruction. That raises another interrupt, which is KVM's: KVM stops the guest and tells the debugger.",
    ),
    l10n.t('So the guest stops before its handler has run. Everything that was borrowed is put back, and the guest never knows.'),
  ],
  run: run =>
    stay(
      run,
      isAtTrapWord(run)
        ? traceMarks(run, trapAt(run)?.role, l10n)
        : [derived(ran(run, l10n.t('the guest runs'), l10n)), exitToKvm(run, l10n)],
      l10n,
    ),
  facts: body => [...whoSeesWhat(l10n), ...traceVector(body, l10n)],
});

type Trap = NonNullable<Extract<WireStepAction, { kind: 'writeMemory' }>['trap']>;

const isAtTrapWord = ({ exit }: GuestRun): boolean => /^KVM_EXIT_DEBUG: trap word/.test(exit.reason);

/** The trap that the guest came out at. */
function trapAt({ exit, before }: GuestRun): Trap | undefined {
  for (const action of before) if (action.kind === 'writeMemory' && action.trap?.address === exit.pc) return action.trap;
  return undefined;
}

/** A step by CIABR where it can serve; elsewhere it is made by SE. */
const isByCiabr = ({ before }: GuestRun): boolean => before.some(action => action.kind === 'writeRegister' && action.register === 'ciabr');

function traceMarks(run: GuestRun, role: Trap['role'] | undefined, l10n: Localization): readonly DrawnMark[] {
  const { exit } = run;
  const word = derived(
    own('interrupt', 'guest', l10n.t('Trap word at {0}', exit.pc), {
      to: 'kvm',
      why: l10n.t("no instruction: a Hypervisor Emulation Assistance interrupt (HEAI), which is KVM's"),
      badges: ['HEAI'],
      address: exit.pc,
    }),
  );
  switch (role) {
    case 'trace':
      return [
        derived(ran(run, isByCiabr(run) ? l10n.t('runs to its end, with CIABR at it') : l10n.t('runs to its end, with MSR[SE] = 1'), l10n)),
        traceInterrupt(run, l10n),
        word,
      ];
    case 'interrupt':
      return [
        derived(ran(run, l10n.t('does not complete'), l10n)),
        derived(
          own('interrupt', 'guest', l10n.t('Another interrupt'), {
            why: l10n.t('it comes before the instruction or by it; its handler is at {0}', exit.pc),
            values: overwritten(run, l10n),
            address: exit.pc,
          }),
          // It takes MSR[SE] with it; what it has saved is put in order by itself.
          { begins: clobbered(run), ends: isMsrGivenBack(run) ? [] : ['msr'] },
        ),
        word,
      ];
    case 'successor':
      return [derived(ran(run, l10n.t('runs; it is never traced, so a trap is where it goes on'), l10n)), word];
    default:
      return [derived(ran(run, l10n.t('the guest runs'), l10n)), word];
  }
}

function traceInterrupt(run: GuestRun, l10n: Localization): DrawnMark {
  const [next, status] = ['srr0', 'srr1'].map(name => givenBack(run).find(({ register }) => register === name)?.before);
  return derived(
    own('interrupt', 'guest', l10n.t('Trace interrupt'), {
      why:
        next === undefined || status === undefined
          ? l10n.t('PC ← {0}, the vector; SRR0 ← where to go on; SRR1 ← the MSR', run.exit.pc)
          : l10n.t('PC ← {0}, the vector; SRR0 ← {1}, where to go on; SRR1 ← {2}, the MSR and its status', run.exit.pc, next, status),
      values: [...overwritten(run, l10n), { name: 'PC', after: run.exit.pc }],
      address: run.exit.pc,
    }),
    { begins: clobbered(run) },
  );
}

type Write = Extract<WireStepAction, { kind: 'writeRegister' }>;

/** The writes that give back what the interrupt has overwritten. */
const givenBack = ({ after }: GuestRun): readonly Write[] =>
  after.filter((action): action is Write => action.kind === 'writeRegister' && BY_INTERRUPT.includes(action.register));

const isMsrGivenBack = ({ after }: GuestRun): boolean => after.some(action => action.kind === 'writeRegister' && action.register === 'msr');

const clobbered = (run: GuestRun): DrawnMark['begins'] =>
  givenBack(run).map(({ register }) => ({ name: register, title: register.toUpperCase() }));

/** What the interrupt has left in SRR0 and SRR1, told by those who overwrite it. */
const overwritten = (run: GuestRun, l10n: Localization): readonly MarkValue[] =>
  givenBack(run).map(({ register, before }) => ({ name: l10n.t('{0} by the interrupt', register.toUpperCase()), after: before }));

/** KVM-PR, whose guest runs in problem state: every interrupt is KVM's. */
const forcedTraceStory: Story = l10n => ({
  sentences: [
    l10n.t('KVM-PR runs the guest in problem state, so every interrupt of the processor comes to KVM, and the Trace interrupt too.'),
    l10n.t('For a single step it runs the guest with MSR[SE] = 1, and takes the bit away again when the guest leaves.'),
  ],
  run: run =>
    stay(
      run,
      run.exit.reason.includes('single step')
        ? [
            derived(ran(run, l10n.t('runs to its end, with MSR[SE] = 1'), l10n)),
            derived(
              own('interrupt', 'guest', l10n.t('Trace interrupt'), {
                to: 'kvm',
                why: l10n.t('the guest is in problem state: the interrupt is taken by the host'),
                address: run.exit.pc,
              }),
            ),
          ]
        : [derived(ran(run, l10n.t('the guest runs'), l10n))],
      l10n,
    ),
  facts: () => traceOwner(l10n),
});

/** Whether the stay begins active-pending: KVM has completed the instruction, and its exception is all that is to come. */
const isOwed = ({ exit }: GuestRun): boolean =>
  (exit.kernel ?? []).some(({ when, register, after }) => when === 'entering' && register === 'pstate.SS' && BigInt(after) === 0n);

/** ARM64: the step state machine of the architecture (Arm ARM, D2.12). */
const softwareStepStory: Story = l10n => ({
  sentences: [
    l10n.t('The processor has a state machine for single steps. KVM turns it on for the guest with MDSCR_EL1.SS and PSTATE.SS.'),
    l10n.t('One instruction runs and clears PSTATE.SS; before the next one a Software Step exception goes to EL2, where KVM is.'),
  ],
  run: run =>
    stay(
      run,
      run.exit.reason.includes('software step')
        ? [
            ...(isOwed(run)
              ? []
              : [
                  derived(ran(run, l10n.t('active-not-pending: PSTATE.SS is 1, one instruction may run'), l10n)),
                  derived(
                    own('set', 'guest', 'PSTATE.SS ← 0', {
                      why: l10n.t('active-pending: the next instruction may not run'),
                      address: run.exit.pc,
                    }),
                  ),
                ]),
            derived(
              own('interrupt', 'guest', l10n.t('Software Step exception'), {
                to: 'kvm',
                why: l10n.t('debug exceptions of the guest go to EL2'),
                badges: ['EL2'],
              }),
            ),
          ]
        : [derived(ran(run, l10n.t('the guest runs'), l10n))],
      l10n,
    ),
  facts: body => softwareStepStates(body, l10n),
});

const STORIES: readonly { readonly names: RegExp; readonly story: Story }[] = [
  { names: /^POWER HV Trace/, story: traceStory },
  { names: /^KVM-PR/, story: forcedTraceStory },
  { names: /^ARM64 software step/, story: softwareStepStory },
];
