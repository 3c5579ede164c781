// SPDX-License-Identifier: MIT
import { type Endianness, failure, type Result, type VirtualAddress, virtualAddress } from '../../base/index.js';
import {
  type DwarfExpression,
  type EvaluationContext,
  evaluateNumber,
  frameBaseValue,
  type RegisterRule,
  resolveEntryValue,
  STT,
  type UnwindRow,
} from '../../symbols/index.js';
import { readField, writeField } from '../registers/registerFields.js';
import type { RegisterFile } from '../registers/registerFile.js';
import type { ProgramSymbols } from '../symbols/programSymbols.js';
import { bytesOf, unsignedOf } from '../values/scalar.js';
import { type ChainedFrame, callerByChain } from './callerByChain.js';
import type { FrameContext, NamedRegister } from './frameContext.js';
import type { FrameConventions, RegisterHome } from './frameConventions.js';
import type { UnwindMethod } from './stackFrame.js';

/** The guest's memory as one vCPU sees it, without our breakpoints. */
export interface FrameMemory {
  read(address: bigint, size: number): Uint8Array | undefined;
  write(address: bigint, bytes: Uint8Array): Result<undefined>;
}

/** What frames need of the world. */
export interface FrameSurroundings {
  readonly symbols: ProgramSymbols;
  readonly registers: RegisterFile;
  readonly conventions: FrameConventions;
  readonly memory: FrameMemory;
}

/** An activation of a (not inlined) function: registers, canonical frame address, and the row that leads to its caller. */
export class PhysicalFrame implements FrameContext, ChainedFrame {
  readonly endianness: Endianness;
  readonly vcpu: number;
  readonly #homes = new Map<number, RegisterHome>();
  #caller: PhysicalFrame | undefined;

  /** `inner` is the frame that this one called, `undefined` for the innermost. */
  constructor(
    readonly surroundings: FrameSurroundings,
    readonly pc: VirtualAddress,
    readonly inner: PhysicalFrame | undefined,
    readonly foundBy: UnwindMethod,
    /** The pc is the instruction itself, not the one after a call. */
    readonly isExact: boolean,
    homes: ReadonlyMap<number, RegisterHome>,
  ) {
    this.vcpu = surroundings.registers.vcpu.index;
    this.endianness = surroundings.registers.endianness;
    for (const [register, home] of homes) this.#homes.set(register, home);
  }

  get isInnermost(): boolean {
    return this.inner === undefined;
  }

  get lookupPc(): bigint {
    return this.isExact ? this.pc : this.pc - 1n;
  }

  get debug() {
    return this.surroundings.symbols.debugAt(this.lookupPc);
  }

  get subprogram() {
    return this.surroundings.symbols.functionAt(this.lookupPc);
  }

  get unwindRow(): UnwindRow | undefined {
    return this.surroundings.symbols.unwindRowAt(this.lookupPc)?.row;
  }

  /** Known once `unwindFrame` has looked for the caller. */
  set caller(frame: PhysicalFrame | undefined) {
    this.#caller = frame;
  }

  get caller(): PhysicalFrame | undefined {
    return this.#caller;
  }

  home(register: number): RegisterHome {
    if (!this.inner) return { kind: 'live' };
    return this.#homes.get(register) ?? { kind: 'lost' };
  }

  readRegister(register: number): bigint | undefined {
    const bytes = this.readRegisterBytes(register);
    return bytes && BigInt.asUintN(64, unsignedOf(bytes, 'little'));
  }

  readRegisterBytes(register: number): Uint8Array | undefined {
    if (register === this.surroundings.conventions.supplement.programCounter) return bytesOf(this.pc, 8, 'little');
    const home = this.home(register);
    switch (home.kind) {
      case 'live':
        return this.surroundings.registers.dwarfBytes(register);
      case 'memory':
        return this.#leastFirst(this.surroundings.memory.read(home.address, this.surroundings.conventions.supplement.savedBytes(register)));
      case 'value':
        return bytesOf(home.value, 8, 'little');
      case 'lost':
        return undefined;
    }
  }

