// SPDX-License-Identifier: MIT
import { hex } from '../../base/index.js';
import { decode, maskOf, SCTLR_EL1 } from '../../cpu/index.js';
import { LEAF_DESCRIPTOR, TABLE_DESCRIPTOR } from './stage1Descriptors.js';
import { type Stage1Entry, type Stage1Registers, type Stage1Walk, walkStage1 } from './stage1Walk.js';
import type { MappingAttribute, TranslationStep, TranslationWalk } from './translationWalk.js';

/** All EL1 registers that a translation and the attributes of a mapping depend on. */
export interface Stage1ControlRegisters extends Stage1Registers {
  readonly SCTLR_EL1: bigint;
  readonly MAIR_EL1: bigint;
}

const [MMU_ON, WXN] = [maskOf(SCTLR_EL1, 'M'), maskOf(SCTLR_EL1, 'WXN')];
/** Without tables an address loses its tag. */
const UNTAGGED_BITS = 56;

/** Whether SCTLR_EL1 turns EL1&0 stage 1 on. */
export const isStage1On = (SCTLR: bigint): boolean => (SCTLR & MMU_ON) !== 0n;

/** Arm DDI 0487, AArch64.TranslateAddress() with stage 1 off: the address without its tag. */
export const stage1OffAddress = (va: bigint): bigint => BigInt.asUintN(UNTAGGED_BITS, va);

const REGIME = 'EL1&0 stage 1';

const register = (name: string, value: bigint): TranslationStep => ({ kind: 'register', name, value });

/** How `va` goes through EL1&0 stage 1, descriptor by descriptor. */
export function explainStage1(
  registers: Stage1ControlRegisters,
  va: bigint,
  readPhysical: (address: bigint, bytes: number) => Uint8Array | undefined,
): TranslationWalk {
  const { SCTLR_EL1: SCTLR, TCR_EL1: TCR, TTBR0_EL1, TTBR1_EL1, MAIR_EL1 } = registers;
  const control = register('SCTLR_EL1', SCTLR);
  if (!isStage1On(SCTLR)) {
    const attributes = [{ name: 'Memory type', text: memoryType(0) }];
    const address = stage1OffAddress(va);
    return { regime: `${REGIME}, off`, steps: [control], outcome: { kind: 'mapped', address, pageBytes: undefined, attributes } };
  }
  const walk = walkStage1(registers, va, readPhysical);
  const base = walk.isUpper ? register('TTBR1_EL1', TTBR1_EL1) : register('TTBR0_EL1', TTBR0_EL1);
  const steps = [control, register('TCR_EL1', TCR), base, ...walk.entries.map(entryStep)];
  const { outcome } = walk;
  if (outcome.kind !== 'mapped') return { regime: REGIME, steps, outcome: { kind: 'unmapped', why: whyUnmapped(walk, va) } };
  return {
    regime: REGIME,
    steps: [...steps, register('MAIR_EL1', MAIR_EL1)],
    outcome: {
      kind: 'mapped',
      address: outcome.address,
      pageBytes: 1n << BigInt(outcome.pageShift),
      attributes: attributesOf(walk.entries, registers),
    },
  };
}

const KIND_WORDS = { table: 'Table', block: 'Block', page: 'Page', invalid: 'Invalid' } as const;

const entryStep = ({ level, address, descriptor, kind }: Stage1Entry): TranslationStep => ({
  kind: 'entry',
  title: `Level ${level}: ${KIND_WORDS[kind]}`,
  layout: kind === 'block' || kind === 'page' ? LEAF_DESCRIPTOR : TABLE_DESCRIPTOR,
  value: descriptor,
  address,
  place: undefined,
});

function whyUnmapped({ isUpper, entries, outcome }: Stage1Walk, va: bigint): string {
  const half = isUpper ? 1 : 0;
  switch (outcome.kind) {
    case 'walkDisabled':
      return `TCR_EL1.EPD${half} is 1: the tables of TTBR${half}_EL1 are not walked.`;
    case 'reservedGranule':
      return `TCR_EL1.TG${half} has a reserved value.`;
    case 'outOfRange':
      return `${hex(va)} is outside of the ${outcome.inputBits} bits that TCR_EL1.T${half}SZ leaves to TTBR${half}_EL1.`;
    case 'noTable':
      return `The descriptor at physical address ${hex(outcome.address)} does not lie in RAM.`;
    default:
      return `The descriptor is not valid: Translation fault, level ${entries.at(-1)?.level ?? 0}.`;
  }
}

