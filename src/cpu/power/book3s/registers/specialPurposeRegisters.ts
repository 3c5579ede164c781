// SPDX-License-Identifier: MIT
import { invariant } from '../../../../base/index.js';
import type { Slot } from '../../../operations/emitter.js';
import { describedBits, type Register } from '../../../registers/describeRegister.js';
import { STATE_PAGE_BYTES, slot } from '../../../state/stateLayout.js';
import { CTR_SLOT, FIRST_SYSTEM_INDEX, LR_SLOT, TAR_SLOT, VRSAVE_SLOT } from '../../common/registers/stateLayout.js';
import type { PowerCpuModel } from '../cpuModels.js';
import * as control from './controlRegisters.js';
import * as debug from './debugRegisters.js';

/** Which moves a state has: from the register (RO), to it (WO), both, none. */
export type MoveRight = 'RW' | 'RO' | 'WO' | '--';

/** What decides further about an access; `free`: nothing. Facilities are those of FSCR in problem state and of HFSCR. */
export type MoveGate = 'free' | 'DSCR' | 'TAR' | 'EBB' | 'PMU' | 'TM';

/** A special purpose register under one of its numbers. */
export interface SpecialPurposeRegister {
  /** The book's name; the same for all numbers of one register. */
  readonly name: string;
  readonly number: number;
  readonly problem: MoveRight;
  /** In privileged state that is not hypervisor state. */
  readonly privileged: MoveRight;
  /** What the hypervisor alone may do: in privileged state it is refused, and not ignored. */
  readonly hypervisor: MoveRight;
  /** Where the value lies in the state page; `undefined`: it is worked out at each access. */
  readonly slot: Slot | undefined;
  /** The bits that stick. */
  readonly writable: bigint;
  readonly gate: MoveGate;
  readonly description: Register | undefined;
  readonly has: (model: PowerCpuModel) => boolean;
}

interface Extra {
  readonly writable?: bigint;
  readonly gate?: MoveGate;
  readonly description?: unknown;
  readonly isComputed?: true;
  readonly at?: Slot;
  /** The hypervisor may write it. */
  readonly isHypervisorWritten?: true;
  readonly only?: PowerCpuModel['version'];
}
type Definition = readonly [name: string, number: number, problem: MoveRight, privileged: MoveRight, extra?: Extra];

const ALL = 0xffff_ffff_ffff_ffffn;
const WORD = 0xffff_ffffn;
const COMPUTED = { isComputed: true } as const;
const COUNTER = { isComputed: true, isHypervisorWritten: true } as const;
const PMU = { gate: 'PMU' } as const;
const PMC = { gate: 'PMU', writable: WORD } as const;
const PPR_PRIORITY = 0x001c_0000_0000_0000n;
const DSCR = { gate: 'DSCR', writable: 0x01ff_ffffn } as const;
const V3 = { only: 'v3.0' } as const;
const V2 = { only: 'v2.07' } as const;
const TM = { ...COMPUTED, gate: 'TM' } as const;

/**
 * Power ISA, Book III, Special Purpose Registers, as a guest (MSR[HV] = 0) meets them. A register that a hypervisor alone can use is '--' in both
 * states. The registers of transactional
 * memory are there, and unavailable: MSR[TM] cannot be set. BHRB and the debug registers of older processors are not there.
 */
