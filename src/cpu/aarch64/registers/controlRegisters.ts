// SPDX-License-Identifier: MIT
import { field, register, reserved, wideField } from '../../registers/describeRegister.js';

const OFF_ON = { disabled: 0, enabled: 1 } as const;
const TRAPS = { notTrapped: 0, trapped: 1 } as const;

/** Arm DDI 0487, SPSR_EL1 for exceptions taken from AArch64; PSTATE is kept in the same layout. */
export const SPSR_EL1 = register({
  name: 'SPSR_EL1',
  title: 'Saved Program Status Register',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:32'),
    field('31', 'N', 'Negative'),
    field('30', 'Z', 'Zero'),
    field('29', 'C', 'Carry'),
    field('28', 'V', 'Overflow'),
    reserved('27:24'),
    field('23', 'UAO', 'User Access Override'),
    field('22', 'PAN', 'Privileged Access Never'),
    field('21', 'SS', 'Software step'),
    field('20', 'IL', 'Illegal Execution state'),
    reserved('19:10'),
    field('9', 'D', 'Debug exception mask', { unmasked: 0, masked: 1 }),
    field('8', 'A', 'SError interrupt mask', { unmasked: 0, masked: 1 }),
    field('7', 'I', 'IRQ mask', { unmasked: 0, masked: 1 }),
    field('6', 'F', 'FIQ mask', { unmasked: 0, masked: 1 }),
    reserved('5'),
    field('4', 'nRW', 'Execution state', { AArch64: 0, AArch32: 1 }),
    field('3:0', 'M', 'Exception level and selected stack pointer', { EL0t: 0b0000, EL1t: 0b0100, EL1h: 0b0101 }),
  ],
});

/** Arm DDI 0487, SCTLR_EL1 of Armv8.0. */
export const SCTLR_EL1 = register({
  name: 'SCTLR_EL1',
  title: 'System Control Register (EL1)',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:30'),
    reserved('29:28', 'RES1'),
    reserved('27'),
    field('26', 'UCI', 'Cache maintenance instructions at EL0', { trapped: 0, allowed: 1 }),
    field('25', 'EE', 'Endianness of data accesses at EL1', { little: 0, big: 1 }),
    field('24', 'E0E', 'Endianness of data accesses at EL0', { little: 0, big: 1 }),
    reserved('23:22', 'RES1'),
    reserved('21'),
    reserved('20', 'RES1'),
    field('19', 'WXN', 'Write permission implies Execute-never', OFF_ON),
    field('18', 'nTWE', 'WFE at EL0', { trapped: 0, allowed: 1 }),
    reserved('17'),
    field('16', 'nTWI', 'WFI at EL0', { trapped: 0, allowed: 1 }),
    field('15', 'UCT', 'CTR_EL0 at EL0', { trapped: 0, allowed: 1 }),
    field('14', 'DZE', 'DC ZVA at EL0', { trapped: 0, allowed: 1 }),
    reserved('13'),
    field('12', 'I', 'Instruction access Cacheability', OFF_ON),
    reserved('11', 'RES1'),
    reserved('10'),
    field('9', 'UMA', 'DAIF at EL0', { trapped: 0, allowed: 1 }),
    field('8', 'SED', 'SETEND instruction disable'),
    field('7', 'ITD', 'IT instruction disable'),
    reserved('6'),
    field('5', 'CP15BEN', 'AArch32 CP15 barrier enable'),
    field('4', 'SA0', 'SP alignment check at EL0', OFF_ON),
    field('3', 'SA', 'SP alignment check', OFF_ON),
    field('2', 'C', 'Data access Cacheability', OFF_ON),
    field('1', 'A', 'Alignment check', OFF_ON),
    field('0', 'M', 'MMU for EL1&0 stage 1', OFF_ON),
  ],
});

/** Arm DDI 0487, CPACR_EL1. */
export const CPACR_EL1 = register({
  name: 'CPACR_EL1',
  title: 'Architectural Feature Access Control Register',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:29'),
    field('28', 'TTA', 'Trap trace register accesses', TRAPS),
    reserved('27:22'),
    field('21:20', 'FPEN', 'Trap floating-point and Advanced SIMD', { trapEL1AndEL0: 0b00, trapEL0: 0b01, notTrapped: 0b11 }),
    reserved('19:0'),
  ],
});

