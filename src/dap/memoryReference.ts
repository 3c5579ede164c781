// SPDX-License-Identifier: MIT
/** An address as clients write it: virtual (`0x40080000`, as the stopped vCPU sees it) or physical (`pa:0x40080000`). */
export interface MemoryReference {
  readonly space: 'virtual' | 'physical';
  readonly address: bigint;
}

/** Reads a memory reference; `undefined` for what is none. Decimal digits count as an address, because clients make some. */
export function parseMemoryReference(text: string): MemoryReference | undefined {
  const match = /^\s*(pa:)?(0x[0-9a-f]{1,16}|\d{1,20})\s*$/i.exec(text);
  if (match === null) return undefined;
  const address = BigInt(match[2] ?? '0');
  return address < 1n << 64n ? { space: match[1] === undefined ? 'virtual' : 'physical', address } : undefined;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** `bytes` in base64 (RFC 4648, "Base 64 Encoding"), with padding. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let digit = 0; digit < 4; digit++) parts.push(digit <= left ? DIGITS.charAt((word >>> (18 - 6 * digit)) & 0x3f) : '=');
  }
  return parts.join('');
}

/** The bytes of a base64 text, or `undefined` if it is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  const body = text.replace(/={0,2}\s*$/, '');
  if (body.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((body.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (const character of body) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0) return undefined;
    word = ((word << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (word >>> bits) & 0xff;
    }
  }
  return bytes;
}