// biome-ignore format: one row a line
const DEFINITIONS: readonly Definition[] = [
  ['XER',       1, 'RW', 'RW', { ...COMPUTED, description: control.XER }],
  ['DSCR',      3, 'RW', 'RW', DSCR],
  ['LR',        8, 'RW', 'RW', { at: LR_SLOT }],
  ['CTR',       9, 'RW', 'RW', { at: CTR_SLOT }],
  ['AMR',      13, 'RW', 'RW', COMPUTED],
  ['DSCR',     17, '--', 'RW', DSCR],
  ['DSISR',    18, '--', 'RW', { writable: WORD, description: control.DSISR }],
  ['DAR',      19, '--', 'RW'],
  ['DEC',      22, '--', 'RW', COMPUTED],
  ['SDR1',     25, '--', '--', V2],
  ['SRR0',     26, '--', 'RW'],
  ['SRR1',     27, '--', 'RW'],
  ['CFAR',     28, '--', 'RW'],
  ['AMR',      29, '--', 'RW', COMPUTED],
  ['ACOP',     31, '--', 'RW', V2],
  ['PIDR',     48, '--', 'RW', { writable: WORD }],
  ['IAMR',     61, '--', 'RW'],
  ['TFHAR',   128, 'RW', 'RW', TM],
  ['TFIAR',   129, 'RW', 'RW', TM],
  ['TEXASR',  130, 'RW', 'RW', TM],
  ['TEXASRU', 131, 'RW', 'RW', TM],
  ['CTRL',    136, 'RO', 'RO', COMPUTED],
  ['TIDR',    144, '--', 'RW', { ...V3, writable: 0xffffn }],
  ['CTRL',    152, '--', 'WO', COMPUTED],
  ['FSCR',    153, '--', 'RW', { description: control.FSCR, writable: describedBits(control.FSCR) }],
  ['UAMOR',   157, '--', 'RW'],
  ['PSPB',    159, '--', 'RW', { writable: WORD }],
  ['DPDES',   176, '--', 'RO', { writable: 1n, isHypervisorWritten: true }],
  ['DAWR0',   180, '--', '--', { description: debug.DAWR, writable: describedBits(debug.DAWR) }],
  ['RPR',     186, '--', '--'],
  ['CIABR',   187, '--', '--', { description: debug.CIABR }],
  ['DAWRX0',  188, '--', '--', { description: debug.DAWRX, writable: describedBits(debug.DAWRX) }],
  ['HFSCR',   190, '--', '--', { description: control.HFSCR, writable: describedBits(control.HFSCR) }],
  ['VRSAVE',  256, 'RW', 'RW', { at: VRSAVE_SLOT, writable: WORD }],
  ['SPRG3',   259, 'RO', 'RO'],
  ['TB',      268, 'RO', 'RO', COMPUTED],
  ['TBU',     269, 'RO', 'RO', COMPUTED],
  ['SPRG0',   272, '--', 'RW'],
  ['SPRG1',   273, '--', 'RW'],
  ['SPRG2',   274, '--', 'RW'],
  ['SPRG3',   275, '--', 'RW'],
  ['TBL',     284, '--', '--', COMPUTED],
  ['TBU',     285, '--', '--', COMPUTED],
  ['TBU40',   286, '--', '--', COMPUTED],
  ['PVR',     287, '--', 'RO', COMPUTED],
  ['HSPRG0',  304, '--', '--'],
  ['HSPRG1',  305, '--', '--'],
  ['HDSISR',  306, '--', '--', { writable: WORD }],
  ['HDAR',    307, '--', '--'],
  ['SPURR',   308, '--', 'RO', COUNTER],
  ['PURR',    309, '--', 'RO', COUNTER],
  ['HDEC',    310, '--', '--', COMPUTED],
  ['RMOR',    312, '--', '--', V2],
  ['HRMOR',   313, '--', '--'],
  ['HSRR0',   314, '--', '--'],
  ['HSRR1',   315, '--', '--'],
  ['LPCR',    318, '--', '--', { description: control.LPCR, writable: describedBits(control.LPCR) }],
  ['LPIDR',   319, '--', '--', { writable: 0xfffn }],
  ['HMER',    336, '--', '--'],
  ['HMEER',   337, '--', '--'],
  ['PCR',     338, '--', '--'],
  ['HEIR',    339, '--', '--', { writable: WORD }],
  ['AMOR',    349, '--', '--'],
  ['TIR',     446, '--', 'RO', COMPUTED],
  ['PTCR',    464, '--', '--', V3],
  ['SIER',    768, 'RO', 'RO', PMU],
  ['MMCR2',   769, 'RW', 'RW', PMU],
  ['MMCRA',   770, 'RW', 'RW', PMU],
  ...[1, 2, 3, 4, 5, 6].map((n): Definition => [`PMC${n}`, 770 + n, 'RW', 'RW', PMC]),
  ['MMCR0',   779, 'RW', 'RW', { ...PMU, writable: WORD }],
  ['SIAR',    780, 'RO', 'RO', PMU],
  ['SDAR',    781, 'RO', 'RO', PMU],
  ['MMCR1',   782, 'RO', 'RO', PMU],
  ['SIER',    784, '--', 'RW'],
  ['MMCR2',   785, '--', 'RW'],
  ['MMCRA',   786, '--', 'RW'],
  ...[1, 2, 3, 4, 5, 6].map((n): Definition => [`PMC${n}`, 786 + n, '--', 'RW', { writable: WORD }]),
  ['MMCR0',   795, '--', 'RW', { writable: WORD, description: control.MMCR0 }],
  ['SIAR',    796, '--', 'RW'],
  ['SDAR',    797, '--', 'RW'],
  ['MMCR1',   798, '--', 'RW'],
  ['BESCRS',  800, 'RW', 'RW', { ...COMPUTED, gate: 'EBB' }],
  ['BESCRSU', 801, 'RW', 'RW', { ...COMPUTED, gate: 'EBB' }],
  ['BESCRR',  802, 'RW', 'RW', { ...COMPUTED, gate: 'EBB' }],
  ['BESCRRU', 803, 'RW', 'RW', { ...COMPUTED, gate: 'EBB' }],
  ['EBBHR',   804, 'RW', 'RW', { gate: 'EBB', writable: ALL - 3n }],
  ['EBBRR',   805, 'RW', 'RW', { gate: 'EBB', writable: ALL - 3n }],
  ['BESCR',   806, 'RW', 'RW', { gate: 'EBB' }],
  ...[808, 809, 810, 811].map((number): Definition => [`reserved no-op ${number}`, number, 'RW', 'RW', { ...COMPUTED, ...V3 }]),
  ['TAR',     815, 'RW', 'RW', { at: TAR_SLOT, gate: 'TAR' }],
  ['ASDR',    816, '--', '--', V3],
  ['PSSCR',   823, '--', 'RW', V3],
  ['IC',      848, '--', 'RO', COUNTER],
  ['VTB',     849, '--', 'RO', COUNTER],
  ['MMCRC',   851, '--', '--'],
  ['PSSCR',   855, '--', '--', V3],
  ['PPR',     896, 'RW', 'RW', { writable: PPR_PRIORITY }],
  ['PPR32',   898, 'RW', 'RW', COMPUTED],
  ['TSCR',    921, '--', '--'],
  ['HID0',   1008, '--', '--'],
  ['PIR',    1023, '--', 'RO', COMPUTED],
];

