import type { VirtualAddress } from '../../base/index.js';
import type { DwarfExpression } from './expression.js';
/** How to compute the canonical frame address (DWARF, Call Frame Information). */
export type CfaRule = {
    readonly kind: 'registerOffset';
    readonly register: number;
    readonly offset: bigint;
} | {
    readonly kind: 'expression';
    readonly expression: DwarfExpression;
}
/** The program sets no rule before this place. */
 | {
    readonly kind: 'undefined';
};
/** How to recover one register of the caller. Offsets are signed bytes from the CFA. Expressions get the CFA pushed first. */
export type RegisterRule = {
    readonly kind: 'undefined';
} | {
    readonly kind: 'sameValue';
} | {
    readonly kind: 'offset';
    readonly offset: bigint;
} | {
    readonly kind: 'valueOffset';
    readonly offset: bigint;
} | {
    readonly kind: 'register';
    readonly register: number;
} | {
    readonly kind: 'expression';
    readonly expression: DwarfExpression;
} | {
    readonly kind: 'valueExpression';
    readonly expression: DwarfExpression;
};
/** A row of the unwind table: the rules that hold for [start, end). */
export interface UnwindRow {
    readonly start: VirtualAddress;
    readonly end: VirtualAddress;
    readonly cfa: CfaRule;
    /** Registers that are not in here have no rule: the architecture's convention decides (callee-saved: same value). */
    readonly registers: ReadonlyMap<number, RegisterRule>;
    /** DWARF number of the column that holds the return address. */
    readonly returnAddressRegister: number;
    /** The frame was made by an interrupt or signal: the pc is the instruction itself, not the one after a call. */
    readonly isSignalFrame: boolean;
    /** DW_CFA_AARCH64_negate_ra_state (shares its number with DW_CFA_GNU_window_save) came an odd number of times. */
    readonly isReturnAddressSigned: boolean;
    /** DW_CFA_GNU_args_size: bytes of arguments pushed. */
    readonly argumentsBytes: number;
    /** The whole function's range as its FDE gives it. */
    readonly functionStart: VirtualAddress;
    readonly functionEnd: VirtualAddress;
}
