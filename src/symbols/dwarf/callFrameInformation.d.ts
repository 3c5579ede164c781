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
    readonly instructions: {
        readonly position: number;
        readonly end: number;
    };
}
/** A frame description entry: the code [start, end) and its program. */
export interface FrameDescription {
    readonly position: number;
    readonly common: CommonInformation;
    readonly start: bigint;
    readonly end: bigint;
    readonly instructions: {
        readonly position: number;
        readonly end: number;
    };
}
export type FrameSection = '.debug_frame' | '.eh_frame';
/** `.debug_frame` and `.eh_frame`. Entries are listed on first use; their programs run when asked (`callFrameProgram.ts`). */
export declare class CallFrameInformation {
    #private;
    readonly sections: DwarfSections;
    constructor(sections: DwarfSections);
    /** All frame descriptions, by start address; of equal ones, `.debug_frame` last. */
    get descriptions(): readonly FrameDescription[];
    /** The description whose code holds `pc`; of several, the one that starts last. */
    descriptionAt(pc: bigint): FrameDescription | undefined;
}
