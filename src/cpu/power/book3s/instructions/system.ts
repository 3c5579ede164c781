// SPDX-License-Identifier: MIT
import { small } from '../../../decode/row.js';
import { decimal, r } from '../../common/instructions/assemblyText.js';
import { type PowerDefinition, power } from '../../common/instructions/power.js';

/**
 * What instructions of privileged state do. The number of one is its place here; the payload of the routine `system` is that number 15:10, the
 * register or the immediate in the place of RT 9:5 and RB 4:0.
 */
export const SYSTEM_OPERATIONS = [
  'mfmsr',
  'mtmsr',
  'mtmsrd',
  'set EE and RI',
  'rfid',
  'rfscv',
  'rfebb',
  'hypervisor',
  'hypervisor before v3.0',
  'slbmte',
  'slbmfee',
  'slbmfev',
  'slbfee.',
  'slbie',
  'slbia',
  'flush',
  'msgsndp',
  'msgclrp',
  'nothing',
  'illegal',
] as const;
/** Name of a system operation. */
export type SystemOperation = (typeof SYSTEM_OPERATIONS)[number];

interface Registers {
  readonly RT?: number;
  readonly RB?: number;
}
/** A row that only privileged state, or a routine, can execute. */
const system = (operation: SystemOperation, since?: 'v3.0') => ({
  operands: ({ RT = 0, RB = 0 }: Registers) => ({ payload: small((SYSTEM_OPERATIONS.indexOf(operation) << 10) | (RT << 5) | RB) }),
  execute: ((pe, _e, _c, { payload }) => pe.leave('system', payload)) as PowerDefinition<
    string,
    { readonly payload: ReturnType<typeof small> }
  >['execute'],
  ...(since === undefined ? {} : { since }),
});
const none = { syntax: () => [] } as const;
const one = { syntax: ({ RT }: { readonly RT: number }) => [r(RT)] } as const;
const RBonly = { syntax: ({ RB }: { readonly RB: number }) => [r(RB)] } as const;
const both = { syntax: ({ RT, RB }: { readonly RT: number; readonly RB: number }) => [r(RT), r(RB)] } as const;
const bothAndL = {
  syntax: ({ RT, RB, L }: { readonly RT: number; readonly RB: number; readonly L: number }) => [
    r(RT),
    r(RB),
    ...(L === 0 ? [] : [decimal(L)]),
  ],
} as const;
const cacheInhibited = {
  ...system('hypervisor'),
  syntax: ({ RT, RA, RB }: { readonly RT: number; readonly RA: number; readonly RB: number }) => [r(RT), RA === 0 ? '0' : r(RA), r(RB)],
} as const;
interface TlbFields {
  readonly RT: number;
  readonly RB: number;
  readonly RIC: number;
  readonly PRS: number;
  readonly R: number;
}
/** Operands at the end that are zero are left out; `least` are written always. */
const tlb = (least: 0 | 1) =>
  ({
    ...system('flush'),
    syntax: ({ RT, RB, RIC, PRS, R }: TlbFields) => {
      const given = [RT, RIC, PRS, R];
      const count = R !== 0 ? 4 : PRS !== 0 ? 3 : RIC !== 0 ? 2 : RT !== 0 ? 1 : least;
      return [r(RB), ...given.slice(0, count).map((each, n) => (n === 0 ? r(each) : decimal(each)))];
    },
  }) as const;

