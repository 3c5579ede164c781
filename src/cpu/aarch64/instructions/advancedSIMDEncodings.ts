// SPDX-License-Identifier: MIT

/**
 * The operations of one encoding group by opcode, first those with U = 0, then those with U = 1. The text is the allocated values
 * of `size`; a final F says that the elements are floating-point numbers, single precision with size<0> = 0 and double with 1.
 */
export interface AllocatedOpcodes {
  readonly U0: Readonly<Record<number, string>>;
  readonly U1: Readonly<Record<number, string>>;
}

interface OperationFields {
  readonly U: number;
  readonly size: number;
  readonly opcode: number;
}

/** Whether Armv8.0 allocates the operation. */
export function isAllocated(group: AllocatedOpcodes, { U, size, opcode }: OperationFields): boolean {
  return (U ? group.U1 : group.U0)[opcode]?.includes(String(size)) ?? false;
}

/** The same for vectors: elements of 64 bits need all 128 bits of the registers. */
export function isVectorAllocated(group: AllocatedOpcodes, fields: OperationFields & { readonly Q: number }): boolean {
  const { U, Q, size, opcode } = fields;
  if (!isAllocated(group, fields)) return false;
  const isFloatingPoint = (U ? group.U1 : group.U0)[opcode]?.endsWith('F') ?? false;
  return Q === 1 || !(isFloatingPoint ? (size & 1) === 1 : size === 0b11);
}

const [ANY, INTEGER, BYTES, HALFWORDS, MULTIPLIED, DOUBLE] = ['0123', '012', '0', '1', '12', '3'] as const;
const [FP, FP_LOW, FP_HIGH] = ['0123F', '01F', '23F'] as const;
/** FCVTN, FCVTL: the narrow side fits 64 bits, so that Q selects a half and the text has no F. */
const CONVERTED = '01';

// Arm DDI 0487, Data Processing -- Scalar Floating-Point and Advanced SIMD: the tables of the groups, as of Armv8.0.

// biome-ignore format: tables
export const SCALAR_THREE_SAME: AllocatedOpcodes = {
  U0: {
    1: ANY, 5: ANY, 6: DOUBLE, 7: DOUBLE, 8: DOUBLE, 9: ANY, 10: DOUBLE, 11: ANY,
    16: DOUBLE, 17: DOUBLE, 22: MULTIPLIED, 27: FP_LOW, 28: FP_LOW, 31: FP,
  },
  U1: {
    1: ANY, 5: ANY, 6: DOUBLE, 7: DOUBLE, 8: DOUBLE, 9: ANY, 10: DOUBLE, 11: ANY,
    16: DOUBLE, 17: DOUBLE, 22: MULTIPLIED, 26: FP_HIGH, 28: FP, 29: FP,
  },
};

// biome-ignore format: tables
export const SCALAR_THREE_DIFFERENT: AllocatedOpcodes = { U0: { 9: MULTIPLIED, 11: MULTIPLIED, 13: MULTIPLIED }, U1: {} };

// biome-ignore format: tables
export const SCALAR_TWO_REGISTER: AllocatedOpcodes = {
  U0: {
    3: ANY, 7: ANY, 8: DOUBLE, 9: DOUBLE, 10: DOUBLE, 11: DOUBLE, 12: FP_HIGH, 13: FP_HIGH,
    14: FP_HIGH, 20: INTEGER, 26: FP, 27: FP, 28: FP_LOW, 29: FP, 31: FP_HIGH,
  },
  U1: {
    3: ANY, 7: ANY, 8: DOUBLE, 9: DOUBLE, 11: DOUBLE, 12: FP_HIGH, 13: FP_HIGH, 18: INTEGER,
    20: INTEGER, 22: HALFWORDS, 26: FP, 27: FP, 28: FP_LOW, 29: FP,
  },
};

// biome-ignore format: tables
export const SCALAR_PAIRWISE: AllocatedOpcodes = { U0: { 27: DOUBLE }, U1: { 12: FP, 13: FP_LOW, 15: FP } };

// biome-ignore format: tables
export const THREE_SAME: AllocatedOpcodes = {
  U0: {
    0: INTEGER, 1: ANY, 2: INTEGER, 4: INTEGER, 5: ANY, 6: ANY, 7: ANY, 8: ANY,
    9: ANY, 10: ANY, 11: ANY, 12: INTEGER, 13: INTEGER, 14: INTEGER, 15: INTEGER, 16: ANY,
    17: ANY, 18: INTEGER, 19: INTEGER, 20: INTEGER, 21: INTEGER, 22: MULTIPLIED, 23: ANY,
    24: FP, 25: FP, 26: FP, 27: FP_LOW, 28: FP_LOW, 30: FP, 31: FP,
  },
  U1: {
    0: INTEGER, 1: ANY, 2: INTEGER, 4: INTEGER, 5: ANY, 6: ANY, 7: ANY, 8: ANY,
    9: ANY, 10: ANY, 11: ANY, 12: INTEGER, 13: INTEGER, 14: INTEGER, 15: INTEGER, 16: ANY,
    17: ANY, 18: INTEGER, 19: BYTES, 20: INTEGER, 21: INTEGER, 22: MULTIPLIED, 24: FP, 26: FP,
    27: FP_LOW, 28: FP, 29: FP, 30: FP, 31: FP_LOW,
  },
};
/** AND, BIC, ORR, ORN, EOR, BSL, BIT, BIF of "three same": `size` is part of the opcode. */
export const LOGICAL = 0b00011;

