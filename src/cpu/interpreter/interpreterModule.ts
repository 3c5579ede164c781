// SPDX-License-Identifier: MIT
import { invariant, present } from '../../base/index.js';
import { fieldsOf, type InstructionRow, type Operands } from '../decode/row.js';
import { type Variant, variantsOf } from '../decode/variants.js';
import { STOP } from '../engine/engine.js';
import type { Value } from '../operations/emitter.js';
import { BUDGET_SLOT, PC_SLOT, RECORD_SLOT } from '../state/stateLayout.js';
import { type Code, type FunctionBody, ModuleWriter, sleb, uleb } from '../wasm/moduleWriter.js';
import { OP, TYPE } from '../wasm/opcodes.js';
import {
  FETCH,
  FETCH_TRANSLATIONS,
  HANDLER,
  PAGE_BYTES,
  RECORD,
  RECORD_SHIFT,
  STOP_UNDECODED,
  TRANSLATION_ENTRIES,
} from './memoryLayout.js';
import { layOut } from './operandLayout.js';
import {
  divideSignedBody,
  divideUnsignedBody,
  multiplyHighSignedBody,
  multiplyHighUnsignedBody,
  translateBody,
} from './runtimeFunctions.js';
import { type Ending, type RuntimeFunctions, WasmPrinter } from './wasmPrinter.js';

/** The handlers of one variant: for any target, and for a direct branch to its own page. */
export interface HandlerPair {
  readonly far: number;
  readonly near: number;
}

/** The generated interpreter: a module, and which handler serves which variant, by row and then by variant. */
export interface InterpreterImage {
  readonly module: Uint8Array;
  readonly handlers: readonly (readonly (readonly [key: number, far: number, near: number])[])[];
  /** Bytes of the main function and how many handlers it has, for the gate test. */
  readonly mainBytes: number;
  readonly handlerCount: number;
}

/** The values of the control fields of `row` in `word` side by side in one number: what tells its variants apart. */
export function variantKey(row: InstructionRow, word: number): number {
  let key = 0;
  for (const field of row.encoding.fields) {
    if (field.isControl) key = key * 2 ** field.width + ((word >>> field.low) & (2 ** field.width - 1));
  }
  return key;
}

/** An instruction that needs more code than this has a function of its own. */
const MAXIMUM_INLINE_BYTES = 600;

// Locals of the main function.
const BUDGET = 0;
const RECORD_LOCAL = 1;
const STOP_LOCAL = 2;
const ENTRY = 3;
const SCRATCH_32 = 4;
const SCRATCH_32_COUNT = 5;
const BASE = SCRATCH_32 + SCRATCH_32_COUNT;
const TARGET = BASE + 1;
const SCRATCH_64 = TARGET + 1;
const SCRATCH_64_COUNT = 14;

// Locals of an instruction's own function: record and base are its parameters.
const OWN = { record: 0, base: 1, scratch32: 2, scratch32Count: 10, scratch64: 12 } as const;

const get = (local: number): Code => [OP.local_get, ...uleb(local)];
const set = (local: number): Code => [OP.local_set, ...uleb(local)];
const tee = (local: number): Code => [OP.local_tee, ...uleb(local)];
const c32 = (value: number): Code => [OP.i32_const, ...sleb(BigInt(value | 0))];
const c64 = (value: bigint): Code => [OP.i64_const, ...sleb(BigInt.asIntN(64, value))];
const at = (opcode: number, offset: number): Code => [opcode, 0, ...uleb(offset)];
const join = (...parts: Code[]): number[] => {
  const bytes: number[] = [];
  for (const part of parts) for (const byte of part) bytes.push(byte);
  return bytes;
};

/** Prints `variant` with `printer`. */
function print(printer: WasmPrinter, variant: Variant): void {
  const { row, control, word } = variant;
  const layout = layOut(row.name, row.operands(fieldsOf(row.encoding, word)));
  const operands: Record<string, Value> = {};
  for (const [name, place] of layout) operands[name] = printer.operand(place);
  // Slots and values are the same opaque handles to this printer.
  row.execute(printer, control, operands as unknown as Operands<Record<string, bigint>>);
}

