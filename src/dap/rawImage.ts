// SPDX-License-Identifier: MIT
/** An ELF header with one program header (System V ABI, "ELF Header", "Program Header"), 64 bits, little-endian. */
const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const EM_AARCH64 = 183;
const ET_EXEC = 2;
const PT_LOAD = 1;
const PF_RWX = 7;

/** Whether `bytes` begin as an ELF file does. */
export const isElf = (bytes: Uint8Array): boolean => bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

/** A raw image as an executable that is loaded and entered at `address`, so that nothing else needs to know raw files. */
export function elfAround(bytes: Uint8Array, address: bigint): Uint8Array {
  const start = HEADER_BYTES + PROGRAM_HEADER_BYTES;
  const file = new Uint8Array(start + bytes.length);
  file.set(bytes, start);
  const view = new DataView(file.buffer);
  const magicClassDataVersion = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1];
  file.set(magicClassDataVersion, 0);
  view.setUint16(16, ET_EXEC, true);
  view.setUint16(18, EM_AARCH64, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, address, true);
  view.setBigUint64(32, BigInt(HEADER_BYTES), true);
  view.setUint16(52, HEADER_BYTES, true);
  view.setUint16(54, PROGRAM_HEADER_BYTES, true);
  view.setUint16(56, 1, true);
  view.setUint32(HEADER_BYTES, PT_LOAD, true);
  view.setUint32(HEADER_BYTES + 4, PF_RWX, true);
  view.setBigUint64(HEADER_BYTES + 8, BigInt(start), true);
  view.setBigUint64(HEADER_BYTES + 16, address, true);
  view.setBigUint64(HEADER_BYTES + 24, address, true);
  view.setBigUint64(HEADER_BYTES + 32, BigInt(bytes.length), true);
  view.setBigUint64(HEADER_BYTES + 40, BigInt(bytes.length), true);
  view.setBigUint64(HEADER_BYTES + 48, 1n, true);
  return file;
}
