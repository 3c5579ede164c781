// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex } from '../base/index.js';
import {
  type FieldView,
  fieldText,
  type RegisterView,
  registerText,
  type StackFrame,
  type ValueFormat,
  type ValueView,
} from '../debug/index.js';
import { type Reply, refuse, reply } from './errors.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { launched, type Routes, stopped } from './requestRoute.js';
import type { Session } from './session.js';
import { flag, natural, object, oneOf, optional, text } from './shape.js';
import type { VariableNode } from './variableReferences.js';

const FORMAT = optional(object({ hex: optional(flag) }));
const VARIABLES = object({
  variablesReference: natural,
  filter: optional(oneOf('indexed', 'named')),
  start: optional(natural),
  count: optional(natural),
  format: FORMAT,
});
const SET_VARIABLE = object({ variablesReference: natural, name: text, value: text, format: FORMAT });
const SET_EXPRESSION = object({ expression: text, value: text, frameId: optional(natural), format: FORMAT });

/** Requests about values: listing children and writing. */
export const VARIABLE_ROUTES: Routes = {
  variables: launched(VARIABLES, (guest, args, session) => {
    const node = session.references.variables.find(args.variablesReference);
    if (!node.ok) return node;
    const variables = childrenOf(session, guest, node.value, args, askedFormat(args.format));
    return variables === undefined
      ? refuse('staleReference', `Variable reference ${args.variablesReference} no longer leads to a value.`)
      : reply({ variables });
  }),

  setVariable: stopped(SET_VARIABLE, (guest, args, session) => {
    const node = session.references.variables.find(args.variablesReference);
    if (!node.ok) return node;
    const format = askedFormat(args.format);
    if (node.value.kind === 'registers' || node.value.kind === 'fields')
      return setRegister(session, guest, node.value, args.name, args.value, format);
    const child = childOfReference(session, guest, args.variablesReference, args.name);
    if (!child.ok) return child;
    const around = node.value.kind === 'value' ? node.value.format : undefined;
    return assign(
      session,
      child.value.view,
      child.value.frame,
      args.value,
      session.formats.of(child.value.view.expression, format, around),
    );
  }),

  setExpression: stopped(SET_EXPRESSION, (guest, args, session) => {
    const place = session.placeOf(guest, args.frameId);
    if (!place.ok) return place;
    const view = guest.target.evaluate(args.expression, place.value);
    if (!view.ok) return refuse('cannotSet', view.error.message);
    const format = session.formats.of(view.value.expression, askedFormat(args.format));
    return assign(session, view.value, 'level' in place.value ? place.value : undefined, args.value, format);
  }),
};

/** The format that a request's `format` asks for. */
export const askedFormat = (format: { readonly hex: boolean | undefined } | undefined): ValueFormat | undefined =>
  format?.hex === true ? 'hexadecimal' : undefined;

/** A value as the protocol wants it, with a reference if it has children. */
export function protocolValue(
  session: Session,
  view: ValueView,
  frame: StackFrame | undefined,
  again: () => ValueView | undefined,
  format: ValueFormat,
  /** For its children. */
  inherited?: ValueFormat,
) {
  const hasChildren = view.namedChildren + view.indexedChildren > 0;
  const memory = view.memoryReference ?? view.address;
  return {
    value: view.text(format),
    ...(view.type === undefined ? {} : { type: view.type }),
    variablesReference: hasChildren ? session.references.variables.add({ kind: 'value', frame, view: again, format: inherited }) : 0,
    ...(hasChildren ? { namedVariables: view.namedChildren, indexedVariables: view.indexedChildren } : {}),
    ...(memory === undefined ? {} : { memoryReference: hex(memory) }),
  };
}

/** The way back to `view` after memory was written: by its expression if it has one. An expression may write, so the user's own is not used. */
export const viewAgain = (
  guest: LaunchedGuest,
  view: ValueView,
  place: StackFrame | { readonly vcpu: number },
): (() => ValueView | undefined) => {
  const { expression } = view;
  if (expression === undefined) return () => view;
  return () => {
    const evaluated = guest.target.evaluate(expression, place);
    return evaluated.ok ? evaluated.value : undefined;
  };
};

