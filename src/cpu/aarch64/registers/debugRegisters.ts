// SPDX-License-Identifier: MIT
import { field, register, reserved, wideField } from '../../registers/describeRegister.js';

const OFF_ON = { disabled: 0, enabled: 1 } as const;

/** Arm DDI 0487, DBGBVR<n>_EL1 when DBGBCR<n>_EL1.BT selects an address. */
export const DBGBVR_EL1 = register({
  name: 'DBGBVR<n>_EL1',
  title: 'Debug Breakpoint Value Registers',
  width: 64,
  numbering: 'lsb0',
  fields: [wideField('63:2', 'VA', 'Virtual address, bits 63:2; sign extended'), reserved('1:0')],
});

/** Arm DDI 0487, DBGBVR<n>_EL1 when DBGBCR<n>_EL1.BT selects a context. */
export const DBGBVR_EL1_CONTEXT = register({
  name: 'DBGBVR<n>_EL1',
  title: 'Debug Breakpoint Value Registers (context)',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:40'),
    field('39:32', 'VMID', 'VMID value for comparison'),
    field('31:0', 'ContextID', 'Context ID value for comparison'),
  ],
});

/** The values of DBGBCR<n>_EL1.BT. */
// biome-ignore format: one row a line
const BREAKPOINT_TYPES = {
  address: 0b0000,
  linkedAddress: 0b0001,
  contextID: 0b0010,
  linkedContextID: 0b0011,
  addressMismatch: 0b0100,
  linkedAddressMismatch: 0b0101,
  CONTEXTIDR_EL1: 0b0110,
  linkedCONTEXTIDR_EL1: 0b0111,
  VMID: 0b1000,
  linkedVMID: 0b1001,
  VMIDAndContextID: 0b1010,
  linkedVMIDAndContextID: 0b1011,
  CONTEXTIDR_EL2: 0b1100,
  linkedCONTEXTIDR_EL2: 0b1101,
  fullContextID: 0b1110,
  linkedFullContextID: 0b1111,
} as const;

/** Arm DDI 0487, DBGBCR<n>_EL1. */
export const DBGBCR_EL1 = register({
  name: 'DBGBCR<n>_EL1',
  title: 'Debug Breakpoint Control Registers',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:24'),
    field('23:20', 'BT', 'Breakpoint type', BREAKPOINT_TYPES),
    field('19:16', 'LBN', 'Linked breakpoint number'),
    field('15:14', 'SSC', 'Security state control'),
    field('13', 'HMC', 'Higher mode control'),
    reserved('12:9'),
    field('8:5', 'BAS', 'Byte address select: 1111 for A64 instructions'),
    reserved('4:3'),
    field('2:1', 'PMC', 'Privilege mode control', { EL1: 0b01, EL0: 0b10, EL1AndEL0: 0b11 }),
    field('0', 'E', 'Enable breakpoint n', OFF_ON),
  ],
});

/** Arm DDI 0487, DBGWVR<n>_EL1. */
export const DBGWVR_EL1 = register({
  name: 'DBGWVR<n>_EL1',
  title: 'Debug Watchpoint Value Registers',
  width: 64,
  numbering: 'lsb0',
  fields: [wideField('63:2', 'VA', 'Virtual address, bits 63:2; sign extended'), reserved('1:0')],
});

/** Arm DDI 0487, DBGWCR<n>_EL1. */
export const DBGWCR_EL1 = register({
  name: 'DBGWCR<n>_EL1',
  title: 'Debug Watchpoint Control Registers',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:29'),
    field('28:24', 'MASK', 'Address mask: the number of low address bits ignored, 0 or 3 to 31'),
    reserved('23:21'),
    field('20', 'WT', 'Watchpoint type', { unlinked: 0, linked: 1 }),
    field('19:16', 'LBN', 'Linked breakpoint number'),
    field('15:14', 'SSC', 'Security state control'),
    field('13', 'HMC', 'Higher mode control'),
    field('12:5', 'BAS', 'Byte address select: bit i watches byte DBGWVR<n>_EL1 + i'),
    field('4:3', 'LSC', 'Load/store control', { loads: 0b01, stores: 0b10, loadsAndStores: 0b11 }),
    field('2:1', 'PAC', 'Privilege of access control', { EL1: 0b01, EL0: 0b10, EL1AndEL0: 0b11 }),
    field('0', 'E', 'Enable watchpoint n', OFF_ON),
  ],
});

