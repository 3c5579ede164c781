// SPDX-License-Identifier: MIT
import { ByteReader, type Endianness } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import { type DwarfExpression, type Type, underlyingType, type Variable } from '../../symbols/index.js';
import type { Machine } from '../../vmm/index.js';
import type { StopMechanisms } from '../breakpoints/stopMechanisms.js';
import type { QuickRegister, RegisterModel } from '../registers/registerFile.js';
import type { ProgramSymbols } from '../symbols/programSymbols.js';
import {
  commonType,
  INT,
  isFloat,
  isInteger,
  isSigned,
  LONG,
  promoted,
  UNSIGNED_INT,
  UNSIGNED_LONG,
  wrapInteger,
} from '../values/cTypes.js';
import { applyBinary, literalType } from './arithmetic.js';
import type { NameScope } from './evaluator.js';
import type { BinaryOperator, SyntaxTree } from './syntaxTree.js';

/** Whether the condition holds; `undefined` if the quick way does not get at a value and the whole evaluator must. */
export type CompiledCondition = (vcpu: Vcpu) => boolean | undefined;

/** A subexpression as closures. Those of at most 32 bits have `number` too, which is the quick one. Throwing `NOT_QUICK` gives up. */
interface Node {
  readonly type: Type;
  readonly big: (vcpu: Vcpu) => bigint;
  readonly number: ((vcpu: Vcpu) => number) | undefined;
}

/** Where the compiled code stands. */
interface Place {
  readonly names: NameScope;
  readonly symbols: ProgramSymbols;
  readonly pc: bigint;
  readonly machine: Machine;
  readonly mechanisms: StopMechanisms;
  readonly registers: RegisterModel;
}

class NotQuick extends Error {}
/** One object: it is thrown where speed matters, and nobody reads its stack. */
const NOT_QUICK = new NotQuick('the quick way does not do this');

/** `tree` as a closure over registers and memory, for places where a condition is asked half a million times a second. `undefined` if it uses more than integers. */
export function compileCondition(
  tree: SyntaxTree,
  names: NameScope,
  symbols: ProgramSymbols,
  pc: bigint,
  machine: Machine,
  mechanisms: StopMechanisms,
  registers: RegisterModel,
): CompiledCondition | undefined {
  let node: Node;
  try {
    node = compile(tree, { names, symbols, pc, machine, mechanisms, registers });
  } catch (problem) {
    if (problem instanceof NotQuick) return undefined;
    throw problem;
  }
  const { number, big } = node;
  const holds = number ? (vcpu: Vcpu) => number(vcpu) !== 0 : (vcpu: Vcpu) => big(vcpu) !== 0n;
  return vcpu => {
    try {
      return holds(vcpu);
    } catch (problem) {
      if (problem instanceof NotQuick) return undefined;
      throw problem;
    }
  };
}

const LITERALS = { int: INT, unsignedInt: UNSIGNED_INT, long: LONG, unsignedLong: UNSIGNED_LONG };

const sizeOfInteger = (type: Type): number => (type.kind === 'base' || type.kind === 'enumeration' ? type.bytes : 8);

function fromNumber(type: Type, number: (vcpu: Vcpu) => number): Node {
  return { type, number, big: vcpu => BigInt(number(vcpu)) };
}

function constant(type: Type, value: bigint): Node {
  const small = Number(value);
  return sizeOfInteger(type) <= 4 ? { type, big: () => value, number: () => small } : { type, big: () => value, number: undefined };
}

