// SPDX-License-Identifier: MIT
import { KVM_ARM_MAX_DBG_REGS } from '../abi/arm64/constants.js';
import { injectUndefined } from './injection.js';
import { OSLSR, SYSREG } from './registerFields.js';
import type { RegisterStorage, SystemRegisterRow, TrappedAccess } from './systemRegisterTable.js';
import type { Arm64VcpuState } from './vcpuState.js';

// The debug part of the AArch64 trap table (Linux 6.1: arch/arm64/kvm/sys_regs.c).

type Access = NonNullable<SystemRegisterRow['access']>;

/** A register with storage: reads return it, a write makes the debug state dirty (a read does not). */
const storageAccess =
  (storage: RegisterStorage): Access =>
  (vcpu, access) => {
    if (access.isWrite) {
      storage.set(vcpu, access.value);
      vcpu.isDebugDirty = true;
    } else {
      access.value = storage.get(vcpu);
    }
    return true;
  };

/** trap_raz_wi(): reads as zero, writes are ignored. */
const readsAsZero: Access = (_vcpu, access) => {
  if (!access.isWrite) access.value = 0n;
  return true;
};

const undefinedAccess = (vcpu: Arm64VcpuState): boolean => {
  injectUndefined(vcpu);
  return false;
};

/** DBGAUTHSTATUS_EL1 is the host's value; writes are ignored. */
const hostValue =
  (encoding: number): Access =>
  (vcpu, access) => {
    if (!access.isWrite) access.value = vcpu.pe.systemRegister(encoding) ?? 0n;
    return true;
  };

/** trap_oslar_el1(): write only; bit 0 becomes OSLSR_EL1.OSLK. */
const oslar: Access = (vcpu, access: TrappedAccess) => {
  if (!access.isWrite) return undefinedAccess(vcpu);
  vcpu.setOslsr((access.value & 1n) !== 0n ? vcpu.OSLSR | OSLSR.OSLK : vcpu.OSLSR & ~OSLSR.OSLK);
  return true;
};

/** trap_oslsr_el1(): read only. */
const oslsr: Access = (vcpu, access) => {
  if (access.isWrite) return undefinedAccess(vcpu);
  access.value = vcpu.OSLSR;
  return true;
};

/** User space may change OSLK only. */
const OSLSR_STORAGE: RegisterStorage = {
  get: vcpu => vcpu.OSLSR,
  set: (vcpu, value) => {
    if (((value ^ vcpu.OSLSR) & ~OSLSR.OSLK) !== 0n) return false;
    vcpu.setOslsr(value);
    return true;
  },
};

/** A value that `Arm64VcpuState` keeps under its name. */
const stored = (name: 'MDSCR' | 'MDCCINT' | 'DBGVCR32'): RegisterStorage => ({
  get: vcpu => vcpu[name],
  set: (vcpu, value) => {
    vcpu[name] = value;
    return true;
  },
});

const MDSCR_STORAGE = stored('MDSCR');
const MDCCINT_STORAGE = stored('MDCCINT');
const DBGVCR32_STORAGE = stored('DBGVCR32');

/** Element `slot` of the array that op2 names. The slot is the encoding's CRm. */
const slotStorage = (slot: number, op2: number): RegisterStorage => ({
  get: vcpu => vcpu.guestSet.byOp2(op2)?.[slot] ?? 0n,
  set: (vcpu, value) => {
    const array = vcpu.guestSet.byOp2(op2);
    if (array !== undefined) vcpu.guestSet.write(array, slot, value);
    return true;
  },
});

const QUAD = ['DBGBVR', 'DBGBCR', 'DBGWVR', 'DBGWCR'];

/** DBG_BCR_BVR_WCR_WVR_EL1(n). */
function quad(n: number): SystemRegisterRow[] {
  return QUAD.map((name, index) => {
    const storage = slotStorage(n, 4 + index);
    return {
      name: `${name}${n}_EL1`,
      op0: 2,
      op1: 0,
      CRn: 0,
      CRm: n,
      op2: 4 + index,
      access: storageAccess(storage),
      storage,
      reset: vcpu => storage.set(vcpu, 0n),
    };
  });
}

const quads = (first: number, last: number): SystemRegisterRow[] =>
  Array.from({ length: last - first + 1 }, (_, n) => quad(first + n)).flat();

/** The rows, ascending. MDCCINT_EL1 and MDSCR_EL1 (CRm 2, op2 0 and 2) stand between the quads 1 and 2. */
// prettier-ignore
export const DEBUG_REGISTER_ROWS: readonly SystemRegisterRow[] = [
  ...quads(0, 1),
  {
    name: 'MDCCINT_EL1',
    op0: 2,
    op1: 0,
    CRn: 0,
    CRm: 2,
    op2: 0,
    access: storageAccess(MDCCINT_STORAGE),
    storage: MDCCINT_STORAGE,
    reset: vcpu => {
      vcpu.MDCCINT = 0n;
    },
  },
  {
    name: 'MDSCR_EL1',
    op0: 2,
    op1: 0,
    CRn: 0,
    CRm: 2,
    op2: 2,
    access: storageAccess(MDSCR_STORAGE),
    storage: MDSCR_STORAGE,
    reset: vcpu => {
      vcpu.MDSCR = 0n;
    },
  },
  ...quads(2, KVM_ARM_MAX_DBG_REGS - 1),
  { name: 'MDRAR_EL1', op0: 2, op1: 0, CRn: 1, CRm: 0, op2: 0, access: readsAsZero },
  { name: 'OSLAR_EL1', op0: 2, op1: 0, CRn: 1, CRm: 0, op2: 4, access: oslar },
  {
    name: 'OSLSR_EL1',
    op0: 2,
    op1: 0,
    CRn: 1,
    CRm: 1,
    op2: 4,
    access: oslsr,
    storage: OSLSR_STORAGE,
    reset: vcpu => vcpu.setOslsr(OSLSR.OSLM_IMPLEMENTED),
  },
  { name: 'OSDLR_EL1', op0: 2, op1: 0, CRn: 1, CRm: 3, op2: 4, access: readsAsZero },
  { name: 'DBGPRCR_EL1', op0: 2, op1: 0, CRn: 1, CRm: 4, op2: 4, access: readsAsZero },
  { name: 'DBGCLAIMSET_EL1', op0: 2, op1: 0, CRn: 7, CRm: 8, op2: 6, access: readsAsZero },
  { name: 'DBGCLAIMCLR_EL1', op0: 2, op1: 0, CRn: 7, CRm: 9, op2: 6, access: readsAsZero },
  { name: 'DBGAUTHSTATUS_EL1', op0: 2, op1: 0, CRn: 7, CRm: 14, op2: 6, access: hostValue(SYSREG.DBGAUTHSTATUS_EL1) },
  { name: 'MDCCSR_EL0', op0: 2, op1: 3, CRn: 0, CRm: 1, op2: 0, access: readsAsZero },
  { name: 'DBGDTR_EL0', op0: 2, op1: 3, CRn: 0, CRm: 4, op2: 0, access: readsAsZero },
  { name: 'DBGDTRRX_EL0', op0: 2, op1: 3, CRn: 0, CRm: 5, op2: 0, access: readsAsZero },
  {
    name: 'DBGVCR32_EL2',
    op0: 2,
    op1: 4,
    CRn: 0,
    CRm: 7,
    op2: 0,
    storage: DBGVCR32_STORAGE,
    reset: vcpu => {
      vcpu.DBGVCR32 = 0n;
    },
  },
];
