// SPDX-License-Identifier: MIT
import type { AddressRange } from '../../base/index.js';
import { cells, type DeviceTreeNode, deviceTreeNode, doubleCells, emptyValue, strings } from '../boot/flattenedDeviceTree.js';
import { VIRT_MAP, VIRT_PRIVATE_INTERRUPTS, VIRT_SHARED_INTERRUPTS } from './addressMap.js';

/** What the device tree of a `virt` says. */
export interface VirtDeviceTreeOptions {
  /** Number of vCPUs, at least 1. */
  readonly cpus: number;
  /** QEMU's name of the CPU, as `cortex-a57`; `max` is told as plain Armv8. */
  readonly cpu?: string;
  /** Bytes of RAM. */
  readonly memoryBytes: number;
  /** The kernel command line. */
  readonly bootArguments?: string;
  /** Where the initial ramdisk lies. */
  readonly initrd?: AddressRange;
  /** Whether a GICv2 and the generic timer are there. Without them no device has an interrupt. */
  readonly interrupts?: 'GICv2' | 'none';
}

const PHANDLE = { clock: 1, interruptController: 2 } as const;

/** Arm DEN 0022, PSCI: function identifiers. */
const PSCI = { CPU_SUSPEND: 0xc400_0001, CPU_OFF: 0x8400_0002, CPU_ON: 0xc400_0003, MIGRATE: 0xc400_0005 } as const;

/** Linux Documentation/devicetree/bindings/interrupt-controller/arm,gic.yaml: the three cells of an interrupt. */
const SHARED = 0;
const PRIVATE = 1;
const LEVEL_HIGH = 4;

const CPUS_A_CLUSTER = 16;

/**
 * The affinity of vCPU `index`: MPIDR_EL1.Aff1 and Aff0, and its `reg` in the device tree.
 * Linux 6.1, arch/arm64/kvm/sys_regs.c, reset_mpidr(): sixteen vCPUs a cluster.
 */
export const virtCpuAffinity = (index: number): number => (Math.floor(index / CPUS_A_CLUSTER) << 8) | (index % CPUS_A_CLUSTER);

/** The device tree of machine `virt`: the nodes and names of QEMU's, cut to the devices that are there. */
export function virtDeviceTree(options: VirtDeviceTreeOptions): DeviceTreeNode {
  const withInterrupts = options.interrupts === 'GICv2';
  return deviceTreeNode(
    '',
    {
      ...(withInterrupts && { 'interrupt-parent': cells(PHANDLE.interruptController) }),
      model: strings('linux,dummy-virt'),
      '#size-cells': cells(2),
      '#address-cells': cells(2),
      compatible: strings('linux,dummy-virt'),
    },
    [
      chosen(options),
      deviceTreeNode(`memory@${VIRT_MAP.ramStart.toString(16)}`, {
        device_type: strings('memory'),
        reg: doubleCells(VIRT_MAP.ramStart, BigInt(options.memoryBytes)),
      }),
      cpus(options),
      deviceTreeNode('psci', {
        compatible: strings('arm,psci-1.0', 'arm,psci-0.2', 'arm,psci'),
        method: strings('hvc'),
        cpu_suspend: cells(PSCI.CPU_SUSPEND),
        cpu_off: cells(PSCI.CPU_OFF),
        cpu_on: cells(PSCI.CPU_ON),
        migrate: cells(PSCI.MIGRATE),
      }),
      deviceTreeNode('apb-pclk', {
        compatible: strings('fixed-clock'),
        '#clock-cells': cells(0),
        'clock-frequency': cells(24_000_000),
        'clock-output-names': strings('clk24mhz'),
        phandle: cells(PHANDLE.clock),
      }),
      ...(withInterrupts ? [interruptController(), timer(options.cpus)] : []),
      deviceTreeNode(UART_NAME, {
        compatible: strings('arm,pl011', 'arm,primecell'),
        reg: doubleCells(VIRT_MAP.uart.start, BigInt(VIRT_MAP.uart.size)),
        ...(withInterrupts && { interrupts: cells(SHARED, VIRT_SHARED_INTERRUPTS.uart, LEVEL_HIGH) }),
        clocks: cells(PHANDLE.clock, PHANDLE.clock),
        'clock-names': strings('uartclk', 'apb_pclk'),
      }),
    ],
  );
}

const UART_NAME = `pl011@${VIRT_MAP.uart.start.toString(16)}`;

function chosen({ bootArguments, initrd }: VirtDeviceTreeOptions): DeviceTreeNode {
  return deviceTreeNode('chosen', {
    'stdout-path': strings(`/${UART_NAME}`),
    ...(bootArguments !== undefined && { bootargs: strings(bootArguments) }),
    ...(initrd !== undefined && {
      'linux,initrd-start': doubleCells(initrd.start),
      'linux,initrd-end': doubleCells(initrd.start + BigInt(initrd.bytes)),
    }),
  });
}

function cpus({ cpus: count, cpu = 'max' }: VirtDeviceTreeOptions): DeviceTreeNode {
  const compatible = strings(cpu === 'max' ? 'arm,armv8' : `arm,${cpu}`);
  return deviceTreeNode(
    'cpus',
    { '#address-cells': cells(1), '#size-cells': cells(0) },
    Array.from({ length: count }, (_, index) =>
      deviceTreeNode(`cpu@${virtCpuAffinity(index).toString(16)}`, {
        device_type: strings('cpu'),
        compatible,
        reg: cells(virtCpuAffinity(index)),
        'enable-method': strings('psci'),
      }),
    ),
  );
}

function interruptController(): DeviceTreeNode {
  const { gicDistributor, gicCpuInterface } = VIRT_MAP;
  return deviceTreeNode(`intc@${gicDistributor.start.toString(16)}`, {
    compatible: strings('arm,cortex-a15-gic'),
    '#interrupt-cells': cells(3),
    'interrupt-controller': emptyValue,
    reg: doubleCells(gicDistributor.start, BigInt(gicDistributor.size), gicCpuInterface.start, BigInt(gicCpuInterface.size)),
    phandle: cells(PHANDLE.interruptController),
  });
}

function timer(cpuCount: number): DeviceTreeNode {
  // A private interrupt of GICv2 names the CPUs it goes to in bits 15:8; there are at most eight.
  const flags = (((1 << Math.min(cpuCount, 8)) - 1) << 8) | LEVEL_HIGH;
  const { securePhysicalTimer, physicalTimer, virtualTimer, hypervisorTimer } = VIRT_PRIVATE_INTERRUPTS;
  return deviceTreeNode('timer', {
    compatible: strings('arm,armv8-timer', 'arm,armv7-timer'),
    'always-on': emptyValue,
    interrupts: cells(...[securePhysicalTimer, physicalTimer, virtualTimer, hypervisorTimer].flatMap(number => [PRIVATE, number, flags])),
  });
}
