// SPDX-License-Identifier: MIT
export const BINARY_OPERATORS = ['*', '/', '%', '+', '-', '<<', '>>', '<', '>', '<=', '>=', '==', '!=', '&', '^', '|'] as const;
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];

/** A type as written in a cast or sizeof. */
export interface TypeName {
  /** `unsigned int`, `struct item`, `uint32_t`; qualifiers are dropped. */
  readonly name: string;
  readonly pointers: number;
  /** Array dimensions after the name, outermost first. */
  readonly dimensions: readonly number[];
}

/** A C expression. `position` is where its operator or name stands, for error sentences. */
export type SyntaxTree =
  | { readonly kind: 'integer'; readonly value: bigint; readonly suffix: string; readonly isDecimal: boolean }
  | { readonly kind: 'float'; readonly value: number; readonly isSingle: boolean }
  | { readonly kind: 'character'; readonly value: number }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | '+' | '!' | '~'; readonly operand: SyntaxTree }
  | { readonly kind: 'dereference'; readonly operand: SyntaxTree }
  | { readonly kind: 'addressOf'; readonly operand: SyntaxTree }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: SyntaxTree; readonly right: SyntaxTree }
  | { readonly kind: 'logical'; readonly operator: '&&' | '||'; readonly left: SyntaxTree; readonly right: SyntaxTree }
  | { readonly kind: 'conditional'; readonly condition: SyntaxTree; readonly then: SyntaxTree; readonly otherwise: SyntaxTree }
  /** `operator` is what comes before the `=`. */
  | { readonly kind: 'assign'; readonly operator: BinaryOperator | undefined; readonly target: SyntaxTree; readonly value: SyntaxTree }
  /** `x++`: assigns, and its value is the old one. */
  | { readonly kind: 'postfix'; readonly operator: '+' | '-'; readonly target: SyntaxTree }
  | { readonly kind: 'comma'; readonly left: SyntaxTree; readonly right: SyntaxTree }
  | { readonly kind: 'cast'; readonly type: TypeName; readonly operand: SyntaxTree }
  | { readonly kind: 'sizeofType'; readonly type: TypeName }
  | { readonly kind: 'sizeof'; readonly operand: SyntaxTree }
  | { readonly kind: 'member'; readonly operand: SyntaxTree; readonly name: string; readonly isArrow: boolean }
  | { readonly kind: 'index'; readonly operand: SyntaxTree; readonly index: SyntaxTree }
  /** gdb's `array@count`: `count` elements from `operand` on. */
  | { readonly kind: 'elements'; readonly operand: SyntaxTree; readonly count: SyntaxTree };

/** Whether evaluating `tree` may write to the guest. */
export function hasSideEffects(tree: SyntaxTree): boolean {
  switch (tree.kind) {
    case 'assign':
    case 'postfix':
      return true;
    case 'integer':
    case 'float':
    case 'character':
    case 'string':
    case 'name':
    case 'register':
    case 'sizeofType':
    case 'sizeof':
      return false;
    case 'unary':
    case 'dereference':
    case 'addressOf':
    case 'cast':
    case 'member':
      return hasSideEffects(tree.operand);
    case 'binary':
    case 'logical':
    case 'comma':
      return hasSideEffects(tree.left) || hasSideEffects(tree.right);
    case 'conditional':
      return hasSideEffects(tree.condition) || hasSideEffects(tree.then) || hasSideEffects(tree.otherwise);
    case 'index':
      return hasSideEffects(tree.operand) || hasSideEffects(tree.index);
    case 'elements':
      return hasSideEffects(tree.operand) || hasSideEffects(tree.count);
  }
}
