// SPDX-License-Identifier: MIT
import { type Endianness, invariant } from '../../base/index.js';
import { fieldsOf, type InstructionRow, type Operands } from '../decode/row.js';
import { type Variant, variantsOf } from '../decode/variants.js';
import { STOP } from '../engine/engine.js';
import type { Slot, Value } from '../operations/emitter.js';
import { i32, join } from '../wasm/instructions.js';
import { type Code, type FunctionBody, ModuleWriter } from '../wasm/moduleWriter.js';
import { OP, TYPE } from '../wasm/opcodes.js';
import type { Ending, RuntimeFunctions } from './ending.js';
import {
  beginSequence,
  callHandler,
  completeEnding,
  endSequence,
  fastEnding,
  fitsLocals,
  fitsMainFunction,
  giveUpHandler,
  mainFunction,
  sequenceEnding,
  toNextRecord,
} from './mainFunction.js';
import { HANDLER } from './memoryLayout.js';
import { layOut } from './operandLayout.js';
import { runBody, translateBody } from './runtimeFunctions.js';
import { WasmPrinter } from './wasmPrinter.js';

/** The generated interpreter: a module, and which handler serves which variant, by row and then by variant. */
export interface InterpreterImage {
  readonly module: Uint8Array;
  readonly handlers: readonly (readonly (readonly [key: number, far: number, near: number])[])[];
  /** Sequences of instructions that have a handler together: the handlers of each, then the one for all. */
  readonly sequences: readonly (readonly number[])[];
  /** Bytes of the fast main function and how many handlers it has, for the gate test. */
  readonly mainBytes: number;
  readonly handlerCount: number;
}

/** What a module may be printed with. */
export interface InterpreterOptions {
  /** The byte order of data; little-endian if absent. */
  readonly dataEndianness?: Endianness;
  /** Whether rows make accesses that need less alignment than their size, so that some cross a page. */
  readonly hasUnalignedAccesses?: boolean;
  /** Sequences of instructions that get a handler together, each as the names of handlers (see `handlerName`). */
  readonly frequentSequences?: readonly (readonly string[])[];
  /** Slots that no operand of a row names; a sequence passes what it writes there on to its later instructions. */
  readonly unnamedSlots?: readonly Slot[];
}

/** The values of the control fields of `row` in `word` side by side in one number: what tells its variants apart. */
export function variantKey(row: InstructionRow, word: number): number {
  let key = 0;
  for (const field of row.encoding.fields) {
    if (field.isControl) key = key * 2 ** field.width + ((word >>> field.low) & (2 ** field.width - 1));
  }
  return key;
}

// Locals of an instruction's own function: record and base are its parameters.
const OWN = { record: 0, base: 1, scratch32: 2, scratch32Count: 10, scratch64: 12 } as const;

/** Prints `variant` with `printer`. */
function print(printer: WasmPrinter, variant: Variant): void {
  const { row, control, word } = variant;
  const layout = layOut(row.name, row.operands(fieldsOf(row.encoding, word)));
  const operands: Record<string, Value> = {};
  for (const [name, place] of layout) operands[name] = printer.operand(place);
  // Slots and values are the same opaque handles to this printer.
  row.execute(printer, control, operands as unknown as Operands<Record<string, bigint>>);
}

/**
 * Generates the interpreter for `rows`. `routines` are the names that rows may leave with, in the order of their numbers. The byte order of
 * data is a property of the module, not of the rows: a processor that can change it has two modules.
 *
 * The module has two copies of the main function with the same handler numbers. The fast one makes no calls, so that the
 * engine below keeps its variables in registers; an instruction that needs one (a translation that misses, a watched page, a
 * large instruction) is given up before it has changed anything and run by the complete copy.
 */
