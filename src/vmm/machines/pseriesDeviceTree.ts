// SPDX-License-Identifier: MIT
import type { AddressRange } from '../../base/index.js';
import type { PowerCpuModel } from '../../cpu/index.js';
import { TIME_BASE } from '../../kvm/index.js';
import { cells, type DeviceTreeNode, deviceTreeNode, doubleCells, emptyValue, strings } from '../boot/flattenedDeviceTree.js';
import { RTAS_TOKENS } from '../papr/rtas.js';
import { PSERIES_INTERRUPTS, PSERIES_MAP } from './addressMap.js';

/** What the device tree of a `pseries` says. */
export interface PseriesDeviceTreeOptions {
  /** Number of vCPUs, at least 1. */
  readonly cpus: number;
  readonly model: PowerCpuModel;
  /** Bytes of RAM. */
  readonly memoryBytes: number;
  /** Log2 of the bytes of the hashed page table. */
  readonly hashTableOrder: number;
  /** Whether KVM has radix trees for the guest. */
  readonly hasRadix: boolean;
  /** Where the RTAS entry code lies. */
  readonly rtas: AddressRange;
  /** The kernel command line. */
  readonly bootArguments?: string | undefined;
  /** Where the initial ramdisk lies. */
  readonly initrd?: AddressRange | undefined;
}

const TERMINAL_NAME = `vty@${PSERIES_MAP.terminal.toString(16)}`;

/** PAPR: the second cell of an interrupt. */
const EDGE = 0;
/** The phandle that QEMU gives. */
const PRESENTATION_CONTROLLER = 0x1111;

/** The device tree of machine `pseries`: the nodes and names of QEMU's, cut to what is there, with RTAS in place as firmware leaves it. */
export function pseriesDeviceTree(options: PseriesDeviceTreeOptions): DeviceTreeNode {
  return deviceTreeNode(
    '',
    {
      '#address-cells': cells(2),
      '#size-cells': cells(2),
      device_type: strings('chrp'),
      model: strings('IBM pSeries (emulated by qemu)'),
      compatible: strings('qemu,pseries'),
    },
    [
      chosen(options),
      deviceTreeNode('memory@0', {
        device_type: strings('memory'),
        reg: doubleCells(PSERIES_MAP.ramStart, BigInt(options.memoryBytes)),
      }),
      deviceTreeNode(
        'cpus',
        { '#address-cells': cells(1), '#size-cells': cells(0) },
        Array.from({ length: options.cpus }, (_, index) => cpu(options, index)),
      ),
      rtas(options.rtas),
      deviceTreeNode(
        'vdevice',
        {
          device_type: strings('vdevice'),
          compatible: strings('IBM,vdevice'),
          '#address-cells': cells(1),
          '#size-cells': cells(0),
          '#interrupt-cells': cells(2),
          'interrupt-controller': emptyValue,
        },
        [
          deviceTreeNode(TERMINAL_NAME, {
            device_type: strings('serial'),
            compatible: strings('hvterm1'),
            reg: cells(PSERIES_MAP.terminal),
            interrupts: cells(PSERIES_INTERRUPTS.terminal, EDGE),
          }),
        ],
      ),
      deviceTreeNode('interrupt-controller', {
        device_type: strings('PowerPC-External-Interrupt-Presentation'),
        compatible: strings('IBM,ppc-xicp'),
        'interrupt-controller': emptyValue,
        'ibm,interrupt-server-ranges': cells(0, options.cpus),
        '#interrupt-cells': cells(2),
        phandle: cells(PRESENTATION_CONTROLLER),
      }),
    ],
  );
}

/** `ibm,architecture-vec-5`: what the guest and the platform have agreed on. Bytes 24 and 26 choose radix trees that the guest shoots down itself. */
const VECTOR_5 = { bytes: 32, mmu: 24, mmuExtensions: 26, radix: 0x40, guestShootdown: 0x40 } as const;

function agreement(hasRadix: boolean): Uint8Array {
  const bytes = new Uint8Array(VECTOR_5.bytes);
  if (hasRadix) {
    bytes[VECTOR_5.mmu] = VECTOR_5.radix;
    bytes[VECTOR_5.mmuExtensions] = VECTOR_5.guestShootdown;
  }
  return bytes;
}

function chosen({ bootArguments, initrd, hasRadix }: PseriesDeviceTreeOptions): DeviceTreeNode {
  const terminal = strings(`/vdevice/${TERMINAL_NAME}`);
  return deviceTreeNode('chosen', {
    'stdout-path': terminal,
    'linux,stdout-path': terminal,
    'ibm,architecture-vec-5': agreement(hasRadix),
    ...(bootArguments !== undefined && { bootargs: strings(bootArguments) }),
    ...(initrd !== undefined && {
      'linux,initrd-start': doubleCells(initrd.start),
      'linux,initrd-end': doubleCells(initrd.start + BigInt(initrd.bytes)),
    }),
  });
}

/**
 * `ibm,pa-features`: bits of processor features by byte, as QEMU 7.2 tells them for the model, without those that this processor has not
 * (event-based branches, decimal floating-point).
 */
