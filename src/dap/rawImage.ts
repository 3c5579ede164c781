// SPDX-License-Identifier: MIT
/** An ELF header with one program header (System V ABI, "ELF Header", "Program Header"), 64 bits. */
const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const ET_EXEC = 2;
const PT_LOAD = 1;
const PF_RWX = 7;

/** Whether `bytes` begin as an ELF file does. */
export const isElf = (bytes: Uint8Array): boolean => bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

/** What a raw file is taken for, by machine: ELF machine number, and EI_DATA with the byte order that it means. */
const RAW = {
  virt: { machine: 183, data: 1, isLittle: true },
  pseries: { machine: 21, data: 2, isLittle: false },
} as const;

/** A raw image as an executable that is loaded and entered at `address`, so that nothing else needs to know raw files. */
export function elfAround(bytes: Uint8Array, address: bigint, raw: keyof typeof RAW = 'virt'): Uint8Array {
  const { machine, data, isLittle } = RAW[raw];
  const start = HEADER_BYTES + PROGRAM_HEADER_BYTES;
  const file = new Uint8Array(start + bytes.length);
  file.set(bytes, start);
  const view = new DataView(file.buffer);
  const magicClassDataVersion = [0x7f, 0x45, 0x4c, 0x46, 2, data, 1];
  file.set(magicClassDataVersion, 0);
  view.setUint16(16, ET_EXEC, isLittle);
  view.setUint16(18, machine, isLittle);
  view.setUint32(20, 1, isLittle);
  view.setBigUint64(24, address, isLittle);
  view.setBigUint64(32, BigInt(HEADER_BYTES), isLittle);
  view.setUint16(52, HEADER_BYTES, isLittle);
  view.setUint16(54, PROGRAM_HEADER_BYTES, isLittle);
  view.setUint16(56, 1, isLittle);
  view.setUint32(HEADER_BYTES, PT_LOAD, isLittle);
  view.setUint32(HEADER_BYTES + 4, PF_RWX, isLittle);
  view.setBigUint64(HEADER_BYTES + 8, BigInt(start), isLittle);
  view.setBigUint64(HEADER_BYTES + 16, address, isLittle);
  view.setBigUint64(HEADER_BYTES + 24, address, isLittle);
  view.setBigUint64(HEADER_BYTES + 32, BigInt(bytes.length), isLittle);
  view.setBigUint64(HEADER_BYTES + 40, BigInt(bytes.length), isLittle);
  view.setBigUint64(HEADER_BYTES + 48, 1n, isLittle);
  return file;
}