/** The value called `name` among the children of a reference that stands for values. */
export function childOfReference(
  session: Session,
  guest: LaunchedGuest,
  reference: number,
  name: string,
): Reply<{ view: ValueView; frame: StackFrame | undefined }> {
  const node = session.references.variables.find(reference);
  if (!node.ok) return node;
  const container = valuesOf(guest, node.value);
  if (container === undefined) return refuse('cannotEvaluate', `${name} is a register; registers have no address.`);
  const element = /^\[(\d{1,9})\]$/.exec(name);
  const view =
    element === null
      ? container.values().find(each => each.name === name)
      : container.values(container.named + Number(element[1]), 1).find(each => each.name === name);
  return view === undefined ? refuse('cannotEvaluate', `There is no ${name} here.`) : reply({ view, frame: container.frame });
}

interface ValueContainer {
  readonly frame: StackFrame | undefined;
  readonly named: number;
  readonly indexed: number;
  values(first?: number, count?: number): readonly ValueView[];
}

function valuesOf(guest: LaunchedGuest, node: VariableNode): ValueContainer | undefined {
  if (node.kind === 'scope') {
    const scope = guest.target.scopes(node.frame)[node.index];
    return scope && { frame: node.frame, named: scope.count, indexed: 0, values: (first, count) => scope.values(first, count) };
  }
  if (node.kind !== 'value') return undefined;
  const view = node.view();
  return (
    view && {
      frame: node.frame,
      named: view.namedChildren,
      indexed: view.indexedChildren,
      values: (first, count) => view.children(first, count),
    }
  );
}

interface Page {
  readonly filter: 'indexed' | 'named' | undefined;
  readonly start: number | undefined;
  readonly count: number | undefined;
}

/** The most variables that one request answers. */
const LONGEST_PAGE = 1000;

function childrenOf(
  session: Session,
  guest: LaunchedGuest,
  node: VariableNode,
  page: Page,
  asked: ValueFormat | undefined,
): DebugProtocol.Variable[] | undefined {
  if (node.kind === 'registers')
    return guest.target.registers(node.vcpu, node.group, node.frame).map(register => protocolRegister(session, node, register, asked));
  if (node.kind === 'fields') {
    const register = guest.target.register(node.vcpu, node.register, node.frame);
    return register?.fields.map(field => protocolField(session, register, field, asked));
  }
  const around = node.kind === 'value' ? node.format : undefined;
  const container = valuesOf(guest, node);
  if (container === undefined) return undefined;
  const first = page.filter === 'indexed' ? container.named : 0;
  const total =
    page.filter === 'indexed' ? container.indexed : page.filter === 'named' ? container.named : container.named + container.indexed;
  const start = Math.min(page.start ?? 0, total);
  const count = Math.min(page.count !== undefined && page.count > 0 ? page.count : LONGEST_PAGE, total - start, LONGEST_PAGE);
  if (count === 0) return [];
  return container.values(first + start, count).map((view, index) => {
    const at = first + start + index;
    const again = (): ValueView | undefined => valuesOf(guest, node)?.values(at, 1)[0];
    const format = session.formats.of(view.expression, asked, around);
    return {
      name: view.name,
      ...protocolValue(session, view, container.frame, again, format, session.formats.own(view.expression) ?? around),
      ...(view.expression === undefined ? {} : { evaluateName: view.expression }),
      ...(view.isWritable ? {} : { presentationHint: { attributes: ['readOnly'] } }),
    };
  });
}

