// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex } from '../base/index.js';
import type { FieldView, RegisterView, StackFrame, ValueFormat, ValueView } from '../debug/index.js';
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
    const variables = childrenOf(session, guest, node.value, args, args.format?.hex === true ? 'hexadecimal' : 'natural');
    return variables === undefined
      ? refuse('staleReference', `Variable reference ${args.variablesReference} no longer leads to a value.`)
      : reply({ variables });
  }),

  setVariable: stopped(SET_VARIABLE, (guest, args, session) => {
    const node = session.references.variables.find(args.variablesReference);
    if (!node.ok) return node;
    const format = args.format?.hex === true ? 'hexadecimal' : 'natural';
    if (node.value.kind === 'registers' || node.value.kind === 'fields')
      return setRegister(session, guest, node.value, args.name, args.value, format);
    const child = childOfReference(session, guest, args.variablesReference, args.name);
    return child.ok ? assign(session, child.value.view, child.value.frame, args.value, format) : child;
  }),

  setExpression: stopped(SET_EXPRESSION, (guest, args, session) => {
    const place = session.placeOf(guest, args.frameId);
    if (!place.ok) return place;
    const view = guest.target.evaluate(args.expression, place.value);
    if (!view.ok) return refuse('cannotSet', view.error.message);
    return assign(
      session,
      view.value,
      'level' in place.value ? place.value : undefined,
      args.value,
      args.format?.hex === true ? 'hexadecimal' : 'natural',
    );
  }),
};

/** A value as the protocol wants it, with a reference if it has children. */
export function protocolValue(
  session: Session,
  view: ValueView,
  frame: StackFrame | undefined,
  again: () => ValueView | undefined,
  format: ValueFormat = 'natural',
) {
  const hasChildren = view.namedChildren + view.indexedChildren > 0;
  const memory = view.memoryReference ?? view.address;
  return {
    value: view.text(format),
    ...(view.type === undefined ? {} : { type: view.type }),
    variablesReference: hasChildren ? session.references.variables.add({ kind: 'value', frame, view: again }) : 0,
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
  format: ValueFormat,
): DebugProtocol.Variable[] | undefined {
  if (node.kind === 'registers')
    return guest.target.registers(node.vcpu, node.group, node.frame).map(register => protocolRegister(session, node, register));
  if (node.kind === 'fields') {
    const register = guest.target.registers(node.vcpu, node.group, node.frame).find(each => each.name === node.register);
    return register?.fields.map(field => protocolField(register, field));
  }
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
    return {
      name: view.name,
      ...protocolValue(session, view, container.frame, again, format),
      ...(view.expression === undefined ? {} : { evaluateName: view.expression }),
      ...(view.isWritable ? {} : { presentationHint: { attributes: ['readOnly'] } }),
    };
  });
}

function protocolRegister(
  session: Session,
  node: Extract<VariableNode, { kind: 'registers' }>,
  register: RegisterView,
): DebugProtocol.Variable {
  const reference =
    register.fields.length === 0 ? 0 : session.references.variables.add({ ...node, kind: 'fields', register: register.name });
  return {
    name: register.name,
    value: register.text,
    type: register.description,
    evaluateName: `$${register.name}`,
    variablesReference: reference,
    ...(reference === 0 ? {} : { namedVariables: register.fields.length }),
    ...(register.bits === 64 ? { memoryReference: hex(register.value) } : {}),
    presentationHint: register.isWritable ? { kind: 'data' } : { kind: 'data', attributes: ['readOnly'] },
  };
}

function protocolField(register: RegisterView, field: FieldView): DebugProtocol.Variable {
  return {
    name: field.name,
    value: field.meaning === undefined ? hex(field.value) : `${hex(field.value)} (${field.meaning})`,
    type: `[${field.bits}] ${field.description}`,
    variablesReference: 0,
    presentationHint: register.isWritable ? { kind: 'data' } : { kind: 'data', attributes: ['readOnly'] },
  };
}

function setRegister(
  session: Session,
  guest: LaunchedGuest,
  node: Extract<VariableNode, { kind: 'registers' | 'fields' }>,
  name: string,
  value: string,
  format: ValueFormat,
): Reply<object> {
  const evaluated = guest.target.evaluate(value, node.frame);
  if (!evaluated.ok) return refuse('cannotSet', evaluated.error.message);
  if (evaluated.value.number === undefined) return refuse('cannotSet', `"${value}" is not a number that ${name} could take.`);
  // In an outer frame a register is where a callee saved it; its assignment knows.
  const isOuter = node.kind === 'registers' && node.group === 'General' && node.frame.level > 0;
  const written = isOuter
    ? guest.target.evaluate(`$${name} = ${evaluated.value.number}`, node.frame)
    : guest.target.writeRegister(node.vcpu, node.kind === 'fields' ? `${node.register}.${name}` : name, evaluated.value.number);
  if (!written.ok) return refuse('cannotSet', written.error.message);
  session.afterAnswer(() => session.send('invalidated', { areas: ['variables'] }));
  const shown = childrenOf(session, guest, node, { filter: undefined, start: undefined, count: undefined }, format)?.find(
    each => each.name === name,
  );
  return reply({ value: shown?.value ?? value, variablesReference: shown?.variablesReference ?? 0 });
}

function assign(session: Session, view: ValueView, frame: StackFrame | undefined, value: string, format: ValueFormat): Reply<object> {
  const assigned = view.assign(value);
  if (!assigned.ok) return refuse('cannotSet', assigned.error.message);
  session.afterAnswer(() => session.send('invalidated', { areas: ['variables'] }));
  const now = assigned.value;
  return reply(protocolValue(session, now, frame, () => now, format));
}
