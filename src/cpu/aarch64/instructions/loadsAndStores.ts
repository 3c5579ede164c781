// SPDX-License-Identifier: MIT
import { signed } from '../../../base/index.js';
import { type AssemblyLine, instruction } from '../../decode/row.js';
import type { Emitter, Value } from '../../operations/emitter.js';
import { toX, X, XorSP } from '../registers/stateLayout.js';
import { decimal, EXTENSIONS, registerName, registerOrSPName, target } from './assemblyText.js';
import { bytesOf, extendRegister, signedImmediate } from './pseudocode.js';

/** What is loaded by `size` and `opc`: opc 01 zero extends, 10 sign extends to 64 bits, 11 to 32. */
function extendLoaded(e: Emitter, size: number, opc: number, loaded: Value): Value {
  if (opc === 0b01 || size === 0b11) return loaded;
  const extended = e.signExtend(loaded, size === 0b00 ? 8 : size === 0b01 ? 16 : 32);
  return opc === 0b10 ? extended : e.zeroExtend(extended, 32);
}

type RegisterAccess = { readonly size: number; readonly opc: number };

/** Loads of one register: size 11 has no sign-extending ones (10 prefetches), and no word is extended to a word. */
const isLoad = ({ size, opc }: RegisterAccess): boolean => opc === 0b01 || (opc === 0b10 && size < 0b11) || (opc === 0b11 && size < 0b10);

/** Whether the register of a load or store has 64 bits. */
const has64Bits = ({ size, opc }: RegisterAccess): number => (opc === 0b10 || (size === 0b11 && opc < 0b10) ? 1 : 0);

/** Arm DDI 0487, ISS encoding for an exception from a Data Abort, bits 24:14: ISV, SAS, SSE, SRT, SF, AR. */
const dataAbortSyndrome = (fields: { SAS: number; SSE: number; SRT: number; SF: number; AR: number }): number =>
  (1 << 10) | (fields.SAS << 8) | (fields.SSE << 7) | (fields.SRT << 2) | (fields.SF << 1) | fields.AR;

const registerSyndrome = ({ size, opc, Rt }: RegisterAccess & { readonly Rt: number }): number =>
  dataAbortSyndrome({ SAS: size, SSE: opc >> 1, SRT: Rt, SF: has64Bits({ size, opc }), AR: 0 });

/** Bytes and halfwords that are extended to 64 bits: compilers extend them to 32. */
const isRareLoad = ({ size, opc }: RegisterAccess): boolean => opc === 0b10 && size < 0b10;

/** `ldrsb` and the like: `stem` is `ldr`, `ldur` or `ldtr`, with the suffix of size and extension. */
const loadName = (stem: string, { size, opc }: RegisterAccess): string =>
  `${stem}${opc === 0b01 ? '' : 's'}${['b', 'h', opc === 0b01 ? '' : 'w', ''][size]}`;

const storeName = (stem: string, size: number): string => `${stem}${['b', 'h', '', ''][size]}`;

/** `[x0, #8]`; an offset of 0 is left out. */
const atOffset = (Rn: number, offset: number | bigint): string =>
  `[${registerOrSPName(1, Rn)}${Number(offset) === 0 ? '' : `, ${decimal(offset)}`}]`;

/** `[x0, #8]!` */
const preIndexed = (Rn: number, offset: number | bigint): string => `[${registerOrSPName(1, Rn)}, ${decimal(offset)}]!`;

/** `[x0], #8` */
const postIndexed = (Rn: number, offset: number | bigint): readonly [string, string] => [`[${registerOrSPName(1, Rn)}]`, decimal(offset)];

/** `pldl1keep` and the like; a number for what has no name. */
function prefetchOperation(Rt: number): string {
  const [type, level, policy] = [['pld', 'pli', 'pst'][Rt >> 3], (Rt >> 1) & 0b11, Rt & 1];
  return type === undefined || level === 0b11 ? decimal(Rt) : `${type}l${level + 1}${policy ? 'strm' : 'keep'}`;
}

/** A prefetch does nothing: there is no cache to bring anything into, and it never faults. */
const NO_OPERATION = { operands: () => ({}), execute: () => undefined } as const;

