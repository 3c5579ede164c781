// SPDX-License-Identifier: MIT
import { CIABR, DAWRX, decode, LPCR, maskOf } from '../../cpu/index.js';
import type { ErrnoName } from '../abi/errno.js';
import { KVMPPC_INST_SW_BREAKPOINT } from '../abi/powerpc/constants.js';
import { type PpcRegisterName, ppcRegisterId } from '../abi/powerpc/registerIds.js';
import { bytesOfRegister } from '../abi/registerIds.js';
import { type OneRegister, OneRegisterTable } from '../vcpuRegisters.js';
import type { PowerpcVcpuState } from './vcpuState.js';
import type { KvmKind } from './vmState.js';

// Linux 6.1: arch/powerpc/kvm/book3s.c, book3s_hv.c, book3s_pr.c, powerpc.c.

type Row = OneRegister<PowerpcVcpuState>;
type Get = (vcpu: PowerpcVcpuState) => bigint;
type Put = (vcpu: PowerpcVcpuState, value: bigint) => ErrnoName | undefined;

const named = (name: PpcRegisterName, get: Get, put: Put, n = 0): Row => {
  const id = ppcRegisterId(name, n);
  return { id, name: `KVM_REG_PPC_${n === 0 ? name : name.replace('0', String(n))}`, bytes: bytesOfRegister(id), get, set: put };
};

/** A special purpose register of the processing element; `filter` changes what user space writes. */
const special = (name: PpcRegisterName, number: number, filter: (value: bigint) => bigint = value => value): Row =>
  named(
    name,
    vcpu => vcpu.pe.specialPurposeRegister(number) ?? 0n,
    (vcpu, value) => {
      vcpu.pe.setSpecialPurposeRegister(number, filter(value));
    },
  );

/** What `PowerpcVcpuState` keeps under its name. */
const stored = (name: 'DABR' | 'DABRX' | 'DAWR1' | 'DAWRX1' | 'HIOR' | 'ONLINE', filter: (value: bigint) => bigint = value => value): Row =>
  named(
    name,
    vcpu => vcpu[name],
    (vcpu, value) => {
      vcpu[name] = filter(value);
    },
  );

const refused = (): ErrnoName => 'EINVAL';
const many = (row: (n: number) => Row): Row[] => Array.from({ length: 32 }, (_, n) => row(n));

const DEBUG_INST = named('DEBUG_INST', () => BigInt(KVMPPC_INST_SW_BREAKPOINT), refused);

const lpcr = (name: 'LPCR' | 'LPCR_64', width: 'U32' | 'U64'): Row =>
  named(
    name,
    vcpu => (width === 'U32' ? BigInt.asUintN(32, vcpu.vm.lpcr) : vcpu.vm.lpcr),
    (vcpu, value) => {
      vcpu.vm.setLpcr(value, width);
    },
  );

/** KVM_REG_PPC_ICP_*: where the parts of a presentation controller lie in ICP_STATE. */
const ICP_SHIFT = { CPPR: 56n, XISR: 32n, MFRR: 24n, pendingPriority: 16n } as const;
const [BYTE, SOURCE] = [0xffn, 0xff_ffffn];

/** kvmppc_xics_get_icp(), kvmppc_xics_set_icp(). */
const ICP_STATE: Row = {
  ...named(
    'ICP_STATE',
    ({ presentation }) => {
      if (presentation === undefined) return 0n;
      const { CPPR, XISR, MFRR, pendingPriority } = presentation.state;
      return (
        (BigInt(CPPR) << ICP_SHIFT.CPPR) |
        (BigInt(XISR) << ICP_SHIFT.XISR) |
        (BigInt(MFRR) << ICP_SHIFT.MFRR) |
        (BigInt(pendingPriority) << ICP_SHIFT.pendingPriority)
      );
    },
    ({ presentation, vm: { xics } }, value) => {
      const part = (name: keyof typeof ICP_SHIFT, mask: bigint): number => Number((value >> ICP_SHIFT[name]) & mask);
      const state = {
        CPPR: part('CPPR', BYTE),
        XISR: part('XISR', SOURCE),
        MFRR: part('MFRR', BYTE),
        pendingPriority: part('pendingPriority', BYTE),
      };
      if (presentation === undefined || xics?.isConsistent(state) !== true) return 'EINVAL';
      xics.setPresentation(presentation, state);
      return undefined;
    },
  ),
  absent: ({ presentation }) => (presentation === undefined ? 'ENXIO' : undefined),
};

