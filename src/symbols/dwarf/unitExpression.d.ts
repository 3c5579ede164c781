import type { DwarfExpression } from './expression.js';
import type { Unit } from './unit.js';
/** The expression that `bytes` are in `unit`. */
export declare const unitExpression: (unit: Unit, bytes: Uint8Array) => DwarfExpression;
