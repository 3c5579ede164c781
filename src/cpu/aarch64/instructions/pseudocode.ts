// SPDX-License-Identifier: MIT
import type { Emitter, Value } from '../../operations/emitter.js';

/** `value` as a register of `sf` ? 64 : 32 bits receives it: the upper half of a W register's X register becomes zero. */
export const narrow = (e: Emitter, sf: number, value: Value): Value => (sf ? value : e.zeroExtend(value, 32));
