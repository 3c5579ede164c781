// SPDX-License-Identifier: MIT
import { HCALL_RESULT } from '../../kvm/index.js';
import type { Hypercall } from './hypercall.js';
import type { PhysicalMemory } from './paprSurroundings.js';
import type { ProcessorAreas } from './processorAreas.js';

// H_REGISTER_VPA where KVM leaves it to user space (QEMU: hw/ppc/spapr_hcall.c register_vpa and its neighbours).

const { SUCCESS, PARAMETER, HARDWARE, RESOURCE } = HCALL_RESULT;

/** Flags: what is registered, in bits 16:18 by the book's count, and that it is taken back. */
const KIND_SHIFT = 45n;
const KIND = { vpa: 1n, dispatchTraceLog: 2n, slbShadow: 3n, noVpa: 5n, noDispatchTraceLog: 6n, noSlbShadow: 7n } as const;

const [SMALLEST_VPA, SMALLEST_SHADOW, SMALLEST_LOG] = [640, 8, 48];
const CACHE_LINE = 128n;
const PAGE = 4096n;
const SIZE_OFFSET = 4n;
/** In the VPA: that the processor is shared. */
const [SHARED_OFFSET, SHARED] = [9n, 2];

/** H_REGISTER_VPA: flags, processor, address. */
export function registerVirtualProcessorArea(call: Hypercall): bigint {
  const { processors, memory } = call.surroundings;
  const [flags = 0n, server = 0n, address = 0n] = call.args;
  const target = processors.find(server);
  if (target === undefined || flags % (1n << KIND_SHIFT) !== 0n) return PARAMETER;
  const areas = processors.areas(target);
  switch (flags >> KIND_SHIFT) {
    case KIND.vpa:
      return registerVpa(areas, memory, address);
    case KIND.noVpa:
      if (areas.slbShadow !== 0n || areas.dispatchTraceLog !== 0n) return RESOURCE;
      areas.vpa = 0n;
      return SUCCESS;
    case KIND.slbShadow:
      return registerBeside(areas, 'slbShadow', memory, address, SMALLEST_SHADOW);
    case KIND.noSlbShadow:
      areas.slbShadow = 0n;
      return SUCCESS;
    case KIND.dispatchTraceLog:
      return registerBeside(areas, 'dispatchTraceLog', memory, address, SMALLEST_LOG);
    case KIND.noDispatchTraceLog:
      areas.dispatchTraceLog = 0n;
      return SUCCESS;
    default:
      return PARAMETER;
  }
}

const crossesPage = (address: bigint, bytes: number): boolean => address / PAGE !== (address + BigInt(bytes) - 1n) / PAGE;

function field(memory: PhysicalMemory, address: bigint, bytes: 2 | 4): number | undefined {
  const content = memory.readPhysical(address, bytes);
  return content?.reduce((value, byte) => value * 256 + byte, 0);
}

function registerVpa(areas: ProcessorAreas, memory: PhysicalMemory, address: bigint): bigint {
  if (address === 0n) return HARDWARE;
  const size = field(memory, address + SIZE_OFFSET, 2);
  if (address % CACHE_LINE !== 0n || size === undefined || size < SMALLEST_VPA || crossesPage(address, size)) return PARAMETER;
  const [shared = 0] = memory.readPhysical(address + SHARED_OFFSET, 1) ?? [];
  memory.writePhysical(address + SHARED_OFFSET, Uint8Array.of(shared | SHARED));
  areas.vpa = address;
  return SUCCESS;
}

/** An area that only a processor with a VPA may have. */
function registerBeside(
  areas: ProcessorAreas,
  name: 'slbShadow' | 'dispatchTraceLog',
  memory: PhysicalMemory,
  address: bigint,
  smallest: number,
): bigint {
  if (address === 0n) return HARDWARE;
  const size = field(memory, address + SIZE_OFFSET, 4);
  if (size === undefined || size < smallest || (name === 'slbShadow' && crossesPage(address, size))) return PARAMETER;
  if (areas.vpa === 0n) return RESOURCE;
  areas[name] = address;
  return SUCCESS;
}
