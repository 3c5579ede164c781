// SPDX-License-Identifier: MIT
import { type Disposable, Emitter, failure, hex, Owner, type Result, success, type VirtualAddress, virtualAddress } from '../base/index.js';
import type { Vcpu } from '../kvm/index.js';
import type { Machine } from '../vmm/index.js';
import type { DebugArchitecture } from './architecture.js';
import { bookSurroundings } from './breakpoints/bookSurroundings.js';
import { BreakpointBook } from './breakpoints/breakpointBook.js';
import { codeMemory } from './breakpoints/codeMemory.js';
import { StopMechanisms } from './breakpoints/stopMechanisms.js';
import type { DebugTarget, SourceReference, SymbolProgress } from './debugTarget.js';
import type { DisassembledRow, DisassemblyRequest } from './disassembly/disassembledRow.js';
import { disassembleRows } from './disassembly/disassembler.js';
import type { ExceptionReport } from './exceptions/exceptionModel.js';
import { type ConsoleInput, ConsoleInputLog } from './execution/consoleInputLog.js';
import type { DebugQuirks } from './execution/debugQuirks.js';
import { Execution } from './execution/execution.js';
import type { SliceOutcome, StopReport } from './execution/stop.js';
import { VcpuControl } from './execution/vcpuControl.js';
import { vcpuViews } from './execution/vcpuViews.js';
import { type EvaluationPlace, Expressions } from './expressions/expressions.js';
import { type FrameSurroundings, innermostFrame, MAXIMUM_FRAMES, type PhysicalFrame, unwindStack } from './frames/physicalFrame.js';
import { buildStack, GuestStackFrame } from './frames/stackBuilder.js';
import type { StackFrame, StackTrace } from './frames/stackFrame.js';
import { KvmTrace } from './kvmTrace.js';
import type { StepMethodName } from './launchOptions.js';
import { GuestMemory } from './memory/guestMemory.js';
import { type MemoryRegionView, memoryRegions, type TranslationView, translationView } from './memory/machineMemory.js';
import { debugRegistersOf } from './registers/debugRegistersOf.js';
import { type DebugRegisterWrite, writeDebugRegister } from './registers/debugRegisterWrite.js';
import { fieldValueNamed, writeField } from './registers/registerFields.js';
import { type BeforeValue, NO_HISTORY, RegisterHistory } from './registers/registerHistory.js';
import type { DebugRegistersView, FieldView, RegisterGroupName, RegisterView, VcpuView } from './registers/registerView.js';
import { fieldViews, registerGroup, registerView, unwoundRegisters } from './registers/registerViews.js';
import type { StepAnatomy } from './stepping/stepAction.js';
import { planStep } from './stepping/stepPlans.js';
import { Locations } from './symbols/locations.js';
import { type ModuleView, moduleView, type SymbolFilter, symbolPage } from './symbols/moduleViews.js';
import type { ProgramSymbols } from './symbols/programSymbols.js';
import { frameScopes } from './values/frameScopes.js';
import type { ScopeView, ValueView } from './values/valueView.js';

/** What a target is made of. */
export interface TargetParts {
  readonly machine: Machine;
  readonly architecture: DebugArchitecture;
  readonly symbols: ProgramSymbols;
  readonly quirks: DebugQuirks;
  readonly stepMethod?: StepMethodName | undefined;
}

const MAXIMUM_COMPLETIONS = 200;

/** The debugger of a machine: composes the parts of this layer. */
export class GuestTarget extends Owner implements DebugTarget {
  readonly execution: Execution;
  readonly breakpoints: BreakpointBook;
  readonly machine: Machine;
  readonly mechanisms: StopMechanisms;
  readonly control: VcpuControl;
  readonly memory: GuestMemory;
  readonly consoleInputLog = new ConsoleInputLog();
  readonly kvmTrace: KvmTrace;
  readonly #architecture: DebugArchitecture;
  readonly #symbols: ProgramSymbols;
  readonly #locations: Locations;
  readonly #expressions: Expressions;
  readonly #didLog = new Emitter<string>();
  readonly #didChangeDebugRegisters = new Emitter<void>();
  readonly #didChangeBreakpoints = new Emitter<void>();
  /** Frames by vCPU, valid until something runs or is written. */
  readonly #stacks = new Map<number, readonly GuestStackFrame[]>();
  readonly #histories = new Map<number, RegisterHistory>();