const FIRST_VECTOR = 32;
const DOUBLEWORD = 64n;

/** The registers that both kinds of KVM have. VSR has doubleword 0 first, VR is one little-endian number of 128 bits. */
const COMMON: readonly Row[] = [
  special('DAR', 19),
  special('DSISR', 18),
  ...many(n =>
    named(
      'FPR0',
      vcpu => vcpu.pe.registers.vsr(n, 0),
      (vcpu, value) => {
        vcpu.pe.registers.setVsr(n, 0, value);
      },
      n,
    ),
  ),
  ...many(n =>
    named(
      'VR0',
      ({ pe: { registers } }) => (registers.vsr(FIRST_VECTOR + n, 0) << DOUBLEWORD) | registers.vsr(FIRST_VECTOR + n, 1),
      ({ pe: { registers } }, value) => {
        registers.setVsr(FIRST_VECTOR + n, 0, value >> DOUBLEWORD);
        registers.setVsr(FIRST_VECTOR + n, 1, BigInt.asUintN(64, value));
      },
      n,
    ),
  ),
  ...many(n =>
    named(
      'VSR0',
      ({ pe: { registers } }) => (registers.vsr(n, 1) << DOUBLEWORD) | registers.vsr(n, 0),
      ({ pe: { registers } }, value) => {
        registers.setVsr(n, 1, value >> DOUBLEWORD);
        registers.setVsr(n, 0, BigInt.asUintN(64, value));
      },
      n,
    ),
  ),
  named(
    'FPSCR',
    vcpu => vcpu.pe.registers.fpscr,
    (vcpu, value) => {
      vcpu.pe.registers.fpscr = value;
    },
  ),
  named(
    'VSCR',
    vcpu => vcpu.pe.registers.vscr,
    (vcpu, value) => {
      vcpu.pe.registers.vscr = value;
    },
  ),
  DEBUG_INST,
  ICP_STATE,
  special('FSCR', 153),
  special('EBBHR', 804),
  special('EBBRR', 805),
  special('BESCR', 806),
  special('TAR', 815),
  special('IC', 848),
  special('VRSAVE', 256),
  lpcr('LPCR', 'U32'),
  lpcr('LPCR_64', 'U64'),
];

const DAWRX_HYP = maskOf(DAWRX, 'HYP');
/** DABRX[HYP]; the register belongs to processors before version 2.07. */
const DABRX_HYP = 1n << 2n;
const CIABR_PRIV = maskOf(CIABR, 'PRIV');
const HYPERVISOR = 3;

/** kvmppc_set_one_reg_hv(): nobody sets a breakpoint in the hypervisor. */
const withoutHypervisor = (value: bigint): bigint => (decode(CIABR, value).PRIV === HYPERVISOR ? value & ~CIABR_PRIV : value);

/** PSSCR_GUEST_VIS: the bits that a guest sees. */
const PSSCR_GUEST = 0xf000_0000_0000_03ffn;

/** An area of 128 bits: the address, then the length. */
const area = (name: 'VPA_SLB' | 'VPA_DTL', kind: 'SLB' | 'DTL'): Row =>
  named(
    name,
    ({ areas }) => areas[kind].address | (BigInt(areas[kind].bytes) << DOUBLEWORD),
    ({ areas }, value) => (areas.set(kind, BigInt.asUintN(64, value), Number(value >> DOUBLEWORD)) ? undefined : 'EINVAL'),
  );

/** PVR_ARCH_*: the versions of the architecture that a guest can be made for, by the first processor that has each. */
const ARCHITECTURES: ReadonlyMap<bigint, 'v2.07' | 'v3.0'> = new Map([
  [0x0f00_0003n, 'v2.07'],
  [0x0f10_0003n, 'v2.07'],
  [0x0f00_0004n, 'v2.07'],
  [0x0f00_0005n, 'v3.0'],
]);

