// SPDX-License-Identifier: MIT
import { DW_EH_PE } from './constants.js';
import type { InitialLength, SectionReader } from './sectionReader.js';
import type { DwarfSections } from './sections.js';

/** A common information entry (DWARF, Structure of Call Frame Information). */
export interface CommonInformation {
  readonly section: FrameSection;
  readonly position: number;
  readonly version: number;
  readonly offsetSize: 4 | 8;
  readonly addressSize: number;
  readonly codeAlignment: bigint;
  readonly dataAlignment: bigint;
  readonly returnAddressRegister: number;
  readonly isSignalFrame: boolean;
  /** Pointer encoding of the FDEs (a `DW_EH_PE` value). */
  readonly pointerEncoding: number;
  /** Whether FDEs have a block of augmentation data. */
  readonly hasAugmentationData: boolean;
  readonly instructions: { readonly position: number; readonly end: number };
}

/** A frame description entry: the code [start, end) and its program. */
export interface FrameDescription {
  readonly position: number;
  readonly common: CommonInformation;
  readonly start: bigint;
  readonly end: bigint;
  readonly instructions: { readonly position: number; readonly end: number };
}

export type FrameSection = '.debug_frame' | '.eh_frame';

/** `.debug_frame` and `.eh_frame`. Entries are listed on first use; their programs run when asked (`callFrameProgram.ts`). */
export class CallFrameInformation {
  #descriptions: readonly FrameDescription[] | undefined;
  #highestEnd: readonly bigint[] = [];
  readonly #common = new Map<string, CommonInformation | 'damaged'>();

  constructor(readonly sections: DwarfSections) {}

