import type { Endianness, VirtualAddress } from '../../base/index.js';
/** What an expression may ask of the frame in which it is evaluated. `undefined` always means "not available". */
export interface EvaluationContext {
    /** The value of the register with this DWARF number, in this frame. */
    readRegister(register: number): bigint | undefined;
    /** `size` bytes of memory, in the order of memory. */
    readMemory(address: VirtualAddress, size: number): Uint8Array | undefined;
    /** The value of the frame base of the function around (`frameBaseValue` computes it). */
    frameBase(): bigint | undefined;
    /** The canonical frame address of this frame. */
    callFrameAddress(): bigint | undefined;
    /** The value that `expression` (usually one register) had when the function was entered; `resolveEntryValue` finds it in the caller's call site. */
    entryValue(expression: DwarfExpression): bigint | undefined;
    /** The address of the object that holds the thing described (DW_OP_push_object_address). */
    objectAddress?(): bigint | undefined;
}
/** What a part of an object is, or where. */
export type PieceLocation = {
    readonly kind: 'register';
    readonly register: number;
} | {
    readonly kind: 'memory';
    readonly address: VirtualAddress;
}
/** DW_OP_stack_value: the number itself, unsigned, cut to `bytes`. It has no address. */
 | {
    readonly kind: 'value';
    readonly value: bigint;
    readonly bytes: number;
}
/** DW_OP_implicit_value: the bytes in target order. */
 | {
    readonly kind: 'implicit';
    readonly bytes: Uint8Array;
}
/** A pointer that was optimised away, to `byteOffset` in the variable whose entry is at `entryOffset`. */
 | {
    readonly kind: 'implicitPointer';
    readonly entryOffset: number;
    readonly byteOffset: number;
} | {
    readonly kind: 'optimizedOut';
};
/** A part of an object, in the order of the object. */
export interface Piece {
    /** `undefined`: the whole object. */
    readonly bitSize: number | undefined;
    /** Offset within the register, memory or value, in bits from its start (DW_OP_bit_piece). */
    readonly bitOffset: number;
    readonly location: PieceLocation;
}
/** The outcome of an evaluation. */
export type Evaluation = {
    readonly kind: 'pieces';
    readonly pieces: readonly Piece[];
}
/** A register, memory or entry value that the expression needs is not there, or it uses what no debugger of bare metal has (TLS). */
 | {
    readonly kind: 'unavailable';
    readonly message: string;
}
/** The expression is damaged or has an operation that is not known; `offset` is that operation's in the expression. */
 | {
    readonly kind: 'invalid';
    readonly offset: number;
    readonly message: string;
};
/** The unit's answers to an expression: its address table, its base types, the locations of its entries. */
export interface ExpressionScope {
    addressAtIndex(index: number): bigint | undefined;
    /** Encoding (`DW_ATE`) and size of the base type whose entry is at `offset` from the start of the unit. */
    baseTypeAt(unitOffset: number): {
        readonly encoding: number;
        readonly bytes: number;
    } | undefined;
    /** The expression of DW_AT_location of the entry at the section offset, for DW_OP_call. */
    locationOfEntry(sectionOffset: number): Uint8Array | undefined;
    /** Section offset of the unit's start. */
    readonly unitOffset: number;
}
/** A location expression with all that its bytes mean. */
export interface DwarfExpression {
    readonly bytes: Uint8Array;
    readonly endianness: Endianness;
    readonly addressSize: number;
    /** Size of section offsets, 4 or 8. */
    readonly offsetSize: number;
    readonly version: number;
    /** `undefined` in call frame information. */
    readonly scope: ExpressionScope | undefined;
}