/** Arm DDI 0487, Loads and Stores: Load register (literal). */
const LITERAL = [
  instruction('LDR, LDRSW (literal)', 'opc!:2 011 0 00 imm19:19 Rt:5', {
    where: ({ opc }) => opc !== 0b11,
    operands: ({ imm19, Rt }) => ({ t: toX(Rt), offset: signedImmediate(BigInt(imm19) << 2n, 21) }),
    execute: (e, { opc }, { t, offset }) => {
      const loaded = e.load(e.add(e.programCounter(), offset), { bytes: opc === 0b01 ? 8 : 4 });
      e.set(t, opc === 0b10 ? e.signExtend(loaded, 32) : loaded);
    },
    assembly: ({ opc, imm19, Rt }, { address }) => [
      opc === 0b10 ? 'ldrsw' : 'ldr',
      registerName(opc === 0b00 ? 0 : 1, Rt),
      target(address, signed(BigInt(imm19) << 2n, 21)),
    ],
    syndrome: ({ opc, Rt }) =>
      dataAbortSyndrome({ SAS: opc === 0b01 ? 0b11 : 0b10, SSE: opc >> 1, SRT: Rt, SF: opc === 0b00 ? 0 : 1, AR: 0 }),
  }),
  instruction('PRFM (literal)', '11 011 0 00 imm19:19 Rt:5', {
    ...NO_OPERATION,
    assembly: ({ imm19, Rt }, { address }) => ['prfm', prefetchOperation(Rt), target(address, signed(BigInt(imm19) << 2n, 21))],
  }),
];

/** How the address of a pair or of an immediate-offset access is formed, by its two bits. */
type Indexing = 'offset' | 'post-indexed' | 'pre-indexed';

/** The address accessed and, for the indexed forms, what the base register becomes. */
function addressOf(e: Emitter, indexing: Indexing, base: Value, offset: Value): { readonly accessed: Value; readonly moved: Value } {
  const from = e.let(base);
  const moved = e.let(e.add(from, offset));
  return { accessed: indexing === 'post-indexed' ? from : moved, moved };
}

const addressText = (indexing: Indexing, Rn: number, offset: bigint): readonly string[] =>
  indexing === 'offset' ? [atOffset(Rn, offset)] : indexing === 'pre-indexed' ? [preIndexed(Rn, offset)] : postIndexed(Rn, offset);

type PairFields = { readonly opc: number; readonly imm7: number };

const pairBytes = (opc: number): 4 | 8 => (opc === 0b10 ? 8 : 4);

const pairOffset = ({ opc, imm7 }: PairFields): bigint => signed(BigInt(imm7), 7) * BigInt(pairBytes(opc));

function pairAssembly(
  name: string,
  indexing: Indexing,
  fields: PairFields & { readonly Rt2: number; readonly Rn: number; readonly Rt: number },
): AssemblyLine {
  const sf = fields.opc === 0b00 ? 0 : 1;
  return [name, registerName(sf, fields.Rt), registerName(sf, fields.Rt2), ...addressText(indexing, fields.Rn, pairOffset(fields))];
}

/**
 * CONSTRAINED UNPREDICTABLE: a load of a pair into one register twice.
 * Choice: the register receives the first element, as QEMU has it, hence the order of the two sets.
 */
function setPair(
  e: Emitter,
  opc: number,
  t: Parameters<Emitter['set']>[0],
  t2: Parameters<Emitter['set']>[0],
  pair: readonly [Value, Value],
): void {
  const extended = pair.map(value => e.let(opc === 0b01 ? e.signExtend(value, 32) : value));
  e.set(t2, extended[1] ?? pair[1]);
  e.set(t, extended[0] ?? pair[0]);
}

/** Load/store no-allocate pair and register pair (offset). The hint of the first kind means nothing here. */
const PAIR_OFFSET = [
  instruction('STNP, STP (offset)', 'opc!:2 101 0 0 A 0 0 imm7:7 Rt2:5 Rn:5 Rt:5', {
    where: ({ opc }) => opc === 0b00 || opc === 0b10,
    operands: fields => ({ t: X(fields.Rt), t2: X(fields.Rt2), n: XorSP(fields.Rn), imm: BigInt.asUintN(64, pairOffset(fields)) }),
    execute: (e, { opc }, { t, t2, n, imm }) => e.storePair(e.add(e.get(n), imm), { bytes: pairBytes(opc) }, e.get(t), e.get(t2)),
    assembly: fields => pairAssembly(fields.A ? 'stp' : 'stnp', 'offset', fields),
  }),
  instruction('LDNP, LDP, LDPSW (offset)', 'opc!:2 101 0 0 A 0 1 imm7:7 Rt2:5 Rn:5 Rt:5', {
    where: ({ opc, A }) => opc === 0b00 || opc === 0b10 || (opc === 0b01 && A === 1),
    operands: fields => ({ t: toX(fields.Rt), t2: toX(fields.Rt2), n: XorSP(fields.Rn), imm: BigInt.asUintN(64, pairOffset(fields)) }),
    execute: (e, { opc }, { t, t2, n, imm }) => setPair(e, opc, t, t2, e.loadPair(e.add(e.get(n), imm), { bytes: pairBytes(opc) })),
    assembly: fields => pairAssembly(fields.A ? (fields.opc === 0b01 ? 'ldpsw' : 'ldp') : 'ldnp', 'offset', fields),
  }),
];

