// SPDX-License-Identifier: MIT
import { field, register, reserved } from '../../../registers/describeRegister.js';

const OFF_ON = { disabled: 0, enabled: 1 } as const;

/** Power ISA, Book III, Logical Partitioning Control Register, with the fields of versions 2.07 and 3.0. */
export const LPCR = register({
  name: 'LPCR',
  title: 'Logical Partitioning Control Register',
  width: 64,
  numbering: 'msb0',
  fields: [
    field('0', 'VPM0', 'Virtualized Partition Memory in real mode (2.07)'),
    field('1', 'VPM1', 'Virtualized Partition Memory'),
    field('2', 'ISL', 'Ignore SLB Large Page Specification'),
    field('3', 'KBV', 'Key-Based Virtualization'),
    reserved('4:8'),
    field('9:11', 'DPFD', 'Default Prefetch Depth'),
    field('12:16', 'VRMASD', 'Virtual Real Mode Area Segment Descriptor (2.07)'),
    field('17', 'HVEE', 'Hypervisor Virtualization Exit Enable'),
    reserved('18:34'),
    field('35:37', 'RMLS', 'Real Mode Limit Selector (2.07)'),
    field('38', 'ILE', 'Interrupt Little-Endian', { big: 0, little: 1 }),
    field('39:40', 'AIL', 'Alternate Interrupt Location', { none: 0, at0x18000: 2, at0xC000000000004000: 3 }),
    field('41', 'UPRT', 'Use Process Table (3.0)'),
    field('42', 'EVIRT', 'Enhanced Virtualization (3.0)'),
    field('43', 'HR', 'Host Radix (3.0)'),
    reserved('44'),
    field('45', 'ONL', 'Online'),
    field('46', 'LD', 'Large Decrementer (3.0)', OFF_ON),
    field('47:51', 'PECE', 'Power-saving mode Exit Cause Enable'),
    field('52', 'MER', 'Mediated External Exception Request'),
    field('53', 'GTSE', 'Guest Translation Shootdown Enable (3.0)'),
    field('54', 'TC', 'Translation Control'),
    reserved('55:58'),
    field('59', 'HEIC', 'Hypervisor External Interrupt Control (3.0)'),
    field('60:61', 'LPES', 'Logical Partitioning Environment Selector'),
    field('62', 'HVICE', 'Hypervisor Virtualization Interrupt Conditionally Enable (3.0)'),
    field('63', 'HDICE', 'Hypervisor Decrementer Interrupt Conditionally Enable'),
  ],
});

/** Facilities by their number in FSCR and HFSCR: the bit, counted from the least significant, and the interrupt cause. */
export const FACILITY_CAUSE = { FP: 0, VECVSX: 1, DSCR: 2, PM: 3, BHRB: 4, TM: 5, EBB: 7, TAR: 8, MSGP: 10, SCV: 12 } as const;
/** A facility that FSCR or HFSCR can switch off. */
export type FacilityName = keyof typeof FACILITY_CAUSE;

/** Power ISA, Book III, Facility Status and Control Register. */
export const FSCR = register({
  name: 'FSCR',
  title: 'Facility Status and Control Register',
  width: 64,
  numbering: 'msb0',
  fields: [
    field('0:7', 'IC', 'Interruption Cause', FACILITY_CAUSE),
    reserved('8:50'),
    field('51', 'SCV', 'System Call Vectored (3.0)', OFF_ON),
    reserved('52:54'),
    field('55', 'TAR', 'Target Address Register', OFF_ON),
    field('56', 'EBB', 'Event-Based Branch Facility', OFF_ON),
    reserved('57:60'),
    field('61', 'DSCR', 'Data Stream Control Register at number 3', OFF_ON),
    reserved('62:63'),
  ],
});

/** Power ISA, Book III, Hypervisor Facility Status and Control Register. */
export const HFSCR = register({
  name: 'HFSCR',
  title: 'Hypervisor Facility Status and Control Register',
  width: 64,
  numbering: 'msb0',
  fields: [
    field('0:7', 'IC', 'Interruption Cause', FACILITY_CAUSE),
    reserved('8:52'),
    field('53', 'MSGP', 'Directed privileged doorbells', OFF_ON),
    reserved('54'),
    field('55', 'TAR', 'Target Address Register', OFF_ON),
    field('56', 'EBB', 'Event-Based Branch Facility', OFF_ON),
    reserved('57'),
    field('58', 'TM', 'Transactional Memory Facility', OFF_ON),
    field('59', 'BHRB', 'Branch History Rolling Buffer Instructions', OFF_ON),
    field('60', 'PM', 'Performance Monitor registers in problem state', OFF_ON),
    field('61', 'DSCR', 'Data Stream Control Register', OFF_ON),
    field('62', 'VECVSX', 'Vector and VSX Facilities', OFF_ON),
    field('63', 'FP', 'Floating-Point Facility', OFF_ON),
  ],
});