export function buildInterpreter(
  rows: readonly InstructionRow[],
  routines: readonly string[],
  { dataEndianness = 'little', hasUnalignedAccesses = false, frequentSequences = [], unnamedSlots = [] }: InterpreterOptions = {},
): InterpreterImage {
  const writer = new ModuleWriter();
  const runType = { parameters: [TYPE.i32], result: TYPE.i32 } as const;
  const run = writer.declare(runType);
  const fast = writer.declare(runType);
  const complete = writer.declare(runType);
  const translate = writer.declare({ parameters: [TYPE.i64, TYPE.i32], result: TYPE.i32 });
  writer.define(run, runBody(fast, complete));
  writer.define(translate, translateBody({ hasUnalignedAccesses }));
  writer.export('run', run);

  const sharedFunctions = new Map<string, number>();
  const runtime: RuntimeFunctions = {
    translate,
    dataEndianness,
    unnamedSlots: new Set(unnamedSlots),
    routine: name => {
      const number = routines.indexOf(name);
      invariant(number >= 0, `No routine is called '${name}'`);
      return number;
    },
    shared: (name, compute) => {
      const known = sharedFunctions.get(name);
      if (known !== undefined) return known;
      const index = writer.declare({ parameters: [], result: TYPE.i64 });
      sharedFunctions.set(name, index);
      const printer = new WasmPrinter(name, runtime, sharedEnding, false);
      const result = compute(printer);
      writer.define(index, { locals: ownLocals(printer), code: join(printer.code, printer.result(result)) });
      return index;
    },
  };

  const completeHandlers: Code[] = [];
  const fastHandlers: Code[] = [];
  const inline = new Map<string, InlineHandler>();
  const add = (variant: Variant, isNear: boolean): PrintedHandler => {
    const printed = printHandler(writer, runtime, variant, isNear);
    completeHandlers.push(printed.complete);
    fastHandlers.push(printed.fast);
    if (printed.isInline)
      inline.set(handlerName(variant, isNear), { variant, isNear, handler: HANDLER.FIRST_VARIANT + fastHandlers.length - 1 });
    return printed;
  };
  const handlers = rows.map(row =>
    variantsOf(row).map((variant): readonly [number, number, number] => {
      const key = variantKey(row, variant.word);
      const far = HANDLER.FIRST_VARIANT + fastHandlers.length;
      if (!add(variant, false).branchesDirectly) return [key, far, far];
      add(variant, true);
      return [key, far, far + 1];
    }),
  );
  const completeSequences: Code[] = [];
  const fastSequences: Code[] = [];
  const sequences = frequentSequences.flatMap(names => {
    const members = names.flatMap(name => inline.get(name) ?? []);
    const [first] = members;
    const printed = members.length === names.length ? printSequence(runtime, members) : undefined;
    if (printed === undefined || first === undefined) return [];
    // Given up at its first instruction, a sequence goes on there in the complete copy.
    completeSequences.push(completeHandlers[first.handler - HANDLER.FIRST_VARIANT] ?? []);
    fastSequences.push(printed);
    return [[...members.map(member => member.handler), HANDLER.FIRST_VARIANT + fastHandlers.length + fastSequences.length - 1]];
  });
  writer.define(complete, mainFunction(completeHandlers, completeSequences));
  writer.define(fast, mainFunction(fastHandlers, fastSequences));
  return {
    module: writer.bytes(),
    handlers,
    sequences,
    mainBytes: writer.bodyBytes(fast),
    handlerCount: HANDLER.FIRST_VARIANT + fastHandlers.length + fastSequences.length,
  };
}

/** One handler in both copies of the main function. */
interface PrintedHandler {
  readonly complete: Code;
  readonly fast: Code;
  readonly branchesDirectly: boolean;
  /** Whether the fast copy has the instruction's own code. */
  readonly isInline: boolean;
}

/** A handler that may be part of a sequence. */
interface InlineHandler {
  readonly variant: Variant;
  readonly isNear: boolean;
  readonly handler: number;
}