  /** All frame descriptions, by start address; of equal ones, `.debug_frame` last. */
  get descriptions(): readonly FrameDescription[] {
    if (this.#descriptions === undefined) {
      const all = [...this.#read('.eh_frame'), ...this.#read('.debug_frame')];
      this.#descriptions = all.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
      let highest = 0n;
      this.#highestEnd = all.map(({ end }) => {
        if (end > highest) highest = end;
        return highest;
      });
    }
    return this.#descriptions;
  }

  /** The description whose code holds `pc`; of several, the one that starts last. */
  descriptionAt(pc: bigint): FrameDescription | undefined {
    const descriptions = this.descriptions;
    let low = 0;
    let high = descriptions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const description = descriptions[middle];
      if (description !== undefined && description.start <= pc) low = middle + 1;
      else high = middle;
    }
    for (let index = low - 1; index >= 0 && (this.#highestEnd[index] ?? 0n) > pc; index--) {
      const description = descriptions[index];
      if (description !== undefined && pc < description.end) return description;
    }
    return undefined;
  }

  #read(section: FrameSection): FrameDescription[] {
    const descriptions: FrameDescription[] = [];
    for (const { position, length, reader } of this.sections.parts(section, 'entry')) {
      // A length of 0 ends `.eh_frame`, but linkers leave such ends in the middle.
      if (length.end === reader.position) continue;
      const description = this.#readEntry(section, position, length);
      if (description !== undefined) descriptions.push(description);
    }
    return descriptions;
  }

  /** Reads a frame description; `undefined` for a common entry (read when referred to) and for damaged ones. */
  #readEntry(section: FrameSection, position: number, length: InitialLength): FrameDescription | undefined {
    const idPosition = position + (length.offsetSize === 8 ? 12 : 4);
    const reader = this.sections.reader(section, idPosition, length.end);
    const isExceptionHandling = section === '.eh_frame';
    // `.eh_frame` keeps the pointer at four bytes in both formats.
    const id = reader.unsigned(isExceptionHandling ? 4 : length.offsetSize);
    const commonMark = isExceptionHandling ? 0n : (1n << BigInt(8 * length.offsetSize)) - 1n;
    if (id === commonMark || reader.overrun) return undefined;
    const commonPosition = isExceptionHandling ? idPosition - Number(id) : Number(id);
    const common = this.#commonAt(section, commonPosition);
    const refuse = (message: string): undefined => {
      this.sections.problems.report(section, position, message);
    };
    if (common === undefined)
      return refuse(`The frame description refers to a common entry at ${commonPosition}, where none is readable. It is ignored.`);
    const start = this.#readPointer(reader, common, common.pointerEncoding);
    const bytes = this.#readPointer(reader, common, common.pointerEncoding & 0x0f);
    if (start === undefined || bytes === undefined) {
      return refuse(`Pointer encoding 0x${common.pointerEncoding.toString(16)} is not supported. The frame description is ignored.`);
    }
    if (common.hasAugmentationData) reader.skip(reader.ulebNumber());
    if (reader.overrun) return refuse('The frame description ends inside its header. It is ignored.');
    return { position, common, start, end: start + bytes, instructions: { position: reader.position, end: length.end } };
  }

  #commonAt(section: FrameSection, position: number): CommonInformation | undefined {
    const key = `${section}${position}`;
    let common = this.#common.get(key);
    if (common === undefined) {
      common = this.#readCommon(section, position) ?? 'damaged';
      this.#common.set(key, common);
    }
    return common === 'damaged' ? undefined : common;
  }

  #readCommon(section: FrameSection, position: number): CommonInformation | undefined {
    const outer = this.sections.reader(section, position);
    const length = position < 0 ? undefined : outer.initialLength();
    if (length === undefined || !this.sections.budget.spend()) return undefined;
    const { offsetSize, end } = length;
    const reader = this.sections.reader(section, outer.position, end);
    const isExceptionHandling = section === '.eh_frame';
    const id = reader.unsigned(isExceptionHandling ? 4 : offsetSize);
    if (id !== (isExceptionHandling ? 0n : (1n << BigInt(8 * offsetSize)) - 1n)) return undefined;
    const version = reader.u8();
    const refuse = (message: string): undefined => {
      this.sections.problems.report(section, position, message);
    };
    if (version !== 1 && version !== 3 && version !== 4) return refuse(`The common entry has version ${version}; 1, 3 and 4 are known.`);
    const augmentation = reader.string();
    let addressSize = this.sections.defaultAddressSize;
    if (augmentation === 'eh') reader.skip(addressSize);
    if (version >= 4) {
      addressSize = reader.u8();
      reader.skip(1); // segment_selector_size
    }
    const codeAlignment = reader.uleb();
    const dataAlignment = reader.sleb();
    const returnAddressRegister = version === 1 ? reader.u8() : reader.ulebNumber();
    let pointerEncoding: number = DW_EH_PE.DW_EH_PE_absptr;
    let isSignalFrame = false;
    const common = { section, position, version, offsetSize, addressSize, codeAlignment, dataAlignment, returnAddressRegister };
    const hasAugmentationData = augmentation.startsWith('z');
    if (hasAugmentationData) {
      const dataLength = reader.ulebNumber();
      const dataEnd = reader.position + dataLength;
      for (const letter of augmentation.slice(1)) {
        if (letter === 'R') pointerEncoding = reader.u8();
        else if (letter === 'S') isSignalFrame = true;
        else if (letter === 'L') reader.skip(1);
        else if (letter === 'P') this.#readPointer(reader, { section, addressSize }, reader.u8());
        else if (letter !== 'B' && letter !== 'G') break; // The rest of the data is passed over by its length.
      }
      if (dataEnd > reader.length) reader.overrun = true;
      reader.position = dataEnd;
    } else if (/^[SBG]+$/.test(augmentation)) {
      // Letters without data of their own, as in `.debug_frame`.
      isSignalFrame = augmentation.includes('S');
    } else if (augmentation !== '' && augmentation !== 'eh') {
      return refuse(`The common entry has augmentation "${augmentation}", which is not known.`);
    }
    if (reader.overrun) return refuse('The common entry ends inside its header.');
    if (![2, 4, 8].includes(addressSize)) return refuse(`The common entry has addresses of ${addressSize} bytes; 2, 4 and 8 are known.`);
    return { ...common, pointerEncoding, isSignalFrame, hasAugmentationData, instructions: { position: reader.position, end } };
  }

  /** Reads an encoded pointer; `undefined` if it needs memory or bases that only the running program has. */
  #readPointer(
    reader: SectionReader,
    { section, addressSize }: Pick<CommonInformation, 'section' | 'addressSize'>,
    encoding: number,
  ): bigint | undefined {
    const E = DW_EH_PE;
    if (encoding === E.DW_EH_PE_omit) return undefined;
    let base = 0n;
    switch (encoding & 0x70) {
      case E.DW_EH_PE_absptr:
        break;
      case E.DW_EH_PE_pcrel:
        base = this.sections.address(section) + BigInt(reader.position);
        break;
      default:
        return undefined;
    }
    const value = readEncoded(reader, encoding & 0x0f, addressSize);
    if (value === undefined || (encoding & E.DW_EH_PE_indirect) !== 0) return undefined;
    return BigInt.asUintN(8 * addressSize, base + value);
  }
}

function readEncoded(reader: SectionReader, format: number, addressSize: number): bigint | undefined {
  const E = DW_EH_PE;
  switch (format) {
    case E.DW_EH_PE_absptr:
      return reader.unsigned(addressSize);
    case E.DW_EH_PE_uleb128:
      return reader.uleb();
    case E.DW_EH_PE_udata2:
      return BigInt(reader.u16());
    case E.DW_EH_PE_udata4:
      return BigInt(reader.u32());
    case E.DW_EH_PE_udata8:
      return reader.u64();
    case E.DW_EH_PE_sleb128:
      return reader.sleb();
    case E.DW_EH_PE_sdata2:
      return BigInt.asIntN(16, BigInt(reader.u16()));
    case E.DW_EH_PE_sdata4:
      return BigInt(reader.i32());
    case E.DW_EH_PE_sdata8:
      return reader.i64();
    default:
      return undefined;
  }
}
