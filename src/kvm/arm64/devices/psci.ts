// SPDX-License-Identifier: MIT

import {
  KVM_PSCI_0_1,
  PSCI,
  PSCI_64BIT,
  PSCI_AFFINITY_LEVEL,
  PSCI_RET,
  PSCI_TOS_MP,
  RESET_FLAG_PSCI_RESET2,
  SMCCC,
} from '../../abi/arm64/psci.js';
import { KVM_EXIT, KVM_MP_STATE, KVM_SYSTEM_EVENT } from '../../abi/constants.js';
import { SCTLR, SYSREG } from '../registerFields.js';
import type { Arm64VcpuState } from '../vcpuState.js';
import type { VcpuOfVm } from '../vmState.js';

// Linux 6.1: arch/arm64/kvm/psci.c and hypercalls.c.

/** KVM_ARM_PSCI_*: major in bits 31:16, minor in 15:0. */
export const KVM_ARM_PSCI = { V0_1: 0x0_0001, V0_2: 0x0_0002, V1_0: 0x1_0000, V1_1: 0x1_0001 } as const;

/** kvm_psci_version() before user space chose one. */
export const defaultPsciVersion = (vcpu: Arm64VcpuState): number => (vcpu.wantsPsci02 ? KVM_ARM_PSCI.V1_1 : KVM_ARM_PSCI.V0_1);

/** MPIDR_HWID_BITMASK: the affinity fields of MPIDR_EL1. */
const AFFINITY = 0xff_00ff_ffffn;
/** Affinity fields that PSCI's AFFINITY_INFO compares, by lowest affinity level. */
const AFFINITY_OF_LEVEL = [AFFINITY, 0xff_00ff_ff00n, 0xff_00ff_0000n, 0xff_0000_0000n];

const WARM_RESET = 0;
const VENDOR_RESETS = 0x8000_0000;

/** What a hypercall leads to: its value for x0, and whether the guest goes on, waits as in WFI, or user space is told. */
export interface HypercallOutcome {
  readonly value: number;
  readonly next: 'guest' | 'wait' | 'userSpace';
}

const toGuest = (value: number): HypercallOutcome => ({ value, next: 'guest' });

/** kvm_hvc_call_handler(): the call whose id is in w0. The caller puts the value into x0, sign-extended, and zeros into x1 to x3. */
export function hypercall(vcpu: Arm64VcpuState): HypercallOutcome {
  const id = Number(vcpu.pe.x(0) & 0xffff_ffffn);
  switch (id) {
    case SMCCC.VERSION:
      return toGuest(SMCCC.VERSION_1_1);
    case SMCCC.ARCH_FEATURES:
      // No workaround of a processor error is offered: these cores have none.
      return toGuest(PSCI_RET.NOT_SUPPORTED);
    default:
      return psciCall(vcpu, id);
  }
}

function psciCall(vcpu: Arm64VcpuState, id: number): HypercallOutcome {
  const version = vcpu.vm.psciVersion ?? defaultPsciVersion(vcpu);
  if (version === KVM_ARM_PSCI.V0_1) return psci01(vcpu, id);
  if (version >= KVM_ARM_PSCI.V1_0) {
    const answer = psci1(vcpu, id, version);
    if (answer !== undefined) return answer;
  }
  return psci02(vcpu, id, version);
}

function psci01(vcpu: Arm64VcpuState, id: number): HypercallOutcome {
  switch (id) {
    case KVM_PSCI_0_1.CPU_OFF:
      vcpu.mpState = KVM_MP_STATE.STOPPED;
      return toGuest(PSCI_RET.SUCCESS);
    case KVM_PSCI_0_1.CPU_ON:
      return toGuest(cpuOn(vcpu, vcpu.pe.x(1), PSCI_RET.INVALID_PARAMS));
    default:
      return toGuest(PSCI_RET.NOT_SUPPORTED);
  }
}

/** PSCI 1.x adds these; `undefined`: as in 0.2. */
function psci1(vcpu: Arm64VcpuState, id: number, version: number): HypercallOutcome | undefined {
  const has11 = version >= KVM_ARM_PSCI.V1_1;
  switch (id) {
    case PSCI.FEATURES:
      return toGuest(features(Number(vcpu.pe.x(1) & 0xffff_ffffn), has11));
    case PSCI.SYSTEM_RESET2:
    case PSCI.SYSTEM_RESET2 + PSCI_64BIT: {
      if (!has11) return undefined;
      const type = Number(vcpu.pe.x(1) & 0xffff_ffffn);
      if (type > WARM_RESET && type < VENDOR_RESETS) return toGuest(PSCI_RET.INVALID_PARAMS);
      return systemEvent(vcpu, KVM_SYSTEM_EVENT.RESET, RESET_FLAG_PSCI_RESET2);
    }
    default:
      return undefined;
  }
}

const FEATURES_1_0: ReadonlySet<number> = new Set([
  PSCI.VERSION, PSCI.CPU_SUSPEND, PSCI.CPU_SUSPEND + PSCI_64BIT, PSCI.CPU_OFF, PSCI.CPU_ON, PSCI.CPU_ON + PSCI_64BIT, PSCI.AFFINITY_INFO,
  PSCI.AFFINITY_INFO + PSCI_64BIT, PSCI.MIGRATE_INFO_TYPE, PSCI.SYSTEM_OFF, PSCI.SYSTEM_RESET, PSCI.FEATURES, SMCCC.VERSION,
]); // biome-ignore format: a set

