// SPDX-License-Identifier: MIT
import { CIABR, decode } from '../../../cpu/index.js';
import type { RegisterFile } from '../../registers/registerFile.js';
import type { BeforeValue } from '../../registers/registerHistory.js';
import type { DebugControlView, RegisterView, SlotOwner } from '../../registers/registerView.js';
import { registerGroup, registerView } from '../../registers/registerViews.js';

/** What of MSR decides whether and where a Trace interrupt is taken. */
const FIELDS_OF_MSR = ['SE', 'BE', 'PR', 'IR', 'DR'];

const DAWR_NAME = /^dawr/;

/** Whose CIABR is, a step's use of it apart. */
const ownerOf = ({ name, value }: RegisterView): SlotOwner | undefined =>
  name === 'ciabr' ? (decode(CIABR, value).PRIV === 0 ? 'free' : 'guest') : undefined;

/** MSR with the fields that steps go by, then what KVM has of the debug registers, but for DAWR, which is slots. */
export function powerControls(registers: RegisterFile, history: BeforeValue): readonly DebugControlView[] {
  const msr = registerView(registers, 'msr', history);
  const fields = FIELDS_OF_MSR.flatMap(name => msr?.fields.find(field => field.name === name) ?? []);
  const others = registerGroup(registers, 'Debug', history).filter(({ name }) => !DAWR_NAME.test(name));
  const all = msr === undefined ? others : [{ ...msr, fields }, ...others];
  return all.map(register => ({ ...register, owner: ownerOf(register), guestValue: undefined }));
}
