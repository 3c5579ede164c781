// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CPU_MODELS } from '../../src/cpu/aarch64/cpuModels.js';
import { AARCH64_INSTRUCTION_SET, aarch64InstructionSet } from '../../src/cpu/aarch64/instructionSet.js';

// Which words of the SIMD and floating-point groups are allocated, as QEMU 7.2 with -cpu cortex-a57 has it.

// biome-ignore format: recorded words
const UNALLOCATED: readonly number[] = [
  0x0c40_542f, 0x0c40_8c20, 0x0cce_f031, 0x0d20_ac36, 0x0e1a_6c3d, 0x0e21_183c, 0x0e33_b032, 0x0e3d_d03f, 0x0e71_482b, 0x0ea0_183a,
  0x0edb_1824, 0x0edd_0822, 0x0edd_0830, 0x0f27_d02d, 0x0f52_a42a, 0x1e0d_702e, 0x1e36_e82d, 0x1e37_0036, 0x1e39_c02a, 0x1e53_a026,
  0x1e76_d83c, 0x1ea0_4c2b, 0x1ea2_0029, 0x1ea5_9828, 0x1ea5_a42d, 0x1ea8_0034, 0x1ead_d42d, 0x1eb6_8433, 0x1eb7_2030, 0x1ebd_dc32,
  0x1ebf_fc3c, 0x1ee5_402e, 0x1eeb_0823, 0x1eec_402a, 0x1eed_2030, 0x1ef1_bc30, 0x1ef8_e43a, 0x1ef9_2028, 0x1ef9_402b, 0x1efd_2028,
  0x1f98_f43b, 0x1fab_cc22, 0x1fc8_a832, 0x1ffd_e824, 0x2e00_7035, 0x2e06_7c28, 0x2e10_6829, 0x2e15_6026, 0x2e18_4838, 0x2e2e_cc23,
  0x2e61_983e, 0x2eb1_2836, 0x2ee2_f434, 0x2ef1_8822, 0x2f01_f439, 0x2f05_f42a, 0x2f1d_e82a, 0x3c2d_383b, 0x3c31_0825, 0x3cc6_182f,
  0x4c40_b426, 0x4c40_bc3d, 0x4c9e_b030, 0x4cca_e825, 0x4cde_c026, 0x4d00_cc36, 0x4d20_4c22, 0x4d40_4c30, 0x4d90_e422, 0x4dd5_dc32,
  0x4dd6_b436, 0x4ddc_a83c, 0x4e00_2437, 0x4e01_343d, 0x4e28_3838, 0x4e28_e82b, 0x4e28_e836, 0x4e29_1827, 0x4e58_483e, 0x4eac_f033,
  0x4eb1_6821, 0x4eba_e03e, 0x4ebd_dc2d, 0x4f68_cc36, 0x5e00_0439, 0x5e00_043a, 0x5e01_7028, 0x5e0b_7025, 0x5e10_0421, 0x5e10_0439,
  0x5e13_703e, 0x5e14_702d, 0x5e20_c822, 0x5e20_f82c, 0x5e28_e83f, 0x5e28_f827, 0x5e29_1832, 0x5e29_583c, 0x5e2f_7425, 0x5e30_a83b,
  0x5e31_242d, 0x5e3a_1029, 0x5e61_5030, 0x5eb1_3830, 0x5ee0_e434, 0x5ee2_cc23, 0x5eee_0021, 0x5ef0_b83c, 0x5ef0_f838, 0x5f00_f029,
  0x5f76_3c2e, 0x5fcc_c033, 0x6ea0_582a, 0x6ef9_ac26, 0x6f22_e029, 0x6fef_b82b, 0x7c5a_5828, 0x7d88_c823, 0x7e20_f83a, 0x7ea1_782c,
  0x7ef2_5038, 0x7f06_783b, 0x7f26_1427, 0x7f29_1431, 0x7f3d_bc30, 0x7f58_6834, 0x9e11_1023, 0x9e53_0c2f, 0x9eb6_0036, 0xbc60_a836,
  0xbd9c_0831, 0xdc08_203f, 0xdc59_082b, 0xdc73_e438, 0xdce4_b825, 0xec47_9432, 0xecd6_982b, 0xed74_3838, 0xed97_6823, 0xfc80_4825,
  0xfcd6_2c39, 0xfce9_183d, 0xfd88_e02d, 0xfdd7_1c3a,
];
// biome-ignore format: recorded words
const ALLOCATED: readonly number[] = [
  0x0c40_7023, 0x0cc5_482c, 0x0d40_e836, 0x0dd8_402c, 0x0e09_1024, 0x0e0a_0425, 0x0ee5_e02e, 0x0fb2_1831, 0x1c18_8436, 0x1e29_0031,
  0x1e2b_2038, 0x1e2f_8424, 0x1e39_683e, 0x1e42_e826, 0x1e60_1825, 0x1e67_c034, 0x1e6c_5c3c, 0x1e6d_ec38, 0x1e72_2028, 0x1e73_a43d,
  0x1ee2_4028, 0x1f03_7020, 0x1f5b_783b, 0x2d02_d031, 0x2e0e_2824, 0x2e70_a830, 0x2ea2_8031, 0x2eac_ec2b, 0x2ebe_4c36, 0x3c65_d835,
  0x4c40_ac34, 0x4cc9_0023, 0x4d00_8036, 0x4ddc_2836, 0x4e06_3036, 0x4e14_0420, 0x4e28_4821, 0x4e28_7830, 0x4e47_5828, 0x4ed6_6825,
  0x4ef7_e038, 0x4f00_7437, 0x4f01_4422, 0x4fd6_5831, 0x5c85_6430, 0x5e05_203c, 0x5e06_043c, 0x5e10_4037, 0x5e1b_0433, 0x5e28_0833,
  0x5e28_1824, 0x5ea0_7822, 0x5ead_9030, 0x5ebe_b033, 0x5f57_3434, 0x5f65_c83f, 0x5fd2_5039, 0x6ca4_302d, 0x6e15_4820, 0x6e20_8826,
  0x6e30_383e, 0x6ea0_f822, 0x6eb8_3029, 0x7d1a_9436, 0x7d7f_c034, 0x7e30_d82a, 0x7ee0_383e, 0x7ee0_ec3d, 0x7ee1_0c24, 0x7ef0_c83d,
  0x7f4a_443e, 0x9e02_9825, 0x9e24_0030, 0xfc15_7032, 0xfc1d_1c39, 0xfc60_5828,
];
const hex = (word: number): string => word.toString(16).padStart(8, '0');