/** Arm DDI 0487, MDSCR_EL1. */
export const MDSCR_EL1 = register({
  name: 'MDSCR_EL1',
  title: 'Monitor Debug System Control Register',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:32'),
    field('31', 'TFO', 'Trace Filter override'),
    field('30', 'RXfull', 'DTRRX full'),
    field('29', 'TXfull', 'DTRTX full'),
    reserved('28'),
    field('27', 'RXO', 'DTRRX overrun'),
    field('26', 'TXU', 'DTRTX underrun'),
    reserved('25:24'),
    field('23:22', 'INTdis', 'Interrupt disable (external debug)'),
    field('21', 'TDA', 'Trap debug register accesses to Debug state (external debug)'),
    reserved('20'),
    field('19', 'SC2', 'Sample CONTEXTIDR_EL2'),
    reserved('18:16'),
    field('15', 'MDE', 'Monitor debug events: breakpoint, watchpoint and vector catch exceptions', OFF_ON),
    field('14', 'HDE', 'Halting debug enable (external debug)', OFF_ON),
    field('13', 'KDE', 'Local (kernel) debug enable: debug exceptions from the Exception level that takes them', OFF_ON),
    field('12', 'TDCC', 'Trap EL0 accesses to the Debug Communications Channel', OFF_ON),
    reserved('11:7'),
    field('6', 'ERR', 'Cumulative error flag'),
    reserved('5:1'),
    field('0', 'SS', 'Software step control', OFF_ON),
  ],
});

/** Arm DDI 0487, MDCCINT_EL1. */
export const MDCCINT_EL1 = register({
  name: 'MDCCINT_EL1',
  title: 'Monitor DCC Interrupt Enable Register',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:31'),
    field('30', 'RX', 'DCC interrupt enable: DTRRX full'),
    field('29', 'TX', 'DCC interrupt enable: DTRTX empty'),
    reserved('28:0'),
  ],
});

/** Arm DDI 0487, OSLAR_EL1. */
export const OSLAR_EL1 = register({
  name: 'OSLAR_EL1',
  title: 'OS Lock Access Register',
  width: 64,
  numbering: 'lsb0',
  fields: [reserved('63:1'), field('0', 'OSLK', 'Value for OSLSR_EL1.OSLK', { unlocked: 0, locked: 1 })],
});

/** Arm DDI 0487, OSLSR_EL1. OSLM is {bit 3, bit 0}. */
export const OSLSR_EL1 = register({
  name: 'OSLSR_EL1',
  title: 'OS Lock Status Register',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:4'),
    field('3', 'OSLM1', 'OS lock model, bit 1: the OS lock is implemented'),
    field('2', 'nTT', 'Not 32-bit access'),
    field('1', 'OSLK', 'OS lock status', { unlocked: 0, locked: 1 }),
    field('0', 'OSLM0', 'OS lock model, bit 0'),
  ],
});

/** Arm DDI 0487, OSDLR_EL1. */
export const OSDLR_EL1 = register({
  name: 'OSDLR_EL1',
  title: 'OS Double Lock Register',
  width: 64,
  numbering: 'lsb0',
  fields: [reserved('63:1'), field('0', 'DLK', 'OS double lock control', { unlocked: 0, locked: 1 })],
});

/** Arm DDI 0487, DBGPRCR_EL1. */
export const DBGPRCR_EL1 = register({
  name: 'DBGPRCR_EL1',
  title: 'Debug Power Control Register',
  width: 64,
  numbering: 'lsb0',
  fields: [reserved('63:1'), field('0', 'CORENPDRQ', 'Core no powerdown request')],
});

/** Arm DDI 0487, MDCR_EL2. */
export const MDCR_EL2 = register({
  name: 'MDCR_EL2',
  title: 'Monitor Debug Configuration Register (EL2)',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:15'),
    field('14', 'TPMS', 'Trap Statistical Profiling'),
    field('13:12', 'E2PB', 'EL2 Profiling Buffer'),
    field('11', 'TDRA', 'Trap Debug ROM Address register access', OFF_ON),
    field('10', 'TDOSA', 'Trap Debug OS-related register access', OFF_ON),
    field('9', 'TDA', 'Trap debug register access', OFF_ON),
    field('8', 'TDE', 'Trap debug exceptions to EL2; implies TDRA, TDOSA and TDA', OFF_ON),
    field('7', 'HPME', 'Hypervisor performance monitor enable'),
    field('6', 'TPM', 'Trap performance monitor accesses'),
    field('5', 'TPMCR', 'Trap PMCR_EL0 accesses'),
    field('4:0', 'HPMN', 'Number of counters accessible from EL1'),
  ],
});