function compile(tree: SyntaxTree, place: Place): Node {
  switch (tree.kind) {
    case 'integer':
      if (tree.value >= 1n << 64n) throw NOT_QUICK;
      return constant(literalType(tree.value, tree.suffix, tree.isDecimal, LITERALS), tree.value);
    case 'character':
      return constant(INT, BigInt(tree.value));
    case 'register':
      return registerNode(tree.name, place);
    case 'name': {
      const variable = place.names.variable(tree.name);
      if (variable) return variableNode(variable, place);
      const enumerator = place.names.enumerator(tree.name);
      if (!enumerator) throw NOT_QUICK;
      return constant(underlyingType(enumerator.type), enumerator.value);
    }
    case 'unary': {
      const operand = compile(tree.operand, place);
      if (tree.operator === '!') return fromNumber(INT, isZero(operand));
      return arithmetic('-', constant(INT, tree.operator === '~' ? -1n : 0n), operand, tree.operator);
    }
    case 'logical': {
      const left = isZero(compile(tree.left, place));
      const right = isZero(compile(tree.right, place));
      return fromNumber(
        INT,
        tree.operator === '&&' ? vcpu => (left(vcpu) || right(vcpu) ? 0 : 1) : vcpu => (left(vcpu) && right(vcpu) ? 0 : 1),
      );
    }
    case 'binary':
      return arithmetic(tree.operator, compile(tree.left, place), compile(tree.right, place));
    default:
      throw NOT_QUICK;
  }
}

/** 1 if the operand is zero. */
function isZero({ number, big }: Node): (vcpu: Vcpu) => number {
  return number ? vcpu => (number(vcpu) === 0 ? 1 : 0) : vcpu => (big(vcpu) === 0n ? 1 : 0);
}

function arithmetic(operator: BinaryOperator, left: Node, right: Node, unary?: '-' | '+' | '~'): Node {
  if (unary === '+') return arithmetic('+', right, constant(INT, 0n));
  const isShift = operator === '<<' || operator === '>>';
  const type = isShift ? promoted(left.type) : commonType(left.type, right.type);
  const quick =
    sizeOfInteger(type) <= 4 && left.number && right.number
      ? numberOperator(operator, isSigned(type), left.number, right.number)
      : undefined;
  if (quick) return fromNumber(COMPARISONS.has(operator) ? INT : type, quick);
  const resultType = COMPARISONS.has(operator) ? INT : type;
  const big = (vcpu: Vcpu): bigint => {
    const outcome = applyBinary(operator, { type: left.type, number: left.big(vcpu) }, { type: right.type, number: right.big(vcpu) });
    // A division by zero is told by the evaluator, in its own words.
    if (!outcome.ok || typeof outcome.value.number !== 'bigint') throw NOT_QUICK;
    return outcome.value.number;
  };
  if (!COMPARISONS.has(operator)) return { type: resultType, big, number: undefined };
  return fromNumber(INT, bigComparison(operator, type, left, right));
}

const COMPARISONS: ReadonlySet<string> = new Set(['<', '>', '<=', '>=', '==', '!=']);

/** Apart from the comparisons of numbers, although they read the same: V8 compiles an operator well only where it meets one kind of operand. */
function bigComparison(operator: BinaryOperator, type: Type, left: Node, right: Node): (vcpu: Vcpu) => number {
  const a = (vcpu: Vcpu): bigint => wrapInteger(type, left.big(vcpu));
  const b = (vcpu: Vcpu): bigint => wrapInteger(type, right.big(vcpu));
  switch (operator) {
    case '<':
      return vcpu => (a(vcpu) < b(vcpu) ? 1 : 0);
    case '>':
      return vcpu => (a(vcpu) > b(vcpu) ? 1 : 0);
    case '<=':
      return vcpu => (a(vcpu) <= b(vcpu) ? 1 : 0);
    case '>=':
      return vcpu => (a(vcpu) >= b(vcpu) ? 1 : 0);
    case '==':
      return vcpu => (a(vcpu) === b(vcpu) ? 1 : 0);
    default:
      return vcpu => (a(vcpu) !== b(vcpu) ? 1 : 0);
  }
}

