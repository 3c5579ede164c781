// SPDX-License-Identifier: MIT
import { virtualAddress } from '../../base/index.js';
import { DW_OP } from './constants.js';
import type { DwarfExpression, Evaluation, EvaluationContext, Piece, PieceLocation } from './expression.js';
import { binaryOperation, convertValue, numberOf, type TypedValue, typedValue, unaryOperation, type ValueType } from './expressionValue.js';
import { SectionReader } from './sectionReader.js';

type Refusal = Exclude<Evaluation, { kind: 'pieces' }>;

/** Operations of one evaluation, calls included. An expression may loop. */
export const MAXIMUM_EXPRESSION_STEPS = 10_000;
const MAXIMUM_STACK = 256;
const MAXIMUM_CALL_DEPTH = 8;
/** The largest value that is read from memory at once. */
const MAXIMUM_VALUE_BYTES = 16;

/** Evaluates `expression` to the location (or value) of an object. `initialStack` is what is pushed first, as the CFA for register rules. */
export function evaluateExpression(
  expression: DwarfExpression,
  context: EvaluationContext,
  initialStack: readonly bigint[] = [],
): Evaluation {
  return new Evaluator(expression, context, initialStack).location();
}

/** The stack machine. Its methods return `undefined` once `#refusal` says why nothing more can be computed. */
class Evaluator {
  readonly #generic: ValueType;
  readonly #stack: TypedValue[];
  readonly #pieces: Piece[] = [];
  /** What the last operation said about the object, until a piece takes it or the expression ends. */
  #location: PieceLocation | undefined;
  #refusal: Refusal | undefined;
  #steps = 0;

  constructor(
    readonly expression: DwarfExpression,
    readonly context: EvaluationContext,
    initialStack: readonly bigint[],
  ) {
    this.#generic = { bytes: expression.addressSize, encoding: 0 };
    this.#stack = initialStack.map(value => typedValue(value, this.#generic));
  }

  location(): Evaluation {
    this.#run(this.expression.bytes, 0);
    if (this.#refusal !== undefined) return this.#refusal;
    if (this.#pieces.length > 0) return { kind: 'pieces', pieces: this.#pieces };
    return { kind: 'pieces', pieces: [{ bitSize: undefined, bitOffset: 0, location: this.#takeLocation() }] };
  }

  /** What the object (or the part that ends here) is. */
  #takeLocation(): PieceLocation {
    const location = this.#location;
    this.#location = undefined;
    if (location !== undefined) return location;
    const top = this.#stack.pop();
    return top === undefined ? { kind: 'optimizedOut' } : { kind: 'memory', address: virtualAddress(top.bits) };
  }

  #unavailable(message: string): undefined {
    this.#refusal ??= { kind: 'unavailable', message };
  }

  #invalid(offset: number, message: string): undefined {
    this.#refusal ??= { kind: 'invalid', offset, message };
  }

  #push(value: bigint | undefined, type = this.#generic): undefined {
    if (value !== undefined) this.#stack.push(typedValue(value, type));
  }

  #pushTyped(at: number, value: TypedValue | undefined, message: string): undefined {
    if (value === undefined) this.#invalid(at, message);
    else this.#stack.push(value);
  }

  #pop(at: number): TypedValue {
    const value = this.#stack.pop();
    if (value === undefined) this.#invalid(at, 'The operation needs a value, but the stack is empty.');
    return value ?? typedValue(0n, this.#generic);
  }

