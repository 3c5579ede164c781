// SPDX-License-Identifier: MIT
import { sizeOf, spellType, type Type, underlyingType, type Variable } from '../../symbols/index.js';
import type { FrameContext } from '../frames/frameContext.js';
import {
  BUILT_IN_TYPES,
  CHAR,
  DOUBLE,
  FLOAT,
  INT,
  isFloat,
  isInteger,
  LONG,
  pointerTo,
  UNSIGNED_INT,
  UNSIGNED_LONG,
} from '../values/cTypes.js';
import { arrayElements } from '../values/format.js';
import { bytesOf, bytesOfFloat } from '../values/scalar.js';
import { loadScalar, storeScalar } from '../values/scalarValue.js';
import { elementValue, findMember, memberValue, readValue, type Value, variableValue, writeValue } from '../values/value.js';
import { applyBinary, applyUnary, converted, isTrue, literalType, type TypedNumber } from './arithmetic.js';
import type { SyntaxTree, TypeName } from './syntaxTree.js';

/** A sentence for the user: why an expression has no value. Thrown inside the evaluator and turned into a `Result` at its door. */
export class EvaluationProblem extends Error {}

/** What names mean where an expression stands. */
export interface NameScope {
  /** The variable that `name` means there: locals of the innermost block first, then file statics, then globals. */
  variable(name: string): Variable | undefined;
  /** A function or other symbol by name. */
  symbol(name: string): { readonly address: bigint; readonly type: Type | undefined } | undefined;
  /** Types of the program by name. */
  type(name: string): Type | undefined;
  /** The value of the enumerator `name`, with its type. */
  enumerator(name: string): { readonly value: bigint; readonly type: Type } | undefined;
}

const LITERAL_TYPES = { int: INT, unsignedInt: UNSIGNED_INT, long: LONG, unsignedLong: UNSIGNED_LONG };

/** Evaluates syntax trees in one frame. */
export class Evaluator {
  constructor(
    private readonly frame: FrameContext,
    private readonly scope: NameScope,
  ) {}

