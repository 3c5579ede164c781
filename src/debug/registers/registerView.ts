// SPDX-License-Identifier: MIT
/** A bit-field of a register. */
export interface FieldView {
  readonly name: string;
  /** Most and least significant bit, as `15:14`; `3` for one bit. */
  readonly bits: string;
  readonly value: bigint;
  /** The value's name in the manual, `undefined` if it has none. */
  readonly meaning: string | undefined;
  /** What the field is. */
  readonly description: string;
  /** Its value differs from that of the last earlier stop at which it was asked for. */
  readonly isChanged: boolean;
}

/** A register with its value. */
export interface RegisterView {
  /** As the assembler writes it, in lower case: `x0`, `sctlr_el1`. */
  readonly name: string;
  readonly bits: number;
  readonly value: bigint;
  /** Hexadecimal in full width, then what it says: flags as letters (`NzCv`), else the fields that are set, by name (`M C I TG0=size4K`). */
  readonly text: string;
  readonly description: string;
  readonly isWritable: boolean;
  readonly fields: readonly FieldView[];
  /** As `FieldView.isChanged`. */
  readonly isChanged: boolean;
}

/** The register groups, in the order in which they are shown. */
export const REGISTER_GROUPS = ['General', 'System', 'Floating point and vector', 'Debug'] as const;

export type RegisterGroupName = (typeof REGISTER_GROUPS)[number];

/** Who a debug register slot belongs to. */
export type SlotOwner = 'free' | 'host' | 'guest';

/** A breakpoint or watchpoint register pair of one vCPU. */
export interface SlotView {
  readonly kind: 'breakpoint' | 'watchpoint';
  readonly index: number;
  /** The manual's names of the pair, `DBGBVR0_EL1` and `DBGBCR0_EL1`. */
  readonly valueName: string;
  readonly controlName: string;
  /** The manual's headings of the two. */
  readonly valueTitle: string;
  readonly title: string;
  readonly owner: SlotOwner;
  readonly isEnabled: boolean;
  readonly value: bigint;
  readonly control: bigint;
  readonly fields: readonly FieldView[];
  /** What it watches, as `0x40082000, 4 bytes, write`; `undefined` if disabled. */
  readonly covers: string | undefined;
  /** The user's breakpoints behind it. */
  readonly breakpoints: readonly number[];
  /** As `FieldView.isChanged`, for the pair. */
  readonly isChanged: boolean;
}

/** How many slots of a kind are taken. */
export interface SlotUsage {
  readonly used: number;
  readonly total: number;
}

/** A control register of debugging. */
export interface DebugControlView extends RegisterView {
  /** Who uses it now; `undefined` if it is not for one to have. */
  readonly owner: SlotOwner | undefined;
  /** The guest's own value while a step of the debugger has another one there. */
  readonly guestValue: bigint | undefined;
}

/** Where the single step of a vCPU is. */
export interface StepView {
  readonly method: string;
  readonly state: 'idle' | VcpuStep;
  /** The method's own name of the state, `ARMED_RFID`, if it has such. */
  readonly phase: string | undefined;
  /** Address of the instruction that is stepped; `undefined` without a step. */
  readonly pc: bigint | undefined;
  /** Where the interrupt behind a stepped instruction would be taken now, and what decides it; `undefined` if the guest takes none. */
  readonly vector: StepVector | undefined;
}

export interface StepVector {
  readonly address: bigint;
  readonly IR: number;
  readonly DR: number;
  readonly AIL: number;
}

/** A word in the guest's memory that is a trap of the debugger's. */
export interface TrapView {
  /** Effective. */
  readonly address: bigint;
  /** `undefined` if it is known by its effective address only. */
  readonly real: bigint | undefined;
  /** What it is there for, one sentence for each use. */
  readonly purposes: readonly string[];
  /** The vCPUs whose steps it serves, and the user's breakpoints. */
  readonly vcpus: readonly number[];
  readonly breakpoints: readonly number[];
  /** Whether it is in memory now; if not, it is put there when the guest runs. */
  readonly isInMemory: boolean;
}

/** The debug registers of one vCPU: whose values the hardware would run with, and the guest's own behind them. */
export interface DebugRegistersView {
  readonly vcpu: number;
  /** The set that the next guest entry loads. */
  readonly loadedSet: 'none' | 'guest' | 'host';
  /** KVM's dirty flag: the guest's own set must be switched at each entry. `undefined` if this KVM does not tell. */
  readonly isDirty: boolean | undefined;
  /** The word given to KVM_SET_GUEST_DEBUG, and its bits by name. */
  readonly control: number;
  readonly controlNames: readonly string[];
  readonly slots: readonly SlotView[];
  /** Of `slots`: those that are not free. */
  readonly usage: { readonly breakpoints: SlotUsage; readonly watchpoints: SlotUsage };
  /** The guest's set, which does not fire while the host's is loaded. */
  readonly guestSlots: readonly SlotView[];
  /** MDSCR_EL1, OSLSR_EL1, MSR, CIABR and the like. */
  readonly controls: readonly DebugControlView[];
  readonly step: StepView;
  /** The trap words of the whole machine, by address. */
  readonly traps: readonly TrapView[];
}

/**
 * What a step of a vCPU is at: `armed`, it is to end behind the next instruction; `pending`, its instruction has led to an exception, and a breakpoint
 * has stopped the handler; `passing`, the vCPU is got past a breakpoint or the trap of another one's step.
 */
export type VcpuStep = 'armed' | 'pending' | 'passing';

/** A line of the vCPU list. */
export interface VcpuView {
  readonly index: number;
  /** `vCPU 0 (EL1h, running)`. */
  readonly name: string;
  readonly state: 'stopped' | 'running' | 'waiting' | 'off' | 'frozen';
  readonly pc: bigint;
  /** `increment` or `<symbol+0x10>`. */
  readonly function: string | undefined;
  /** `EL1h`, `EL0t`, … */
  readonly mode: string;
  /** The PSTATE masks as `DAIF` with small letters for those that are clear: `DaIF`. */
  readonly interruptState: string;
  /** Why it does not run, in a sentence; `undefined` if it runs. */
  readonly stopReason: string | undefined;
  readonly isFrozen: boolean;
  /** Absent: no step is under way. */
  readonly step?: VcpuStep;
}