/** Power ISA, Book III, Data Storage Interrupt Status Register. */
export const DSISR = register({
  name: 'DSISR',
  title: 'Data Storage Interrupt Status Register',
  width: 64,
  numbering: 'msb0',
  fields: [
    reserved('0:32'),
    field('33', 'NO_TRANSLATION', 'No translation was found'),
    reserved('34'),
    field('35', 'NO_EXECUTE', 'No-execute or guarded storage'),
    field('36', 'PROTECTION', 'Storage protection'),
    field('37', 'ATTRIBUTE', 'The access is not allowed for the storage attributes'),
    field('38', 'STORE', 'A store, dcbz or the like'),
    reserved('39:40'),
    field('41', 'DAWR', 'Data Address Watchpoint match'),
    field('42', 'KEY', 'Virtual page class key protection'),
    reserved('43'),
    field('44', 'CONFIGURATION', 'Unsupported configuration of the translation tables'),
    field('45', 'REFERENCE', 'Reference or change bit could not be set'),
    field('46', 'TABLE', 'A table of the translation could not be read'),
    reserved('47:63'),
  ],
});

/** What a comparison leaves in a field of CR: LT, GT, EQ and SO from bit 0 of the field on, several at once after other instructions. */
const CR_FIELD = { LT: 8, GT: 4, EQ: 2, SO: 1, LT_SO: 9, GT_SO: 5, EQ_SO: 3 } as const;

/** Power ISA, Book I, Condition Register. */
export const CR = register({
  name: 'CR',
  title: 'Condition Register',
  width: 32,
  numbering: 'msb0',
  fields: Array.from({ length: 8 }, (_, n) => field(`${4 * n}:${4 * n + 3}`, `CR${n}`, `Condition Register Field ${n}`, CR_FIELD)),
});

/** Power ISA, Book I, Fixed-Point Exception Register. */
export const XER = register({
  name: 'XER',
  title: 'Fixed-Point Exception Register',
  width: 64,
  numbering: 'msb0',
  fields: [
    reserved('0:31'),
    field('32', 'SO', 'Summary Overflow'),
    field('33', 'OV', 'Overflow'),
    field('34', 'CA', 'Carry'),
    reserved('35:43'),
    field('44', 'OV32', 'Overflow of the lower half (3.0)'),
    field('45', 'CA32', 'Carry of the lower half (3.0)'),
    reserved('46:56'),
    field('57:63', 'length', 'Bytes that lswx and stswx move'),
  ],
});

/** Power ISA, Book III, Monitor Mode Control Register 0: what decides about accesses from problem state. */
export const MMCR0 = register({
  name: 'MMCR0',
  title: 'Monitor Mode Control Register 0',
  width: 64,
  numbering: 'msb0',
  fields: [
    reserved('0:31'),
    field('32', 'FC', 'Freeze Counters'),
    field('33', 'FCS', 'Freeze Counters in privileged state'),
    field('34', 'FCP', 'Freeze Counters in problem state'),
    field('35', 'FCM1', 'Freeze Counters while Mark is 1'),
    field('36', 'FCM0', 'Freeze Counters while Mark is 0'),
    field('37', 'PMAE', 'Performance Monitor Alert Enable'),
    field('38', 'FCECE', 'Freeze Counters on Enabled Condition or Event'),
    field('39:40', 'TBSEL', 'Time Base Selector'),
    field('41', 'TBEE', 'Time Base Event Enable'),
    field('42', 'BHRBA', 'Branch History Rolling Buffer Available'),
    field('43', 'EBE', 'Performance Monitor Event-Based Branch Enable'),
    field('44:45', 'PMCC', 'PMC Control', { readOnly: 0, unavailable: 1, all: 2, withoutPMC5And6: 3 }),
    reserved('46:47'),
    field('48', 'PMC1CE', 'PMC1 Condition Enable'),
    field('49', 'PMCjCE', 'PMCj Condition Enable'),
    field('50', 'TRIGGER', 'Trigger'),
    field('51', 'FCPC', 'Freeze Counters in problem state if 0'),
    reserved('52:55'),
    field('56', 'PMAO', 'Performance Monitor Alert Occurred'),
    reserved('57'),
    field('58', 'FC5_6', 'Freeze PMC5 and PMC6'),
    field('59', 'FC1_4', 'Freeze PMC1 to PMC4'),
    reserved('60:62'),
    field('63', 'FCH', 'Freeze Counters in hypervisor state'),
  ],
});