// biome-ignore format: tables
export const THREE_DIFFERENT: AllocatedOpcodes = {
  U0: {
    0: INTEGER, 1: INTEGER, 2: INTEGER, 3: INTEGER, 4: INTEGER, 5: INTEGER, 6: INTEGER,
    7: INTEGER, 8: INTEGER, 9: MULTIPLIED, 10: INTEGER, 11: MULTIPLIED, 12: INTEGER, 13: MULTIPLIED,
    14: BYTES,
  },
  U1: {
    0: INTEGER, 1: INTEGER, 2: INTEGER, 3: INTEGER, 4: INTEGER, 5: INTEGER, 6: INTEGER,
    7: INTEGER, 8: INTEGER, 10: INTEGER, 12: INTEGER,
  },
};

// biome-ignore format: tables
export const TWO_REGISTER: AllocatedOpcodes = {
  U0: {
    0: INTEGER, 1: BYTES, 2: INTEGER, 3: ANY, 4: INTEGER, 5: BYTES, 6: INTEGER, 7: ANY,
    8: ANY, 9: ANY, 10: ANY, 11: ANY, 12: FP_HIGH, 13: FP_HIGH, 14: FP_HIGH, 15: FP_HIGH,
    18: INTEGER, 20: INTEGER, 22: CONVERTED, 23: CONVERTED, 24: FP, 25: FP, 26: FP, 27: FP,
    28: '012F', 29: FP,
  },
  U1: {
    0: '01', 2: INTEGER, 3: ANY, 4: INTEGER, 5: '01', 6: INTEGER, 7: ANY, 8: ANY,
    9: ANY, 11: ANY, 12: FP_HIGH, 13: FP_HIGH, 15: FP_HIGH, 18: INTEGER, 19: INTEGER,
    20: INTEGER, 22: HALFWORDS, 24: FP_LOW, 25: FP, 26: FP, 27: FP, 28: '012F', 29: FP,
    31: FP_HIGH,
  },
};

// biome-ignore format: tables
const ACROSS_LANES: AllocatedOpcodes = {
  U0: { 3: INTEGER, 10: INTEGER, 26: INTEGER, 27: INTEGER },
  U1: { 3: INTEGER, 10: INTEGER, 26: INTEGER, 12: '02F', 15: '02F' },
};

/** Across lanes: words need four of them. */
export const isAcrossLanesAllocated = (fields: OperationFields & { readonly Q: number }): boolean =>
  isAllocated(ACROSS_LANES, fields) && (fields.Q === 1 || (fields.size < 0b10 && ACROSS_LANES.U1[fields.opcode] !== '02F'));

// biome-ignore format: tables
export const SCALAR_BY_ELEMENT: AllocatedOpcodes = {
  U0: {
    1: FP_HIGH, 3: MULTIPLIED, 5: FP_HIGH, 7: MULTIPLIED, 9: FP_HIGH, 11: MULTIPLIED, 12: MULTIPLIED,
    13: MULTIPLIED,
  },
  U1: { 9: FP_HIGH },
};

// biome-ignore format: tables
export const VECTOR_BY_ELEMENT: AllocatedOpcodes = {
  U0: {
    1: FP_HIGH, 2: MULTIPLIED, 3: MULTIPLIED, 5: FP_HIGH, 6: MULTIPLIED, 7: MULTIPLIED, 8: MULTIPLIED,
    9: FP_HIGH, 10: MULTIPLIED, 11: MULTIPLIED, 12: MULTIPLIED, 13: MULTIPLIED,
  },
  U1: {
    0: MULTIPLIED, 2: MULTIPLIED, 4: MULTIPLIED, 6: MULTIPLIED, 9: FP_HIGH, 10: MULTIPLIED,
  },
};

/** By element: a doubleword is chosen by H alone. */
export const isElementAllocated = ({ size, L }: { readonly size: number; readonly L: number }): boolean => size !== 0b11 || L === 0;

/** The opcodes of a shift by immediate, by the element sizes that it has. */
interface ShiftOpcodes {
  /** Elements of one size, 8 to 64 bits (of scalars, unless `anyScalar` has it, 64 bits only). */
  readonly same: readonly [U0: readonly number[], U1: readonly number[]];
  /** Scalars of every size. */
  readonly anyScalar: readonly [U0: readonly number[], U1: readonly number[]];
  /** Results of half or double size. */
  readonly resized: readonly [U0: readonly number[], U1: readonly number[]];
}

