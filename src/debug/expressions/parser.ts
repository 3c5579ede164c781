// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import type { BinaryOperator, SyntaxTree, TypeName } from './syntaxTree.js';
import { type Token, tokenize } from './token.js';

/** Binary operators by precedence, loosest first (C, Expressions). */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '&=', '^=', '|=', '<<=', '>>='];
const TAGS = ['struct', 'union', 'enum', 'class'];
const QUALIFIERS = ['const', 'volatile', 'restrict', '_Atomic'];
const BASE_WORDS = ['void', 'char', 'short', 'int', 'long', 'float', 'double', 'signed', 'unsigned', '_Bool', 'bool', '__int128'];

/** Deeper nesting is refused, so that the parser's own stack is safe. */
const MAXIMUM_DEPTH = 200;

class SyntaxProblem extends Error {}

/**
 * Reads a C expression. `isTypeName` decides whether `(name)` begins a cast: typedef names that no variable shadows.
 * Refusals are one sentence with the column.
 */
export function parseExpression(text: string, isTypeName: (name: string) => boolean = () => false): Result<SyntaxTree> {
  const tokens = tokenize(text);
  if (!tokens.ok) return tokens;
  try {
    return success(new Parser(tokens.value, isTypeName).whole());
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return failure('syntax', problem.message);
    throw problem;
  }
}

