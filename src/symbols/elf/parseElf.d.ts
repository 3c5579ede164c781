import { type Failure, type Result } from '../../base/index.js';
import type { ElfFile } from './elfFile.js';
/** Why a file is not usable as ELF. */
export type ElfFailure = Failure<'notElf' | 'truncated' | 'unsupported'>;
/** Reads an ELF file, 32 or 64 bits, either byte order. Refuses only what has no usable header; other damage is in `problems`. */
export declare function parseElf(bytes: Uint8Array): Result<ElfFile, ElfFailure>;