// biome-ignore format: a byte a line
const PA_FEATURES: Readonly<Record<PowerCpuModel['version'], { readonly bytes: number; readonly bits: Readonly<Record<number, number>> }>> = {
  'v2.07': { bytes: 24, bits: {
    0: 0xf6, // MMU, FPU, SLB, run latch, DABR, no-execute
    1: 0x3f, // fri[nzpm], DABRX, SPRG3 readable, SLB entry 0
    2: 0xc7, // VPM, DS 2.05 and 2.06, PPR
    3: 0xc0, // LSD, URG
    4: 0x80,
    5: 0xf0, // little-endian, CFAR, extended byte order, load and store quadword
    6: 0x80, // DS 2.07
    16: 0x80, // vector
    18: 0x80, // vector-scalar
    20: 0x80, // vector XOR
  } },
  'v3.0': { bytes: 66, bits: {
    0: 0xf6, 1: 0x3f, 2: 0xc7, 3: 0xc0, 4: 0x80, 5: 0xf0, 6: 0x80, 16: 0x80, 18: 0x80, 20: 0x80,
    24: 0x80, // large decrementer
    26: 0x80, // 64-bit
    28: 0x80, // performance monitor
    32: 0x80, // little-endian atomics
    42: 0x80, // performance monitor of 3.0
    44: 0x80, // PC relative
    46: 0x80, // system call vectored
    48: 0x80, // SIMD
    52: 0x80, // strings
    60: 0x80, // atomics without the order of memory
  } },
};
const RADIX_FEATURE = 40;

function processorFeatures({ version }: PowerCpuModel, hasRadix: boolean): Uint8Array {
  const { bytes, bits } = PA_FEATURES[version];
  const [HEADER_BYTES, TYPE] = [2, 0];
  const value = new Uint8Array(HEADER_BYTES + bytes);
  value.set([bytes, TYPE]);
  for (const [byte, mask] of Object.entries(bits)) value[HEADER_BYTES + Number(byte)] = mask;
  if (hasRadix) value[HEADER_BYTES + RADIX_FEATURE] = 0x80;
  return value;
}

const CACHE = { lineBytes: 0x80, bytes: 0x8000 } as const;
const CLOCK_FREQUENCY = TIME_BASE.ticksPerSecond * TIME_BASE.instructionsPerTick;
const SLB_ENTRIES = 32;
const LARGE_DECREMENTER_BITS = 56;
/** log2 of the segment sizes: 256 MiB and 1 TiB. */
const SEGMENT_SIZES = [28, 40, 0xffff_ffff, 0xffff_ffff] as const;
/** For each base page size its log2, L and LP of the SLB, the number of actual sizes, and for each log2 and LP of an entry: 4 KiB and 64 KiB. */
const SEGMENT_PAGE_SIZES = [12, 0, 1, 12, 0, 16, 0x110, 1, 16, 1] as const;
/** For each page size of radix trees: the AP that tlbie takes, in the upper three bits, and log2 of the size. */
const RADIX_AP_ENCODINGS = [12, 0xa000_0010, 0x2000_0015, 0x4000_001e] as const;

function cpu({ model, hasRadix, hashTableOrder }: PseriesDeviceTreeOptions, index: number): DeviceTreeNode {
  return deviceTreeNode(`PowerPC,${model.name.toUpperCase()}@${index.toString(16)}`, {
    device_type: strings('cpu'),
    reg: cells(index),
    'cpu-version': cells(model.PVR),
    'd-cache-block-size': cells(CACHE.lineBytes),
    'd-cache-line-size': cells(CACHE.lineBytes),
    'i-cache-block-size': cells(CACHE.lineBytes),
    'i-cache-line-size': cells(CACHE.lineBytes),
    'd-cache-size': cells(CACHE.bytes),
    'i-cache-size': cells(CACHE.bytes),
    'timebase-frequency': cells(TIME_BASE.ticksPerSecond),
    'clock-frequency': cells(CLOCK_FREQUENCY),
    'slb-size': cells(SLB_ENTRIES),
    'ibm,slb-size': cells(SLB_ENTRIES),
    status: strings('okay'),
    '64-bit': emptyValue,
    'ibm,processor-segment-sizes': cells(...SEGMENT_SIZES),
    'ibm,segment-page-sizes': cells(...SEGMENT_PAGE_SIZES),
    'ibm,pft-size': cells(0, hashTableOrder),
    'ibm,vmx': cells(2),
    'ibm,pa-features': processorFeatures(model, hasRadix),
    ...(model.version === 'v3.0' && { 'ibm,dec-bits': cells(LARGE_DECREMENTER_BITS) }),
    ...(hasRadix && { 'ibm,processor-radix-AP-encodings': cells(...RADIX_AP_ENCODINGS) }),
    'ibm,ppc-interrupt-server#s': cells(index),
    'ibm,ppc-interrupt-gserver#s': cells(index, 0),
  });
}

/** `ibm,hypertas-functions`: the sets of hypercalls that there are. */
// biome-ignore format: one line
const HYPERTAS = ['hcall-pft', 'hcall-term', 'hcall-dabr', 'hcall-interrupt', 'hcall-splpar', 'hcall-bulk', 'hcall-set-mode', 'hcall-sprg0', 'hcall-copy'] as const;

function rtas({ start, bytes }: AddressRange): DeviceTreeNode {
  return deviceTreeNode('rtas', {
    ...Object.fromEntries(Object.entries(RTAS_TOKENS).map(([name, token]) => [name, cells(token)])),
    'ibm,hypertas-functions': strings(...HYPERTAS),
    'rtas-size': cells(bytes),
    'linux,rtas-base': cells(Number(start)),
    'linux,rtas-entry': cells(Number(start)),
  });
}
