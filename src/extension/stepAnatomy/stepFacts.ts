// SPDX-License-Identifier: MIT
import type { StepAnatomyBody } from '../../dap/index.js';
import type { StepFact } from '../../views/index.js';
import type { Localization } from '../localization.js';

/** Why the trap for the Trace interrupt is where it is (PPC-HV-01, 02). */
export function traceVector({ actions }: StepAnatomyBody, l10n: Localization): readonly StepFact[] {
  for (const action of actions) {
    if (action.kind !== 'writeMemory' || action.trap?.role !== 'trace' || action.trap.vector === undefined) continue;
    const { address, vector } = action.trap;
    const { IR, DR, AIL, offset } = vector;
    const isOn = IR === 1 && DR === 1;
    const low = `0x${offset.toString(16)}`;
    const row = (cells: readonly string[], isChosen: boolean): StepFact['rows'][number] => ({ cells, isChosen });
    return [
      {
        title: l10n.t('Why the trap is at {0}', address),
        rows: [
          row([l10n.t('MSR[IR], MSR[DR]'), 'LPCR[AIL]', l10n.t('Trace vector')], false),
          row([l10n.t('one of them 0'), l10n.t('any'), low], !isOn),
          row(['1, 1', '0', low], isOn && AIL < 2),
          row(['1, 1', '2', `0x${(offset + 0x18000).toString(16)}`], isOn && AIL === 2),
          row(['1, 1', '3', `0xc000000000004${offset.toString(16).padStart(3, '0')}`], isOn && AIL === 3),
        ],
        conclusion: isOn
          ? l10n.t('Here IR = 1, DR = 1 and AIL = {0}: the guest translates addresses, and AIL says where its vectors are.', AIL)
          : l10n.t('Here IR = {0}, DR = {1} and AIL = {2}: without translation the vectors are low, whatever AIL says.', IR, DR, AIL),
      },
    ];
  }
  return [];
}

/** Why a trap word, under KVM-HV: which of the guest's interrupts KVM gets to see. */
export const whoSeesWhat = (l10n: Localization): readonly StepFact[] => [
  {
    title: l10n.t('Why a trap word'),
    isProse: true,
    rows: [
      { cells: [l10n.t('interrupt'), l10n.t('comes'), l10n.t('goes to')], isChosen: false },
      { cells: [l10n.t('Trace'), l10n.t('after an instruction'), l10n.t('the guest')], isChosen: false },
      {
        cells: [l10n.t('Hypervisor Emulation Assistance'), l10n.t('at an illegal instruction'), 'KVM'],
        isChosen: true,
      },
    ],
    conclusion: l10n.t('So the Trace interrupt takes the guest to its own vector, and the trap word there takes it to KVM.'),
  },
];

/** Why KVM-PR sees the Trace interrupt that KVM-HV does not: the state in which the guest runs. */
export const traceOwner = (l10n: Localization): readonly StepFact[] => [
  {
    title: l10n.t('Whose the Trace interrupt is'),
    isProse: true,
    rows: [
      { cells: [l10n.t('KVM'), l10n.t('the guest runs in'), l10n.t('its Trace interrupt goes to')], isChosen: false },
      { cells: ['HV', l10n.t('the state of its MSR'), l10n.t('its own vector')], isChosen: false },
      { cells: ['PR', l10n.t('problem state, always'), l10n.t("the host's vector: KVM")], isChosen: true },
    ],
    conclusion: l10n.t('Nothing of the guest is borrowed but MSR[SE], and no vector of it is touched.'),
  },
];

/** The states of the step machine, and the one in which the step has ended. */
export function softwareStepStates({ actions }: StepAnatomyBody, l10n: Localization): readonly StepFact[] {
  const hasStepped = actions.some(action => action.kind === 'exit' && action.reason.includes('software step'));
  return [
    {
      title: l10n.t('The software-step states'),
      isProse: true,
      rows: [
        { cells: [l10n.t('state'), 'MDSCR_EL1.SS', 'PSTATE.SS', l10n.t('the guest')], isChosen: false },
        { cells: [l10n.t('inactive'), '0', '–', l10n.t('runs freely')], isChosen: false },
        { cells: [l10n.t('active-not-pending'), '1', '1', l10n.t('runs one instruction')], isChosen: !hasStepped },
        { cells: [l10n.t('active-pending'), '1', '0', l10n.t('takes the Software Step exception')], isChosen: hasStepped },
      ],
      conclusion: hasStepped
        ? l10n.t('The exception came in active-pending: exactly one instruction has run.')
        : l10n.t('Something else came first: no Software Step exception.'),
    },
  ];
}