/** Bit 24 of an indexed pair: post-indexed or pre-indexed. */
const pairIndexing = (P: number): Indexing => (P ? 'pre-indexed' : 'post-indexed');

/**
 * Load/store register pair (post-indexed) and (pre-indexed).
 * CONSTRAINED UNPREDICTABLE: the base register is among those loaded or stored.
 * Choice: a store stores what it was; after a load it is the address, as QEMU has it.
 */
const PAIR_INDEXED = [
  instruction('STP (indexed)', 'opc!:2 101 0 0 P! 1 0 imm7:7 Rt2:5 Rn:5 Rt:5', {
    where: ({ opc }) => opc === 0b00 || opc === 0b10,
    operands: fields => ({ t: X(fields.Rt), t2: X(fields.Rt2), n: XorSP(fields.Rn), imm: BigInt.asUintN(64, pairOffset(fields)) }),
    execute: (e, { opc, P }, { t, t2, n, imm }) => {
      const { accessed, moved } = addressOf(e, pairIndexing(P), e.get(n), imm);
      e.storePair(accessed, { bytes: pairBytes(opc) }, e.get(t), e.get(t2));
      e.set(n, moved);
    },
    assembly: fields => pairAssembly('stp', pairIndexing(fields.P), fields),
  }),
  instruction('LDP, LDPSW (indexed)', 'opc!:2 101 0 0 P! 1 1 imm7:7 Rt2:5 Rn:5 Rt:5', {
    where: ({ opc }) => opc !== 0b11,
    operands: fields => ({ t: toX(fields.Rt), t2: toX(fields.Rt2), n: XorSP(fields.Rn), imm: BigInt.asUintN(64, pairOffset(fields)) }),
    execute: (e, { opc, P }, { t, t2, n, imm }) => {
      const { accessed, moved } = addressOf(e, pairIndexing(P), e.get(n), imm);
      setPair(e, opc, t, t2, e.loadPair(accessed, { bytes: pairBytes(opc) }));
      e.set(n, moved);
    },
    isRare: ({ opc }) => opc === 0b01,
    assembly: fields => pairAssembly(fields.opc === 0b01 ? 'ldpsw' : 'ldp', pairIndexing(fields.P), fields),
  }),
];

type Immediate9 = { readonly imm9: number };

const offsetOf = ({ imm9 }: Immediate9): bigint => signed(BigInt(imm9), 9);

/** Load/store register (unscaled immediate) and (unprivileged); bit 11 tells them apart. */
const UNSCALED = [
  instruction('STUR, STTR', 'size!:2 111 0 00 00 0 imm9:9 U! 0 Rn:5 Rt:5', {
    operands: ({ imm9, Rn, Rt }) => ({ t: X(Rt), n: XorSP(Rn), imm: signedImmediate(imm9, 9) }),
    execute: (e, { size, U }, { t, n, imm }) => e.store(e.add(e.get(n), imm), { bytes: bytesOf(size), isUnprivileged: U === 1 }, e.get(t)),
    assembly: fields => [
      storeName(fields.U ? 'sttr' : 'stur', fields.size),
      registerName(fields.size === 0b11 ? 1 : 0, fields.Rt),
      atOffset(fields.Rn, offsetOf(fields)),
    ],
    syndrome: fields => registerSyndrome({ ...fields, opc: 0b00 }),
  }),
  instruction('LDUR, LDTR', 'size!:2 111 0 00 opc!:2 0 imm9:9 U! 0 Rn:5 Rt:5', {
    where: isLoad,
    operands: ({ imm9, Rn, Rt }) => ({ t: toX(Rt), n: XorSP(Rn), imm: signedImmediate(imm9, 9) }),
    execute: (e, { size, opc, U }, { t, n, imm }) => {
      const loaded = e.load(e.add(e.get(n), imm), { bytes: bytesOf(size), isUnprivileged: U === 1 });
      e.set(t, extendLoaded(e, size, opc, loaded));
    },
    assembly: fields => [
      loadName(fields.U ? 'ldtr' : 'ldur', fields),
      registerName(has64Bits(fields), fields.Rt),
      atOffset(fields.Rn, offsetOf(fields)),
    ],
    syndrome: registerSyndrome,
  }),
  instruction('PRFUM', '11 111 0 00 10 0 imm9:9 00 Rn:5 Rt:5', {
    ...NO_OPERATION,
    assembly: fields => ['prfum', prefetchOperation(fields.Rt), atOffset(fields.Rn, offsetOf(fields))],
  }),
];