class Parser {
  #at = 0;
  #depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly isTypeName: (name: string) => boolean,
  ) {}

  whole(): SyntaxTree {
    if (this.#token().kind === 'end') throw new SyntaxProblem('The expression is empty.');
    const tree = this.#comma();
    if (this.#token().kind !== 'end') this.#unexpected();
    return tree;
  }

  #token(ahead = 0): Token {
    return this.tokens[this.#at + ahead] ?? { kind: 'end', position: 0 };
  }

  #isOperator(text: string, ahead = 0): boolean {
    const token = this.#token(ahead);
    return token.kind === 'operator' && token.text === text;
  }

  #accept(text: string): boolean {
    if (!this.#isOperator(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#unexpected(` "${text}" is expected there.`);
  }

  #unexpected(rest = ''): never {
    const token = this.#token();
    if (token.kind === 'end') throw new SyntaxProblem(`The expression ends too early.${rest.replace('there', 'at its end')}`);
    throw new SyntaxProblem(`${spelling(token)} at column ${token.position + 1} is not expected.${rest}`);
  }

  #comma(): SyntaxTree {
    let left = this.#assignment();
    while (this.#accept(',')) left = { kind: 'comma', left, right: this.#assignment() };
    return left;
  }

  #assignment(): SyntaxTree {
    if (++this.#depth > MAXIMUM_DEPTH) throw new SyntaxProblem(`The expression is nested deeper than ${MAXIMUM_DEPTH} levels.`);
    const target = this.#conditional();
    const token = this.#token();
    let tree = target;
    if (token.kind === 'operator' && ASSIGNMENTS.includes(token.text)) {
      this.#at++;
      // The assignments are binary operators with `=` behind.
      const operator = token.text === '=' ? undefined : (token.text.slice(0, -1) as BinaryOperator);
      tree = { kind: 'assign', operator, target, value: this.#assignment() };
    }
    this.#depth--;
    return tree;
  }

  #conditional(): SyntaxTree {
    const condition = this.#binary(0);
    if (!this.#accept('?')) return condition;
    const then = this.#comma();
    this.#expect(':');
    return { kind: 'conditional', condition, then, otherwise: this.#assignment() };
  }

  #binary(level: number): SyntaxTree {
    const operators = LEVELS[level];
    if (!operators) return this.#elements();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#token();
      if (token.kind !== 'operator' || !operators.includes(token.text)) return left;
      this.#at++;
      const right = this.#binary(level + 1);
      if (token.text === '&&' || token.text === '||') left = { kind: 'logical', operator: token.text, left, right };
      // All others of LEVELS are binary operators.
      else left = { kind: 'binary', operator: token.text as BinaryOperator, left, right };
    }
  }

  #elements(): SyntaxTree {
    const operand = this.#unary();
    return this.#accept('@') ? { kind: 'elements', operand, count: this.#unary() } : operand;
  }

  #unary(): SyntaxTree {
    if (++this.#depth > MAXIMUM_DEPTH) throw new SyntaxProblem(`The expression is nested deeper than ${MAXIMUM_DEPTH} levels.`);
    const tree = this.#unaryInside();
    this.#depth--;
    return tree;
  }

  #unaryInside(): SyntaxTree {
    const token = this.#token();
    if (token.kind === 'name' && (token.text === 'sizeof' || token.text === '_Alignof')) return this.#sizeof();
    if (token.kind !== 'operator') return this.#postfix();
    switch (token.text) {
      case '-':
      case '+':
      case '!':
      case '~':
        this.#at++;
        return { kind: 'unary', operator: token.text, operand: this.#unary() };
      case '*':
        this.#at++;
        return { kind: 'dereference', operand: this.#unary() };
      case '&':
        this.#at++;
        return { kind: 'addressOf', operand: this.#unary() };
      case '&&':
        return this.#unexpected();
      case '++':
      case '--': {
        this.#at++;
        const one: SyntaxTree = { kind: 'integer', value: 1n, suffix: '', isDecimal: true };
        return { kind: 'assign', operator: token.text === '++' ? '+' : '-', target: this.#unary(), value: one };
      }
      case '(':
        if (this.#startsType(1)) {
          this.#at++;
          const type = this.#typeName();
          this.#expect(')');
          return { kind: 'cast', type, operand: this.#unary() };
        }
        return this.#postfix();
      default:
        return this.#postfix();
    }
  }

  #sizeof(): SyntaxTree {
    this.#at++;
    if (!(this.#isOperator('(') && this.#startsType(1))) return { kind: 'sizeof', operand: this.#unary() };
    this.#at++;
    const type = this.#typeName();
    this.#expect(')');
    return { kind: 'sizeofType', type };
  }

  #postfix(): SyntaxTree {
    let tree = this.#primary();
    for (;;) {
      if (this.#accept('[')) {
        tree = { kind: 'index', operand: tree, index: this.#comma() };
        this.#expect(']');
      } else if (this.#isOperator('.') || this.#isOperator('->')) {
        const isArrow = this.#isOperator('->');
        this.#at++;
        const name = this.#token();
        if (name.kind !== 'name') this.#unexpected(' A member name is expected there.');
        this.#at++;
        tree = { kind: 'member', operand: tree, name: name.text, isArrow };
      } else if (this.#accept('++')) {
        tree = { kind: 'postfix', operator: '+', target: tree };
      } else if (this.#accept('--')) {
        tree = { kind: 'postfix', operator: '-', target: tree };
      } else if (this.#isOperator('(')) {
        throw new SyntaxProblem('Calling functions of the guest from an expression is not supported.');
      } else {
        return tree;
      }
    }
  }

  #primary(): SyntaxTree {
    const token = this.#token();
    switch (token.kind) {
      case 'integer':
      case 'float':
      case 'character':
      case 'string':
        this.#at++;
        return token;
      case 'name':
        this.#at++;
        return { kind: 'name', name: token.text };
      case 'register':
        this.#at++;
        return { kind: 'register', name: token.text };
      case 'operator': {
        if (!this.#accept('(')) return this.#unexpected();
        const inside = this.#comma();
        this.#expect(')');
        return inside;
      }
      case 'end':
        return this.#unexpected();
    }
  }

  #startsType(ahead: number): boolean {
    const token = this.#token(ahead);
    if (token.kind !== 'name') return false;
    const { text } = token;
    return TAGS.includes(text) || QUALIFIERS.includes(text) || BASE_WORDS.includes(text) || this.isTypeName(text);
  }

  #typeName(): TypeName {
    const words: string[] = [];
    for (let token = this.#token(); token.kind === 'name'; token = this.#token()) {
      const isFirst = words.length === 0;
      const follows = isFirst || TAGS.includes(words[0] ?? '') ? isFirst || words.length === 1 : BASE_WORDS.includes(token.text);
      if (!QUALIFIERS.includes(token.text)) {
        if (!follows) break;
        words.push(token.text);
      }
      this.#at++;
    }
    let pointers = 0;
    const skipQualifiers = (): void => {
      for (let token = this.#token(); token.kind === 'name' && QUALIFIERS.includes(token.text); token = this.#token()) this.#at++;
    };
    while (this.#accept('*')) {
      pointers++;
      skipQualifiers();
    }
    const dimensions: number[] = [];
    while (this.#accept('[')) {
      const size = this.#token();
      if (size.kind !== 'integer') this.#unexpected(' A number is expected there.');
      this.#at++;
      dimensions.push(Number(BigInt.asUintN(31, size.value)));
      this.#expect(']');
    }
    return { name: normalizedName(words), pointers, dimensions };
  }
}

/** The words of a base type in the order in which compilers name it in debug information: `long unsigned int`. */
function normalizedName(words: readonly string[]): string {
  if (!words.every(word => BASE_WORDS.includes(word))) return words.join(' ');
  const count = (word: string): number => words.filter(candidate => candidate === word).length;
  if (count('_Bool') + count('bool') > 0) return '_Bool';
  if (count('void') + count('float') > 0) return words.join(' ');
  if (count('double') > 0) return count('long') > 0 ? 'long double' : 'double';
  const isUnsigned = count('unsigned') > 0;
  if (count('__int128') > 0) return isUnsigned ? '__int128 unsigned' : '__int128';
  if (count('char') > 0) return isUnsigned ? 'unsigned char' : count('signed') > 0 ? 'signed char' : 'char';
  const length = ['', 'long ', 'long long '][Math.min(2, count('long'))] ?? '';
  const short = count('short') > 0 ? 'short ' : '';
  return `${short || length}${isUnsigned ? 'unsigned ' : ''}int`;
}

function spelling(token: Token): string {
  switch (token.kind) {
    case 'name':
    case 'operator':
    case 'string':
      return `"${token.text}"`;
    case 'register':
      return `"$${token.text}"`;
    case 'integer':
    case 'float':
    case 'character':
      return `"${token.value}"`;
    case 'end':
      return 'The end';
  }
}