  /** Bytes of memory as those of a register are: least significant first. */
  #leastFirst(bytes: Uint8Array | undefined): Uint8Array | undefined {
    return this.endianness === 'little' ? bytes : bytes?.slice().reverse();
  }

  writeRegisterBytes(register: number, bytes: Uint8Array): Result<undefined> {
    const home = this.home(register);
    const name = this.surroundings.registers.model.dwarfName(register);
    if (home.kind === 'live' && name) return this.surroundings.registers.write(name, unsignedOf(bytes, 'little'));
    if (home.kind === 'memory') {
      const stored = this.#leastFirst(bytes.subarray(0, this.surroundings.conventions.supplement.savedBytes(register))) ?? bytes;
      return this.surroundings.memory.write(home.address, stored);
    }
    return failure('readOnly', `The value of ${name ?? `register ${register}`} in this frame cannot be changed.`);
  }

  readNamedRegister(name: string): NamedRegister | undefined {
    if (name.includes('.')) return readField(this.surroundings.registers, name);
    if (this.inner && name === 'pc') return { value: this.pc, bits: 64 };
    const unwound = this.surroundings.conventions.unwound(name);
    if (!this.inner || unwound === undefined) return this.surroundings.registers.read(name);
    const value = this.readRegister(unwound.number);
    return value === undefined ? undefined : { value: BigInt.asUintN(unwound.bits, value), bits: unwound.bits };
  }

  writeNamedRegister(name: string, value: bigint): Result<undefined> {
    if (name.includes('.')) return writeField(this.surroundings.registers, name, value);
    const unwound = this.surroundings.conventions.unwound(name);
    if (!this.inner || unwound === undefined) return this.surroundings.registers.write(name, value);
    return this.writeRegisterBytes(unwound.number, bytesOf(value, 8, 'little'));
  }

  readMemory(address: VirtualAddress, size: number): Uint8Array | undefined {
    return this.surroundings.memory.read(address, size);
  }

  writeMemory(address: VirtualAddress, bytes: Uint8Array): Result<undefined> {
    return this.surroundings.memory.write(address, bytes);
  }

  readNumber(address: bigint, bytes: number): bigint | undefined {
    const found = this.surroundings.memory.read(address, bytes);
    return found && unsignedOf(found, this.endianness);
  }

  isReturnAddress(address: bigint): boolean {
    return address % 4n === 0n && this.surroundings.symbols.symbolAt(address - 1n) !== undefined;
  }

  isInSameSymbol(address: bigint): boolean {
    const { symbols } = this.surroundings;
    const owner = symbols.symbolAt(this.pc)?.symbol;
    return owner !== undefined && symbols.symbolAt(address - 1n)?.symbol.address === owner.address;
  }

  get isAtEntry(): boolean {
    const symbol = this.surroundings.symbols.symbolAt(this.pc)?.symbol;
    // Other symbols may be labels inside of a routine.
    return symbol?.type === STT.STT_FUNC && this.pc <= symbol.localEntryPoint;
  }

  /** The canonical frame address, `undefined` if no table tells. */
  get callFrameAddress(): bigint | undefined {
    const row = this.unwindRow;
    if (!row) return undefined;
    switch (row.cfa.kind) {
      case 'registerOffset': {
        const byRecord = this.isStackPointerKnown ? undefined : this.#addressByRecord(row);
        if (byRecord !== undefined) return byRecord;
        const base = this.readRegister(row.cfa.register);
        return base === undefined ? undefined : BigInt.asUintN(64, base + row.cfa.offset);
      }
      case 'expression': {
        const outcome = evaluateNumber(row.cfa.expression, this.#bareContext);
        return outcome.kind === 'number' ? outcome.value : undefined;
      }
      case 'undefined':
        return undefined;
    }
  }

  /** Whether the inner frame had a table, which tells how far it had moved the stack pointer. An exception may even have changed to another one. */
  get isStackPointerKnown(): boolean {
    return this.foundBy === 'innermost' || this.foundBy === 'callFrameInformation';
  }

  /** The canonical frame address by the record that the frame pointer leads to, if the function has made one. */
  #addressByRecord(row: UnwindRow): bigint | undefined {
    const { frameChain, stackPointer } = this.surroundings.conventions.supplement;
    const saved = row.registers.get(frameChain.register);
    const link = row.registers.get(row.returnAddressRegister);
    const record = this.readRegister(frameChain.register);
    if (frameChain.register === stackPointer || saved?.kind !== 'offset' || link?.kind !== 'offset' || record === undefined)
      return undefined;
    const address = BigInt.asUintN(64, record - saved.offset);
    const returnAddress = this.readNumber(BigInt.asUintN(64, address + link.offset), 8);
    // The record of a root of the stack returns to 0.
    return returnAddress === 0n || (returnAddress !== undefined && this.isReturnAddress(returnAddress)) ? address : undefined;
  }

  get #bareContext(): EvaluationContext {
    return {
      readRegister: register => this.readRegister(register),
      readMemory: (address, size) => this.readMemory(address, size),
      frameBase: () => undefined,
      callFrameAddress: () => undefined,
      entryValue: () => undefined,
    };
  }

  get evaluation(): EvaluationContext {
    const context: EvaluationContext = {
      ...this.#bareContext,
      callFrameAddress: () => this.callFrameAddress,
      frameBase: () => {
        const { subprogram } = this;
        return subprogram && frameBaseValue(subprogram, this.lookupPc, context);
      },
      entryValue: expression => this.#entryValue(expression),
    };
    return context;
  }

  /** What the call site of the caller says about a register at the entry of this function. */
  #entryValue(expression: DwarfExpression): bigint | undefined {
    const caller = this.#caller ?? unwindFrame(this);
    if (!caller) return undefined;
    const callSite = caller.debug?.callSiteReturningTo(caller.pc);
    const value = callSite && resolveEntryValue(callSite, expression);
    if (!value) return undefined;
    const outcome = evaluateNumber(value, caller.evaluation);
    return outcome.kind === 'number' ? outcome.value : undefined;
  }

  /** Where the caller's value of `register` is, by `rule`. */
  homeByRule(register: number, rule: RegisterRule | undefined, cfa: bigint): RegisterHome {
    if (!rule) return this.surroundings.conventions.supplement.preserved.has(register) ? this.home(register) : { kind: 'lost' };
    switch (rule.kind) {
      case 'undefined':
        return { kind: 'lost' };
      case 'sameValue':
        return this.home(register);
      case 'offset':
        return { kind: 'memory', address: BigInt.asUintN(64, cfa + rule.offset) };
      case 'valueOffset':
        return { kind: 'value', value: BigInt.asUintN(64, cfa + rule.offset) };
      case 'register': {
        const home = this.home(rule.register);
        if (home.kind !== 'live') return home;
        const value = this.readRegister(rule.register);
        return value === undefined ? { kind: 'lost' } : { kind: 'value', value };
      }
      case 'expression':
      case 'valueExpression': {
        const outcome = evaluateNumber(rule.expression, this.#bareContext, [cfa]);
        if (outcome.kind !== 'number') return { kind: 'lost' };
        return rule.kind === 'expression' ? { kind: 'memory', address: outcome.value } : { kind: 'value', value: outcome.value };
      }
    }
  }
}

