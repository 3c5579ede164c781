// SPDX-License-Identifier: MIT
import type { Emitter, MemoryAccess, Slot, Value } from '../../../operations/emitter.js';
import { GPR, RAor0 } from '../registers/stateLayout.js';
import { decimal, displaced, r, rOr0 } from './assemblyText.js';
import { power } from './power.js';
import { anyAlignment, EXTS, type Pseudocode } from './pseudocode.js';

/** What a load or store accesses, and how a loaded element becomes 64 bits: zero extended if `signed` is absent. */
interface Element {
  readonly access: MemoryAccess;
  readonly signed?: 16 | 32;
}
const BYTE: Element = { access: anyAlignment(1) };
const HALFWORD: Element = { access: anyAlignment(2) };
const ALGEBRAIC_HALFWORD: Element = { access: anyAlignment(2), signed: 16 };
const WORD: Element = { access: anyAlignment(4) };
const ALGEBRAIC_WORD: Element = { access: anyAlignment(4), signed: 32 };
const DOUBLEWORD: Element = { access: anyAlignment(8) };
const reversed = ({ access }: Element): Element => ({ access: { ...access, isByteReversed: true } });

const loaded = (e: Emitter, { access, signed }: Element, EA: Value): Value => {
  const element = e.load(EA, access);
  return signed === undefined ? element : e.signExtend(element, signed);
};

interface DFields {
  readonly R: number;
  readonly RA: number;
  readonly D: number;
}
interface XFields {
  readonly R: number;
  readonly RA: number;
  readonly RB: number;
}
interface DOperands {
  readonly R: Slot;
  readonly RA: Slot;
  readonly D: Value;
}
interface XOperands {
  readonly R: Slot;
  readonly RA: Slot;
  readonly RB: Slot;
}

const D_SYNTAX = ({ R, RA, D }: DFields) => [r(R), displaced(D, 16, RA)];
const DS_SYNTAX = ({ R, RA, D }: DFields) => [r(R), displaced(D * 4, 16, RA)];
const X_SYNTAX = ({ R, RA, RB }: XFields) => [r(R), rOr0(RA), r(RB)];
const D_OPERANDS = ({ R, RA, D }: DFields) => ({ R: GPR(R), RA: RAor0(RA), D: EXTS(D, 16) });
const DS_OPERANDS = ({ R, RA, D }: DFields) => ({ R: GPR(R), RA: RAor0(RA), D: EXTS(D * 4, 16) });
const X_OPERANDS = ({ R, RA, RB }: XFields) => ({ R: GPR(R), RA: RAor0(RA), RB: GPR(RB) });

type Perform = (pe: Pseudocode, e: Emitter, element: Element, R: Slot, EA: Value) => void;
const load: Perform = (_pe, e, element, R, EA) => e.set(R, loaded(e, element, EA));
const store: Perform = (_pe, e, { access }, R, EA) => e.store(EA, access, e.get(R));

/** The same, with the address in RA afterwards. */
const updating = (perform: Perform, element: Element) => (pe: Pseudocode, e: Emitter, R: Slot, RA: Slot, displacement: Value) => {
  const EA = e.let(pe.EA(RA, displacement));
  perform(pe, e, element, R, EA);
  e.set(RA, EA);
};

