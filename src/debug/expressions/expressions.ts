// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import type { FunctionScope } from '../../symbols/index.js';
import type { PhysicalFrame } from '../frames/physicalFrame.js';
import type { ProgramSymbols } from '../symbols/programSymbols.js';
import { BUILT_IN_TYPES } from '../values/cTypes.js';
import { GuestValueView, type ViewSurroundings } from '../values/guestValueView.js';
import type { Value } from '../values/value.js';
import { isTrue } from './arithmetic.js';
import { EvaluationProblem, Evaluator, type NameScope } from './evaluator.js';
import { parseExpression } from './parser.js';
import { hasSideEffects, type SyntaxTree } from './syntaxTree.js';

/** Where an expression is evaluated: a frame and, in it, a function or an inlined copy. */
export interface EvaluationPlace {
  readonly frame: PhysicalFrame;
  readonly scope: FunctionScope | undefined;
}

/** C expressions from text to values. */
export class Expressions {
  constructor(
    private readonly symbols: ProgramSymbols,
    /** Called after something of the guest has been written. */
    private readonly didWrite: () => void,
  ) {}

  /** Reads `text`; a refusal is one sentence with the column. Names that are types in `names` begin casts. */
  parse(text: string, names: NameScope): Result<SyntaxTree> {
    return parseExpression(text, name => !names.variable(name) && (BUILT_IN_TYPES.has(name) || names.type(name) !== undefined));
  }

  namesAt(place: EvaluationPlace): NameScope {
    return this.symbols.namesAt(place.frame.lookupPc, place.scope);
  }

  /** With `readOnly`, an expression that would write is refused and nothing is evaluated. */
  evaluate(text: string, place: EvaluationPlace, access: 'readWrite' | 'readOnly' = 'readWrite'): Result<GuestValueView> {
    const value = this.#value(text, place, access);
    return value.ok ? success(new GuestValueView(text, text, value.value, this.surroundings(place))) : value;
  }

  #value(text: string, place: EvaluationPlace, access: 'readWrite' | 'readOnly'): Result<Value> {
    const names = this.namesAt(place);
    const tree = this.parse(text, names);
    if (!tree.ok) return tree;
    if (!hasSideEffects(tree.value)) return guarded(() => new Evaluator(place.frame, names).evaluate(tree.value));
    if (access === 'readOnly') return failure('evaluation', `"${text}" would change the guest; it is evaluated in the debug console only.`);
    return guarded(() => {
      const value = new Evaluator(place.frame, names).evaluate(tree.value);
      this.didWrite();
      return value;
    });
  }

  /** Whether the expression that `tree` is holds in `frame`. */
  holds(tree: SyntaxTree, names: NameScope, frame: PhysicalFrame): Result<boolean> {
    return guarded(() => isTrue(new Evaluator(frame, names).number(tree).number));
  }

  /** What views of values at `place` need. */
  surroundings(place: EvaluationPlace): ViewSurroundings {
    return {
      frame: place.frame,
      describe: address => this.symbols.describe(address),
      assign: (value, text) => this.#assign(value, text, place),
    };
  }

  #assign(value: Value, text: string, place: EvaluationPlace): Result<undefined> {
    const names = this.namesAt(place);
    const tree = this.parse(text, names);
    if (!tree.ok) return tree;
    return guarded(() => {
      new Evaluator(place.frame, names).assign(value, tree.value);
      this.didWrite();
      return undefined;
    });
  }
}

function guarded<T>(work: () => T): Result<T> {
  try {
    return success(work());
  } catch (problem) {
    if (problem instanceof EvaluationProblem) return failure('evaluation', problem.message);
    throw problem;
  }
}
