// SPDX-License-Identifier: MIT
import { field, register, reserved, wideField } from '../../cpu/index.js';

/** Arm DDI 0487, VMSAv8-64 Table descriptor, stage 1, of 48-bit addresses. */
export const TABLE_DESCRIPTOR = register({
  name: 'Table descriptor',
  title: 'VMSAv8-64 Table descriptor',
  width: 64,
  numbering: 'lsb0',
  fields: [
    field('63', 'NSTable', 'Security state of the next levels'),
    field('62:61', 'APTable', 'Access permissions limit for the next levels', { none: 0, noEL0: 1, readOnly: 2, readOnlyNoEL0: 3 }),
    field('60', 'UXNTable', 'Unprivileged execute-never limit for the next levels'),
    field('59', 'PXNTable', 'Privileged execute-never limit for the next levels'),
    reserved('58:48'),
    wideField('47:12', 'NLTA', 'Next-level table address'),
    reserved('11:2'),
    field('1', 'type', 'Descriptor type', { block: 0, table: 1 }),
    field('0', 'valid', 'Valid descriptor'),
  ],
});

/** Arm DDI 0487, VMSAv8-64 Block descriptor and Page descriptor, stage 1, of 48-bit addresses. */
export const LEAF_DESCRIPTOR = register({
  name: 'Block or Page descriptor',
  title: 'VMSAv8-64 Block descriptor or Page descriptor',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:55'),
    field('54', 'UXN', 'Unprivileged execute-never'),
    field('53', 'PXN', 'Privileged execute-never'),
    field('52', 'Contiguous', 'One of a contiguous set of entries'),
    field('51', 'DBM', 'Dirty Bit Modifier'),
    reserved('50:48'),
    wideField('47:12', 'OA', 'Output address'),
    field('11', 'nG', 'Not global'),
    field('10', 'AF', 'Access flag'),
    field('9:8', 'SH', 'Shareability', { nonShareable: 0, outerShareable: 2, innerShareable: 3 }),
    field('7:6', 'AP', 'Data access permissions', { EL1readWrite: 0, readWrite: 1, EL1readOnly: 2, readOnly: 3 }),
    field('5', 'NS', 'Non-secure'),
    field('4:2', 'AttrIndx', 'Index of the attributes in MAIR_EL1'),
    field('1', 'type', 'Descriptor type', { block: 0, page: 1 }),
    field('0', 'valid', 'Valid descriptor'),
  ],
});
