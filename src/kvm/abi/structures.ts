// SPDX-License-Identifier: MIT
import { structure } from './structure.js';

// Linux 6.1: include/uapi/linux/kvm.h. struct kvm_run has the exit records of every architecture, as the kernel's union has.

/** struct kvm_run. Members of the exit union carry the union member's name as the kernel's dump tools print it: `debug_hsr` is debug.arch.hsr. */
// prettier-ignore
export const kvm_run = structure(
  'kvm_run',
  2352,
  {
    request_interrupt_window: ['u8', 0],
    immediate_exit: ['u8', 1],
    exit_reason: ['u32', 8],
    ready_for_interrupt_injection: ['u8', 12],
    if_flag: ['u8', 13],
    flags: ['u16', 14],
    cr8: ['u64', 16],
    apic_base: ['u64', 24],
    exit_union: ['bytes', 32, 256],
    hw_hardware_exit_reason: ['u64', 32],
    fail_entry_reason: ['u64', 32],
    fail_entry_cpu: ['u32', 40],
    debug_hsr: ['u32', 32],
    debug_hsr_high: ['u32', 36],
    debug_far: ['u64', 40],
    ppc_debug_address: ['u64', 32],
    ppc_debug_status: ['u32', 40],
    ppc_debug_reserved: ['u32', 44],
    mmio_phys_addr: ['u64', 32],
    mmio_data: ['bytes', 40, 8],
    mmio_len: ['u32', 48],
    mmio_is_write: ['u8', 52],
    internal_suberror: ['u32', 32],
    internal_ndata: ['u32', 36],
    internal_data: ['u64[]', 40, 16],
    papr_hcall_nr: ['u64', 32],
    papr_hcall_ret: ['u64', 40],
    papr_hcall_args: ['u64[]', 48, 9],
    system_event_type: ['u32', 32],
    system_event_ndata: ['u32', 36],
    system_event_data: ['u64[]', 40, 16],
    arm_nisv_esr_iss: ['u64', 32],
    arm_nisv_fault_ipa: ['u64', 40],
    kvm_valid_regs: ['u64', 288],
    kvm_dirty_regs: ['u64', 296],
    device_irq_level: ['u64', 304],
    sync_regs: ['bytes', 304, 2048],
  },
  'unions',
);

/** struct kvm_one_reg. In the emulated KVM `addr` has no meaning: the value's bytes are passed beside the structure. */
export const kvm_one_reg = structure('kvm_one_reg', 16, { id: ['u64', 0], addr: ['u64', 8] });

/** struct kvm_userspace_memory_region. `userspace_addr` is an offset in the engine's linear memory. */
// prettier-ignore
export const kvm_userspace_memory_region = structure('kvm_userspace_memory_region', 32, {
  slot: ['u32', 0],
  flags: ['u32', 4],
  guest_phys_addr: ['u64', 8],
  memory_size: ['u64', 16],
  userspace_addr: ['u64', 24],
});

/** struct kvm_dirty_log. The bitmap's bytes are passed beside the structure. */
export const kvm_dirty_log = structure('kvm_dirty_log', 16, { slot: ['u32', 0], padding1: ['u32', 4], dirty_bitmap: ['u64', 8] });

/** struct kvm_mp_state. */
export const kvm_mp_state = structure('kvm_mp_state', 4, { mp_state: ['u32', 0] });

/** struct kvm_irq_level. */
export const kvm_irq_level = structure('kvm_irq_level', 8, { irq: ['u32', 0], level: ['u32', 4] });

/** struct kvm_create_device. */
export const kvm_create_device = structure('kvm_create_device', 12, { type: ['u32', 0], fd: ['u32', 4], flags: ['u32', 8] });

/** struct kvm_device_attr. In the emulated KVM `addr` has no meaning: the value's bytes are passed beside the structure. */
export const kvm_device_attr = structure('kvm_device_attr', 24, {
  flags: ['u32', 0],
  group: ['u32', 4],
  attr: ['u64', 8],
  addr: ['u64', 16],
});

/** struct kvm_enable_cap. */
export const kvm_enable_cap = structure('kvm_enable_cap', 104, {
  cap: ['u32', 0],
  flags: ['u32', 4],
  args: ['u64[]', 8, 4],
  pad: ['bytes', 40, 64],
});
