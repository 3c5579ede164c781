// SPDX-License-Identifier: MIT
import type { WireFieldChange, WireStepAction } from '../../dap/index.js';
import type { MarkValue, StepMark, StepPhase } from '../../views/index.js';
import type { Localization } from '../localization.js';

/** A mark, and what of the guest's it borrows and gives back. */
export interface DrawnMark {
  readonly mark: StepMark;
  readonly begins: readonly { readonly name: string; readonly title: string }[];
  readonly ends: readonly string[];
}

/** Where records stand in their step. */
export interface MarkContext {
  readonly phase: StepPhase['name'];
  /** The records of the step before these. */
  readonly seen: readonly WireStepAction[];
  readonly l10n: Localization;
}

type Of<Kind extends WireStepAction['kind']> = Extract<WireStepAction, { kind: Kind }>;
type Write = Of<'writeRegister'>;

/** The marks of records between two exits. Registers that are remembered together, and traps for whatever may come instead, are one mark. */
export function marksOf(actions: readonly WireStepAction[], context: MarkContext): readonly DrawnMark[] {
  const marks: DrawnMark[] = [];
  for (let at = 0; at < actions.length; ) {
    const run = runAt(actions.slice(at), context);
    const [first] = run;
    if (first === undefined) break;
    marks.push(run.length > 1 ? groupMark(run, context) : markOf(first, context));
    at += run.length;
  }
  return marks;
}

/** Whether the write puts a trap word into memory; others give the guest's own word back. */
const isPlaced = ({ trap }: Of<'writeMemory'>): boolean => trap?.isPlaced === true;

/** What the words at vectors of interrupts that may come instead are called together, however many come and go at once. */
const TRAPS = 'traps';

/** The records that go into one mark with the first. */
function runAt([first, ...others]: readonly WireStepAction[], context: MarkContext): readonly WireStepAction[] {
  if (first === undefined) return [];
  const joins = joining(first, context);
  const end = others.findIndex(other => joins === undefined || joining(other, context) !== joins);
  return [first, ...others.slice(0, end < 0 ? others.length : end)];
}

function joining(action: WireStepAction, context: MarkContext): 'saved' | 'given back' | 'traps' | 'words' | undefined {
  switch (action.kind) {
    case 'saveRegister':
      return 'saved';
    case 'writeRegister':
      return BY_INTERRUPT.includes(action.register) && isGivenBack(action, context) ? 'given back' : undefined;
    case 'writeMemory':
      if (action.trap?.role !== 'interrupt') return undefined;
      return isPlaced(action) ? 'traps' : 'words';
    default:
      return undefined;
  }
}

function groupMark(run: readonly WireStepAction[], context: MarkContext): DrawnMark {
  const { l10n } = context;
  const marks = run.map(action => markOf(action, context));
  const values = marks.flatMap(({ mark }) => mark.values);
  const [first] = marks;
  if (first === undefined) throw new RangeError('A group of no records has no mark.');
  const { address: _, ...mark } = { ...first.mark, values, badges: [] };
  const names = values.map(({ name }) => name).join(', ');
  switch (run[0]?.kind) {
    case 'saveRegister':
      return plain({ ...mark, title: l10n.t('Remember {0}', names) });
    case 'writeRegister':
      return {
        mark: {
          ...mark,
          title: l10n.t('Put back {0}', names),
          ...(names.includes('SIAR') ? { why: l10n.t('the interrupt has written them; SIAR and SDAR tell what was traced') } : {}),
        },
        begins: [],
        ends: marks.flatMap(({ ends }) => ends),
      };
    default: {
      const isComing = run[0]?.kind === 'writeMemory' && isPlaced(run[0]);
      const title = isComing ? l10n.t('{0} more trap words', run.length) : l10n.t("The guest's own words at {0} more places", run.length);
      const why = isComing ? l10n.t('at the vectors of interrupts that may come instead') : l10n.t('nothing of the step stays in memory');
      const begun = { name: TRAPS, title: l10n.t('{0} more words', run.length) };
      return { mark: { ...mark, title, why }, begins: isComing ? [begun] : [], ends: isComing ? [] : [TRAPS] };
    }
  }
}

/** A mark that borrows nothing. */
export const plain = (mark: StepMark): DrawnMark => ({ mark, begins: [], ends: [] });

