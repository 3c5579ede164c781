// SPDX-License-Identifier: MIT
import { inflateRawSync } from 'node:zlib';

// PKWARE .ZIP File Format Specification, APPNOTE.TXT: 4.3.16 end of central directory record, 4.3.12 file header, 4.3.7 local file header.
const END = { signature: 0x06054b50, bytes: 22, count: 10, directory: 16 } as const;
const HEADER = {
  signature: 0x02014b50,
  bytes: 46,
  method: 10,
  compressed: 20,
  nameBytes: 28,
  extraBytes: 30,
  commentBytes: 32,
  local: 42,
} as const;
const LOCAL = { bytes: 30, nameBytes: 26, extraBytes: 28 } as const;
const STORED = 0;

/** The files of a ZIP archive that this project has written itself, by name. */
export function zipEntries(archive: Buffer): ReadonlyMap<string, Buffer> {
  const end = archive.length - END.bytes;
  if (end < 0 || archive.readUInt32LE(end) !== END.signature) throw new Error('The archive does not end with its directory.');
  const entries = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + END.directory);
  for (let left = archive.readUInt16LE(end + END.count); left > 0; left--) {
    if (archive.readUInt32LE(at) !== HEADER.signature) throw new Error(`There is no file header at ${at} of the archive.`);
    const nameBytes = archive.readUInt16LE(at + HEADER.nameBytes);
    const name = archive.toString('utf8', at + HEADER.bytes, at + HEADER.bytes + nameBytes);
    const local = archive.readUInt32LE(at + HEADER.local);
    const start = local + LOCAL.bytes + archive.readUInt16LE(local + LOCAL.nameBytes) + archive.readUInt16LE(local + LOCAL.extraBytes);
    const content = archive.subarray(start, start + archive.readUInt32LE(at + HEADER.compressed));
    entries.set(name, archive.readUInt16LE(at + HEADER.method) === STORED ? content : inflateRawSync(content));
    at += HEADER.bytes + nameBytes + archive.readUInt16LE(at + HEADER.extraBytes) + archive.readUInt16LE(at + HEADER.commentBytes);
  }
  return entries;
}