const D = (perform: Perform, element: Element) => ({
  operands: D_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { R, RA, D }: DOperands): void => perform(pe, e, element, R, pe.EA(RA, D)),
  syntax: D_SYNTAX,
});
const DS = (perform: Perform, element: Element) => ({ ...D(perform, element), operands: DS_OPERANDS, syntax: DS_SYNTAX });
const X = (perform: Perform, element: Element) => ({
  operands: X_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { R, RA, RB }: XOperands): void => perform(pe, e, element, R, pe.EA(RA, e.get(RB))),
  syntax: X_SYNTAX,
});
const DU = (perform: Perform, element: Element) => {
  const update = updating(perform, element);
  return {
    where: isUpdateAllowed(perform),
    operands: D_OPERANDS,
    execute: (pe: Pseudocode, e: Emitter, _c: unknown, { R, RA, D }: DOperands): void => update(pe, e, R, RA, D),
    syntax: D_SYNTAX,
  };
};
const DSU = (perform: Perform, element: Element) => ({ ...DU(perform, element), operands: DS_OPERANDS, syntax: DS_SYNTAX });
const XU = (perform: Perform, element: Element) => {
  const update = updating(perform, element);
  return {
    where: isUpdateAllowed(perform),
    operands: X_OPERANDS,
    execute: (pe: Pseudocode, e: Emitter, _c: unknown, { R, RA, RB }: XOperands): void => update(pe, e, R, RA, e.get(RB)),
    syntax: X_SYNTAX,
  };
};

/** Forms with update are invalid for RA = 0, and loads also for RA = RT. Choice: illegal instruction, as QEMU has it. */
const isUpdateAllowed =
  (perform: Perform) =>
  ({ R, RA }: { readonly R: number; readonly RA: number }): boolean =>
    RA !== 0 && (perform === store || RA !== R);

// biome-ignore format: a table
const LOADS = [
  power('lbz',   '100010 R:5 RA:5 D:16', D(load, BYTE)),
  power('lbzu',  '100011 R:5 RA:5 D:16', DU(load, BYTE)),
  power('lbzx',  '011111 R:5 RA:5 RB:5 0001010111 -', X(load, BYTE)),
  power('lbzux', '011111 R:5 RA:5 RB:5 0001110111 -', XU(load, BYTE)),
  power('lhz',   '101000 R:5 RA:5 D:16', D(load, HALFWORD)),
  power('lhzu',  '101001 R:5 RA:5 D:16', DU(load, HALFWORD)),
  power('lhzx',  '011111 R:5 RA:5 RB:5 0100010111 -', X(load, HALFWORD)),
  power('lhzux', '011111 R:5 RA:5 RB:5 0100110111 -', XU(load, HALFWORD)),
  power('lha',   '101010 R:5 RA:5 D:16', D(load, ALGEBRAIC_HALFWORD)),
  power('lhau',  '101011 R:5 RA:5 D:16', DU(load, ALGEBRAIC_HALFWORD)),
  power('lhax',  '011111 R:5 RA:5 RB:5 0101010111 -', X(load, ALGEBRAIC_HALFWORD)),
  power('lhaux', '011111 R:5 RA:5 RB:5 0101110111 -', XU(load, ALGEBRAIC_HALFWORD)),
  power('lwz',   '100000 R:5 RA:5 D:16', D(load, WORD)),
  power('lwzu',  '100001 R:5 RA:5 D:16', DU(load, WORD)),
  power('lwzx',  '011111 R:5 RA:5 RB:5 0000010111 -', X(load, WORD)),
  power('lwzux', '011111 R:5 RA:5 RB:5 0000110111 -', XU(load, WORD)),
  power('lwa',   '111010 R:5 RA:5 D:14 10', DS(load, ALGEBRAIC_WORD)),
  power('lwax',  '011111 R:5 RA:5 RB:5 0101010101 -', X(load, ALGEBRAIC_WORD)),
  power('lwaux', '011111 R:5 RA:5 RB:5 0101110101 -', XU(load, ALGEBRAIC_WORD)),
  power('ld',    '111010 R:5 RA:5 D:14 00', DS(load, DOUBLEWORD)),
  power('ldu',   '111010 R:5 RA:5 D:14 01', DSU(load, DOUBLEWORD)),
  power('ldx',   '011111 R:5 RA:5 RB:5 0000010101 -', X(load, DOUBLEWORD)),
  power('ldux',  '011111 R:5 RA:5 RB:5 0000110101 -', XU(load, DOUBLEWORD)),
  power('lhbrx', '011111 R:5 RA:5 RB:5 1100010110 -', X(load, reversed(HALFWORD))),
  power('lwbrx', '011111 R:5 RA:5 RB:5 1000010110 -', X(load, reversed(WORD))),
  power('ldbrx', '011111 R:5 RA:5 RB:5 1000010100 -', X(load, reversed(DOUBLEWORD))),
];

