// SPDX-License-Identifier: MIT
import type { WireKernelWrite, WireStepAction } from '../../dap/index.js';
import type { Localization } from '../localization.js';
import { changedFields, type DrawnMark, digits, own, plain, upper, writtenValue } from './actionMarks.js';

type When = WireKernelWrite['when'];

/** The marks of what KVM itself has written on its way into the guest, or out of it. */
export function kernelMarks(exit: Extract<WireStepAction, { kind: 'exit' }>, when: When, l10n: Localization): readonly DrawnMark[] {
  return (exit.kernel ?? []).filter(write => write.when === when).map(write => kernelMark(write, l10n));
}

function kernelMark(write: WireKernelWrite, l10n: Localization): DrawnMark {
  const { when, register, before, after, changes = [] } = write;
  const [field, another] = changes;
  const name = field === undefined || another !== undefined ? upper(register) : fieldName(register, field.name);
  const badges = changes.length > 0 ? changedFields(changes) : before === after ? [] : [`${digits(before)} → ${digits(after)}`];
  if (register === ACTIVE_PENDING) {
    const isNoted = digits(after) === '1';
    const title = isNoted ? l10n.t('Note active-pending') : l10n.t('Drop the note');
    const why = isNoted
      ? l10n.t('the instruction has run, and its Software Step exception is owed')
      : l10n.t('the exception has come: nothing is owed');
    return plain(own('save', 'kvm', title, { why, badges, values: [{ name: register, before, after }] }));
  }
  const isBack = when === 'leaving';
  const title = isBack
    ? l10n.t('Put back {0}', name)
    : another === undefined
      ? `${name} ← ${digits((field ?? write).after)}`
      : l10n.t('Write {0}', name);
  const mark = own(isBack ? 'restore' : 'set', 'kvm', title, {
    to: 'guest',
    why: whyWritten(write, l10n),
    badges,
    values: [writtenValue(upper(register), write)],
  });
  return { mark, begins: isBack ? [] : [{ name: register, title: name }], ends: isBack ? [register] : [] };
}

/** What KVM keeps beside the guest's state. */
const ACTIVE_PENDING = 'active-pending';

function whyWritten({ when, register, before, after }: WireKernelWrite, l10n: Localization): string {
  if (when === 'entering')
    switch (register) {
      case 'msr':
        return l10n.t('the processor takes a Trace interrupt after the next instruction');
      case 'mdscr_el1':
        return l10n.t("turns the processor's step machine on");
      case 'pstate.SS':
        return digits(after) === '1' ? l10n.t('one instruction may run') : l10n.t('no instruction may run: the exception is owed');
      default:
        return l10n.t('KVM writes it on its way into the guest');
    }
  switch (register) {
    case 'srr1':
    case 'ctr':
      return l10n.t("an interrupt has saved MSR with KVM's bit in it");
    case 'pstate.SS':
      return before === after
        ? l10n.t('the guest had {0}, and the processor has left {0}', digits(after))
        : l10n.t("the guest's own value");
    case 'msr':
    case 'mdscr_el1':
      return l10n.t("the guest's own value");
    default:
      return l10n.t("the instruction has read MSR with KVM's bit in it");
  }
}

/** A field as its manual writes it: `MSR[SE]`, `MDSCR_EL1.SS`. */
const fieldName = (register: string, field: string): string =>
  /_el\d$/.test(register) ? `${upper(register)}.${field}` : `${upper(register)}[${field}]`;
