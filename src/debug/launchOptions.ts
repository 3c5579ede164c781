// SPDX-License-Identifier: MIT
import type { Result } from '../base/index.js';
import type { KvmKind } from '../kvm/index.js';
import type { InterpreterName, MachineName } from '../vmm/index.js';
import type { BreakpointMode } from './breakpoints/breakpointMode.js';
import type { SchedulerLocking, StepInterrupts } from './execution/executionControl.js';

/** The guest's serial console, as the host sees it. */
export interface ConsoleConnection {
  /** Bytes that the guest wrote. Called in the middle of a slice: keep it short. */
  write(bytes: Uint8Array): void;
  /** The next byte of the input, `undefined` if none has arrived. Asked between slices. */
  read(): number | undefined;
}

/** Further symbols: a file whose addresses are `address` - (its lowest loaded address) off, or as linked. */
export interface SymbolSource {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly address?: bigint | undefined;
}

/** Reads a built interpreter: `out/generated/aarch64.wasm` and its neighbours, by name. */
export type ReadInterpreter = (name: InterpreterName) => Result<Uint8Array>;

/** What ends a step under KVM-HV of POWER, both by the Trace interrupt: MSR[SE], or CIABR where it can. */
export type StepMethodName = 'trace' | 'ciabr';

/** Everything that makes a debugged machine. Files come as bytes: this layer reads none. */
export interface LaunchOptions {
  /** ELF with symbols; boots unless `kernel` is given. */
  readonly program: { readonly path: string; readonly bytes: Uint8Array };
  /** An ELF or arm64 `Image` to boot in place of `program`. */
  readonly kernel?: { readonly path: string; readonly bytes: Uint8Array } | undefined;
  readonly initrd?: Uint8Array | undefined;
  readonly append?: string | undefined;
  readonly dtb?: Uint8Array | undefined;
  /** From the ELF if left out. What the program does not fit is refused with a sentence. */
  readonly machine?: MachineName | undefined;
  /** QEMU's name, as `cortex-a57`; the machine's own choice if left out. */
  readonly cpu?: string | undefined;
  /** Which KVM a POWER machine runs under; default `hv`. */
  readonly kvm?: KvmKind | undefined;
  /** 1 to what the machine has; default 1. */
  readonly smp?: number | undefined;
  /** Bytes of RAM; default 128 MiB. */
  readonly memoryBytes?: number | undefined;
  readonly fidelity?: 'exact' | 'kernel' | undefined;
  /** Reads an interpreter that the build has generated; without it, they are built anew, which takes a moment. */
  readonly interpreter?: ReadInterpreter | undefined;
  /** Single quirks that differ from the preset, by name. */
  readonly quirks?: Readonly<Record<string, boolean>> | undefined;
  readonly symbolFiles?: readonly SymbolSource[] | undefined;
  readonly console?: ConsoleConnection | undefined;
  readonly breakpointMode?: BreakpointMode | undefined;
  readonly schedulerLocking?: SchedulerLocking | undefined;
  readonly stepInterrupts?: StepInterrupts | undefined;
  /** For KVM-HV of POWER; default `trace`. */
  readonly stepMethod?: StepMethodName | undefined;
}
