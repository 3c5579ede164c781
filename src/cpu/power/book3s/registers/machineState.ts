// SPDX-License-Identifier: MIT
import { describedBits, field, maskOf, register, reserved, wideField } from '../../../registers/describeRegister.js';

const OFF_ON = { disabled: 0, enabled: 1 } as const;

/** Power ISA, Book III, Machine State Register, of versions 2.07 and 3.0. */
export const MSR = register({
  name: 'MSR',
  title: 'Machine State Register',
  width: 64,
  numbering: 'msb0',
  fields: [
    field('0', 'SF', 'Sixty-Four-Bit Mode', { bits32: 0, bits64: 1 }),
    reserved('1:2'),
    field('3', 'HV', 'Hypervisor State'),
    reserved('4:28'),
    field('29:30', 'TS', 'Transaction State', { nonTransactional: 0, suspended: 1, transactional: 2 }),
    field('31', 'TM', 'Transactional Memory Available'),
    reserved('32:37'),
    field('38', 'VEC', 'Vector Available'),
    reserved('39'),
    field('40', 'VSX', 'VSX Available'),
    reserved('41:47'),
    field('48', 'EE', 'External Interrupt Enable', OFF_ON),
    field('49', 'PR', 'Problem State', { privileged: 0, problem: 1 }),
    field('50', 'FP', 'Floating-Point Available'),
    field('51', 'ME', 'Machine Check Interrupt Enable', OFF_ON),
    field('52', 'FE0', 'Floating-Point Exception Mode 0'),
    field('53', 'SE', 'Single-Step Trace Enable', OFF_ON),
    field('54', 'BE', 'Branch Trace Enable', OFF_ON),
    field('55', 'FE1', 'Floating-Point Exception Mode 1'),
    reserved('56:57'),
    field('58', 'IR', 'Instruction Relocate', OFF_ON),
    field('59', 'DR', 'Data Relocate', OFF_ON),
    reserved('60'),
    field('61', 'PMM', 'Performance Monitor Mark'),
    field('62', 'RI', 'Recoverable Interrupt', { notRecoverable: 0, recoverable: 1 }),
    field('63', 'LE', 'Little-Endian Mode', { big: 0, little: 1 }),
  ],
});

/** A save/restore register 1: the MSR of the interrupted program beside what an interrupt puts into bits 33:36 and 42:47. */
const savedAround = <const Name extends string>(
  name: Name,
  low: readonly ReturnType<typeof statusField>[],
  high: readonly ReturnType<typeof statusField>[],
) =>
  register({
    name,
    title: 'Machine Status Save/Restore Register 1',
    width: 64,
    numbering: 'msb0',
    fields: [
      wideField('0:32', 'MSR0_32', 'MSR bits 0:32'),
      ...low,
      field('37:41', 'MSR37_41', 'MSR bits 37:41'),
      ...high,
      field('48:63', 'MSR48_63', 'MSR bits 48:63'),
    ],
  });
const statusField = (bits: string, name: string, title: string) => field(bits, name, title);
const free = (bits: string) => statusField(bits, `status${bits.replace(':', '_')}`, 'Set to 0 by this interrupt');

/** SRR1 of a Trace interrupt. */
export const SRR1_TRACE = savedAround(
  'SRR1 (Trace)',
  [
    statusField('33', 'TRACE', 'Always 1'),
    statusField('34', 'PREFIXED', 'The traced instruction has a prefix'),
    statusField('35', 'LOAD', 'A load was traced'),
    statusField('36', 'STORE', 'A store was traced'),
  ],
  [free('42'), statusField('43', 'CIABR', 'The address in CIABR matched'), free('44:47')],
);
/** SRR1 of a Program interrupt. */
export const SRR1_PROGRAM = savedAround(
  'SRR1 (Program)',
  [free('33:36')],
  [
    statusField('42', 'TM', 'TM Bad Thing'),
    statusField('43', 'FP', 'Floating-point enabled exception'),
    statusField('44', 'ILLEGAL', 'Illegal instruction'),
    statusField('45', 'PRIVILEGED', 'Privileged instruction'),
    statusField('46', 'TRAP', 'Trap'),
    statusField('47', 'SUBSEQUENT', 'SRR0 does not hold the address of the instruction'),
  ],
);
/** SRR1 of an Instruction Storage interrupt. */
export const SRR1_ISI = savedAround(
  'SRR1 (Instruction Storage)',
  [
    statusField('33', 'NO_TRANSLATION', 'No translation was found'),
    free('34'),
    statusField('35', 'NO_EXECUTE', 'No-execute or guarded storage'),
    statusField('36', 'PROTECTION', 'Storage protection'),
  ],
  [
    statusField('42', 'KEY', 'Virtual page class key protection'),
    free('43'),
    statusField('44', 'CONFIGURATION', 'Unsupported configuration of the translation tables'),
    statusField('45', 'REFERENCE', 'Reference or change bit could not be set'),
    statusField('46', 'TABLE', 'A table of the translation could not be read'),
    free('47'),
  ],
);

const bits = (r: typeof SRR1_TRACE, ...names: readonly string[]): bigint => names.reduce((all, name) => all | maskOf(r, name), 0n);

/** Bits 33:36 and 42:47 of SRR1, which an interrupt replaces. */
export const SRR1_STATUS = ~(bits(SRR1_TRACE, 'MSR0_32', 'MSR37_41', 'MSR48_63') | ~0xffff_ffff_ffff_ffffn) & 0xffff_ffff_ffff_ffffn;

/** The bits of MSR that are a number of at most 32 bits, and the two above. */
export const MSR_BIT = {
  SF: maskOf(MSR, 'SF'),
  HV: maskOf(MSR, 'HV'),
  TS: maskOf(MSR, 'TS'),
  VEC: maskOf(MSR, 'VEC'),
  VSX: maskOf(MSR, 'VSX'),
  EE: maskOf(MSR, 'EE'),
  PR: maskOf(MSR, 'PR'),
  FP: maskOf(MSR, 'FP'),
  ME: maskOf(MSR, 'ME'),
  SE: maskOf(MSR, 'SE'),
  BE: maskOf(MSR, 'BE'),
  IR: maskOf(MSR, 'IR'),
  DR: maskOf(MSR, 'DR'),
  RI: maskOf(MSR, 'RI'),
  LE: maskOf(MSR, 'LE'),
} as const;

/**
 * The bits of MSR that a guest has. HV is the hypervisor's. There is no transactional memory, so that TS and TM read as zero (a KVM without
 * KVM_CAP_PPC_HTM offers none either).
 */
export const GUEST_MSR = describedBits(MSR) & ~(MSR_BIT.HV | MSR_BIT.TS | maskOf(MSR, 'TM'));