// biome-ignore format: tables
const SHIFTS: ShiftOpcodes = {
  same: [[0b00000, 0b00010, 0b00100, 0b00110, 0b01010], [0b00000, 0b00010, 0b00100, 0b00110, 0b01000, 0b01010]],
  anyScalar: [[0b01110], [0b01100, 0b01110]],
  resized: [[0b10010, 0b10011], [0b10000, 0b10001, 0b10010, 0b10011]],
};
/** SHRN, RSHRN, SSHLL, USHLL: of vectors only. */
const VECTOR_RESIZED: ShiftOpcodes['resized'] = [[0b10000, 0b10001, 0b10100], [0b10100]];
/** SCVTF, UCVTF, FCVTZS, FCVTZU. */
const FIXED_POINT: readonly number[] = [0b11100, 0b11111];

interface ShiftFields {
  readonly U: number;
  readonly immh: number;
  readonly opcode: number;
}

const has = (opcodes: ShiftOpcodes['same'], { U, opcode }: ShiftFields): boolean => (U ? opcodes[1] : opcodes[0]).includes(opcode);

/** Advanced SIMD scalar shift by immediate. `immh` says the size: 1xxx is 64 bits; 0000 is none. */
export function isScalarShiftAllocated(fields: ShiftFields): boolean {
  const { immh, opcode } = fields;
  if (immh === 0) return false;
  if (has(SHIFTS.same, fields)) return immh >= 0b1000;
  if (has(SHIFTS.anyScalar, fields)) return true;
  if (has(SHIFTS.resized, fields)) return immh < 0b1000;
  return FIXED_POINT.includes(opcode) && immh >= 0b0100;
}

/** Advanced SIMD shift by immediate; immh 0000 is the modified immediate. */
export function isVectorShiftAllocated(fields: ShiftFields & { readonly Q: number }): boolean {
  const { immh, opcode, Q } = fields;
  if (immh === 0) return false;
  if (has(SHIFTS.resized, fields) || has(VECTOR_RESIZED, fields)) return immh < 0b1000;
  if (Q === 0 && immh >= 0b1000) return false;
  if (has(SHIFTS.same, fields) || has(SHIFTS.anyScalar, fields)) return true;
  return FIXED_POINT.includes(opcode) && immh >= 0b0100;
}

/** The position of the lowest one of imm5: the element size, 0 to 3; above: none. */
const elementSize = (imm5: number): number => 31 - Math.clz32(imm5 & -imm5);
const DOUBLEWORDS = 3;

interface CopyFields {
  readonly Q: number;
  readonly op: number;
  readonly imm5: number;
  readonly imm4: number;
}

/** Advanced SIMD copy: DUP, SMOV, UMOV, INS. */
export function isCopyAllocated({ Q, op, imm5, imm4 }: CopyFields): boolean {
  if ((imm5 & 0b1111) === 0) return false;
  const size = elementSize(imm5);
  if (op === 1) return Q === 1;
  switch (imm4) {
    case 0b0000:
    case 0b0001:
      return Q === 1 || size < DOUBLEWORDS;
    case 0b0011:
      return Q === 1;
    case 0b0101:
      return size < (Q === 1 ? DOUBLEWORDS : 2);
    case 0b0111:
      return Q === 1 ? size === DOUBLEWORDS : size < DOUBLEWORDS;
    default:
      return false;
  }
}

/** Load and store structures, by opcode: how many registers an element is spread over. */
const STRUCTURE_ELEMENTS: Readonly<Record<number, number>> = {
  0: 4,
  2: 1,
  4: 3,
  6: 1,
  7: 1,
  8: 2,
  10: 1,
};

/** LD1 to LD4, ST1 to ST4 of multiple structures: only LD1 and ST1 have 64-bit elements in 64-bit registers. */
export function areStructuresAllocated({
  Q,
  opcode,
  size,
}: {
  readonly Q: number;
  readonly opcode: number;
  readonly size: number;
}): boolean {
  const elements = STRUCTURE_ELEMENTS[opcode];
  return elements !== undefined && (elements === 1 || Q === 1 || size !== 0b11);
}

/** The same of single structures; opcode<2:1> is the size of the element or, 11, replication of what is loaded. */
export function isSingleStructureAllocated(fields: {
  readonly L: number;
  readonly opcode: number;
  readonly S: number;
  readonly size: number;
}): boolean {
  const { L, opcode, S, size } = fields;
  switch (opcode >> 1) {
    case 0b00:
      return true;
    case 0b01:
      return (size & 1) === 0;
    case 0b10:
      return size === 0b00 || (size === 0b01 && S === 0);
    default:
      return L === 1 && S === 0;
  }
}