/** Words of the state page behind the special purpose registers: what the processing element keeps beside them. */
const INTERNAL = ['DEC expiry', 'HDEC expiry', 'TB offset', 'PURR offset', 'SPURR offset', 'VTB offset'] as const;

const placeByName = new Map<string, Slot>();
let next = FIRST_SYSTEM_INDEX;
for (const name of [...INTERNAL, 'AMR', ...DEFINITIONS.flatMap(([name, , , , extra]) => (extra?.isComputed || extra?.at ? [] : [name]))]) {
  if (!placeByName.has(name)) placeByName.set(name, slot(next++));
}
invariant(next * 8 <= STATE_PAGE_BYTES, 'the special purpose registers do not fit into the state page');

/** All special purpose registers, by ascending number. */
export const SPECIAL_PURPOSE_REGISTERS: readonly SpecialPurposeRegister[] = DEFINITIONS.map(
  ([name, number, problem, privileged, extra = {}]) => ({
    name,
    number,
    problem,
    privileged,
    hypervisor: problem === '--' && privileged === '--' ? 'RW' : extra.isHypervisorWritten ? 'WO' : '--',
    slot: extra.isComputed ? undefined : (extra.at ?? placeByName.get(name)),
    writable: extra.writable ?? ALL,
    gate: extra.gate ?? 'free',
    // A description fits any register in the table; its field names matter to nobody here.
    description: extra.description as Register | undefined,
    has: ({ version }) => extra.only === undefined || extra.only === version,
  }),
);

const BY_NUMBER: (SpecialPurposeRegister | undefined)[] = [];
for (const register of SPECIAL_PURPOSE_REGISTERS) BY_NUMBER[register.number] = register;

/** The register with this number on `model`; `undefined`: there is none. */
export function specialPurposeRegisterAt(number: number, model: PowerCpuModel): SpecialPurposeRegister | undefined {
  const found = BY_NUMBER[number];
  return found?.has(model) === true ? found : undefined;
}

/** The number under which privileged or hypervisor software moves to and from `name`: the highest one. `undefined`: no such register. */
export const specialPurposeNumber = (name: string): number | undefined =>
  SPECIAL_PURPOSE_REGISTERS.filter(each => each.name === name).at(-1)?.number;

/** Slot of a register that has one. */
export function specialPurposeSlot(name: string): Slot {
  const found = placeByName.get(name);
  invariant(found !== undefined, `${name} has no slot`);
  return found;
}