const registerIndexing = (P: number): Indexing => (P ? 'pre-indexed' : 'post-indexed');

/**
 * Load/store register (immediate post-indexed) and (immediate pre-indexed).
 * CONSTRAINED UNPREDICTABLE: the base register is the one loaded or stored.
 * Choice: a store stores what it was; after a load it is the address, as QEMU has it.
 */
const INDEXED = [
  instruction('STR (immediate, indexed)', 'size!:2 111 0 00 00 0 imm9:9 P! 1 Rn:5 Rt:5', {
    operands: ({ imm9, Rn, Rt }) => ({ t: X(Rt), n: XorSP(Rn), imm: signedImmediate(imm9, 9) }),
    execute: (e, { size, P }, { t, n, imm }) => {
      const { accessed, moved } = addressOf(e, registerIndexing(P), e.get(n), imm);
      e.store(accessed, { bytes: bytesOf(size) }, e.get(t));
      e.set(n, moved);
    },
    assembly: fields => [
      storeName('str', fields.size),
      registerName(fields.size === 0b11 ? 1 : 0, fields.Rt),
      ...addressText(registerIndexing(fields.P), fields.Rn, offsetOf(fields)),
    ],
  }),
  instruction('LDR (immediate, indexed)', 'size!:2 111 0 00 opc!:2 0 imm9:9 P! 1 Rn:5 Rt:5', {
    where: isLoad,
    operands: ({ imm9, Rn, Rt }) => ({ t: toX(Rt), n: XorSP(Rn), imm: signedImmediate(imm9, 9) }),
    execute: (e, { size, opc, P }, { t, n, imm }) => {
      const { accessed, moved } = addressOf(e, registerIndexing(P), e.get(n), imm);
      e.set(t, extendLoaded(e, size, opc, e.load(accessed, { bytes: bytesOf(size) })));
      e.set(n, moved);
    },
    isRare: isRareLoad,
    assembly: fields => [
      loadName('ldr', fields),
      registerName(has64Bits(fields), fields.Rt),
      ...addressText(registerIndexing(fields.P), fields.Rn, offsetOf(fields)),
    ],
  }),
];

type OffsetRegister = { readonly size: number; readonly Rm: number; readonly option: number; readonly S: number; readonly Rn: number };

/** Extensions to less than a word are not allocated. */
const isOffsetExtension = ({ option }: { readonly option: number }): boolean => (option & 0b010) !== 0;

const offsetRegister = (e: Emitter, size: number, option: number, S: number, m: Value): Value => {
  const extended = extendRegister(e, option, m);
  return S && size > 0 ? e.shiftLeft(extended, e.constant(BigInt(size))) : extended;
};

function offsetRegisterText({ size, Rm, option, S, Rn }: OffsetRegister): string {
  const m = registerName(option & 1, Rm);
  const extension = option === 0b011 ? 'lsl' : (EXTENSIONS[option] ?? '');
  const amount = S ? `, ${extension} #${size}` : option === 0b011 ? '' : `, ${extension}`;
  return `[${registerOrSPName(1, Rn)}, ${m}${amount}]`;
}

/** SXTX, and what extends a word to index elements of more than a byte without scaling it. */
const isRareOffset = ({ size, option, S }: { readonly size: number; readonly option: number; readonly S: number }): boolean =>
  option === 0b111 || ((option & 0b001) === 0 && S === 0 && size > 0b00);