/** What names a handler in a list of frequent sequences: the row, its variant's key, and whether it is the form for a near target. */
export const handlerName = ({ row, word }: Variant, isNear: boolean): string => `${row.name}|${variantKey(row, word)}|${isNear ? 1 : 0}`;

/** One handler for several instructions in a row; `undefined` if one that is not the last ends by itself, or if they need too many temporaries. */
function printSequence(runtime: RuntimeFunctions, members: readonly InlineHandler[]): Code | undefined {
  const [first] = members;
  if (first === undefined) return undefined;
  const code = [...beginSequence(members.length, first.handler)];
  let before: WasmPrinter | undefined;
  for (const [place, { variant, isNear }] of members.entries()) {
    const printer = new WasmPrinter(variant.row.name, runtime, sequenceEnding(place, first.handler), isNear, before);
    print(printer, variant);
    if (printer.hasEnded && place < members.length - 1) return undefined;
    for (const byte of printer.code) code.push(byte);
    before = printer;
  }
  if (before === undefined || !fitsLocals(before)) return undefined;
  return before.hasEnded ? code : join(code, endSequence(members.length));
}

const ownEnding: Ending = {
  recordLocal: OWN.record,
  baseLocal: OWN.base,
  scratch64: OWN.scratch64,
  scratch32: OWN.scratch32,
  memoryStop: () => join(i32(STOP.MEMORY), [OP.return]),
  leave: () => join(i32(STOP.LEAVE), [OP.return]),
};

const refuse = (): Code => {
  throw new TypeError('A shared computation may not end an instruction');
};
/** A shared computation has no parameters and makes no access. */
const sharedEnding: Ending = { ...ownEnding, scratch32: 0, scratch64: OWN.scratch32Count, memoryStop: refuse, leave: refuse };

/** The locals of a function of its own, as many as `printer` needed. */
function ownLocals(printer: WasmPrinter): FunctionBody['locals'] {
  invariant(printer.most32 <= OWN.scratch32Count, `an instruction needs ${printer.most32} 32-bit temporaries`);
  return [
    [OWN.scratch32Count, TYPE.i32],
    [printer.most64, TYPE.i64],
  ];
}

function printHandler(writer: ModuleWriter, runtime: RuntimeFunctions, variant: Variant, isNear: boolean): PrintedHandler {
  const { row } = variant;
  const [complete, fast] = [completeEnding, fastEnding].map(ending => {
    const printer = new WasmPrinter(row.name, runtime, ending, isNear);
    print(printer, variant);
    return printer;
  }) as [WasmPrinter, WasmPrinter]; // Two in, two out.
  const finished = (printer: WasmPrinter): Code => (printer.hasEnded ? printer.code : join(printer.code, toNextRecord()));
  const { branchesDirectly } = complete;
  if (!row.isOutOfLine && fitsMainFunction(complete)) {
    const isInline = !row.isRare(variant.control);
    return { complete: finished(complete), fast: isInline ? finished(fast) : giveUpHandler(), branchesDirectly, isInline };
  }
  invariant(!branchesDirectly, `${row.name}: too large for an instruction that branches`);
  return { complete: callHandler(printOwnFunction(writer, runtime, variant)), fast: giveUpHandler(), branchesDirectly, isInline: false };
}

/** Prints `variant` as a function of its own, (record, base of the program counter) -> a value of `STOP`, and returns its index. */
function printOwnFunction(writer: ModuleWriter, runtime: RuntimeFunctions, variant: Variant): number {
  const printer = new WasmPrinter(variant.row.name, runtime, ownEnding, false);
  print(printer, variant);
  const index = writer.declare({ parameters: [TYPE.i32, TYPE.i64], result: TYPE.i32 });
  writer.define(index, { locals: ownLocals(printer), code: join(printer.code, printer.hasEnded ? [OP.unreachable] : i32(STOP.BUDGET)) });
  return index;
}