/** Arm DDI 0487, HCR_EL2 of Armv8.0. */
export const HCR_EL2 = register({
  name: 'HCR_EL2',
  title: 'Hypervisor Configuration Register',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:34'),
    field('33', 'ID', 'Stage 2 instruction access Cacheability disable'),
    field('32', 'CD', 'Stage 2 data access Cacheability disable'),
    field('31', 'RW', 'Execution state of EL1', { AArch32: 0, AArch64: 1 }),
    field('30', 'TRVM', 'Trap reads of virtual memory controls', TRAPS),
    field('29', 'HCD', 'HVC instruction disable'),
    field('28', 'TDZ', 'Trap DC ZVA', TRAPS),
    field('27', 'TGE', 'Trap general exceptions from EL0', TRAPS),
    field('26', 'TVM', 'Trap writes of virtual memory controls', TRAPS),
    field('25', 'TTLB', 'Trap TLB maintenance', TRAPS),
    field('24', 'TPU', 'Trap cache maintenance to the Point of Unification', TRAPS),
    field('23', 'TPC', 'Trap cache maintenance to the Point of Coherency', TRAPS),
    field('22', 'TSW', 'Trap cache maintenance by set and way', TRAPS),
    field('21', 'TACR', 'Trap ACTLR_EL1', TRAPS),
    field('20', 'TIDCP', 'Trap IMPLEMENTATION DEFINED encodings', TRAPS),
    field('19', 'TSC', 'Trap SMC', TRAPS),
    field('18', 'TID3', 'Trap ID group 3', TRAPS),
    field('17', 'TID2', 'Trap ID group 2', TRAPS),
    field('16', 'TID1', 'Trap ID group 1', TRAPS),
    field('15', 'TID0', 'Trap ID group 0', TRAPS),
    field('14', 'TWE', 'Trap WFE', TRAPS),
    field('13', 'TWI', 'Trap WFI', TRAPS),
    field('12', 'DC', 'Default Cacheability'),
    field('11:10', 'BSU', 'Barrier Shareability upgrade'),
    field('9', 'FB', 'Force broadcast'),
    field('8', 'VSE', 'Virtual SError interrupt pending'),
    field('7', 'VI', 'Virtual IRQ pending'),
    field('6', 'VF', 'Virtual FIQ pending'),
    field('5', 'AMO', 'Physical SError routing'),
    field('4', 'IMO', 'Physical IRQ routing'),
    field('3', 'FMO', 'Physical FIQ routing'),
    field('2', 'PTW', 'Protected table walk'),
    field('1', 'SWIO', 'Set/way invalidation override'),
    field('0', 'VM', 'Stage 2 translation', OFF_ON),
  ],
});

/** Exception classes: ESR_ELx.EC. Where the class says from where, the value is for a lower Exception level; `SAME_LEVEL` is added otherwise. */
// biome-ignore format: one row a line
export const EXCEPTION_CLASS = {
  unknown: 0x00,
  trappedWFx: 0x01,
  trappedFP: 0x07,
  illegalState: 0x0e,
  SVC: 0x15,
  HVC: 0x16,
  SMC: 0x17,
  trappedSystemRegister: 0x18,
  instructionAbort: 0x20,
  PCAlignment: 0x22,
  dataAbort: 0x24,
  SPAlignment: 0x26,
  SError: 0x2f,
  breakpoint: 0x30,
  softwareStep: 0x32,
  watchpoint: 0x34,
  BRK: 0x3c,
} as const;
/** What to add to the class of an abort, breakpoint, step or watchpoint that is taken without a change of Exception level. */
export const SAME_LEVEL = 1;

/** Arm DDI 0487, ESR_EL1 and ESR_EL2. */
export const ESR_ELx = register({
  name: 'ESR_ELx',
  title: 'Exception Syndrome Register',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:32'),
    field('31:26', 'EC', 'Exception class', {
      ...EXCEPTION_CLASS,
      instructionAbortSameLevel: 0x21,
      dataAbortSameLevel: 0x25,
      breakpointSameLevel: 0x31,
      softwareStepSameLevel: 0x33,
      watchpointSameLevel: 0x35,
      BKPT: 0x38,
      vectorCatch: 0x3a,
    }),
    field('25', 'IL', 'Instruction length', { bits16: 0, bits32: 1 }),
    field('24:0', 'ISS', 'Instruction specific syndrome'),
  ],
});