/** Load/store register (register offset). */
const REGISTER_OFFSET = [
  instruction('STR (register)', 'size!:2 111 0 00 00 1 Rm:5 option!:3 S! 10 Rn:5 Rt:5', {
    where: isOffsetExtension,
    operands: ({ Rm, Rn, Rt }) => ({ t: X(Rt), n: XorSP(Rn), m: X(Rm) }),
    execute: (e, { size, option, S }, { t, n, m }) =>
      e.store(e.add(e.get(n), offsetRegister(e, size, option, S, e.get(m))), { bytes: bytesOf(size) }, e.get(t)),
    isRare: isRareOffset,
    assembly: fields => [storeName('str', fields.size), registerName(fields.size === 0b11 ? 1 : 0, fields.Rt), offsetRegisterText(fields)],
    syndrome: fields => registerSyndrome({ ...fields, opc: 0b00 }),
  }),
  instruction('LDR (register)', 'size!:2 111 0 00 opc!:2 1 Rm:5 option!:3 S! 10 Rn:5 Rt:5', {
    where: fields => isLoad(fields) && isOffsetExtension(fields),
    operands: ({ Rm, Rn, Rt }) => ({ t: toX(Rt), n: XorSP(Rn), m: X(Rm) }),
    execute: (e, { size, opc, option, S }, { t, n, m }) => {
      const loaded = e.load(e.add(e.get(n), offsetRegister(e, size, option, S, e.get(m))), { bytes: bytesOf(size) });
      e.set(t, extendLoaded(e, size, opc, loaded));
    },
    isRare: control => isRareOffset(control) || isRareLoad(control),
    assembly: fields => [loadName('ldr', fields), registerName(has64Bits(fields), fields.Rt), offsetRegisterText(fields)],
    syndrome: registerSyndrome,
  }),
  instruction('PRFM (register)', '11 111 0 00 10 1 Rm:5 option:3 S 10 Rn:5 Rt:5', {
    where: isOffsetExtension,
    ...NO_OPERATION,
    assembly: fields => ['prfm', prefetchOperation(fields.Rt), offsetRegisterText({ ...fields, size: 0b11 })],
  }),
];

const scaledOffset = ({ size, imm12 }: { readonly size: number; readonly imm12: number }): bigint => BigInt(imm12) << BigInt(size);

/** Load/store register (unsigned immediate). */
const UNSIGNED_OFFSET = [
  instruction('STR (immediate, unsigned offset)', 'size!:2 111 0 01 00 imm12:12 Rn:5 Rt:5', {
    operands: fields => ({ t: X(fields.Rt), n: XorSP(fields.Rn), imm: scaledOffset(fields) }),
    execute: (e, { size }, { t, n, imm }) => e.store(e.add(e.get(n), imm), { bytes: bytesOf(size) }, e.get(t)),
    assembly: fields => [
      storeName('str', fields.size),
      registerName(fields.size === 0b11 ? 1 : 0, fields.Rt),
      atOffset(fields.Rn, scaledOffset(fields)),
    ],
    syndrome: fields => registerSyndrome({ ...fields, opc: 0b00 }),
  }),
  instruction('LDR (immediate, unsigned offset)', 'size!:2 111 0 01 opc!:2 imm12:12 Rn:5 Rt:5', {
    where: isLoad,
    operands: fields => ({ t: toX(fields.Rt), n: XorSP(fields.Rn), imm: scaledOffset(fields) }),
    execute: (e, { size, opc }, { t, n, imm }) =>
      e.set(t, extendLoaded(e, size, opc, e.load(e.add(e.get(n), imm), { bytes: bytesOf(size) }))),
    assembly: fields => [loadName('ldr', fields), registerName(has64Bits(fields), fields.Rt), atOffset(fields.Rn, scaledOffset(fields))],
    syndrome: registerSyndrome,
  }),
  instruction('PRFM (immediate)', '11 111 0 01 10 imm12:12 Rn:5 Rt:5', {
    ...NO_OPERATION,
    assembly: fields => ['prfm', prefetchOperation(fields.Rt), atOffset(fields.Rn, scaledOffset({ ...fields, size: 0b11 }))],
  }),
];

/** Loads and stores that are neither exclusive nor atomic nor ordered. */
export const LOADS_AND_STORES = [
  ...LITERAL,
  ...PAIR_OFFSET,
  ...PAIR_INDEXED,
  ...UNSCALED,
  ...INDEXED,
  ...REGISTER_OFFSET,
  ...UNSIGNED_OFFSET,
];
