// SPDX-License-Identifier: MIT
import { DW_AT, DW_TAG } from './constants.js';
import type { EntryUnit } from './entry.js';
import type { DwarfExpression, ExpressionScope } from './expression.js';

const scopes = new WeakMap<EntryUnit, ExpressionScope>();

/** What expressions of `unit` may ask of it. */
function expressionScope(unit: EntryUnit): ExpressionScope {
  let scope = scopes.get(unit);
  if (scope === undefined) {
    scope = {
      unitOffset: unit.offset,
      addressAtIndex: index => unit.addressAtIndex(index),
      baseTypeAt: unitOffset => {
        const entry = unit.entries.get(unit.offset + unitOffset);
        if (entry?.tag !== DW_TAG.DW_TAG_base_type) return undefined;
        return { encoding: entry.number(DW_AT.DW_AT_encoding) ?? 0, bytes: entry.number(DW_AT.DW_AT_byte_size) ?? 0 };
      },
      locationOfEntry: offset => {
        const location = unit.information.entryAt(offset)?.inheritedAttribute(DW_AT.DW_AT_location);
        return location?.kind === 'block' ? location.bytes : undefined;
      },
    };
    scopes.set(unit, scope);
  }
  return scope;
}

/** The expression that `bytes` are in `unit`. */
export const unitExpression = (unit: EntryUnit, bytes: Uint8Array): DwarfExpression => ({
  bytes,
  endianness: unit.sections.endianness,
  addressSize: unit.addressSize,
  offsetSize: unit.offsetSize,
  version: unit.version,
  scope: expressionScope(unit),
});
