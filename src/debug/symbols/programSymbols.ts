// SPDX-License-Identifier: MIT
import {
  type CompilationUnit,
  type DebugInformation,
  type ElfSymbol,
  type EnumerationType,
  type FunctionScope,
  type LineRow,
  STT,
  type Subprogram,
  type SymbolFile,
  type SymbolOffset,
  type Type,
  type UnwindRow,
  underlyingType,
  type Variable,
} from '../../symbols/index.js';
import type { NameScope } from '../expressions/evaluator.js';

/** A file of symbols and where it came from. */
export interface LoadedFile {
  readonly path: string;
  readonly file: SymbolFile;
}

/** What all symbol files together say. Of several files that know an address, the first one counts. */
export class ProgramSymbols {
  constructor(readonly files: readonly LoadedFile[]) {}

  /** Reads all that is otherwise read when it is first asked for, a unit a step. */
  *read(): Generator<{ readonly done: number; readonly total: number }, void, undefined> {
    const units = this.files.flatMap(({ file }) => file.debug.units);
    let done = 0;
    for (const { file } of this.files) file.elf.symbols.at(0n);
    for (const unit of units) {
      // Each of these is kept by the unit.
      for (const part of [unit.lineRows, unit.functions, unit.variables]) void part.length;
      yield { done: ++done, total: units.length };
    }
  }

  /** What the file that has debug information for `pc` says. */
  debugAt(pc: bigint): DebugInformation | undefined {
    return this.files.find(({ file }) => file.debug.functionAt(pc) !== undefined || file.debug.lineRowAt(pc) !== undefined)?.file.debug;
  }

  unwindRowAt(pc: bigint): { readonly row: UnwindRow; readonly debug: DebugInformation } | undefined {
    for (const { file } of this.files) {
      const row = file.debug.unwindRowAt(pc);
      if (row) return { row, debug: file.debug };
    }
    return undefined;
  }

  functionAt(pc: bigint): Subprogram | undefined {
    return this.#first(debug => debug.functionAt(pc));
  }

  functionScopesAt(pc: bigint): readonly FunctionScope[] {
    return this.debugAt(pc)?.functionScopesAt(pc) ?? [];
  }

  /** The row for the instruction at `pc`: of several rows with its address, the last that begins a statement, as gdb chooses. */
  lineRowAt(pc: bigint): LineRow | undefined {
    return this.#first(debug => {
      const row = debug.lineRowAt(pc);
      return row && !row.isStatement ? statementAt(debug, row) : row;
    });
  }

  symbolAt(address: bigint): SymbolOffset | undefined {
    for (const { file } of this.files) {
      const found = file.elf.symbols.at(address);
      if (found) return found;
    }
    return undefined;
  }

  /** `<symbol+0x10>`. */
  describe(address: bigint): string | undefined {
    for (const { file } of this.files) {
      const found = file.elf.symbols.describe(address);
      if (found) return found;
    }
    return undefined;
  }

  symbolNamed(name: string): ElfSymbol | undefined {
    for (const { file } of this.files) {
      const [found] = file.elf.symbols.named(name);
      if (found) return found;
    }
    return undefined;
  }

  /** The names that an expression at `pc` in `scope` (the innermost function there if left out) sees; without `pc`, file level. */
  namesAt(pc: bigint | undefined, scope?: FunctionScope): NameScope {
    const debug = pc === undefined ? undefined : this.debugAt(pc);
    const around = scope ?? (pc === undefined ? undefined : debug?.functionScopesAt(pc)[0]);
    const locals = pc !== undefined && debug && around ? debug.variablesIn(around, pc) : [];
    return {
      variable: name => locals.find(variable => variable.name === name) ?? this.#global(name, pc, debug),
      symbol: name => this.#symbol(name),
      type: name => this.type(name),
      enumerator: name => this.#enumerator(name),
    };
  }

  #global(name: string, pc: bigint | undefined, nearest: DebugInformation | undefined): Variable | undefined {
    const searched = nearest ? [nearest, ...this.#debugs().filter(debug => debug !== nearest)] : this.#debugs();
    for (const debug of searched) {
      const found = debug.globalsNamed(name, pc);
      const defined = found.find(variable => !variable.isDeclaration) ?? found[0];
      if (defined) return defined;
    }
    return undefined;
  }

  #symbol(name: string): { readonly address: bigint; readonly type: Type | undefined } | undefined {
    const scope = this.#first(debug => debug.functionsNamed(name)[0]);
    if (scope) return { address: scope.entryPoint, type: scope.type };
    const symbol = this.symbolNamed(name);
    if (!symbol) return undefined;
    const type: Type | undefined =
      symbol.type === STT.STT_FUNC
        ? { kind: 'function', offset: -1, result: { kind: 'void', offset: -1 }, parameters: [], isVariadic: true, isPrototyped: false }
        : undefined;
    return { address: symbol.entryPoint, type };
  }

  /** The first complete type called `name`. */
  type(name: string): Type | undefined {
    return this.#first(debug => debug.typesNamed(name)[0]);
  }

  #globalNames: readonly string[] | undefined;

  /** The names of all global variables and functions, for completions: each key press asks for them. */
  get globalNames(): readonly string[] {
    const units = (): readonly CompilationUnit[] => this.#debugs().flatMap(debug => [...debug.units]);
    this.#globalNames ??= [
      ...new Set(units().flatMap(({ variables, functions }) => [...variables, ...functions].flatMap(({ name }) => name ?? []))),
    ];
    return this.#globalNames;
  }

  #enumerators: Map<string, { readonly value: bigint; readonly type: Type }> | undefined;

  #enumerator(name: string): { readonly value: bigint; readonly type: Type } | undefined {
    if (!this.#enumerators) {
      const all = new Map<string, { readonly value: bigint; readonly type: Type }>();
      const units: CompilationUnit[] = this.#debugs().flatMap(debug => [...debug.units]);
      for (const type of units.flatMap(unit => [...unit.types])) {
        const seen = underlyingType(type);
        if (seen.kind === 'enumeration') addEnumerators(seen, all);
      }
      this.#enumerators = all;
    }
    return this.#enumerators.get(name);
  }

  #debugs(): readonly DebugInformation[] {
    return this.files.map(({ file }) => file.debug);
  }

  #first<T>(ask: (debug: DebugInformation) => T | undefined): T | undefined {
    for (const { file } of this.files) {
      const answer = ask(file.debug);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}

function addEnumerators(type: EnumerationType, all: Map<string, { readonly value: bigint; readonly type: Type }>): void {
  for (const { name, value } of type.enumerators) if (!all.has(name)) all.set(name, { value, type });
}

/** The last row at the address of `row` that begins a statement; `row` itself if there is none. */
function statementAt(debug: DebugInformation, row: LineRow): LineRow {
  const rows = debug.unitAt(row.address)?.lineRows ?? [];
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.address ?? 0n) < row.address) low = middle + 1;
    else high = middle;
  }
  let best = row;
  for (let at = low; rows[at]?.address === row.address; at++) best = rows[at]?.isStatement ? (rows[at] ?? best) : best;
  return best;
}