  /** The value of `tree`: an object where C has an lvalue, else a computed number. Throws `EvaluationProblem`. */
  evaluate(tree: SyntaxTree): Value {
    switch (tree.kind) {
      case 'integer': {
        if (tree.value >= 1n << 64n) throw new EvaluationProblem(`${tree.value} does not fit in 64 bits.`);
        return this.#computed({ type: literalType(tree.value, tree.suffix, tree.isDecimal, LITERAL_TYPES), number: tree.value });
      }
      case 'float':
        return this.#computed({ type: tree.isSingle ? FLOAT : DOUBLE, number: tree.isSingle ? Math.fround(tree.value) : tree.value });
      case 'character':
        return this.#computed({ type: INT, number: BigInt(tree.value) });
      case 'string': {
        const bytes = new TextEncoder().encode(`${tree.text}\0`);
        const type: Type = {
          kind: 'array',
          offset: -1,
          element: CHAR,
          dimensions: [{ lowerBound: 0, count: bytes.length }],
          statedBytes: undefined,
          isVector: false,
        };
        return { type, place: { kind: 'bytes', bytes } };
      }
      case 'name':
        return this.#name(tree.name);
      case 'register':
        return this.#register(tree.name);
      case 'unary': {
        if (tree.operator === '!') return this.#truth(!isTrue(this.number(tree.operand).number));
        const outcome = applyUnary(tree.operator, this.#arithmetic(tree.operand, tree.operator));
        if (!outcome.ok) throw new EvaluationProblem(outcome.error.message);
        return this.#computed(outcome.value);
      }
      case 'dereference':
        return this.#element(this.evaluate(tree.operand), 0n, '*');
      case 'addressOf':
        return this.#addressOf(this.evaluate(tree.operand));
      case 'binary':
        return this.#binary(tree.operator, this.evaluate(tree.left), this.evaluate(tree.right));
      case 'logical': {
        const left = isTrue(this.number(tree.left).number);
        if (tree.operator === '&&') return this.#truth(left && isTrue(this.number(tree.right).number));
        return this.#truth(left || isTrue(this.number(tree.right).number));
      }
      case 'conditional':
        return this.evaluate(isTrue(this.number(tree.condition).number) ? tree.then : tree.otherwise);
      case 'assign':
        return this.#assign(tree);
      case 'postfix': {
        const target = this.evaluate(tree.target);
        const before = this.numberOf(target);
        const one: SyntaxTree = { kind: 'integer', value: 1n, suffix: '', isDecimal: true };
        this.#assign({ kind: 'assign', operator: tree.operator, target: tree.target, value: one });
        return this.#computed(before);
      }
      case 'comma':
        this.evaluate(tree.left);
        return this.evaluate(tree.right);
      case 'cast':
        return this.#cast(this.#resolveType(tree.type), this.evaluate(tree.operand));
      case 'sizeofType':
        return this.#size(this.#resolveType(tree.type));
      case 'sizeof':
        return this.#size(this.evaluate(tree.operand).type);
      case 'member':
        return this.#member(this.evaluate(tree.operand), tree.name, tree.isArrow);
      case 'index': {
        const operand = this.evaluate(tree.operand);
        const index = this.evaluate(tree.index);
        const swap = !isIndexable(operand.type) && isIndexable(index.type);
        return swap ? this.#element(index, this.#integerOf(operand), '[]') : this.#element(operand, this.#integerOf(index), '[]');
      }
      case 'elements': {
        const first = this.evaluate(tree.operand);
        const count = this.#integerOf(this.evaluate(tree.count));
        if (first.place.kind !== 'memory') throw new EvaluationProblem('"@" needs something in memory before it.');
        if (count < 1n || count > 100_000n) throw new EvaluationProblem(`"@" takes 1 to 100000 elements, not ${count}.`);
        return {
          type: {
            kind: 'array',
            offset: -1,
            element: first.type,
            dimensions: [{ lowerBound: 0, count: Number(count) }],
            statedBytes: undefined,
            isVector: false,
          },
          place: first.place,
        };
      }
    }
  }

  /** The number that `tree` comes to; arrays and functions are their addresses. */
  number(tree: SyntaxTree): TypedNumber {
    return this.numberOf(this.evaluate(tree));
  }

  /** The number that `value` is. */
  numberOf(value: Value): TypedNumber {
    const type = decayed(value.type);
    const scalar = loadScalar(value, this.frame);
    if (scalar.ok) return { type: underlyingType(type), number: scalar.value };
    if (scalar.error.code === 'type') throw new EvaluationProblem(`A value of type "${spellType(value.type)}" is not a number.`);
    throw new EvaluationProblem(`The value has no number: ${scalar.error.message}.`);
  }

  #integerOf(value: Value): bigint {
    const { number } = this.numberOf(value);
    if (typeof number !== 'bigint') throw new EvaluationProblem('A whole number is needed there.');
    return number;
  }