/** Arm DDI 0487, ISS encoding for an exception from a Data Abort, and (from WnR down) from a Watchpoint. */
export const ISS_DATA_ABORT = register({
  name: 'ISS',
  title: 'ISS for a Data Abort',
  width: 32,
  numbering: 'lsb0',
  fields: [
    reserved('31:25'),
    field('24', 'ISV', 'Instruction syndrome valid'),
    field('23:22', 'SAS', 'Syndrome access size', { byte: 0, halfword: 1, word: 2, doubleword: 3 }),
    field('21', 'SSE', 'Syndrome sign extend'),
    field('20:16', 'SRT', 'Syndrome register transfer'),
    field('15', 'SF', 'The register is 64 bits wide'),
    field('14', 'AR', 'Acquire/Release'),
    reserved('13:11'),
    field('10', 'FnV', 'FAR not valid'),
    field('9', 'EA', 'External abort type'),
    field('8', 'CM', 'Cache maintenance'),
    field('7', 'S1PTW', 'Stage 2 fault on a stage 1 translation table walk'),
    field('6', 'WnR', 'Write not Read'),
    field('5:0', 'DFSC', 'Fault status code'),
  ],
});

/** Fault status codes: DFSC and IFSC. */
// biome-ignore format: one row a line
export const FAULT_STATUS = {
  addressSizeLevel0: 0b00_0000,
  translationLevel0: 0b00_0100,
  translationLevel3: 0b00_0111,
  accessFlagLevel0: 0b00_1000,
  permissionLevel0: 0b00_1100,
  permissionLevel3: 0b00_1111,
  alignment: 0b10_0001,
  debug: 0b10_0010,
} as const;

/** Arm DDI 0487, ISS encoding for an exception from a Software Step exception. */
export const ISS_SOFTWARE_STEP = register({
  name: 'ISS',
  title: 'ISS for a Software Step exception',
  width: 32,
  numbering: 'lsb0',
  fields: [
    reserved('31:25'),
    field('24', 'ISV', 'EX is valid'),
    reserved('23:7'),
    field('6', 'EX', 'A Load-Exclusive was stepped'),
    field('5:0', 'IFSC', 'Fault status code'),
  ],
});

/** Arm DDI 0487, ISS encoding for an exception from a trapped MSR, MRS or System instruction. */
export const ISS_SYSTEM_REGISTER = register({
  name: 'ISS',
  title: 'ISS for a trapped MSR, MRS or System instruction',
  width: 32,
  numbering: 'lsb0',
  fields: [
    reserved('31:22'),
    field('21:20', 'Op0', 'op0'),
    field('19:17', 'Op2', 'op2'),
    field('16:14', 'Op1', 'op1'),
    field('13:10', 'CRn', 'CRn'),
    field('9:5', 'Rt', 'General-purpose register'),
    field('4:1', 'CRm', 'CRm'),
    field('0', 'Direction', 'Direction', { write: 0, read: 1 }),
  ],
});

/** Arm DDI 0487, ISS encoding for an exception from a WFI or WFE instruction, and for trapped FP (TI is then RES0). */
export const ISS_WFX = register({
  name: 'ISS',
  title: 'ISS for a trapped WFI or WFE',
  width: 32,
  numbering: 'lsb0',
  fields: [
    reserved('31:25'),
    field('24', 'CV', 'Condition code valid'),
    field('23:20', 'COND', 'Condition code'),
    reserved('19:1'),
    field('0', 'TI', 'Trapped instruction', { WFI: 0, WFE: 1 }),
  ],
});