/** Power ISA, Book III, System Linkage, Machine State Register, Processor Control: all that a program cannot do by itself. */
// biome-ignore format: a table
export const SYSTEM_INSTRUCTIONS = [
  // A debugger of the hardware would be called; it is illegal where there is none.
  power('attn',     '000000 ----- ----- ----- 0100000000 -',      { ...system('illegal'), ...none }),
  power('rfid',     '010011 ----- ----- ----- 0000010010 -',      { ...system('rfid'), ...none }),
  power('rfscv',    '010011 ----- ----- ----- 0001010010 -',      { ...system('rfscv', 'v3.0'), ...none }),
  power('hrfid',    '010011 ----- ----- ----- 0100010010 -',      { ...system('hypervisor'), ...none }),
  power('rfebb',    '010011 ----- ----- ---- RB 0010010010 -',    { ...system('rfebb'), syntax: ({ RB }) => (RB === 1 ? [] : [decimal(RB)]) }),
  power('stop',     '010011 ----- ----- ----- 0101110010 -',      { ...system('hypervisor', 'v3.0'), ...none }),
  power('doze',     '010011 ----- ----- ----- 0110010010 -',      { ...system('hypervisor before v3.0'), ...none }),
  power('nap',      '010011 ----- ----- ----- 0110110010 -',      { ...system('hypervisor before v3.0'), ...none }),
  power('sleep',    '010011 ----- ----- ----- 0111010010 -',      { ...system('hypervisor before v3.0'), ...none }),
  power('rvwinkle', '010011 ----- ----- ----- 0111110010 -',      { ...system('hypervisor before v3.0'), ...none }),
  power('mfmsr',    '011111 RT:5 ----- ----- 0001010011 -',       { ...system('mfmsr'), ...one }),
  power('mtmsr',    '011111 RT:5 ---- 0 ----- 0010010010 -',      { ...system('mtmsr'), ...one }),
  power('mtmsr (L=1)',  '011111 RT:5 ---- 1 ----- 0010010010 -',  { ...system('set EE and RI'), syntax: ({ RT }) => [r(RT), '1'] }),
  power('mtmsrd',   '011111 RT:5 ---- 0 ----- 0010110010 -',      { ...system('mtmsrd'), ...one }),
  power('mtmsrd (L=1)', '011111 RT:5 ---- 1 ----- 0010110010 -',  { ...system('set EE and RI'), syntax: ({ RT }) => [r(RT), '1'] }),
  power('slbie',    '011111 ----- ----- RB:5 0110110010 -',       { ...system('slbie'), ...RBonly }),
  power('slbieg',   '011111 RT:5 ----- RB:5 0111010010 -',        { ...system('slbie', 'v3.0'), ...both }),
  power('slbia',    '011111 -- RT:3 ----- ----- 0111110010 -',    { ...system('slbia'), syntax: ({ RT }) => (RT === 0 ? [] : [decimal(RT)]) }),
  power('slbmte',   '011111 RT:5 ----- RB:5 0110010010 -',        { ...system('slbmte'), ...both }),
  power('slbmfev',  '011111 RT:5 ---- L RB:5 1101010011 -',       { ...system('slbmfev'), ...bothAndL }),
  power('slbmfee',  '011111 RT:5 ---- L RB:5 1110010011 -',       { ...system('slbmfee'), ...bothAndL }),
  power('slbfee.',  '011111 RT:5 ----- RB:5 1111010011 1',        { ...system('slbfee.'), ...both }),
  power('slbsync',  '011111 ----- ----- ----- 0101010010 -',      { ...system('nothing', 'v3.0'), ...none }),
  power('tlbie',    '011111 RT:5 - RIC:2 PRS R RB:5 0100110010 -', tlb(1)),
  power('tlbiel',   '011111 RT:5 - RIC:2 PRS R RB:5 0100010010 -', tlb(0)),
  power('tlbsync',  '011111 ----- ----- ----- 1000110110 -',      { ...system('nothing'), ...none }),
  power('msgsndp',  '011111 ----- ----- RB:5 0010001110 -',       { ...system('msgsndp'), ...RBonly }),
  power('msgclrp',  '011111 ----- ----- RB:5 0010101110 -',       { ...system('msgclrp'), ...RBonly }),
  power('msgsnd',   '011111 ----- ----- RB:5 0011001110 -',       { ...system('hypervisor'), ...RBonly }),
  power('msgclr',   '011111 ----- ----- RB:5 0011101110 -',       { ...system('hypervisor'), ...RBonly }),
  power('msgsync',  '011111 ----- ----- ----- 1101110110 -',      { ...system('hypervisor', 'v3.0'), ...none }),
  power('lwzcix',   '011111 RT:5 RA:5 RB:5 1100010101 -',         cacheInhibited),
  power('lhzcix',   '011111 RT:5 RA:5 RB:5 1100110101 -',         cacheInhibited),
  power('lbzcix',   '011111 RT:5 RA:5 RB:5 1101010101 -',         cacheInhibited),
  power('ldcix',    '011111 RT:5 RA:5 RB:5 1101110101 -',         cacheInhibited),
  power('stwcix',   '011111 RT:5 RA:5 RB:5 1110010101 -',         cacheInhibited),
  power('sthcix',   '011111 RT:5 RA:5 RB:5 1110110101 -',         cacheInhibited),
  power('stbcix',   '011111 RT:5 RA:5 RB:5 1111010101 -',         cacheInhibited),
  power('stdcix',   '011111 RT:5 RA:5 RB:5 1111110101 -',         cacheInhibited),
];