/** The mark of one record. One of a kind that is not known here is shown with all that it has. */
function markOf(action: WireStepAction, context: MarkContext): DrawnMark {
  const { l10n } = context;
  switch (action.kind) {
    case 'saveRegister':
      return plain(
        own('save', 'debugger', l10n.t('Remember {0}', upper(action.register)), {
          why: INTERRUPT_SAVES.includes(action.register)
            ? l10n.t('an interrupt overwrites them; they are put back afterwards')
            : l10n.t('to be put back after the instruction'),
          values: [{ name: upper(action.register), after: action.value }],
        }),
      );
    case 'writeRegister':
      return registerMark(action, context);
    case 'writeMemory':
      return memoryMark(action, l10n);
    case 'setGuestDebug':
      return plain(
        own('call', 'debugger', 'KVM_SET_GUEST_DEBUG', {
          to: 'kvm',
          why: action.why,
          badges: shortNames(action.names),
          values: [{ name: l10n.t('control'), after: String(action.control) }, ...action.names.map(name => ({ name, after: '1' }))],
          logText: 'KVM_SET_GUEST_DEBUG',
        }),
      );
    case 'guestDebugInForce':
      return plain(
        own('call', 'kvm', l10n.t('KVM_SET_GUEST_DEBUG is still in force'), {
          why: action.why,
          badges: shortNames(action.names),
          values: [{ name: l10n.t('control'), after: String(action.control) }, ...action.names.map(name => ({ name, after: '1' }))],
        }),
      );
    case 'liftBreakpoint':
    case 'restoreBreakpoint':
      return breakpointMark(action, l10n);
    case 'holdVcpus':
      return {
        mark: own('hold', 'debugger', l10n.t('Hold vCPU {0}', vcpuList(action.vcpus)), {
          why: l10n.t('no other vCPU may run while something is lifted'),
        }),
        begins: [{ name: 'held', title: l10n.t('others held') }],
        ends: [],
      };
    case 'releaseVcpus':
      return { ...plain(own('hold', 'debugger', l10n.t('Release vCPU {0}', vcpuList(action.vcpus)), {})), ends: ['held'] };
    case 'decision':
      return plain(own('decision', 'debugger', decisionTitle(action.decision, l10n), { why: action.why }));
    default:
      return plain(unknownMark(action, l10n));
  }
}

/** A mark with what is particular to it. */
export function own(
  kind: StepMark['kind'],
  lane: StepMark['lane'],
  title: string,
  more: Partial<Pick<StepMark, 'to' | 'why' | 'badges' | 'values' | 'address' | 'logText' | 'isDerived'>>,
): StepMark {
  return { kind, lane, title, badges: [], values: [], isDerived: false, ...more };
}

/** Whether the write gives the guest back what was there before the step. */
function isGivenBack({ register, after }: Write, { phase, seen }: MarkContext): boolean {
  if (phase !== 'restore') return false;
  const wasOwn = ownValue(register, seen);
  return wasOwn === undefined ? BY_INTERRUPT.includes(register) : sameNumber(wasOwn, after);
}

function registerMark(action: Write, context: MarkContext): DrawnMark {
  const { phase, l10n } = context;
  const { register, after, why, changes = [] } = action;
  const name = upper(register);
  const isBack = isGivenBack(action, context);
  const isGoingOn = register === 'pc';
  const title = isBack
    ? l10n.t('Put back {0}', name)
    : isGoingOn
      ? l10n.t('{0} ← {1}', name, after)
      : changes.length === 1
        ? l10n.t('{0}[{1}] ← {2}', name, changes[0]?.name ?? '', digits(changes[0]?.after))
        : l10n.t('Write {0}', name);
  const mark = own(phase === 'restore' ? 'restore' : 'set', 'debugger', title, {
    to: 'guest',
    why,
    badges: changedFields(changes),
    values: [writtenValue(name, action)],
    logText: WITH_GENERAL.test(register) ? 'KVM_SET_REGS' : `KVM_SET_ONE_REG KVM_REG_PPC_${name}`,
    ...(isGoingOn ? { address: after } : {}),
  });
  const field = changes.length === 1 ? `${name}[${changes[0]?.name ?? ''}]` : name;
  return {
    mark,
    begins: phase === 'prepare' ? [{ name: register, title: field }] : [],
    ends: phase === 'restore' ? [register] : [],
  };
}

/** What an interrupt of POWER writes beside PC and MSR. */
export const BY_INTERRUPT: readonly string[] = ['srr0', 'srr1', 'siar', 'sdar'];

/** What an interrupt saves and changes. */
const INTERRUPT_SAVES: readonly string[] = ['srr0', 'srr1', 'msr'];

/** What struct kvm_regs of POWER has; others are set one by one. */
const WITH_GENERAL = /^(pc|cr|ctr|lr|xer|msr|srr[01]|pid|sprg[0-7]|r\d+)$/;

/** `SE 0 → 1` for each field that comes to another value, if they are few. */
export const changedFields = (changes: readonly WireFieldChange[]): readonly string[] =>
  changes.length > MOST_BADGES ? [] : changes.map(({ name, before, after }) => `${name} ${digits(before)} → ${digits(after)}`);

