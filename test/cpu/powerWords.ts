// SPDX-License-Identifier: MIT
/** Power ISA instructions as words, by their mnemonics, for guests in tests. */

const D =
  (opcode: number) =>
  (RT: number, RA: number, immediate: number): number =>
    ((opcode << 26) | (RT << 21) | (RA << 16) | (immediate & 0xffff)) >>> 0;
const X =
  (opcode: number, extended: number) =>
  (RT = 0, RA = 0, RB = 0): number =>
    ((opcode << 26) | (RT << 21) | (RA << 16) | (RB << 11) | (extended << 1)) >>> 0;
/** A special purpose register's number as an instruction has it. */
const halves = (spr: number): number => ((spr & 31) << 5) | (spr >> 5);

/** Encoders. */
export const ppc = {
  addi: D(14),
  addis: D(15),
  cmpwi: D(11),
  ori: D(24),
  xori: D(26),
  lwz: D(32),
  lbz: D(34),
  stw: D(36),
  stb: D(38),
  lmw: D(46),
  ld: (RT: number, RA: number, displacement: number): number => D(58)(RT, RA, displacement),
  std: (RT: number, RA: number, displacement: number): number => D(62)(RT, RA, displacement),
  lfd: D(50),
  b: (offset: number): number => ((18 << 26) | (offset & 0x3ff_fffc)) >>> 0,
  /** A branch that is never taken: bne with CR0[EQ] set is up to the test. */
  bne: (offset: number): number => ((16 << 26) | (4 << 21) | (2 << 16) | (offset & 0xfffc)) >>> 0,
  blr: (): number => 0x4e80_0020,
  sc: (LEV: number): number => ((17 << 26) | (LEV << 5) | 2) >>> 0,
  scv: (LEV: number): number => ((17 << 26) | (LEV << 5) | 1) >>> 0,
  /** tw 31,0,0. */
  trap: (): number => 0x7fe0_0008,
  rfid: X(19, 18),
  hrfid: X(19, 274),
  rfscv: X(19, 82),
  isync: X(19, 150),
  bctr: (): number => 0x4e80_0420,
  bl: (offset: number): number => ((18 << 26) | (offset & 0x3ff_fffc) | 1) >>> 0,
  /** and RA,RS,RB and or RA,RS,RB, the sources first. */
  and: X(31, 28),
  or: X(31, 444),
  mfmsr: (RT: number): number => X(31, 83)(RT),
  mtmsr: (RS: number): number => X(31, 146)(RS),
  mtmsrd: (RS: number, L = 0): number => X(31, 178)(RS, L),
  mfspr: (RT: number, spr: number): number => ((31 << 26) | (RT << 21) | (halves(spr) << 11) | (339 << 1)) >>> 0,
  mtspr: (RS: number, spr: number): number => ((31 << 26) | (RS << 21) | (halves(spr) << 11) | (467 << 1)) >>> 0,
  lwarx: X(31, 20),
  stwcx: (RS: number, RA: number, RB: number): number => (X(31, 150)(RS, RA, RB) | 1) >>> 0,
  ptesync: (): number => 0x7c40_04ac,
  lvx: X(31, 103),
  lxvd2x: X(31, 844),
  dcbz: (RA: number, RB: number): number => X(31, 1014)(0, RA, RB),
  dcbf: (RA: number, RB: number): number => X(31, 86)(0, RA, RB),
  slbmte: (RS: number, RB: number): number => X(31, 402)(RS, 0, RB),
  slbmfee: (RT: number, RB: number): number => X(31, 915)(RT, 0, RB),
  slbie: (RB: number): number => X(31, 434)(0, 0, RB),
  msgsndp: (RB: number): number => X(31, 142)(0, 0, RB),
  nap: X(19, 434),
  darn: (RT: number): number => X(31, 755)(RT, 1),
} as const;

export const NOP = ppc.ori(0, 0, 0);
/** The trap word of KVM. */
export const KVM_TRAP = 0x00dd_dd00;
/** Numbers of special purpose registers, by the book's names. */
export const SPR = {
  DSCR: 3,
  DSISR: 18,
  DAR: 19,
  DEC: 22,
  SRR0: 26,
  SRR1: 27,
  PIDR: 48,
  FSCR: 153,
  DAWR0: 180,
  CIABR: 187,
  DAWRX0: 188,
  HFSCR: 190,
  USPRG3: 259,
  TB: 268,
  SPRG0: 272,
  SPRG1: 273,
  SPRG2: 274,
  SPRG3: 275,
  PVR: 287,
  HSRR0: 314,
  LPCR: 318,
  USIAR: 780,
  SIAR: 796,
  SDAR: 797,
  TAR: 815,
  PIR: 1023,
} as const;