/** kvmppc_set_arch_compat(): not a later version than the host's. The processor's later instructions stay. */
function setArchCompat({ vm }: PowerpcVcpuState, value: bigint): ErrnoName | undefined {
  const needed = ARCHITECTURES.get(value);
  if (value !== 0n && (needed === undefined || (needed === 'v3.0' && vm.model.version !== 'v3.0'))) return 'EINVAL';
  vm.archCompat = value;
  return undefined;
}

/** SPR numbers of the time base, of its upper 40 bits to write, and of the decrementer. */
const [TB, TBU40, DEC] = [268, 286, 22];
const TB_OFFSET_UNIT = 1n << 24n;
const timeBase = ({ pe }: PowerpcVcpuState): bigint => pe.specialPurposeRegister(TB) ?? 0n;
/** Ticks until the decrementer is zero: 32 bits with a sign, or with LPCR[LD] 64. */
function decrementer({ pe, vm }: PowerpcVcpuState): bigint {
  const isLarge = (vm.lpcr & maskOf(LPCR, 'LD')) !== 0n;
  return BigInt.asIntN(isLarge ? 64 : 32, pe.specialPurposeRegister(DEC) ?? 0n);
}

/** Rounded up to a multiple of 2^24. */
function setTimeBaseOffset(vcpu: PowerpcVcpuState, value: bigint): undefined {
  const offset = BigInt.asUintN(64, value + TB_OFFSET_UNIT - 1n) & ~(TB_OFFSET_UNIT - 1n);
  vcpu.pe.setSpecialPurposeRegister(TBU40, BigInt.asUintN(64, timeBase(vcpu) + offset - vcpu.tbOffset));
  vcpu.tbOffset = offset;
}

function setDecrementerExpiry(vcpu: PowerpcVcpuState, value: bigint): undefined {
  vcpu.pe.setSpecialPurposeRegister(DEC, BigInt.asUintN(64, value - timeBase(vcpu)));
}

// biome-ignore format: a table
const HV: readonly Row[] = [
  named('HIOR', () => 0n, (_vcpu, value) => (value === 0n ? undefined : 'EINVAL')),
  stored('DABR'),
  stored('DABRX', value => value & ~DABRX_HYP),
  special('DSCR', 17), special('PURR', 309), special('SPURR', 308), special('AMR', 29), special('UAMOR', 157), special('IAMR', 61), special('PSPB', 159),
  special('MMCR0', 795), special('MMCR1', 798), special('MMCRA', 786), special('MMCR2', 785),
  special('PMC1', 787), special('PMC2', 788), special('PMC3', 789), special('PMC4', 790), special('PMC5', 791), special('PMC6', 792),
  special('SIAR', 796), special('SDAR', 797), special('SIER', 784),
  special('DPDES', 176), special('VTB', 849), special('PID', 48), special('PPR', 896), special('TIDR', 144), special('PSSCR', 855, value => value & PSSCR_GUEST),
  special('DAWR', 180),
  special('DAWRX', 188, value => value & ~DAWRX_HYP),
  special('CIABR', 187, withoutHypervisor),
  stored('DAWR1'),
  stored('DAWRX1', value => value & ~DAWRX_HYP),
  named('VPA_ADDR', ({ areas }) => areas.VPA.address, ({ areas }, value) => (areas.set('VPA', value, 0) ? undefined : 'EINVAL')),
  area('VPA_SLB', 'SLB'), area('VPA_DTL', 'DTL'),
  stored('ONLINE'),
  named('ARCH_COMPAT', ({ vm }) => vm.archCompat, setArchCompat),
  named('TB_OFFSET', ({ tbOffset }) => tbOffset, setTimeBaseOffset),
  named('DEC_EXPIRY', vcpu => BigInt.asUintN(64, timeBase(vcpu) + decrementer(vcpu)), setDecrementerExpiry),
];

const PR: readonly Row[] = [stored('HIOR'), special('VTB', 849)];

/** An id that names no register is EINVAL on powerpc. */
const missing = (): ErrnoName => 'EINVAL';

/** What each kind of KVM has of registers. */
export const POWERPC_REGISTERS: Readonly<Record<KvmKind, OneRegisterTable<PowerpcVcpuState>>> = {
  hv: new OneRegisterTable([...COMMON, ...HV], missing),
  pr: new OneRegisterTable([...COMMON, ...PR], missing),
};
