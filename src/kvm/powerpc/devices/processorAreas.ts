// SPDX-License-Identifier: MIT

/** L1_CACHE_BYTES: what an area's address is a multiple of. */
export const VPA_ALIGNMENT = 128n;
/** sizeof(struct lppaca), sizeof(struct dtl_entry). */
export const [VPA_BYTES, DTL_ENTRY_BYTES] = [640, 48];

/** A registered area; address 0: none. */
export interface ProcessorArea {
  readonly address: bigint;
  readonly bytes: number;
}
const NONE: ProcessorArea = { address: 0n, bytes: 0 };

/** What a vCPU has registered: the Virtual Processor Area, the shadow of its SLB and the Dispatch Trace Log. */
export class ProcessorAreas {
  VPA: ProcessorArea = NONE;
  SLB: ProcessorArea = NONE;
  DTL: ProcessorArea = NONE;

  /** set_vpa() for KVM_REG_PPC_VPA_ADDR, _SLB and _DTL; false: not in this order, or not aligned. */
  set(name: 'VPA' | 'SLB' | 'DTL', address: bigint, bytes: number): boolean {
    if (address % VPA_ALIGNMENT !== 0n) return false;
    const isRemoved = address === 0n;
    if (name === 'VPA' ? isRemoved && (this.SLB.address !== 0n || this.DTL.address !== 0n) : !isRemoved && this.VPA.address === 0n)
      return false;
    if (name === 'DTL' && !isRemoved && bytes < DTL_ENTRY_BYTES) return false;
    const whole = name === 'VPA' ? VPA_BYTES : name === 'DTL' ? bytes - (bytes % DTL_ENTRY_BYTES) : bytes;
    this[name] = isRemoved ? NONE : { address, bytes: whole };
    return true;
  }
}