/** The operator on 32-bit numbers in the common type; `undefined` where JavaScript's numbers do not do it exactly. */
function numberOperator(
  operator: BinaryOperator,
  isSignedType: boolean,
  left: (vcpu: Vcpu) => number,
  right: (vcpu: Vcpu) => number,
): ((vcpu: Vcpu) => number) | undefined {
  const a = isSignedType ? (vcpu: Vcpu) => left(vcpu) | 0 : (vcpu: Vcpu) => left(vcpu) >>> 0;
  const b = isSignedType ? (vcpu: Vcpu) => right(vcpu) | 0 : (vcpu: Vcpu) => right(vcpu) >>> 0;
  const wrap = isSignedType ? (value: number) => value | 0 : (value: number) => value >>> 0;
  switch (operator) {
    case '+':
      return vcpu => wrap(a(vcpu) + b(vcpu));
    case '-':
      return vcpu => wrap(a(vcpu) - b(vcpu));
    case '*':
      return vcpu => wrap(Math.imul(a(vcpu), b(vcpu)));
    case '&':
      return vcpu => wrap(a(vcpu) & b(vcpu));
    case '|':
      return vcpu => wrap(a(vcpu) | b(vcpu));
    case '^':
      return vcpu => wrap(a(vcpu) ^ b(vcpu));
    case '%':
    case '/':
      return vcpu => {
        const divisor = b(vcpu);
        if (divisor === 0) throw NOT_QUICK;
        return operator === '%' ? wrap(a(vcpu) % divisor) : wrap(Math.trunc(a(vcpu) / divisor));
      };
    case '<':
      return vcpu => (a(vcpu) < b(vcpu) ? 1 : 0);
    case '>':
      return vcpu => (a(vcpu) > b(vcpu) ? 1 : 0);
    case '<=':
      return vcpu => (a(vcpu) <= b(vcpu) ? 1 : 0);
    case '>=':
      return vcpu => (a(vcpu) >= b(vcpu) ? 1 : 0);
    case '==':
      return vcpu => (a(vcpu) === b(vcpu) ? 1 : 0);
    case '!=':
      return vcpu => (a(vcpu) !== b(vcpu) ? 1 : 0);
    default:
      return undefined;
  }
}

/** A register whose value KVM gives at once. */
function quickly(register: QuickRegister | undefined): { readonly bits: number; readonly read: (vcpu: Vcpu) => bigint } {
  if (!register) throw NOT_QUICK;
  const read = (vcpu: Vcpu): bigint => {
    const value = register.read(vcpu);
    if (value === undefined) throw NOT_QUICK;
    return value;
  };
  return { bits: register.bits, read };
}

function registerNode(name: string, { registers }: Place): Node {
  const { bits, read } = quickly(registers.quick(name));
  if (bits > 32) return { type: UNSIGNED_LONG, big: read, number: undefined };
  return fromNumber(UNSIGNED_INT, vcpu => Number(BigInt.asUintN(32, read(vcpu))));
}

/** DWARF, Location expressions: the operations by which compilers place most variables. */
const OP = { addr: 0x03, reg0: 0x50, reg31: 0x6f, breg0: 0x70, breg31: 0x8f, fbreg: 0x91, call_frame_cfa: 0x9c } as const;

function variableNode(variable: Variable, place: Place): Node {
  const type = underlyingType(variable.type);
  if ((!isInteger(type) && type.kind !== 'enumeration') || isFloat(type) || sizeOfInteger(type) > 8) throw NOT_QUICK;
  const location = variable.locationAt(place.pc);
  if (location.kind !== 'expression') throw NOT_QUICK;
  const { bytes, endianness } = location.expression;
  const reader = new ByteReader(bytes, endianness);
  const operation = reader.u8();
  if (operation >= OP.reg0 && operation <= OP.reg31 && reader.atEnd) return inRegister(type, operation - OP.reg0, place);
  if (operation === OP.addr) {
    const address = reader.u64();
    if (!reader.atEnd || reader.overrun) throw NOT_QUICK;
    return inMemory(type, () => address, endianness, place);
  }
  const base =
    operation === OP.fbreg
      ? frameBase(place)
      : operation >= OP.breg0 && operation <= OP.breg31
        ? { register: operation - OP.breg0, offset: 0n }
        : undefined;
  const offset = reader.sleb();
  if (!base || !reader.atEnd || reader.overrun) throw NOT_QUICK;
  const { read } = quickly(place.registers.quickDwarf(base.register));
  const distance = base.offset + offset;
  return inMemory(type, vcpu => BigInt.asUintN(64, read(vcpu) + distance), endianness, place);
}

