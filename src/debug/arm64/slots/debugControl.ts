// SPDX-License-Identifier: MIT
import { signExtend } from '../../../base/index.js';

/** A bit-field by its most and least significant bit. */
interface ControlField {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  readonly description: string;
  readonly meanings: Readonly<Record<number, string>>;
}

const PRIVILEGE = { 0: 'by HMC and SSC', 1: 'EL1', 2: 'EL0', 3: 'EL1 and EL0' } as const;
const SECURITY = { 0: 'both states', 1: 'Non-secure', 2: 'Secure' } as const;

// biome-ignore format: a table
/** DBGBCR<n>_EL1 (Arm DDI 0487), most significant field first. */
export const BREAKPOINT_CONTROL_FIELDS = [
  { name: 'BT',  high: 23, low: 20, description: 'Breakpoint type', meanings: { 0: 'unlinked address', 1: 'linked address', 2: 'unlinked context', 3: 'linked context', 4: 'unlinked mismatch', 5: 'linked mismatch' } },
  { name: 'LBN', high: 19, low: 16, description: 'Linked breakpoint number', meanings: {} },
  { name: 'SSC', high: 15, low: 14, description: 'Security state control', meanings: SECURITY },
  { name: 'HMC', high: 13, low: 13, description: 'Higher mode control', meanings: {} },
  { name: 'BAS', high: 8,  low: 5,  description: 'Byte address select', meanings: { 15: 'the whole instruction' } },
  { name: 'PMC', high: 2,  low: 1,  description: 'Privilege mode control', meanings: PRIVILEGE },
  { name: 'E',   high: 0,  low: 0,  description: 'Enable', meanings: { 0: 'disabled', 1: 'enabled' } },
] as const satisfies readonly ControlField[];

// biome-ignore format: a table
/** DBGWCR<n>_EL1 (Arm DDI 0487), most significant field first. */
export const WATCHPOINT_CONTROL_FIELDS = [
  { name: 'MASK', high: 28, low: 24, description: 'Address mask: low address bits that are ignored', meanings: { 0: 'none' } },
  { name: 'WT',   high: 20, low: 20, description: 'Watchpoint type', meanings: { 0: 'unlinked', 1: 'linked' } },
  { name: 'LBN',  high: 19, low: 16, description: 'Linked breakpoint number', meanings: {} },
  { name: 'SSC',  high: 15, low: 14, description: 'Security state control', meanings: SECURITY },
  { name: 'HMC',  high: 13, low: 13, description: 'Higher mode control', meanings: {} },
  { name: 'BAS',  high: 12, low: 5,  description: 'Byte address select', meanings: {} },
  { name: 'LSC',  high: 4,  low: 3,  description: 'Load/store control', meanings: { 0: 'disabled', 1: 'load', 2: 'store', 3: 'load and store' } },
  { name: 'PAC',  high: 2,  low: 1,  description: 'Privilege of access control', meanings: PRIVILEGE },
  { name: 'E',    high: 0,  low: 0,  description: 'Enable', meanings: { 0: 'disabled', 1: 'enabled' } },
] as const satisfies readonly ControlField[];

type FieldName<Fields extends readonly ControlField[]> = Fields[number]['name'];

/** The values of all fields of a control register, by name. */
export function decodeControl<const Fields extends readonly ControlField[]>(
  fields: Fields,
  control: bigint,
): Record<FieldName<Fields>, number> {
  const entries = fields.map(({ name, high, low }) => [name, Number(BigInt.asUintN(high - low + 1, control >> BigInt(low)))]);
  // Has exactly the names of `fields` by construction.
  return Object.fromEntries(entries) as Record<FieldName<Fields>, number>;
}

/** A control register with these field values; fields that are left out are 0. */
export function encodeControl<const Fields extends readonly ControlField[]>(
  fields: Fields,
  values: Partial<Record<FieldName<Fields>, number>>,
): bigint {
  let control = 0n;
  for (const { name, high, low } of fields) {
    // `name` is one of the names by construction.
    const value = values[name as FieldName<Fields>] ?? 0;
    control |= BigInt.asUintN(high - low + 1, BigInt(value)) << BigInt(low);
  }
  return control;
}

/** DBGBVR and DBGWVR hold VA[52:2]; the bits above copy bit 52. */
const ADDRESS_BITS = 53;

/** `address` as the address registers hold it: without a tag, sign extended from bit 52 (ARM-HW-12, ARM-HW-13, RV-14). */
export const canonicalAddress = (address: bigint): bigint => signExtend(address, ADDRESS_BITS);