/** Arm DDI 0487, CNTKCTL_EL1. */
export const CNTKCTL_EL1 = register({
  name: 'CNTKCTL_EL1',
  title: 'Counter-timer Kernel Control Register',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:10'),
    field('9', 'EL0PTEN', 'Physical timer at EL0', { trapped: 0, allowed: 1 }),
    field('8', 'EL0VTEN', 'Virtual timer at EL0', { trapped: 0, allowed: 1 }),
    field('7:4', 'EVNTI', 'Event stream trigger bit'),
    field('3', 'EVNTDIR', 'Event stream direction'),
    field('2', 'EVNTEN', 'Event stream', OFF_ON),
    field('1', 'EL0VCTEN', 'Virtual counter at EL0', { trapped: 0, allowed: 1 }),
    field('0', 'EL0PCTEN', 'Physical counter at EL0', { trapped: 0, allowed: 1 }),
  ],
});

/** Arm DDI 0487, CNTP_CTL_EL0 and CNTV_CTL_EL0. */
export const CNT_CTL_EL0 = register({
  name: 'CNTx_CTL_EL0',
  title: 'Counter-timer Timer Control',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:3'),
    field('2', 'ISTATUS', 'Timer condition met'),
    field('1', 'IMASK', 'Interrupt mask'),
    field('0', 'ENABLE', 'Timer', OFF_ON),
  ],
});

/** Arm DDI 0487, TCR_EL1 of Armv8.0. */
export const TCR_EL1 = register({
  name: 'TCR_EL1',
  title: 'Translation Control Register (EL1)',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:39'),
    field('38', 'TBI1', 'Top Byte ignored, TTBR1_EL1'),
    field('37', 'TBI0', 'Top Byte ignored, TTBR0_EL1'),
    field('36', 'AS', 'ASID size'),
    reserved('35'),
    field('34:32', 'IPS', 'Intermediate physical address size'),
    field('31:30', 'TG1', 'TTBR1_EL1 granule', { size16K: 1, size4K: 2, size64K: 3 }),
    field('29:28', 'SH1', 'TTBR1_EL1 Shareability'),
    field('27:26', 'ORGN1', 'TTBR1_EL1 outer Cacheability'),
    field('25:24', 'IRGN1', 'TTBR1_EL1 inner Cacheability'),
    field('23', 'EPD1', 'TTBR1_EL1 walk disable'),
    field('22', 'A1', 'TTBR that defines the ASID'),
    field('21:16', 'T1SZ', 'TTBR1_EL1 region size offset'),
    field('15:14', 'TG0', 'TTBR0_EL1 granule', { size4K: 0, size64K: 1, size16K: 2 }),
    field('13:12', 'SH0', 'TTBR0_EL1 Shareability'),
    field('11:10', 'ORGN0', 'TTBR0_EL1 outer Cacheability'),
    field('9:8', 'IRGN0', 'TTBR0_EL1 inner Cacheability'),
    field('7', 'EPD0', 'TTBR0_EL1 walk disable'),
    reserved('6'),
    field('5:0', 'T0SZ', 'TTBR0_EL1 region size offset'),
  ],
});

/** Arm DDI 0487, PAR_EL1 of a translation that succeeded. */
export const PAR_EL1 = register({
  name: 'PAR_EL1',
  title: 'Physical Address Register',
  width: 64,
  numbering: 'lsb0',
  fields: [
    field('63:56', 'ATTR', 'Memory attributes', { 'Device-nGnRnE': 0 }),
    reserved('55:48'),
    wideField('47:12', 'PA', 'Output address'),
    reserved('11', 'RES1'),
    field('10', 'IMPDEF', 'IMPLEMENTATION DEFINED'),
    field('9', 'NS', 'Non-secure'),
    field('8:7', 'SH', 'Shareability', { nonShareable: 0, outerShareable: 2, innerShareable: 3 }),
    reserved('6:1'),
    field('0', 'F', 'Translation aborted'),
  ],
});

/** Arm DDI 0487, PAR_EL1 of a translation that aborted. */
export const PAR_EL1_FAULT = register({
  name: 'PAR_EL1',
  title: 'Physical Address Register (aborted)',
  width: 64,
  numbering: 'lsb0',
  fields: [
    reserved('63:12'),
    reserved('11', 'RES1'),
    reserved('10'),
    field('9', 'S', 'Stage 2'),
    field('8', 'PTW', 'Stage 2 fault on a walk'),
    reserved('7'),
    field('6:1', 'FST', 'Fault status code'),
    field('0', 'F', 'Translation aborted'),
  ],
});
