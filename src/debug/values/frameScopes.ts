// SPDX-License-Identifier: MIT
import type { Variable } from '../../symbols/index.js';
import type { GuestStackFrame } from '../frames/stackBuilder.js';
import type { ProgramSymbols } from '../symbols/programSymbols.js';
import { GuestValueView, MAXIMUM_CHILDREN, type ViewSurroundings } from './guestValueView.js';
import { variableValue } from './value.js';
import type { ScopeView, ValueView } from './valueView.js';

class VariableScope implements ScopeView {
  constructor(
    readonly name: string,
    readonly kind: ScopeView['kind'],
    readonly isExpensive: boolean,
    private readonly variables: readonly Variable[],
    private readonly surroundings: ViewSurroundings,
  ) {}

  get count(): number {
    return this.variables.length;
  }

  values(first = 0, count = MAXIMUM_CHILDREN): readonly ValueView[] {
    return this.variables.slice(first, first + Math.min(count, MAXIMUM_CHILDREN)).map(variable => {
      const name = variable.name ?? '<unnamed>';
      // A variable that another one of the same name hides has no expression: its name means the other.
      const isHidden = this.variables.find(other => other.name === variable.name) !== variable;
      return new GuestValueView(
        isHidden ? `${name} (outer)` : name,
        isHidden ? undefined : name,
        variableValue(variable, this.surroundings.frame),
        this.surroundings,
      );
    });
  }
}

/** Locals, Arguments and Globals of `frame`. Nothing is read before it is asked for. */
export function frameScopes(frame: GuestStackFrame, symbols: ProgramSymbols, surroundings: ViewSurroundings): readonly ScopeView[] {
  const pc = frame.physical.lookupPc;
  const debug = symbols.debugAt(pc);
  // Without a name are the compiler's own, as the length of an array that varies.
  const visible = frame.scope && debug ? debug.variablesIn(frame.scope, pc).filter(({ name }) => name !== undefined) : [];
  const globals = symbols.files.flatMap(({ file }) =>
    file.debug.units.flatMap(unit => unit.variables.filter(variable => !variable.isDeclaration)),
  );
  const order = (variable: Variable): number => (variable.unit === frame.scope?.unit ? 0 : 1);
  globals.sort((a, b) => order(a) - order(b));
  return [
    new VariableScope(
      'Locals',
      'locals',
      false,
      visible.filter(variable => !variable.isParameter),
      surroundings,
    ),
    new VariableScope(
      'Arguments',
      'arguments',
      false,
      visible.filter(variable => variable.isParameter),
      surroundings,
    ),
    new VariableScope('Globals', 'globals', true, globals, surroundings),
  ];
}