/** The innermost frame of a vCPU. */
export function innermostFrame(surroundings: FrameSurroundings): PhysicalFrame {
  return new PhysicalFrame(surroundings, virtualAddress(surroundings.registers.pc), undefined, 'innermost', true, new Map());
}

/** The caller of `frame`; `undefined` at the root of the stack or where nothing leads on. */
export function unwindFrame(frame: PhysicalFrame): PhysicalFrame | undefined {
  const caller = unwindByTable(frame);
  frame.caller = caller === 'noTable' || isGuess(frame, caller) ? unwindByConvention(frame) : caller;
  return frame.caller;
}

/** Whether the table has led nowhere because the frame's stack pointer is not known. The chain of frames does not need it. */
function isGuess(frame: PhysicalFrame, caller: PhysicalFrame | undefined): boolean {
  return !frame.isStackPointerKnown && caller !== undefined && !frame.isReturnAddress(caller.pc);
}

function unwindByTable(frame: PhysicalFrame): PhysicalFrame | undefined | 'noTable' {
  const row = frame.unwindRow;
  const cfa = row && frame.callFrameAddress;
  if (!row || cfa === undefined) return 'noTable';
  const returnRule = row.registers.get(row.returnAddressRegister);
  if (returnRule?.kind === 'undefined') return undefined;
  const homes = new Map<number, RegisterHome>();
  const { followed, stackPointer } = frame.surroundings.conventions.supplement;
  for (const register of followed) homes.set(register, frame.homeByRule(register, row.registers.get(register), cfa));
  // An interrupt may have changed stacks: then its frame says where the interrupted stack pointer is.
  const stackRule = row.registers.get(stackPointer);
  homes.set(stackPointer, stackRule ? frame.homeByRule(stackPointer, stackRule, cfa) : { kind: 'value', value: cfa });
  const returnHome = returnRule ? frame.homeByRule(row.returnAddressRegister, returnRule, cfa) : frame.home(row.returnAddressRegister);
  const pc = homeValue(frame, row.returnAddressRegister, returnHome);
  if (pc === undefined || pc === 0n) return undefined;
  return new PhysicalFrame(frame.surroundings, virtualAddress(pc), frame, 'callFrameInformation', row.isSignalFrame, homes);
}

function homeValue(frame: PhysicalFrame, register: number, home: RegisterHome): bigint | undefined {
  switch (home.kind) {
    case 'live':
      return frame.readRegister(register);
    case 'value':
      return home.value;
    case 'memory':
      return frame.readNumber(home.address, 8);
    case 'lost':
      return undefined;
  }
}

function unwindByConvention(frame: PhysicalFrame): PhysicalFrame | undefined {
  const { surroundings } = frame;
  const found = callerByChain(frame, surroundings.conventions.supplement);
  return found && new PhysicalFrame(surroundings, virtualAddress(found.pc), frame, found.foundBy, false, found.homes);
}

/** What the stack of a vCPU is in physical frames, and why it ends. */
export interface PhysicalStack {
  readonly frames: readonly PhysicalFrame[];
  readonly problem: string | undefined;
}

/** Frames deeper than this are not shown. */
export const MAXIMUM_FRAMES = 1000;

/** Unwinds up to `maximum` frames. Ends at the root, at a frame that repeats (a damaged or circular stack), or where the stack pointer goes back. */
export function unwindStack(innermost: PhysicalFrame, maximum = MAXIMUM_FRAMES): PhysicalStack {
  const frames: PhysicalFrame[] = [innermost];
  const seen = new Set<string>();
  let frame = innermost;
  while (frames.length < maximum) {
    const caller = frame.caller ?? unwindFrame(frame);
    if (!caller) return { frames, problem: undefined };
    const sp = caller.readRegister(caller.surroundings.conventions.supplement.stackPointer);
    const key = `${caller.pc} ${sp}`;
    if (seen.has(key)) return { frames, problem: 'The stack repeats itself: a frame was met twice.' };
    seen.add(key);
    frames.push(caller);
    frame = caller;
  }
  return { frames, problem: undefined };
}