function features(id: number, has11: boolean): number {
  if (FEATURES_1_0.has(id)) return PSCI_RET.SUCCESS;
  return has11 && (id === PSCI.SYSTEM_RESET2 || id === PSCI.SYSTEM_RESET2 + PSCI_64BIT) ? PSCI_RET.SUCCESS : PSCI_RET.NOT_SUPPORTED;
}

function psci02(vcpu: Arm64VcpuState, id: number, version: number): HypercallOutcome {
  const narrow = (n: number): bigint => vcpu.pe.x(n) & 0xffff_ffffn;
  switch (id) {
    case PSCI.VERSION:
      return toGuest(version);
    case PSCI.CPU_SUSPEND:
    case PSCI.CPU_SUSPEND + PSCI_64BIT:
      return { value: PSCI_RET.SUCCESS, next: 'wait' };
    case PSCI.CPU_OFF:
      vcpu.mpState = KVM_MP_STATE.STOPPED;
      return toGuest(PSCI_RET.SUCCESS);
    case PSCI.CPU_ON:
      for (const n of [1, 2, 3]) vcpu.pe.setX(n, narrow(n));
      return toGuest(cpuOn(vcpu, vcpu.pe.x(1), PSCI_RET.ALREADY_ON));
    case PSCI.CPU_ON + PSCI_64BIT:
      return toGuest(cpuOn(vcpu, vcpu.pe.x(1), PSCI_RET.ALREADY_ON));
    case PSCI.AFFINITY_INFO:
      return toGuest(affinityInfo(vcpu, narrow(1), narrow(2)));
    case PSCI.AFFINITY_INFO + PSCI_64BIT:
      return toGuest(affinityInfo(vcpu, vcpu.pe.x(1), vcpu.pe.x(2)));
    case PSCI.MIGRATE_INFO_TYPE:
      return toGuest(PSCI_TOS_MP);
    case PSCI.SYSTEM_OFF:
      return systemEvent(vcpu, KVM_SYSTEM_EVENT.SHUTDOWN, 0);
    case PSCI.SYSTEM_RESET:
      return systemEvent(vcpu, KVM_SYSTEM_EVENT.RESET, 0);
    default:
      return toGuest(PSCI_RET.NOT_SUPPORTED);
  }
}

/** kvm_psci_vcpu_on(). */
function cpuOn(source: Arm64VcpuState, target: bigint, whenRunning: number): number {
  if ((target & ~AFFINITY) !== 0n) return PSCI_RET.INVALID_PARAMS;
  const vcpu = source.vm.vcpus.find(candidate => affinity(candidate) === target);
  if (vcpu === undefined) return PSCI_RET.INVALID_PARAMS;
  if (vcpu.mpState !== KVM_MP_STATE.STOPPED) return whenRunning;
  const sctlr = source.pe.systemRegister(SYSREG.SCTLR_EL1) ?? 0n;
  vcpu.resetRequest = { pc: source.pe.x(2), x0: source.pe.x(3), isBigEndian: (sctlr & SCTLR.EE) !== 0n };
  vcpu.mpState = KVM_MP_STATE.RUNNABLE;
  return PSCI_RET.SUCCESS;
}

/** kvm_psci_vcpu_affinity_info(). */
function affinityInfo(source: Arm64VcpuState, target: bigint, level: bigint): number {
  if ((target & ~AFFINITY) !== 0n) return PSCI_RET.INVALID_PARAMS;
  const mask = level <= 3n ? AFFINITY_OF_LEVEL[Number(level)] : undefined;
  if (mask === undefined) return PSCI_RET.INVALID_PARAMS;
  const matching = source.vm.vcpus.filter(vcpu => (affinity(vcpu) & mask) === (target & mask));
  if (matching.length === 0) return PSCI_RET.INVALID_PARAMS;
  return matching.some(vcpu => vcpu.mpState !== KVM_MP_STATE.STOPPED) ? PSCI_AFFINITY_LEVEL.ON : PSCI_AFFINITY_LEVEL.OFF;
}

const affinity = (vcpu: VcpuOfVm): bigint => (vcpu.pe.systemRegister(SYSREG.MPIDR_EL1) ?? 0n) & AFFINITY;

/** kvm_prepare_system_event(): every vCPU of the VM stops, and user space of this one is told. The value is for a caller that goes on all the same. */
function systemEvent(vcpu: Arm64VcpuState, type: number, flags: number): HypercallOutcome {
  for (const other of vcpu.vm.vcpus) other.mpState = KVM_MP_STATE.STOPPED;
  const { run } = vcpu;
  run.exit_union.fill(0);
  run.system_event_type = type;
  run.system_event_ndata = 1;
  run.system_event_data[0] = BigInt(flags);
  run.exit_reason = KVM_EXIT.SYSTEM_EVENT;
  return { value: PSCI_RET.INTERNAL_FAILURE, next: 'userSpace' };
}
