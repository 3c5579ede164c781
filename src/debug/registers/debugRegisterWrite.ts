// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success } from '../../base/index.js';
import type { VcpuControl } from '../execution/vcpuControl.js';
import type { DebugSlots } from '../slots/debugSlots.js';
import { withField } from './registerFields.js';
import type { DebugRegistersView, SlotView } from './registerView.js';

/** A register of the debug facilities that somebody wants to change by hand. */
export interface DebugRegisterWrite {
  /** As a view has it, in letters of either case. */
  readonly name: string;
  /** A field of it. */
  readonly field?: string | undefined;
  /** A number, or the manual's word for a field's value. */
  readonly content: bigint | string;
  /** The guest's own register, which is kept aside while the debugger's are loaded. */
  readonly isGuests: boolean;
}

/** The target that a write works on. */
export interface DebugRegisterPlaces {
  readonly mechanisms: { readonly slots: DebugSlots };
  readonly control: VcpuControl;
  readonly breakpoints: { list(): readonly { readonly id: number; readonly name: string }[] };
  debugRegisters(vcpu: number): DebugRegistersView;
  writeRegister(vcpu: number, name: string, content: bigint | string): Result<undefined>;
}

/**
 * Writes a slot of the guest's, or a control register, and answers what the register has then: KVM may keep only a part. What the debugger itself has in
 * force is refused with a sentence that says what to do instead.
 */
export function writeDebugRegister(places: DebugRegisterPlaces, vcpu: number, write: DebugRegisterWrite): Result<bigint> {
  const view = places.debugRegisters(vcpu);
  const isNamed = (name: string): boolean => name.toLowerCase() === write.name.toLowerCase();
  const slot = (write.isGuests ? view.guestSlots : view.slots).find(
    ({ valueName, controlName }) => isNamed(valueName) || isNamed(controlName),
  );
  if (slot !== undefined) return writeSlot(places, slot, write, view);
  const control = view.controls.find(({ name }) => isNamed(name));
  if (control === undefined) return failure('register', `There is no debug register "${write.name}".`);
  const told = control.name.toUpperCase();
  if (!control.isWritable) return failure('register', `${told} is read-only.`);
  if (control.owner === 'host') return failure('register', `${told} is the debugger's while a step is under way.`);
  const name = write.field === undefined ? control.name : `${control.name}.${write.field}`;
  if (write.field === undefined && typeof write.content === 'string') return notANumber(write.content, told);
  const written = places.writeRegister(vcpu, name, write.content);
  if (!written.ok) return written;
  return success(places.debugRegisters(view.vcpu).controls.find(each => each.name === control.name)?.value ?? 0n);
}

const notANumber = (content: string, told: string): Result<never> =>
  failure('register', `"${content}" is not a number that ${told} could take.`);

function writeSlot(places: DebugRegisterPlaces, slot: SlotView, write: DebugRegisterWrite, view: DebugRegistersView): Result<bigint> {
  const { kind, index, valueName, controlName } = slot;
  const {
    mechanisms: { slots },
    control,
  } = places;
  const part = write.name.toLowerCase() === valueName.toLowerCase() ? 'value' : 'control';
  const told = part === 'value' ? valueName : controlName;
  if (!write.isGuests && view.loadedSet === 'host') return failure('register', whyNot(places, slot, told));
  const next = nextValue(slots, slot, part, told, write);
  if (!next.ok) return next;
  if (next.value < 0n || next.value >= 1n << 64n) return failure('register', `${hex(next.value)} does not fit ${told}, which has 64 bits.`);
  const written = slots.writeGuest(
    control.at(view.vcpu).vcpu,
    { kind, index },
    { value: slot.value, control: slot.control, [part]: next.value },
  );
  if (!written.ok) return written;
  const now = places.debugRegisters(view.vcpu).guestSlots.find(each => each.kind === kind && each.index === index);
  return success(now?.[part] ?? next.value);
}

function nextValue(
  slots: DebugSlots,
  { kind, control }: SlotView,
  part: 'value' | 'control',
  told: string,
  { field, content }: DebugRegisterWrite,
): Result<bigint> {
  if (field !== undefined) {
    const description = part === 'control' ? slots.controlDescription(kind) : undefined;
    if (description === undefined) return failure('register', `${told} has no field "${field}".`);
    return withField(description, field, control, content, `${told}.${field}`);
  }
  if (typeof content !== 'bigint') return notANumber(content, told);
  // -1 and ~0 are the register with all bits set.
  return success(content < 0n && content >= -(1n << 63n) ? BigInt.asUintN(64, content) : content);
}

/** A slot of the debugger's set is changed by what is behind it. */
function whyNot({ breakpoints: all }: DebugRegisterPlaces, { owner, breakpoints }: SlotView, told: string): string {
  const names = breakpoints.map(id => all.list().find(report => report.id === id)?.name ?? `breakpoint ${id}`);
  if (owner === 'host' && names.length > 0) return `${told} is in use by ${names.join(', ')}: change or move that breakpoint instead.`;
  return `${told} is the debugger's while it has hardware breakpoints; the guest's own can be changed below "Guest's own slots".`;
}