/** Generates the interpreter for `rows`. `routines` are the names that rows may leave with, in the order of their numbers. */
export function buildInterpreter(rows: readonly InstructionRow[], routines: readonly string[]): InterpreterImage {
  const writer = new ModuleWriter();
  const binary = { parameters: [TYPE.i64, TYPE.i64], result: TYPE.i64 } as const;
  const main = writer.declare({ parameters: [TYPE.i32], result: TYPE.i32 });
  const translate = writer.declare({ parameters: [TYPE.i64, TYPE.i32], result: TYPE.i32 });
  const multiplyHighUnsigned = writer.declare(binary);
  const multiplyHighSigned = writer.declare(binary);
  const divideUnsigned = writer.declare(binary);
  const divideSigned = writer.declare(binary);
  writer.define(translate, translateBody());
  writer.define(multiplyHighUnsigned, multiplyHighUnsignedBody());
  writer.define(multiplyHighSigned, multiplyHighSignedBody(multiplyHighUnsigned));
  writer.define(divideUnsigned, divideUnsignedBody());
  writer.define(divideSigned, divideSignedBody());
  writer.export('run', main);

  const sharedFunctions = new Map<string, number>();
  const runtime: RuntimeFunctions = {
    translate,
    multiplyHighUnsigned,
    multiplyHighSigned,
    divideUnsigned,
    divideSigned,
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
      const printer = new WasmPrinter(name, runtime, sharedEnding(), false);
      const result = compute(printer);
      writer.define(index, { locals: ownLocals(printer), code: join(printer.code, printer.result(result)) });
      return index;
    },
  };

  const bodies: Code[] = [];
  const handlers = rows.map(row =>
    variantsOf(row).map((variant): readonly [number, number, number] => {
      const key = variantKey(row, variant.word);
      const far = HANDLER.FIRST_VARIANT + bodies.length;
      const bodyIndex = bodies.length;
      bodies.push([]);
      const outcome = printHandler(writer, runtime, variant, false);
      bodies[bodyIndex] = outcome.code;
      if (!outcome.branchesDirectly) return [key, far, far];
      bodies.push(printHandler(writer, runtime, variant, true).code);
      return [key, far, far + 1];
    }),
  );
  writer.define(main, { locals: mainLocals(), code: mainCode(bodies) });
  return { module: writer.bytes(), handlers, mainBytes: writer.bodyBytes(main), handlerCount: HANDLER.FIRST_VARIANT + bodies.length };
}

/**
 * A handler's code with placeholders for the blocks around it: the number of blocks between a handler and the
 * labels of the main function depends on its place, so branches out are written by `label` and resolved there.
 */
interface PrintedHandler {
  readonly code: Code;
  readonly branchesDirectly: boolean;
}

/** Branches out of a handler are printed with these in place of the label's depth; see `resolveLabels`. */
const LABEL = { next: -1, lookUp: -2, memoryStop: -3, stop: -4 } as const;
/** A branch to a label, `depth` blocks inside the handler: one number that no byte of code equals. */
const out = (label: number, depth: number): Code => [OP.br, label * 1000 - depth];

const mainEnding: Ending = {
  recordLocal: RECORD_LOCAL,
  baseLocal: BASE,
  scratch64: SCRATCH_64,
  scratch32: SCRATCH_32,
  memoryStop: depth => out(LABEL.memoryStop, depth),
  leave: depth => join(c32(STOP.LEAVE), set(STOP_LOCAL), out(LABEL.stop, depth)),
  branch: (target, depth) => join(target, set(TARGET), out(LABEL.lookUp, depth)),
  branchNear: (record, depth) => join(record, set(RECORD_LOCAL), out(LABEL.next, depth)),
};

const ownEnding: Ending = {
  recordLocal: OWN.record,
  baseLocal: OWN.base,
  scratch64: OWN.scratch64,
  scratch32: OWN.scratch32,
  memoryStop: () => join(c32(STOP.MEMORY), [OP.return]),
  leave: () => join(c32(STOP.LEAVE), [OP.return]),
};

