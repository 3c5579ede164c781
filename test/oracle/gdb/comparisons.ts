// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../recorder/qemu.js';
import { ComparedGuest, imageOf, type Sample, spellTree, symbolsOf } from './comparedGuest.js';
import type { Aspect, Difference } from './difference.js';
import { type GdbRecord, type GdbStop, recordGdb } from './gdbRecording.js';

/** What one comparison came to. */
export interface Comparison {
  /** How many stops, places or instructions were compared. */
  readonly count: number;
  readonly differences: readonly Difference[];
}

type Note = (aspect: Aspect, where: string, theirs: string, ours: string, meetsInlined?: boolean) => void;

/** gdb's records, with a place to note differences. */
async function compare(
  sample: Sample,
  plan: Parameters<typeof recordGdb>[1],
  body: (records: readonly GdbRecord[], note: Note) => number,
): Promise<Comparison> {
  const recorded = await recordGdb(imageOf(sample), plan);
  if (!recorded.ok) throw new Error(recorded.error.message);
  const differences: Difference[] = [];
  const count = body(recorded.value, (aspect, where, theirs, ours, meetsInlined = false) => {
    if (theirs !== ours) differences.push({ sample, aspect, where, theirs, ours, meetsInlined });
  });
  if (count === 0)
    throw new Error(
      `${imageOf(sample)}: gdb recorded nothing for ${JSON.stringify(plan).slice(0, 200)}: ${JSON.stringify(recorded.value.at(-1))}`,
    );
  return { count, differences };
}

const hex = (number: bigint | string): string => `0x${BigInt(number).toString(16)}`;
const lastName = (path: string | null | undefined): string => path?.split('/').at(-1) ?? '';

/** The code of `sample` and the texts that a breakpoint could be asked for. */
function placesOf(sample: Sample): { readonly places: readonly string[]; readonly code: readonly [string, string] } {
  const { symbols } = symbolsOf(sample);
  const files = symbols.files
    .flatMap(({ file }) => file.debug.sourceFiles.map(({ path }) => path))
    .filter(path => /^samples\/.*\.[cS]$/.test(path));
  const lines = [...new Set(files)].flatMap(path => {
    const { length } = readFileSync(join(ROOT, path), 'utf8').split('\n');
    return Array.from({ length }, (_, index) => `${path}:${index + 1}`);
  });
  const debugs = symbols.files.map(({ file }) => file.debug);
  const names = debugs.flatMap(debug => debug.units.flatMap(unit => unit.functions.flatMap(({ name }) => name ?? [])));
  const rows = debugs.flatMap(debug => debug.units.flatMap(unit => [...unit.lineRows]));
  const addresses = rows.flatMap(({ address, endAddress }) => [address, endAddress]);
  const bound = (isBetter: (a: bigint, b: bigint) => boolean): string =>
    `${addresses.reduce((best, next) => (isBetter(next, best) ? next : best))}`;
  return { places: [...lines, ...new Set(names)], code: [bound((a, b) => a < b), bound((a, b) => a > b)] };
}

/** Where breakpoints go for every line and function, and the line of every instruction. */
export function comparePlaces(sample: Sample): Promise<Comparison> {
  const { symbols, locations } = symbolsOf(sample);
  return compare(sample, { kind: 'places', ...placesOf(sample) }, (records, note) => {
    for (const record of records) {
      if (record.kind === 'place') {
        const found = locations.ofFunction(record.place);
        const ours = found.ok ? [...new Set(found.value.map(({ address }) => address))].sort((a, b) => (a < b ? -1 : 1)) : [];
        note('place', record.place, record.addresses.map(hex).join(' '), ours.map(hex).join(' '));
      } else if (record.kind === 'row') {
        const row = symbols.lineRowAt(BigInt(record.address));
        note('row', hex(record.address), `${lastName(record.file)}:${record.line}`, `${lastName(row?.file.path)}:${row?.line ?? 0}`);
      } else note('stop', record.kind, JSON.stringify(record), '');
    }
    return records.length;
  });
}

/** The addresses that `stepi` goes through. */
export function compareInstructions(sample: Sample, from: readonly (string | null)[], count: number): Promise<Comparison> {
  return compare(sample, { kind: 'instructions', from, count }, (records, note) => {
    const ours = new ComparedGuest(sample);
    for (const [index, record] of records.entries()) {
      const place = from[Math.floor(index / count)];
      const where = `${place ?? 'entry'} + ${index % count} instructions`;
      if (record.kind !== 'pc') {
        note('instruction', where, JSON.stringify(record), '');
        break;
      }
      if (index % count === 0 && typeof place === 'string') ours.guest.runTo(place);
      note('instruction', where, hex(record.pc), hex(ours.pc));
      if (hex(record.pc) !== hex(ours.pc)) break;
      ours.step('into', 'instruction');
    }
    return records.length;
  });
}

/** The guest has powered off, or nothing more was recorded. */
const END = 'the end';
const placeOf = ({ pc, frames: [frame] }: GdbStop): string => `${hex(pc)} ${frame?.name}:${frame?.line}`;
const ourPlace = (guest: ComparedGuest): string => {
  const frame = guest.guest.frame();
  return `${hex(frame.pc)} ${bareName(frame.name)}:${frame.position?.line ?? 0}`;
};
/** We name code without debug information by its symbol with the offset, gdb without. */
const bareName = (name: string): string => name.replace(/^<(\w+)(\+0x[0-9a-f]+)?>$/, '$1');

