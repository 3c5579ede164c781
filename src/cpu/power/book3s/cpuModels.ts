// SPDX-License-Identifier: MIT

/** What one kind of server processor is. */
export interface PowerCpuModel {
  /** QEMU's name, as on the command line. */
  readonly name: string;
  /** Processor Version Register. */
  readonly PVR: number;
  /** The issue of the Power ISA that it implements. */
  readonly version: 'v2.07' | 'v3.0';
}

/** The models by name. */
export const POWER_CPU_MODELS: Readonly<Record<'power8' | 'power9', PowerCpuModel>> = {
  power8: { name: 'power8', PVR: 0x004d_0200, version: 'v2.07' },
  power9: { name: 'power9', PVR: 0x004e_1202, version: 'v3.0' },
};

/** XER[OV32] and XER[CA32]. */
const FLAGS_OF_VERSION_3 = 0x000c_0000n;

/** The bits of XER that a core of `model` has. Whether reserved bits of the lower half keep what is written is left open. Choice: they do, as QEMU has it. */
export const xerMaskOf = ({ version }: PowerCpuModel): bigint => (version === 'v3.0' ? 0xffff_ffffn : 0xffff_ffffn ^ FLAGS_OF_VERSION_3);