/** A shared computation has no parameters and makes no access. */
function sharedEnding(): Ending {
  const refuse = (): Code => {
    throw new TypeError('A shared computation may not end an instruction');
  };
  return { ...ownEnding, scratch32: 0, scratch64: OWN.scratch32Count, memoryStop: refuse, leave: refuse };
}

/** The locals of a function of its own, as many as `printer` needed. */
function ownLocals(printer: WasmPrinter): FunctionBody['locals'] {
  invariant(printer.most32 <= OWN.scratch32Count, `an instruction needs ${printer.most32} 32-bit temporaries`);
  return [
    [OWN.scratch32Count, TYPE.i32],
    [printer.most64, TYPE.i64],
  ];
}

const mainLocals = () =>
  [
    [BASE - 1, TYPE.i32],
    [SCRATCH_64 + SCRATCH_64_COUNT - BASE, TYPE.i64],
  ] as const;

const toNextRecord = (): Code => join(get(RECORD_LOCAL), c32(RECORD.bytes), [OP.i32_add], set(RECORD_LOCAL), out(LABEL.next, 0));

function printHandler(writer: ModuleWriter, runtime: RuntimeFunctions, variant: Variant, isNear: boolean): PrintedHandler {
  if (!variant.row.isOutOfLine) {
    const printer = new WasmPrinter(variant.row.name, runtime, mainEnding, isNear);
    print(printer, variant);
    const fits =
      printer.code.length <= MAXIMUM_INLINE_BYTES && printer.most64 <= SCRATCH_64_COUNT && printer.most32 <= SCRATCH_32_COUNT;
    invariant(fits || !printer.branchesDirectly, `${variant.row.name}: too large for an instruction that branches`);
    if (fits) {
      return { code: printer.hasEnded ? printer.code : join(printer.code, toNextRecord()), branchesDirectly: printer.branchesDirectly };
    }
  }
  const printer = new WasmPrinter(variant.row.name, runtime, ownEnding, false);
  print(printer, variant);
  const index = writer.declare({ parameters: [TYPE.i32, TYPE.i64], result: TYPE.i32 });
  writer.define(index, { locals: ownLocals(printer), code: join(printer.code, printer.hasEnded ? [OP.unreachable] : c32(STOP.BUDGET)) });
  const code = join(
    get(RECORD_LOCAL),
    get(BASE),
    [OP.call, ...uleb(index)],
    tee(STOP_LOCAL),
    [OP.if, TYPE.empty],
    out(LABEL.stop, 1),
    [OP.end],
    toNextRecord(),
  );
  return { code, branchesDirectly: false };
}

/** Replaces the placeholders in handler `index` of `count` by the depths of the labels there. */
function resolveLabels(code: Code, index: number, count: number): number[] {
  const toNext = count - 1 - index;
  const depthOf: Readonly<Record<number, number>> = {
    [LABEL.next]: toNext,
    [LABEL.lookUp]: toNext + 1,
    [LABEL.memoryStop]: toNext + 2,
    [LABEL.stop]: toNext + 3,
  };
  const bytes: number[] = [];
  for (const byte of code) {
    if (byte >= 0) {
      bytes.push(byte);
      continue;
    }
    const label = Math.ceil(byte / 1000);
    const nesting = label * 1000 - byte;
    bytes.push(...uleb(present(depthOf[label], `label ${label}`) + nesting));
  }
  return bytes;
}

/**
 * The main function: run(budget) -> stop.
 *
 *   block $out
 *     block $stop            not retired: pc of the instruction, budget given back
 *       block $memoryStop
 *         loop $lookUp       from a virtual address in `target` to a record
 *           loop $next       one instruction: budget, then the handler by br_table
 */