/** What both show at one stop: frames with their lines, arguments and locals of the two innermost ones. */
function compareStop(stop: GdbStop, ours: ComparedGuest, note: Note): void {
  const where = placeOf(stop);
  const { frames } = ours.guest.target.stack(0);
  const theirText = stop.frames.map(
    ({ name, file, line, isInlined }) => `${name}${isInlined ? ' (inlined)' : ''} ${lastName(file)}:${line}`,
  );
  const ourText = frames.map(
    ({ name, position, isInlined }) =>
      `${bareName(name)}${isInlined ? ' (inlined)' : ''} ${lastName(position?.file.path)}:${position?.line ?? 0}`,
  );
  note('frames', where, theirText.join(' < '), ourText.join(' < '));
  for (const [level, frame] of stop.frames.slice(0, 2).entries()) {
    const same = frames[level];
    if (!same || bareName(same.name) !== frame.name) continue;
    const variables = ours.variables(same);
    for (const name of new Set([...Object.keys(frame.variables), ...Object.keys(variables)])) {
      const [theirs, mine] = [frame.variables[name], variables[name]];
      note(
        'variable',
        `${where}, frame ${level} ${frame.name}, ${name}`,
        theirs === undefined ? 'absent' : spellTree(theirs),
        mine === undefined ? 'absent' : spellTree(mine),
      );
    }
  }
}

/** Compares where a movement from the state of `before` ended, puts ours to where gdb is, and compares the stop. */
function compareMovement(
  aspect: Aspect,
  from: string,
  before: bigint,
  wasInlined: boolean,
  stop: GdbStop | undefined,
  end: string | undefined,
  ours: ComparedGuest,
  note: Note,
): boolean {
  const theirs = stop ? placeOf(stop) : END;
  const mine = end === undefined ? END : end || ourPlace(ours);
  const isSamePlace = stop !== undefined && end === '' && ours.pc === BigInt(stop.pc);
  if (!isSamePlace) {
    const isOurEndInlined = end === '' && ours.isInlined;
    if (stop) ours.moveTo(before, BigInt(stop.pc), BigInt(stop.sp));
    note(
      aspect,
      from,
      theirs,
      mine,
      wasInlined || isOurEndInlined || stop?.frames[0]?.isInlined === true || (stop !== undefined && ours.isInlined),
    );
    if (!stop) return false;
  }
  compareStop(stop, ours, note);
  return true;
}

/** Steps from `from` on: each from the same state as gdb's, so that one difference does not make the next. */
export function compareSteps(sample: Sample, command: 'step' | 'next', from: string, count: number): Promise<Comparison> {
  return compare(sample, { kind: 'steps', command, from, count }, (records, note) => {
    const ours = new ComparedGuest(sample);
    let last = 'entry';
    for (const [index, record] of records.entries()) {
      const stop = record.kind === 'stop' ? record : undefined;
      const before = ours.time;
      const wasInlined = ours.isInlined;
      let end: string | undefined = '';
      if (index === 0) ours.guest.runTo(from);
      else end = ours.step(command === 'step' ? 'into' : 'over', 'statement');
      if (!compareMovement(index === 0 ? 'stop' : command, last, before, wasInlined, stop, end, ours, note)) break;
      if (stop) last = placeOf(stop);
    }
    return records.length;
  });
}

/** To each of `places` in turn, and out of it. */
export function compareFinishes(sample: Sample, places: readonly string[]): Promise<Comparison> {
  return compare(sample, { kind: 'finishes', places }, (records, note) => {
    const ours = new ComparedGuest(sample);
    let last = 'entry';
    for (const [index, record] of records.entries()) {
      const stop = record.kind === 'stop' ? record : undefined;
      const before = ours.time;
      const wasInlined = ours.isInlined;
      let end: string | undefined = '';
      if (index % 2 === 1) end = ours.step('out', 'statement');
      else if (stop?.place !== undefined) ours.guest.runTo(stop.place);
      if (!compareMovement(index % 2 === 1 ? 'finish' : 'stop', `${last} ${stop?.place ?? ''}`, before, wasInlined, stop, end, ours, note))
        break;
      if (stop) last = placeOf(stop);
    }
    return records.length;
  });
}

/** The writes that a watchpoint reports: old and new value, and where it stops. */
export function compareWatches(sample: Sample, expression: string, count: number): Promise<Comparison> {
  return compare(sample, { kind: 'watches', expression, count }, (records, note) => {
    const ours = new ComparedGuest(sample);
    const { breakpoints } = ours.guest.target;
    const found = breakpoints.dataTarget(expression);
    if (!found.ok) throw new Error(found.error.message);
    breakpoints.setData([{ ...found.value, name: expression, access: 'write' }]);
    for (const record of records) {
      if (record.kind !== 'stop') {
        note('watch', expression, JSON.stringify(record), '');
        break;
      }
      const [watch] = ours.guest.continue().watches;
      note(
        'watch',
        placeOf(record),
        `${expression}: ${record.old} → ${record.new}`,
        watch?.sentence.replace(/,? \(?written.*/, '') ?? 'no watchpoint',
      );
      note('watch', `${expression} = ${record.new}`, placeOf(record), ourPlace(ours));
      if (ours.pc === BigInt(record.pc)) compareStop(record, ours, note);
    }
    return records.length;
  });
}