test('ST-A64-023 a SIMD or floating-point word has a row exactly if Armv8.0 allocates it', () => {
  const { decode } = AARCH64_INSTRUCTION_SET;
  assert.deepEqual(UNALLOCATED.filter(word => decode(word) !== undefined).map(hex), []);
  assert.deepEqual(ALLOCATED.filter(word => decode(word) === undefined).map(hex), []);
});

test('ST-DEC-009 a core does not have the encodings of a feature that its identification registers do not announce', () => {
  // LDADD, CASAL, LDLAR, AESE, SHA1H, SHA256H, PMULL of doublewords; CRC32B and LDAR, which all have.
  const words = [0xf822_0023, 0xc8e1_fc22, 0xc8df_7c20, 0x4e28_4820, 0x5e28_0820, 0x5e02_4020, 0x0ee2_e020, 0x1ac2_4020, 0xc8df_fc20];
  const has = (model: keyof typeof CPU_MODELS): boolean[] =>
    words.map(word => aarch64InstructionSet(CPU_MODELS[model]).decode(word) !== undefined);
  const crypto = [false, false, false, false];
  assert.deepEqual(has('cortex-a53'), [false, false, false, ...crypto, true, true]);
  assert.deepEqual(has('max'), [true, true, true, ...crypto, true, true]);
  assert.ok(words.every(word => AARCH64_INSTRUCTION_SET.decode(word) !== undefined));
});
