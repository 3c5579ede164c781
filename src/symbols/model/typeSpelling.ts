// SPDX-License-Identifier: MIT
import { type Type, underlyingType } from './type.js';

/** `type` as C spells it: `struct node *`, `unsigned int[4]`, `int (*)(char, ...)`; with `name`, the declaration of it. */
export function spellType(type: Type, name = ''): string {
  return `${underlyingType(type).kind}${name}`;
}
