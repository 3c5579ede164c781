// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success, type VirtualAddress, virtualAddress } from '../../base/index.js';
import type { BreakpointPosition } from '../breakpoints/breakpointRequest.js';
import type { BreakpointPlace } from '../breakpoints/userBreakpoint.js';
import type { ProgramSymbols } from './programSymbols.js';

/** Where lines, functions and texts such as `main`, `symbol+4`, `file.c:12`, `*0x40080000` are in the code. */
export class Locations {
  constructor(private readonly symbols: ProgramSymbols) {}

  placeOf(address: bigint): BreakpointPlace {
    const row = this.symbols.lineRowAt(address);
    return {
      address: virtualAddress(address),
      path: row?.file.path,
      line: row?.line,
      column: row && row.column > 0 ? row.column : undefined,
    };
  }

  /** The first of each function or inlined copy; the line slides to the next one that has code. */
  ofLine(path: string, line: number, column?: number): Result<readonly BreakpointPlace[]> {
    for (const { file } of this.symbols.files) {
      const { locations } = file.debug.locationsOfLine(path, line, column);
      if (locations.length === 0) continue;
      return success(
        locations.map(({ address, row }) => ({
          address,
          path: row.file.path,
          line: row.line,
          column: row.column > 0 ? row.column : undefined,
        })),
      );
    }
    const isKnown = this.symbols.files.some(({ file }) => file.debug.sourceFilesMatching(path).length > 0);
    return failure(
      'line',
      isKnown ? `There is no code at line ${line} of ${path} or behind it.` : `No debug information of the program names the file ${path}.`,
    );
  }

  /** Where to stop in the functions called `name`, copies that were inlined included; `file.c:name` chooses a file; `*…` is an exact address. */
  ofFunction(name: string): Result<readonly BreakpointPlace[]> {
    const text = name.trim();
    if (text.startsWith('*')) {
      const address = this.address(text.slice(1));
      return address.ok ? success([this.placeOf(address.value)]) : address;
    }
    const colon = text.lastIndexOf(':');
    const file = colon > 0 ? text.slice(0, colon) : undefined;
    const wanted = colon > 0 ? text.slice(colon + 1) : text;
    if (file !== undefined && /^\d+$/.test(wanted)) return this.ofLine(file, Number(wanted));
    const places: BreakpointPlace[] = [];
    for (const { file: symbolFile } of this.symbols.files) {
      const { debug } = symbolFile;
      const matching = file === undefined ? undefined : debug.sourceFilesMatching(file);
      for (const scope of [...debug.functionsNamed(wanted), ...debug.inlinedCopiesOf(wanted)]) {
        if (matching && !(scope.declaration && matching.includes(scope.declaration.file))) continue;
        places.push(this.placeOf(debug.breakpointAddressOf(scope)));
      }
    }
    if (places.length > 0) return success(places);
    const symbol = file === undefined ? this.symbols.symbolNamed(wanted) : undefined;
    return symbol
      ? success([this.placeOf(symbol.localEntryPoint)])
      : failure('function', `There is no function "${wanted}"${file === undefined ? '' : ` in ${file}`} in the program.`);
  }

  /** The address that `text` means: a number, `symbol`, `symbol+4`, `file.c:12`. Functions are their first instruction. */
  address(text: string): Result<bigint> {
    const bare = text.trim().replace(/^\*/, '');
    if (/^(0x[0-9a-f]+|\d+)$/i.test(bare)) return success(BigInt.asUintN(64, BigInt(bare)));
    const line = /^(.+):(\d+)$/.exec(bare);
    if (line) {
      const places = this.ofLine(line[1] ?? '', Number(line[2]));
      if (!places.ok) return places;
      return success(places.value[0]?.address ?? 0n);
    }
    const sum = /^<?([A-Za-z_.$][\w.$]*)(?:\s*([+-])\s*(0x[0-9a-f]+|\d+))?>?$/i.exec(bare);
    const symbol = sum && this.symbols.symbolNamed(sum[1] ?? '');
    if (!sum || !symbol) return failure('location', `"${text}" is neither an address, a symbol of the program, nor file:line.`);
    const offset = BigInt(sum[3] ?? 0);
    return success(BigInt.asUintN(64, sum[2] === '-' ? symbol.entryPoint - offset : symbol.entryPoint + offset));
  }

  /** The instruction that all callers of the function called `name` come through; `undefined` if `name` is anything but a symbol. */
  everyCallersEntry(name: string): VirtualAddress | undefined {
    return this.symbols.symbolNamed(name.trim())?.localEntryPoint;
  }

  positions(path: string, first: number, last: number): readonly BreakpointPosition[] {
    return this.symbols.files.flatMap(({ file }) =>
      file.debug.statementPositions(path, first, last).map(({ line, column }) => ({ line, column: column > 0 ? column : undefined })),
    );
  }

  /** For sentences: `main.c:12` or `<symbol+4>` or the address. */
  spell(address: bigint): string {
    return this.symbols.describe(address) ?? hex(address);
  }
}