// biome-ignore format: a table
const STORES = [
  power('stb',    '100110 R:5 RA:5 D:16', D(store, BYTE)),
  power('stbu',   '100111 R:5 RA:5 D:16', DU(store, BYTE)),
  power('stbx',   '011111 R:5 RA:5 RB:5 0011010111 -', X(store, BYTE)),
  power('stbux',  '011111 R:5 RA:5 RB:5 0011110111 -', XU(store, BYTE)),
  power('sth',    '101100 R:5 RA:5 D:16', D(store, HALFWORD)),
  power('sthu',   '101101 R:5 RA:5 D:16', DU(store, HALFWORD)),
  power('sthx',   '011111 R:5 RA:5 RB:5 0110010111 -', X(store, HALFWORD)),
  power('sthux',  '011111 R:5 RA:5 RB:5 0110110111 -', XU(store, HALFWORD)),
  power('stw',    '100100 R:5 RA:5 D:16', D(store, WORD)),
  power('stwu',   '100101 R:5 RA:5 D:16', DU(store, WORD)),
  power('stwx',   '011111 R:5 RA:5 RB:5 0010010111 -', X(store, WORD)),
  power('stwux',  '011111 R:5 RA:5 RB:5 0010110111 -', XU(store, WORD)),
  power('std',    '111110 R:5 RA:5 D:14 00', DS(store, DOUBLEWORD)),
  power('stdu',   '111110 R:5 RA:5 D:14 01', DSU(store, DOUBLEWORD)),
  power('stdx',   '011111 R:5 RA:5 RB:5 0010010101 -', X(store, DOUBLEWORD)),
  power('stdux',  '011111 R:5 RA:5 RB:5 0010110101 -', XU(store, DOUBLEWORD)),
  power('sthbrx', '011111 R:5 RA:5 RB:5 1110010110 -', X(store, reversed(HALFWORD))),
  power('stwbrx', '011111 R:5 RA:5 RB:5 1010010110 -', X(store, reversed(WORD))),
  power('stdbrx', '011111 R:5 RA:5 RB:5 1010010100 -', X(store, reversed(DOUBLEWORD))),
];

/** Register numbers decide how many registers these access; `multipleAndString.ts` says what they do. */
const byRoutine = <F extends { readonly R: number; readonly RA: number }>(syntax: (fields: F) => readonly string[]) => ({
  operands: () => ({}),
  execute: (pe: Pseudocode): void => pe.leave('multiple or string'),
  syntax,
});
const immediateString = ({ R, RA, NB }: { readonly R: number; readonly RA: number; readonly NB: number }) => [
  r(R),
  rOr0(RA),
  decimal(NB || 32),
];

/** Power ISA, Fixed-Point Load and Store Multiple Instructions, Fixed-Point Move Assist Instructions. */
// biome-ignore format: a table
const MULTIPLE_AND_STRING = [
  power('lmw',   '101110 R:5 RA:5 D:16', byRoutine(D_SYNTAX)),
  power('stmw',  '101111 R:5 RA:5 D:16', byRoutine(D_SYNTAX)),
  power('lswi',  '011111 R:5 RA:5 NB:5 1001010101 -', byRoutine(immediateString)),
  power('lswx',  '011111 R:5 RA:5 RB:5 1000010101 -', byRoutine(X_SYNTAX)),
  power('stswi', '011111 R:5 RA:5 NB:5 1011010101 -', byRoutine(immediateString)),
  power('stswx', '011111 R:5 RA:5 RB:5 1010010101 -', byRoutine(X_SYNTAX)),
];

/** Power ISA, Fixed-Point Storage Access Instructions. */
export const FIXED_POINT_LOADS_AND_STORES = [...LOADS, ...STORES, ...MULTIPLE_AND_STRING];