function mainCode(variants: readonly Code[]): number[] {
  const special: Code[] = [
    join(c32(STOP_UNDECODED), set(STOP_LOCAL), out(LABEL.stop, 0)),
    join(c32(STOP.TRAP), set(STOP_LOCAL), out(LABEL.stop, 0)),
    // The sentinel is no instruction: its budget is given back.
    join(get(BUDGET), c32(1), [OP.i32_add], set(BUDGET), programCounter(), set(TARGET), out(LABEL.lookUp, 0)),
  ];
  const all = [...special, ...variants];
  const pageMask = c64(-BigInt(PAGE_BYTES));
  const fetchIndex = join(
    get(TARGET),
    c64(BigInt(Math.log2(PAGE_BYTES / FETCH.bytes))),
    [OP.i64_shr_u, OP.i32_wrap_i64],
    c32((TRANSLATION_ENTRIES - 1) * FETCH.bytes),
    [OP.i32_and],
  );
  const lookUp = join(
    fetchIndex,
    tee(ENTRY),
    at(OP.i64_load, FETCH_TRANSLATIONS + FETCH.tag),
    get(TARGET),
    c64(-BigInt(PAGE_BYTES) | 3n),
    [OP.i64_and, OP.i64_eq, OP.i32_eqz, OP.if, TYPE.empty],
    // A miss: pc is the target, and the instruction there has not been charged.
    c32(0),
    get(TARGET),
    at(OP.i64_store, PC_SLOT),
    c32(STOP.FETCH),
    set(STOP_LOCAL),
    // if, $lookUp, $memoryStop, $stop, $out
    [OP.br, 4],
    [OP.end],
    get(ENTRY),
    at(OP.i32_load, FETCH_TRANSLATIONS + FETCH.records),
    tee(RECORD_LOCAL),
    c32(RECORD_SHIFT),
    [OP.i32_shr_u, OP.i64_extend_i32_u],
    set(BASE),
    get(TARGET),
    pageMask,
    [OP.i64_and],
    get(BASE),
    [OP.i64_sub],
    set(BASE),
    get(RECORD_LOCAL),
    get(TARGET),
    [OP.i32_wrap_i64],
    c32(PAGE_BYTES - 1),
    [OP.i32_and],
    c32(RECORD_SHIFT),
    [OP.i32_shl, OP.i32_add],
    set(RECORD_LOCAL),
  );
  const charge = join(
    get(BUDGET),
    c32(1),
    [OP.i32_sub],
    tee(BUDGET),
    c32(0),
    // $next, $lookUp, $memoryStop, $stop
    [OP.i32_lt_s, OP.br_if, 3],
  );
  const bytes = join(
    c32(0),
    at(OP.i64_load, PC_SLOT),
    set(TARGET),
    [OP.block, TYPE.empty, OP.block, TYPE.empty, OP.block, TYPE.empty, OP.loop, TYPE.empty],
    lookUp,
    [OP.loop, TYPE.empty],
    charge,
  );
  for (let count = 0; count < all.length; count++) bytes.push(OP.block, TYPE.empty);
  const table = join(...all.map((_, index) => uleb(index)));
  for (const byte of join(get(RECORD_LOCAL), at(OP.i32_load16_u, RECORD.handler), [OP.br_table, ...uleb(all.length - 1)])) bytes.push(byte);
  // The last handler is also the default, which no record names.
  for (const byte of join(table.slice(0, table.length - uleb(all.length - 1).length), uleb(all.length - 1))) bytes.push(byte);
  all.forEach((code, index) => {
    bytes.push(OP.end);
    for (const byte of resolveLabels(code, index, all.length)) bytes.push(byte);
  });
  const tail = join(
    // Neither loop is left at its end.
    [OP.unreachable, OP.end, OP.unreachable, OP.end, OP.end],
    c32(STOP.MEMORY),
    set(STOP_LOCAL),
    [OP.end],
    c32(0),
    programCounter(),
    at(OP.i64_store, PC_SLOT),
    c32(0),
    get(RECORD_LOCAL),
    at(OP.i32_store, RECORD_SLOT),
    get(BUDGET),
    c32(1),
    [OP.i32_add],
    set(BUDGET),
    [OP.end],
    c32(0),
    get(BUDGET),
    at(OP.i32_store, BUDGET_SLOT),
    get(STOP_LOCAL),
  );
  for (const byte of tail) bytes.push(byte);
  return bytes;
}

const programCounter = (): Code => join(get(BASE), get(RECORD_LOCAL), c32(RECORD_SHIFT), [OP.i32_shr_u, OP.i64_extend_i32_u, OP.i64_add]);