  #run(bytes: Uint8Array, depth: number): undefined {
    const reader = new SectionReader(bytes, this.expression.endianness);
    while (!reader.atEnd && this.#refusal === undefined) {
      const at = reader.position;
      if (++this.#steps > MAXIMUM_EXPRESSION_STEPS)
        return this.#invalid(at, `The expression takes more than ${MAXIMUM_EXPRESSION_STEPS} operations.`);
      if (this.#stack.length > MAXIMUM_STACK) return this.#invalid(at, `The expression's stack holds more than ${MAXIMUM_STACK} values.`);
      const operation = reader.u8();
      if (this.#location !== undefined && !followsLocation(operation)) {
        return this.#invalid(at, `Operation 0x${operation.toString(16)} follows one that ends a location.`);
      }
      this.#step(operation, reader, at, depth);
      if (reader.overrun) this.#invalid(at, 'The expression ends inside this operation.');
    }
  }

  #step(operation: number, reader: SectionReader, at: number, depth: number): undefined {
    const O = DW_OP;
    if (operation >= O.DW_OP_lit0 && operation <= O.DW_OP_lit31) return this.#push(BigInt(operation - O.DW_OP_lit0));
    if (operation >= O.DW_OP_reg0 && operation <= O.DW_OP_reg31) {
      this.#location = { kind: 'register', register: operation - O.DW_OP_reg0 };
      return;
    }
    if (operation >= O.DW_OP_breg0 && operation <= O.DW_OP_breg31) return this.#pushRegister(operation - O.DW_OP_breg0, reader.sleb());
    switch (operation) {
      case O.DW_OP_nop:
      case O.DW_OP_GNU_uninit:
        return;
      // Literals
      case O.DW_OP_addr:
        return this.#push(reader.unsigned(this.expression.addressSize));
      case O.DW_OP_const1u:
        return this.#push(BigInt(reader.u8()));
      case O.DW_OP_const1s:
        return this.#push(BigInt(reader.i8()));
      case O.DW_OP_const2u:
        return this.#push(BigInt(reader.u16()));
      case O.DW_OP_const2s:
        return this.#push(BigInt.asIntN(16, BigInt(reader.u16())));
      case O.DW_OP_const4u:
        return this.#push(BigInt(reader.u32()));
      case O.DW_OP_const4s:
        return this.#push(BigInt(reader.i32()));
      case O.DW_OP_const8u:
        return this.#push(reader.u64());
      case O.DW_OP_const8s:
        return this.#push(reader.i64());
      case O.DW_OP_constu:
        return this.#push(reader.uleb());
      case O.DW_OP_consts:
        return this.#push(reader.sleb());
      case O.DW_OP_addrx:
      case O.DW_OP_GNU_addr_index:
      case O.DW_OP_constx:
      case O.DW_OP_GNU_const_index: {
        const index = reader.ulebNumber();
        const address = this.expression.scope?.addressAtIndex(index);
        return address === undefined ? this.#invalid(at, `There is no address of index ${index}.`) : this.#push(address);
      }
      case O.DW_OP_const_type:
      case O.DW_OP_GNU_const_type: {
        const type = this.#type(reader.ulebNumber(), at);
        const bytes = reader.slice(reader.u8());
        return type && this.#push(numberOf(bytes.subarray(0, MAXIMUM_VALUE_BYTES), this.expression.endianness), type);
      }
      // Registers and frame
      case O.DW_OP_regx:
        this.#location = { kind: 'register', register: reader.ulebNumber() };
        return;
      case O.DW_OP_bregx:
        return this.#pushRegister(reader.ulebNumber(), reader.sleb());
      case O.DW_OP_regval_type:
      case O.DW_OP_GNU_regval_type: {
        const register = reader.ulebNumber();
        const type = this.#type(reader.ulebNumber(), at);
        return type && this.#pushRegister(register, 0n, type);
      }
      case O.DW_OP_fbreg: {
        const offset = reader.sleb();
        const base = this.context.frameBase();
        return base === undefined ? this.#unavailable('The frame base is not available.') : this.#push(base + offset);
      }
      case O.DW_OP_call_frame_cfa: {
        const address = this.context.callFrameAddress();
        return address === undefined ? this.#unavailable('The canonical frame address is not available.') : this.#push(address);
      }
      case O.DW_OP_push_object_address: {
        const address = this.context.objectAddress?.();
        return address === undefined
          ? this.#unavailable('The expression needs the address of an object that is not known.')
          : this.#push(address);
      }
      case O.DW_OP_entry_value:
      case O.DW_OP_GNU_entry_value: {
        const bytes = reader.slice(reader.ulebNumber());
        if (reader.overrun) return;
        const value = this.context.entryValue({ ...this.expression, bytes });
        return value === undefined ? this.#unavailable('The value on entry to the function is not known here.') : this.#push(value);
      }
      case O.DW_OP_form_tls_address:
      case O.DW_OP_GNU_push_tls_address:
        return this.#unavailable('Thread-local variables are not supported.');
      case O.DW_OP_xderef:
      case O.DW_OP_xderef_size:
      case O.DW_OP_xderef_type:
        return this.#unavailable('The expression uses several address spaces, which are not supported.');
      case O.DW_OP_GNU_parameter_ref:
      case O.DW_OP_GNU_variable_value:
        return this.#unavailable('The expression refers to a variable that was optimized away.');
      default:
        if (!this.#stackOperation(operation, reader, at) && !this.#controlOperation(operation, reader, at, depth)) {
          this.#invalid(at, `Operation 0x${operation.toString(16)} is not known.`);
        }
    }
  }

