// SPDX-License-Identifier: MIT
import { failure, hex, success, virtualAddress } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { Machine } from '../../vmm/index.js';
import type { DebugArchitecture } from '../architecture.js';
import { compileCondition } from '../expressions/conditionCompiler.js';
import type { EvaluationPlace, Expressions } from '../expressions/expressions.js';
import { splitFormat } from '../expressions/formatSuffix.js';
import type { PhysicalFrame } from '../frames/physicalFrame.js';
import type { StackFrame } from '../frames/stackFrame.js';
import type { RegisterFile } from '../registers/registerFile.js';
import type { Locations } from '../symbols/locations.js';
import type { ProgramSymbols } from '../symbols/programSymbols.js';
import { unsignedOf } from '../values/scalar.js';
import type { BreakpointSurroundings } from './breakpointBook.js';
import type { StopMechanisms } from './stopMechanisms.js';
import { ANYWHERE } from './userBreakpoint.js';

/** What the breakpoints' surroundings are made of. */
export interface BookParts {
  readonly mechanisms: StopMechanisms;
  readonly locations: Locations;
  readonly symbols: ProgramSymbols;
  readonly expressions: Expressions;
  readonly machine: Machine;
  readonly frameOf: (vcpu: Vcpu) => PhysicalFrame;
  readonly placeOf: (frame: StackFrame | { readonly vcpu: number }) => EvaluationPlace;
  readonly beforeChange: () => void;
  readonly architecture: DebugArchitecture;
  /** Of each vCPU. */
  readonly registers: () => readonly RegisterFile[];
}

/** Values of at most this many bytes are spelled as numbers in a watch report. */
const NUMBER_BYTES = 8;

/** Joins the breakpoints with symbols, expressions and the machine. */
export function bookSurroundings(parts: BookParts): BreakpointSurroundings {
  const { locations, symbols, expressions } = parts;
  const { registers, exceptions } = parts.architecture;
  return {
    mechanisms: parts.mechanisms,
    placesOfLine: (path, line, column) => locations.ofLine(path, line, column),
    placesOfFunction: name => locations.ofFunction(name),
    placeOfAddress: address => locations.placeOf(address),
    positions: (path, first, last) => locations.positions(path, first, last),
    vectors: exceptions.choice,
    vectorAddresses: name => exceptions.addressesOf(name, parts.registers()),
    vectorMoves: () => exceptions.vectorMoves(symbols.files.map(({ file }) => file.elf)),
    prepareCondition: (condition, pc) => {
      const isAnywhere = pc === ANYWHERE;
      const names = symbols.namesAt(isAnywhere ? undefined : pc);
      const tree = expressions.parse(condition, names);
      if (!tree.ok) return tree;
      const compiled = isAnywhere
        ? undefined
        : compileCondition(tree.value, names, symbols, pc, parts.machine, parts.mechanisms, registers);
      const slow = (vcpu: Vcpu) => {
        const frame = parts.frameOf(vcpu);
        // A data breakpoint's condition is evaluated where the access was, whose names are not known before.
        return expressions.holds(tree.value, isAnywhere ? symbols.namesAt(frame.pc) : names, frame);
      };
      if (!compiled) return success(slow);
      return success((vcpu: Vcpu) => {
        const holds = compiled(vcpu);
        return holds === undefined ? slow(vcpu) : holds ? HOLDS : FAILS;
      });
    },
    expressionText: (text, vcpu) => {
      const { expression, format } = splitFormat(text);
      const value = expressions.evaluate(expression, { frame: parts.frameOf(vcpu), scope: undefined });
      return value.ok ? value.value.text(format) : `<${value.error.message}>`;
    },
    dataTarget: (expression, frame, bytes) => {
      const place = frame ? parts.placeOf(frame) : parts.placeOf({ vcpu: 0 });
      const value = expressions.evaluate(expression, place);
      if (!value.ok) return value;
      const { address } = value.value;
      // With a size, a number is an address: "break on address".
      const start = bytes !== undefined && address === undefined ? value.value.number : address;
      if (start === undefined) return failure('data', `"${expression}" is not in memory and cannot be watched.`);
      const size = bytes ?? value.value.bytes;
      if (!size) return failure('data', `The size of "${expression}" is not known; say how many bytes to watch.`);
      return success({
        address: virtualAddress(start),
        bytes: size,
        description: `${expression} (${size} byte${size === 1 ? '' : 's'} at ${hex(start)})`,
      });
    },
    describeAccess: (_request, name, isWrite, before, after, vcpu) => {
      const { pc, endianness } = parts.frameOf(vcpu);
      const by = `by the instruction before ${symbols.describe(pc) ?? hex(pc)}`;
      const spell = (bytes: Uint8Array): string => {
        const number = unsignedOf(bytes, endianness);
        return bytes.length <= NUMBER_BYTES
          ? `${BigInt.asIntN(bytes.length * 8, number)}`
          : [...bytes.subarray(0, 16)].map(byte => byte.toString(16).padStart(2, '0')).join(' ');
      };
      if (!isWrite) return `${name} was read (${spell(after)}) ${by}.`;
      const isSame = before.every((byte, index) => byte === after[index]);
      return isSame
        ? `${name} was written with the value it had (${spell(after)}) ${by}.`
        : `${name}: ${spell(before)} → ${spell(after)}, written ${by}.`;
    },
    beforeChange: parts.beforeChange,
  };
}

const HOLDS = success(true);
const FAILS = success(false);