  #arithmetic(tree: SyntaxTree, operator: string): TypedNumber {
    const operand = this.number(tree);
    if (!isInteger(operand.type) && !isFloat(operand.type))
      throw new EvaluationProblem(`"${operator}" needs a number, not "${spellType(operand.type)}".`);
    return operand;
  }

  #computed({ type, number }: TypedNumber): Value {
    const size = sizeOf(type) ?? 8;
    const bytes =
      typeof number === 'bigint'
        ? bytesOf(number, size, this.frame.endianness)
        : bytesOfFloat(number, size === 4 ? 4 : 8, this.frame.endianness);
    return { type: typeof number === 'number' && size > 8 ? DOUBLE : type, place: { kind: 'bytes', bytes: bytes ?? new Uint8Array(size) } };
  }

  #truth(isSo: boolean): Value {
    return this.#computed({ type: INT, number: isSo ? 1n : 0n });
  }

  #size(type: Type): Value {
    const size = sizeOf(type);
    if (size === undefined) throw new EvaluationProblem(`"${spellType(type)}" has no size.`);
    return this.#computed({ type: UNSIGNED_LONG, number: BigInt(size) });
  }

  #name(name: string): Value {
    const variable = this.scope.variable(name);
    if (variable) return variableValue(variable, this.frame);
    const enumerator = this.scope.enumerator(name);
    if (enumerator) return this.#computed({ type: enumerator.type, number: enumerator.value });
    const symbol = this.scope.symbol(name);
    if (symbol) return { type: symbol.type ?? CHAR, place: { kind: 'memory', address: symbol.address } };
    if (name === 'true' || name === 'false') return this.#truth(name === 'true');
    if (name === 'NULL') return this.#computed({ type: pointerTo({ kind: 'void', offset: -1 }), number: 0n });
    throw new EvaluationProblem(`There is no "${name}" here: neither a variable that is in scope nor a symbol.`);
  }

  #register(name: string): Value {
    const register = this.frame.readNamedRegister(name);
    if (!register) throw new EvaluationProblem(`There is no register "$${name}" in this frame.`);
    const type =
      register.bits === 64
        ? /^(pc|sp|lr)$/.test(name)
          ? pointerTo({ kind: 'void', offset: -1 })
          : UNSIGNED_LONG
        : register.bits === 32
          ? UNSIGNED_INT
          : (BUILT_IN_TYPES.get('__int128 unsigned') ?? UNSIGNED_LONG);
    return { type, place: { kind: 'register', name } };
  }

  /** `$pstate.N`: a bit-field of a register, as the manual calls it. */
  #registerField(register: string, name: string): Value {
    const field = `${register}.${name}`;
    if (!this.frame.readNamedRegister(field)) throw new EvaluationProblem(`The register "$${register}" has no field "${name}".`);
    return { type: UNSIGNED_INT, place: { kind: 'register', name: field } };
  }

  #addressOf(value: Value): Value {
    if (value.bitField) throw new EvaluationProblem('A bit-field has no address.');
    if (value.place.kind !== 'memory') {
      const why =
        value.place.kind === 'missing' ? `it is not there (${value.place.message})` : 'it is not in memory but in a register or computed';
      throw new EvaluationProblem(`The value has no address: ${why}.`);
    }
    return this.#computed({ type: pointerTo(value.type), number: value.place.address });
  }

  #element(operand: Value, index: bigint, operator: string): Value {
    const type = underlyingType(operand.type);
    const array = arrayElements(type);
    if (array) return elementValue(operand, array.element, index);
    if (type.kind === 'function') return operand;
    if (type.kind !== 'pointer') {
      // `*0x40082000` in the debug console: gdb reads a long there.
      if (operator === '*' && isInteger(type))
        return { type: LONG, place: { kind: 'memory', address: BigInt.asUintN(64, this.#integerOf(operand)) } };
      throw new EvaluationProblem(`"${operator}" needs a pointer or an array, not "${spellType(operand.type)}".`);
    }
    const target = underlyingType(type.target);
    if (target.kind === 'void') throw new EvaluationProblem('A "void *" must be cast to another pointer before it is followed.');
    const address = this.#integerOf(operand);
    const size = BigInt(sizeOf(type.target) ?? 1);
    return { type: type.target, place: { kind: 'memory', address: BigInt.asUintN(64, address + index * size) } };
  }

  #member(operand: Value, name: string, isArrow: boolean): Value {
    if (operand.place.kind === 'register' && !isArrow) return this.#registerField(operand.place.name, name);
    const type = underlyingType(operand.type);
    // Like gdb, "." follows a pointer too: the meaning is clear.
    const isPointer = type.kind === 'pointer' || (isArrow && type.kind === 'array');
    const structure = isPointer ? this.#element(operand, 0n, '->') : operand;
    if (isArrow && !isPointer) throw new EvaluationProblem(`"->" needs a pointer before it, not "${spellType(operand.type)}".`);
    const shape = underlyingType(structure.type);
    if (shape.kind !== 'structure') throw new EvaluationProblem(`"${spellType(structure.type)}" has no members.`);
    if (shape.isDeclaration) throw new EvaluationProblem(`"${spellType(structure.type)}" is incomplete: its members are not known.`);
    const path = findMember(shape, name);
    if (!path) throw new EvaluationProblem(`"${spellType(structure.type)}" has no member "${name}".`);
    return path.reduce((value, member) => memberValue(value, member, this.frame), structure);
  }

  #binary(operator: Parameters<typeof applyBinary>[0], leftValue: Value, rightValue: Value): Value {
    const left = this.numberOf(leftValue);
    const right = this.numberOf(rightValue);
    const isLeftPointer = left.type.kind === 'pointer';
    const isRightPointer = right.type.kind === 'pointer';
    if (isLeftPointer || isRightPointer) return this.#pointerArithmetic(operator, left, right);
    const outcome = applyBinary(operator, left, right);
    if (!outcome.ok) throw new EvaluationProblem(outcome.error.message);
    return this.#computed(outcome.value);
  }

  #pointerArithmetic(operator: Parameters<typeof applyBinary>[0], left: TypedNumber, right: TypedNumber): Value {
    const targetSize = (type: Type): bigint => (type.kind === 'pointer' ? BigInt(sizeOf(type.target) ?? 1) : 1n);
    const isWhole = typeof left.number === 'bigint' && typeof right.number === 'bigint';
    if (!isWhole) throw new EvaluationProblem(`"${operator}" does not take a pointer and a fraction.`);
    const a = BigInt.asUintN(64, BigInt(left.number));
    const b = BigInt.asUintN(64, BigInt(right.number));
    const both = left.type.kind === 'pointer' && right.type.kind === 'pointer';
    if (operator === '+' && !both) {
      const [pointer, base, distance] = left.type.kind === 'pointer' ? [left.type, a, b] : [right.type, b, a];
      return this.#computed({ type: pointer, number: BigInt.asUintN(64, base + distance * targetSize(pointer)) });
    }
    if (operator === '-' && left.type.kind === 'pointer') {
      if (both) return this.#computed({ type: LONG, number: BigInt.asIntN(64, a - b) / targetSize(left.type) });
      return this.#computed({ type: left.type, number: BigInt.asUintN(64, a - b * targetSize(left.type)) });
    }
    if (['<', '>', '<=', '>=', '==', '!=', '&'].includes(operator)) {
      const outcome = applyBinary(operator, { type: UNSIGNED_LONG, number: a }, { type: UNSIGNED_LONG, number: b });
      if (outcome.ok) return this.#computed(outcome.value);
    }
    throw new EvaluationProblem(`"${operator}" does not take pointers.`);
  }

  /** Stores the value of `source` in `target`, as `target = source` does. */
  assign(target: Value, source: SyntaxTree): void {
    this.#store(target, this.evaluate(source), undefined);
  }

  #assign(tree: Extract<SyntaxTree, { kind: 'assign' }>): Value {
    return this.#store(this.evaluate(tree.target), this.evaluate(tree.value), tree.operator);
  }

  #store(target: Value, right: Value, operator: Parameters<typeof applyBinary>[0] | undefined): Value {
    const type = underlyingType(target.type);
    if (target.place.kind === 'bytes') throw new EvaluationProblem('The left side of "=" is computed and cannot be changed.');
    if ((type.kind === 'structure' || type.kind === 'array') && operator === undefined) {
      const bytes = readValue(right, this.frame);
      if (!bytes.ok) throw new EvaluationProblem(`The value cannot be read: ${bytes.error.message}.`);
      if (bytes.value.length !== sizeOf(type))
        throw new EvaluationProblem(`A value of ${bytes.value.length} bytes does not fit "${spellType(target.type)}".`);
      const stored = writeValue(target, bytes.value, this.frame);
      if (!stored.ok) throw new EvaluationProblem(stored.error.message);
      return target;
    }
    const value = operator === undefined ? right : this.#binary(operator, target, right);
    const stored = storeScalar(target, this.numberOf(value).number, this.frame);
    if (!stored.ok) throw new EvaluationProblem(stored.error.message);
    return target;
  }

  #cast(type: Type, value: Value): Value {
    const target = underlyingType(type);
    if (target.kind === 'void') return value;
    const isScalar = isInteger(target) || isFloat(target) || target.kind === 'pointer';
    if (!isScalar) {
      // gdb's reading of memory as another type: `(struct item)array`.
      if (value.place.kind === 'memory') return { type, place: value.place };
      throw new EvaluationProblem(`A value cannot be cast to "${spellType(type)}".`);
    }
    const number = converted(target, this.numberOf(value).number);
    if (number === undefined) throw new EvaluationProblem('A number without a value cannot become an integer.');
    return { ...this.#computed({ type: target, number }), type };
  }

  #resolveType(name: TypeName): Type {
    let type: Type | undefined =
      name.name === 'void' ? { kind: 'void', offset: -1 } : (this.scope.type(name.name) ?? BUILT_IN_TYPES.get(name.name));
    if (!type) throw new EvaluationProblem(`There is no type "${name.name}" in the program.`);
    for (let count = 0; count < name.pointers; count++) type = pointerTo(type);
    if (name.dimensions.length === 0) return type;
    return {
      kind: 'array',
      offset: -1,
      element: type,
      dimensions: name.dimensions.map(count => ({ lowerBound: 0, count })),
      statedBytes: undefined,
      isVector: false,
    };
  }
}

const isIndexable = (type: Type): boolean => {
  const { kind } = underlyingType(type);
  return kind === 'array' || kind === 'pointer';
};

/** Arrays and functions are pointers where a number is needed. */
function decayed(type: Type): Type {
  const seen = underlyingType(type);
  if (seen.kind === 'function') return pointerTo(type);
  const array = arrayElements(seen);
  return array ? pointerTo(array.element) : type;
}