  /** Stack operations, arithmetic, memory; false if `operation` is none of them. */
  #stackOperation(operation: number, reader: SectionReader, at: number): boolean {
    const O = DW_OP;
    const stack = this.#stack;
    switch (operation) {
      case O.DW_OP_dup:
        this.#pick(0, at);
        return true;
      case O.DW_OP_over:
        this.#pick(1, at);
        return true;
      case O.DW_OP_pick:
        this.#pick(reader.u8(), at);
        return true;
      case O.DW_OP_drop:
        this.#pop(at);
        return true;
      case O.DW_OP_swap: {
        const first = this.#pop(at);
        const second = this.#pop(at);
        stack.push(first, second);
        return true;
      }
      case O.DW_OP_rot: {
        const first = this.#pop(at);
        const second = this.#pop(at);
        const third = this.#pop(at);
        stack.push(first, third, second);
        return true;
      }
      case O.DW_OP_abs:
      case O.DW_OP_neg:
      case O.DW_OP_not:
        this.#pushTyped(at, unaryOperation(operation, this.#pop(at)), 'The operation is not supported for floating-point values.');
        return true;
      case O.DW_OP_plus_uconst: {
        const value = this.#pop(at);
        this.#push(value.bits + reader.uleb(), value.type);
        return true;
      }
      case O.DW_OP_and:
      case O.DW_OP_div:
      case O.DW_OP_minus:
      case O.DW_OP_mod:
      case O.DW_OP_mul:
      case O.DW_OP_or:
      case O.DW_OP_plus:
      case O.DW_OP_shl:
      case O.DW_OP_shr:
      case O.DW_OP_shra:
      case O.DW_OP_xor:
      case O.DW_OP_eq:
      case O.DW_OP_ge:
      case O.DW_OP_gt:
      case O.DW_OP_le:
      case O.DW_OP_lt:
      case O.DW_OP_ne: {
        const right = this.#pop(at);
        const left = this.#pop(at);
        const message = 'The expression divides by zero, or computes with floating-point values, which is not supported.';
        this.#pushTyped(at, binaryOperation(operation, left, right, this.#generic), message);
        return true;
      }
      case O.DW_OP_deref:
        this.#dereference(this.expression.addressSize, this.#generic, at);
        return true;
      case O.DW_OP_deref_size:
        this.#dereference(reader.u8(), this.#generic, at);
        return true;
      case O.DW_OP_deref_type:
      case O.DW_OP_GNU_deref_type: {
        const size = reader.u8();
        const type = this.#type(reader.ulebNumber(), at);
        if (type !== undefined) this.#dereference(size, type, at);
        return true;
      }
      case O.DW_OP_convert:
      case O.DW_OP_GNU_convert:
      case O.DW_OP_reinterpret:
      case O.DW_OP_GNU_reinterpret: {
        const unitOffset = reader.ulebNumber();
        const type = unitOffset === 0 ? this.#generic : this.#type(unitOffset, at);
        const value = this.#pop(at);
        if (type === undefined) return true;
        const isConversion = operation === O.DW_OP_convert || operation === O.DW_OP_GNU_convert;
        const converted = isConversion ? convertValue(value, type) : typedValue(value.bits, type);
        this.#pushTyped(at, converted, 'The floating-point value has no value in the type it is converted to.');
        return true;
      }
      default:
        return false;
    }
  }

  /** Jumps, calls and what ends a location; false if `operation` is none of them. */
  #controlOperation(operation: number, reader: SectionReader, at: number, depth: number): boolean {
    const O = DW_OP;
    switch (operation) {
      case O.DW_OP_skip:
      case O.DW_OP_bra: {
        const distance = (reader.u16() << 16) >> 16;
        const target = reader.position + distance;
        if (operation === O.DW_OP_bra && this.#pop(at).bits === 0n) return true;
        if (target < 0 || target > reader.length) this.#invalid(at, `The jump leads to ${target}, outside of the expression.`);
        else reader.position = target;
        return true;
      }
      case O.DW_OP_call2:
        this.#call(reader.u16(), true, at, depth);
        return true;
      case O.DW_OP_call4:
        this.#call(reader.u32(), true, at, depth);
        return true;
      case O.DW_OP_call_ref:
        this.#call(reader.offset(this.expression.offsetSize), false, at, depth);
        return true;
      case O.DW_OP_stack_value: {
        const { bits, type } = this.#pop(at);
        this.#location = { kind: 'value', value: bits, bytes: type.bytes };
        return true;
      }
      case O.DW_OP_implicit_value:
        this.#location = { kind: 'implicit', bytes: reader.slice(reader.ulebNumber()) };
        return true;
      case O.DW_OP_implicit_pointer:
      case O.DW_OP_GNU_implicit_pointer: {
        const entryOffset = reader.offset(this.expression.version <= 2 ? this.expression.addressSize : this.expression.offsetSize);
        this.#location = { kind: 'implicitPointer', entryOffset, byteOffset: reader.slebNumber() };
        return true;
      }
      case O.DW_OP_piece:
        this.#pieces.push({ bitSize: 8 * reader.ulebNumber(), bitOffset: 0, location: this.#takeLocation() });
        return true;
      case O.DW_OP_bit_piece: {
        const bitSize = reader.ulebNumber();
        this.#pieces.push({ bitSize, bitOffset: reader.ulebNumber(), location: this.#takeLocation() });
        return true;
      }
      default:
        return false;
    }
  }

  #pick(index: number, at: number): void {
    const value = this.#stack[this.#stack.length - 1 - index];
    this.#pushTyped(at, value, `The stack has no value at depth ${index}.`);
  }

  #pushRegister(register: number, offset: bigint, type = this.#generic): undefined {
    const value = this.context.readRegister(register);
    if (value === undefined) this.#unavailable(`Register ${register} is not available in this frame.`);
    else this.#push(value + offset, type);
  }

  #dereference(size: number, type: ValueType, at: number): undefined {
    const address = virtualAddress(this.#pop(at).bits);
    if (size === 0 || size > MAXIMUM_VALUE_BYTES) return this.#invalid(at, `A value of ${size} bytes cannot be read onto the stack.`);
    if (this.#refusal !== undefined) return;
    const bytes = this.context.readMemory(address, size);
    if (bytes === undefined) this.#unavailable(`Memory at 0x${address.toString(16)} cannot be read.`);
    else this.#push(numberOf(bytes, this.expression.endianness), type);
  }

  #type(unitOffset: number, at: number): ValueType | undefined {
    const type = this.expression.scope?.baseTypeAt(unitOffset);
    if (type !== undefined && type.bytes > 0 && type.bytes <= MAXIMUM_VALUE_BYTES) return type;
    return this.#invalid(at, `The unit has no base type at ${unitOffset}.`);
  }

  #call(offset: number, isInUnit: boolean, at: number, depth: number): undefined {
    const { scope } = this.expression;
    if (depth >= MAXIMUM_CALL_DEPTH) return this.#invalid(at, `Expressions call each other more than ${MAXIMUM_CALL_DEPTH} deep.`);
    const bytes = scope?.locationOfEntry(isInUnit ? scope.unitOffset + offset : offset);
    // An entry without a location is called without effect.
    if (bytes !== undefined) this.#run(bytes, depth + 1);
  }
}

/** Whether `operation` may stand after one that ends a location: pieces, and what does nothing. */
const followsLocation = (operation: number): boolean =>
  operation === DW_OP.DW_OP_piece ||
  operation === DW_OP.DW_OP_bit_piece ||
  operation === DW_OP.DW_OP_nop ||
  operation === DW_OP.DW_OP_GNU_uninit;