/** The frame base as register and offset, where it is the canonical frame address and that is a register and an offset. */
function frameBase({ symbols, pc }: Place): { readonly register: number; readonly offset: bigint } | undefined {
  const expression: DwarfExpression | undefined = symbols.functionAt(pc)?.frameBaseAt(pc);
  if (expression?.bytes.length !== 1 || expression.bytes[0] !== OP.call_frame_cfa) return undefined;
  const cfa = symbols.unwindRowAt(pc)?.row.cfa;
  return cfa?.kind === 'registerOffset' ? cfa : undefined;
}

function inRegister(type: Type, number: number, { registers }: Place): Node {
  const { read } = quickly(registers.quickDwarf(number));
  const size = sizeOfInteger(type);
  if (size > 4) return { type, big: vcpu => wrapInteger(type, read(vcpu)), number: undefined };
  const bits = size * 8;
  if (isSigned(type)) return fromNumber(type, vcpu => Number(BigInt.asIntN(bits, read(vcpu))));
  return fromNumber(type, vcpu => Number(BigInt.asUintN(bits, read(vcpu))));
}

function inMemory(type: Type, address: (vcpu: Vcpu) => bigint, endianness: Endianness, { machine, mechanisms }: Place): Node {
  const isLittle = endianness === 'little';
  const size = sizeOfInteger(type);
  // The view of RAM of the last time, while it is still the same memory: making one costs more than the rest of a read.
  let ram: DataView | undefined;
  let ramStart = 0n;
  let offset = 0;
  const locate = (vcpu: Vcpu): DataView => {
    const va = address(vcpu);
    const physical = machine.translate(vcpu, va);
    // A breakpoint's trap on data, or a value across two pages: rare, and the evaluator knows how.
    if (physical === undefined || (va & 0xfffn) + BigInt(size) > 0x1000n || mechanisms.software.covers(va, size)) throw NOT_QUICK;
    offset = Number(physical - ramStart);
    if (ram !== undefined && ram.buffer.byteLength !== 0 && offset >= 0 && offset + size <= ram.byteLength) return ram;
    const region = machine.memory.ramRegion(physical);
    if (region === undefined || Number(physical - region.start) + size > region.size) throw NOT_QUICK;
    const bytes = region.view();
    ram = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    ramStart = region.start;
    offset = Number(physical - ramStart);
    return ram;
  };
  const signedType = isSigned(type);
  switch (size) {
    case 1:
      return fromNumber(type, signedType ? vcpu => locate(vcpu).getInt8(offset) : vcpu => locate(vcpu).getUint8(offset));
    case 2:
      return fromNumber(
        type,
        signedType ? vcpu => locate(vcpu).getInt16(offset, isLittle) : vcpu => locate(vcpu).getUint16(offset, isLittle),
      );
    case 4:
      return fromNumber(
        type,
        signedType ? vcpu => locate(vcpu).getInt32(offset, isLittle) : vcpu => locate(vcpu).getUint32(offset, isLittle),
      );
    case 8:
      return {
        type,
        number: undefined,
        big: signedType ? vcpu => locate(vcpu).getBigInt64(offset, isLittle) : vcpu => locate(vcpu).getBigUint64(offset, isLittle),
      };
    default:
      throw NOT_QUICK;
  }
}