/** More changed fields than these are told in the values only. */
const MOST_BADGES = 2;

/** A register before and after a write, with its fields that come to another value. */
export function writtenValue(name: string, { before, after, changes = [] }: WrittenRegister): MarkValue {
  const fields = changes.map(change => ({
    name: change.name,
    bits: change.bits,
    before: digits(change.before),
    after: digits(change.after),
  }));
  return { name, before, after, ...(fields.length === 0 ? {} : { fields }) };
}

interface WrittenRegister {
  readonly before: string;
  readonly after: string;
  readonly changes?: readonly WireFieldChange[];
}

/** What a register held before the step touched it. */
function ownValue(register: string, seen: readonly WireStepAction[]): string | undefined {
  for (const action of seen) {
    if (action.kind === 'saveRegister' && action.register === register) return action.value;
    if (action.kind === 'writeRegister' && action.register === register) return action.before;
  }
  return undefined;
}

function memoryMark(action: Of<'writeMemory'>, l10n: Localization): DrawnMark {
  const { address: real, before, after, why, trap } = action;
  const address = trap?.address ?? real;
  const isComing = isPlaced(action);
  const values: MarkValue[] = [{ name: l10n.t('word at {0}', real), before, after }];
  const mark = own(
    isComing ? 'trap' : 'restore',
    'debugger',
    isComing ? l10n.t('Trap word at {0}', address) : l10n.t("The guest's own word at {0}", address),
    {
      to: 'guest',
      why,
      values,
      badges: [`${plainBytes(before)} → ${plainBytes(after)}`],
      address,
    },
  );
  const name = trap?.role === 'interrupt' ? TRAPS : real;
  return { mark, begins: isComing ? [{ name, title: l10n.t('word at {0}', address) }] : [], ends: isComing ? [] : [name] };
}

function breakpointMark({ kind, mode, address, slot }: Of<'liftBreakpoint' | 'restoreBreakpoint'>, l10n: Localization): DrawnMark {
  const what =
    mode === 'hardware'
      ? l10n.t('breakpoint register {0}', slot ?? '?')
      : mode === 'software'
        ? l10n.t('the trap instruction')
        : l10n.t('the engine breakpoint');
  const isLifted = kind === 'liftBreakpoint';
  const name = `breakpoint ${mode} ${address}`;
  const mark = own(isLifted ? 'set' : 'restore', 'debugger', isLifted ? l10n.t('Lift {0}', what) : l10n.t('Put back {0}', what), {
    why: isLifted ? l10n.t('the instruction under it has to run') : l10n.t('it is in force again'),
    values: [{ name: l10n.t('address'), after: address }],
    address,
  });
  return { mark, begins: isLifted ? [{ name, title: what }] : [], ends: isLifted ? [] : [name] };
}

function unknownMark(action: object, l10n: Localization): StepMark {
  const { kind, why, address, ...others } = action as Readonly<Record<string, unknown>>;
  return own('other', 'debugger', spaced(String(kind)), {
    ...(why === undefined ? {} : { why: String(why) }),
    values: Object.entries(address === undefined ? others : { [l10n.t('address')]: address, ...others }).map(([name, value]) => ({
      name,
      after: typeof value === 'string' ? value : JSON.stringify(value),
    })),
    ...(typeof address === 'string' && /^0x[0-9a-f]+$/.test(address) ? { address } : {}),
  });
}

/** `moveTrap` as words. */
const spaced = (name: string): string =>
  name.replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);

function decisionTitle(decision: Of<'decision'>['decision'], l10n: Localization): string {
  switch (decision) {
    case 'toDebugger':
      return l10n.t('Stop here');
    case 'toGuest':
      return l10n.t("The event is the guest's");
    case 'reenter':
      return l10n.t('Enter the guest again');
  }
}

const shortNames = (names: readonly string[]): readonly string[] => names.map(name => name.replace(/^KVM_GUESTDBG_/, ''));

/** Of vCPUs, by their indices. */
export const vcpuList = (vcpus: readonly number[]): string => vcpus.join(', ');

/** A register as the manuals write it. */
export const upper = (register: string): string => register.toUpperCase();

/** Small numbers in decimal, as fields are read. */
export function digits(text: string | undefined): string {
  return text !== undefined && /^0x[0-9]$/.test(text) ? text.slice(2) : (text ?? '');
}

const plainBytes = (text: string): string => text.replace(/^0x/, '');

const sameNumber = (one: string, other: string): boolean => {
  try {
    return BigInt(one) === BigInt(other);
  } catch {
    return false;
  }
};