  constructor({ machine, architecture, symbols, quirks, stepMethod }: TargetParts) {
    super();
    this.#architecture = architecture;
    this.machine = machine;
    this.kvmTrace = new KvmTrace(machine.kvm.callLog);
    this.#symbols = symbols;
    this.#locations = new Locations(symbols);
    this.#expressions = new Expressions(symbols, () => {
      this.#stacks.clear();
      this.breakpoints.followVectors();
    });
    const facilities = architecture.attach(machine, { quirks, stepMethod, warn: line => this.#didLog.fire(line) });
    this.mechanisms = new StopMechanisms(machine.kvm, facilities.slots, architecture.instructions, first =>
      this.control.from(first).map(({ vcpu }) => facilities.codeBeneathSteps?.(vcpu) ?? codeMemory(machine, vcpu)),
    );
    this.control = new VcpuControl(machine, this.mechanisms, architecture.registers);
    this.memory = new GuestMemory(machine, this.mechanisms);
    this.breakpoints = new BreakpointBook(
      bookSurroundings({
        mechanisms: this.mechanisms,
        locations: this.#locations,
        symbols,
        expressions: this.#expressions,
        machine,
        frameOf: vcpu => this.#innermost(vcpu.index),
        placeOf: frame => this.#place(frame),
        beforeChange: () => this.#settle(),
        architecture,
        registers: () => this.control.all.map(({ registers }) => registers),
      }),
    );
    this.execution = new Execution({
      machine,
      mechanisms: this.mechanisms,
      vcpus: this.control,
      method: facilities.stepMethod(this.mechanisms),
      instructions: architecture.instructions,
      exceptions: architecture.exceptions,
      readDebugExit: facilities.readDebugExit,
      sites: this.breakpoints,
      quirks,
      planStep: (request, interrupts) => {
        const { vcpu, registers } = this.control.at(request.vcpu);
        return planStep(request, interrupts, {
          symbols,
          registers,
          instructions: architecture.instructions,
          exceptions: architecture.exceptions,
          frame: () => this.#innermost(vcpu.index),
          instructionAt: pc => this.#instructionAt(vcpu, pc),
        });
      },
      instructionAt: (vcpu, address) => this.#instructionAt(vcpu, address),
      temporaryMechanism: () =>
        this.mechanisms.hasEngine && this.breakpoints.defaultMode !== 'software' && this.breakpoints.defaultMode !== 'hardware'
          ? 'engine'
          : 'software',
    });
    this.own(this.mechanisms.didChangeSlots.event(() => this.#didChangeDebugRegisters.fire()));
    this.own(this.breakpoints.didChange.event(() => this.#didChangeBreakpoints.fire()));
    this.own(this.breakpoints.didLog.event(line => this.#didLog.fire(line)));
    this.own(this.execution.didRemark.event(line => this.#didLog.fire(line)));
    machine.kvm.callLog.setOn(false);
  }

  readonly onDidLog = (listener: (line: string) => void): Disposable => this.#didLog.event(listener);
  readonly onDidChangeDebugRegisters = (listener: () => void): Disposable => this.#didChangeDebugRegisters.event(listener);
  readonly onDidChangeBreakpoints = (listener: () => void): Disposable => this.#didChangeBreakpoints.event(listener);

  get vcpuCount(): number {
    return this.control.all.length;
  }

  get lastStop(): StopReport | undefined {
    const outcome: SliceOutcome | undefined = this.execution.isRunning || this.execution.end ? undefined : this.execution.runSlice(1);
    return outcome?.kind === 'stopped' ? outcome.stop : undefined;
  }

  /** Brings all vCPUs out of KVM_RUN and forgets what was read of them, so that registers and memory can be asked for. */
  #settle(): void {
    this.control.kickAll();
    this.mechanisms.rest();
    this.#stacks.clear();
  }

  #surroundings(vcpu: number): FrameSurroundings {
    const debugged = this.control.at(vcpu);
    return {
      symbols: this.#symbols,
      registers: debugged.registers,
      conventions: this.#architecture.frames,
      memory: {
        read: (address, size) => this.memory.read(debugged.vcpu, address, size),
        write: (address, bytes) => this.memory.write(debugged.vcpu, address, bytes),
      },
    };
  }

  #instructionAt(vcpu: Vcpu, address: bigint): number | undefined {
    const bytes = this.memory.read(vcpu, address, 4);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, this.control.of(vcpu).registers.endianness === 'little');
  }

  #innermost(vcpu: number): PhysicalFrame {
    return innermostFrame(this.#surroundings(vcpu));
  }

  get modules(): readonly ModuleView[] {
    return this.#symbols.files.map(moduleView);
  }

  symbols(module: number, filter: SymbolFilter, start: number, count: number): ReturnType<typeof symbolPage> {
    const loaded = this.#symbols.files[module];
    return loaded === undefined ? { symbols: [], total: 0 } : symbolPage(loaded, filter, start, count);
  }

  readSymbols(): Iterable<SymbolProgress> {
    return this.#symbols.read();
  }

  get sources(): readonly SourceReference[] {
    return this.#symbols.files.flatMap(({ file }) => file.debug.sourceFiles.map(({ path, md5 }) => ({ path, md5 })));
  }

  vcpus(): readonly VcpuView[] {
    const views = vcpuViews({ control: this.control, symbols: this.#symbols, execution: this.execution, stop: this.lastStop });
    this.#settleIfRunning();
    return views;
  }

  stack(vcpu: number, first = 0, count = MAXIMUM_FRAMES): StackTrace {
    this.#settleIfRunning();
    const wanted = Math.min(MAXIMUM_FRAMES, first + count);
    // Physical frames are at most as many as the shown ones; one more tells whether there are further ones.
    const { frames, problem } = unwindStack(this.#innermost(vcpu), wanted + 1);
    const shown = buildStack(frames, this.#symbols);
    return { frames: shown.slice(first, first + count), hasMore: shown.length > first + count, problem };
  }

  #settleIfRunning(): void {
    if (this.execution.isRunning) this.#settle();
  }

  #place(where: StackFrame | { readonly vcpu: number }): EvaluationPlace {
    if (where instanceof GuestStackFrame) return { frame: where.physical, scope: where.scope };
    return { frame: this.#innermost(where.vcpu), scope: undefined };
  }

  scopes(frame: StackFrame): readonly ScopeView[] {
    this.#settleIfRunning();
    if (!(frame instanceof GuestStackFrame)) return [];
    return frameScopes(frame, this.#symbols, this.#expressions.surroundings(this.#place(frame)));
  }

  evaluate(
    expression: string,
    where: StackFrame | { readonly vcpu: number },
    access: 'readWrite' | 'readOnly' = 'readWrite',
  ): Result<ValueView> {
    this.#settleIfRunning();
    return this.#expressions.evaluate(expression, this.#place(where), access);
  }

  completions(text: string, where: StackFrame | { readonly vcpu: number }): readonly string[] {
    const { registers } = this.#architecture;
    const prefix = /[\w$]*$/.exec(text)?.[0] ?? '';
    const place = this.#place(where);
    if (prefix.startsWith('$')) return registers.names.map(name => `$${name}`).filter(name => name.startsWith(prefix.toLowerCase()));
    const container = /((?:[\w$]|\.|->|\[\w+\])+)(?:\.|->)\w*$/.exec(text)?.[1];
    if (container !== undefined) {
      const value = this.evaluate(container, where);
      const structure = value.ok && text.endsWith(`->${prefix}`) ? this.evaluate(`*${container}`, where) : value;
      return structure.ok
        ? structure.value.children(0, MAXIMUM_COMPLETIONS).flatMap(({ name }) => (name.startsWith(prefix) ? [name] : []))
        : [];
    }
    const debug = this.#symbols.debugAt(place.frame.lookupPc);
    const scope = place.scope ?? debug?.functionScopesAt(place.frame.lookupPc)[0];
    const locals = scope && debug ? debug.variablesIn(scope, place.frame.lookupPc) : [];
    const names = [...locals.flatMap(({ name }) => name ?? []), ...this.#symbols.globalNames];
    return [...new Set(names.filter(name => name.startsWith(prefix)))].slice(0, MAXIMUM_COMPLETIONS);
  }

  registers(vcpu: number, group: RegisterGroupName, frame?: StackFrame): readonly RegisterView[] {
    this.#settleIfRunning();
    if (group === 'General' && frame instanceof GuestStackFrame && frame.physical.inner) return unwoundRegisters(frame.physical);
    return registerGroup(this.control.at(vcpu).registers, group, this.#history(vcpu));
  }

  register(vcpu: number, name: string, frame?: StackFrame): RegisterView | undefined {
    this.#settleIfRunning();
    const wanted = name.toLowerCase();
    const unwound = frame instanceof GuestStackFrame && frame.physical.inner ? unwoundRegisters(frame.physical) : [];
    return unwound.find(each => each.name === wanted) ?? registerView(this.control.at(vcpu).registers, wanted, this.#history(vcpu));
  }

  /** While the guest runs nothing is compared: the values of a slice are those of no stop. */
  #history(vcpu: number): BeforeValue {
    if (this.execution.isRunning) return NO_HISTORY;
    const history = this.#histories.get(vcpu) ?? new RegisterHistory();
    this.#histories.set(vcpu, history);
    history.enter(this.execution.lastStop);
    return (name, value) => history.before(name, value);
  }

  writeRegister(vcpu: number, name: string, value: bigint | string): Result<undefined> {
    this.#settle();
    const { registers } = this.control.at(vcpu);
    const written = typeof value === 'string' || name.includes('.') ? writeField(registers, name, value) : registers.write(name, value);
    this.breakpoints.followVectors();
    return written;
  }

  writeDebugRegister(vcpu: number, write: DebugRegisterWrite): Result<bigint> {
    this.#settle();
    return writeDebugRegister(this, vcpu, write);
  }

  registerFieldValue(name: string, word: string): bigint | undefined {
    return fieldValueNamed(this.#architecture.registers, name, word);
  }

  registerFields(name: string, value: bigint, before: bigint): readonly FieldView[] {
    const description = this.#architecture.registers.description(name);
    return description === undefined ? [] : fieldViews(description, value, before);
  }

  debugRegisters(vcpu: number): DebugRegistersView {
    this.#settleIfRunning();
    return debugRegistersOf(this, vcpu, this.#history(vcpu));
  }

  readMemory(vcpu: number, address: VirtualAddress, count: number): Uint8Array {
    this.#settleIfRunning();
    return this.memory.readUpTo(this.control.at(vcpu).vcpu, address, count);
  }

  readPhysicalMemory(address: bigint, count: number): Uint8Array {
    const region = this.machine.memory.ramRegion(address);
    if (!region) return new Uint8Array(0);
    const available = Math.min(count, Number(region.start + BigInt(region.size) - address));
    return this.machine.readPhysical(address, available) ?? new Uint8Array(0);
  }

  writeMemory(vcpu: number, address: VirtualAddress, bytes: Uint8Array): Result<undefined> {
    this.#settle();
    return this.memory.write(this.control.at(vcpu).vcpu, address, bytes);
  }

  writePhysicalMemory(address: bigint, bytes: Uint8Array): Result<undefined> {
    this.#settle();
    return this.machine.writePhysical(address, bytes)
      ? success(undefined)
      : failure('memory', `${bytes.length} bytes at physical address ${hex(address)} are not all RAM.`);
  }

  get memoryMap(): readonly MemoryRegionView[] {
    return memoryRegions(this.machine);
  }

  translation(vcpu: number, address: VirtualAddress): TranslationView {
    this.#settleIfRunning();
    return translationView(this.machine, this.control.at(vcpu).vcpu, this.#architecture.registers, address);
  }

  disassemble(vcpu: number, request: DisassemblyRequest): readonly DisassembledRow[] {
    this.#settleIfRunning();
    const { vcpu: kvmVcpu, registers } = this.control.at(vcpu);
    return disassembleRows(request, {
      instructions: this.#architecture.instructions,
      endianness: registers.endianness,
      symbols: this.#symbols,
      read: (address, size) => this.memory.read(kvmVcpu, address, size),
    });
  }

  resolveLocation(text: string, vcpu: number): Result<VirtualAddress> {
    const address = this.#locations.address(text);
    if (address.ok) return success(virtualAddress(address.value));
    const value = this.evaluate(text.replace(/^\*/, ''), { vcpu }, 'readOnly');
    if (!value.ok) return address;
    const number = value.value.address ?? value.value.number;
    return number === undefined ? address : success(virtualAddress(number));
  }

  resolveStop(text: string, vcpu: number): Result<VirtualAddress> {
    const address = this.#locations.everyCallersEntry(text);
    return address === undefined ? this.resolveLocation(text, vcpu) : success(address);
  }

  describeAddress(address: VirtualAddress): string | undefined {
    return this.#symbols.describe(address);
  }

  exception(vcpu: number): ExceptionReport | undefined {
    this.#settleIfRunning();
    const { registers } = this.control.at(vcpu);
    return this.#architecture.exceptions.report(registers, address => this.#symbols.describe(address));
  }

  stepAnatomy(vcpu: number): StepAnatomy {
    return this.execution.stepAnatomy(vcpu);
  }

  get consoleInput(): readonly ConsoleInput[] {
    return this.consoleInputLog.entries;
  }

  get exitCounts(): Readonly<Record<string, number>> {
    return this.execution.exitCounts;
  }

  override dispose(): void {
    this.execution.detach();
    this.mechanisms.removeAll();
    super.dispose();
  }
}