/** Bits of a descriptor's AP and APTable: EL0 may access, nobody may write; no EL0, nobody may write. */
const AP = { EL0: 1, READ_ONLY: 2 } as const;
const AP_TABLE = { NO_EL0: 1, READ_ONLY: 2 } as const;

/** Arm DDI 0487, Memory access control: what the descriptors of a walk allow together. */
function attributesOf(
  entries: readonly Stage1Entry[],
  { SCTLR_EL1: SCTLR, MAIR_EL1 }: Stage1ControlRegisters,
): readonly MappingAttribute[] {
  const tables = entries.filter(({ kind }) => kind === 'table').map(({ descriptor }) => decode(TABLE_DESCRIPTOR, descriptor));
  const leaf = decode(LEAF_DESCRIPTOR, entries.at(-1)?.descriptor ?? 0n);
  const isReadOnly = (leaf.AP & AP.READ_ONLY) !== 0 || tables.some(({ APTable }) => (APTable & AP_TABLE.READ_ONLY) !== 0);
  const isForEL0 = (leaf.AP & AP.EL0) !== 0 && tables.every(({ APTable }) => (APTable & AP_TABLE.NO_EL0) === 0);
  const isWritableNoExecute = (SCTLR & WXN) !== 0n && !isReadOnly;
  // What EL0 may write, EL1 must not execute.
  const isPXN = leaf.PXN === 1 || tables.some(({ PXNTable }) => PXNTable === 1) || (isForEL0 && !isReadOnly) || isWritableNoExecute;
  const isUXN = leaf.UXN === 1 || tables.some(({ UXNTable }) => UXNTable === 1) || (isWritableNoExecute && isForEL0);
  const rights = (mayAccess: boolean, mayExecute: boolean): string =>
    [mayAccess ? 'read' : '', mayAccess && !isReadOnly ? 'write' : '', mayExecute ? 'execute' : ''].filter(Boolean).join(', ') || 'none';
  const attribute = Number((MAIR_EL1 >> BigInt(8 * leaf.AttrIndx)) & 0xffn);
  return [
    { name: 'Memory type', text: memoryType(attribute) },
    ...(isDevice(attribute) ? [] : [{ name: 'Shareability', text: SHAREABILITY[leaf.SH] ?? 'reserved' }]),
    { name: 'EL1', text: rights(true, !isPXN) },
    { name: 'EL0', text: rights(isForEL0, !isUXN) },
    ...(leaf.AF === 0 ? [{ name: 'Access flag', text: '0: the first access is an Access flag fault' }] : []),
  ];
}

const SHAREABILITY = ['Non-shareable', undefined, 'Outer Shareable', 'Inner Shareable'] as const;
const DEVICE = ['Device-nGnRnE', 'Device-nGnRE', 'Device-nGRE', 'Device-GRE'] as const;

/** Arm DDI 0487, MAIR_EL1: the upper four bits of an attribute are 0 for Device memory. */
const isDevice = (attribute: number): boolean => attribute >> 4 === 0;

function memoryType(attribute: number): string {
  if (isDevice(attribute)) return (attribute & 3) === 0 ? (DEVICE[attribute >> 2] ?? 'reserved') : 'reserved';
  const [outer, inner] = [cacheability(attribute >> 4), cacheability(attribute & 0xf)];
  return outer === inner ? `Normal, ${outer}` : `Normal, outer ${outer}, inner ${inner}`;
}

const POLICIES = ['Write-Through Transient', 'Write-Back Transient', 'Write-Through', 'Write-Back'] as const;

/** Four bits of MAIR_EL1 for Normal memory: 0b0100 is Non-cacheable, otherwise the upper two tell the policy and the lower two allocation. */
const cacheability = (bits: number): string => (bits === 0b0100 ? 'Non-cacheable' : (POLICIES[bits >> 2] ?? 'reserved'));