function protocolRegister(
  session: Session,
  node: Extract<VariableNode, { kind: 'registers' }>,
  register: RegisterView,
  asked: ValueFormat | undefined,
): DebugProtocol.Variable {
  return {
    name: register.name,
    ...registerValue(session, node.vcpu, node.frame, register, asked),
    evaluateName: `$${register.name}`,
    presentationHint: register.isWritable ? { kind: 'data' } : { kind: 'data', attributes: ['readOnly'] },
  };
}

/** A register as the protocol wants it, with a reference if it has fields. */
export function registerValue(
  session: Session,
  vcpu: number,
  frame: StackFrame | undefined,
  register: RegisterView,
  asked: ValueFormat | undefined,
) {
  const { fields, name } = register;
  return {
    value: registerText(register, session.formats.of(`$${name}`, asked)),
    type: register.description,
    variablesReference: fields.length === 0 ? 0 : session.references.variables.add({ kind: 'fields', vcpu, frame, register: name }),
    ...(fields.length === 0 ? {} : { namedVariables: fields.length }),
    ...(register.bits === 64 ? { memoryReference: hex(register.value) } : {}),
  };
}

/** A field of a register as the protocol wants it. */
export const fieldValue = (session: Session, register: RegisterView, field: FieldView, asked: ValueFormat | undefined) => ({
  value: fieldText(field, session.formats.of(`$${register.name}.${field.name}`, asked)),
  type: `[${field.bits}] ${field.description}`,
  variablesReference: 0,
});

function protocolField(session: Session, register: RegisterView, field: FieldView, asked: ValueFormat | undefined): DebugProtocol.Variable {
  return {
    name: field.name,
    ...fieldValue(session, register, field, asked),
    evaluateName: `$${register.name}.${field.name}`,
    presentationHint: register.isWritable ? { kind: 'data' } : { kind: 'data', attributes: ['readOnly'] },
  };
}

function setRegister(
  session: Session,
  guest: LaunchedGuest,
  node: Extract<VariableNode, { kind: 'registers' | 'fields' }>,
  name: string,
  value: string,
  format: ValueFormat | undefined,
): Reply<object> {
  const named = node.kind === 'fields' ? guest.target.registerFieldValue(`${node.register}.${name}`, value.trim()) : undefined;
  // An editor offers the whole text to be changed, `0x1005 M C I` or `0x1 (enabled)`: the words follow from the number in front.
  const number = named === undefined ? (/^\s*(0x[0-9a-f]+|0b[01]+|\d+)\s+[A-Za-z(<]/i.exec(value)?.[1] ?? value) : `${named}`;
  const evaluated = guest.target.evaluate(number, node.frame ?? { vcpu: node.vcpu });
  if (!evaluated.ok) return refuse('cannotSet', evaluated.error.message);
  if (evaluated.value.number === undefined) return refuse('cannotSet', `"${value}" is not a number that ${name} could take.`);
  // In an outer frame a register is where a callee saved it; its assignment knows.
  const isOuter = node.kind === 'registers' && node.group === 'General' && node.frame.level > 0;
  const written = isOuter
    ? guest.target.evaluate(`$${name} = ${evaluated.value.number}`, node.frame)
    : guest.target.writeRegister(node.vcpu, node.kind === 'fields' ? `${node.register}.${name}` : name, evaluated.value.number);
  if (!written.ok) return refuse('cannotSet', written.error.message);
  session.announceWrite();
  const shown = childrenOf(session, guest, node, { filter: undefined, start: undefined, count: undefined }, format)?.find(
    each => each.name === name,
  );
  return reply({ value: shown?.value ?? value, variablesReference: shown?.variablesReference ?? 0 });
}

function assign(session: Session, view: ValueView, frame: StackFrame | undefined, value: string, format: ValueFormat): Reply<object> {
  const assigned = view.assign(value);
  if (!assigned.ok) return refuse('cannotSet', assigned.error.message);
  const now = assigned.value;
  session.announceWrite(now.address === undefined ? undefined : { memoryReference: hex(now.address), offset: 0, count: now.bytes ?? 1 });
  return reply(protocolValue(session, now, frame, () => now, format));
}
