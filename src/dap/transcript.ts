// SPDX-License-Identifier: MIT
import { hex } from '../base/index.js';
import type { WireMessage } from './adapterClient.js';
import { debugRegisterRows } from './debugRegisterRows.js';
import { isKvmLine, KvmTraceLines } from './kvmTraceLines.js';
import { fromBase64, parseMemoryReference } from './memoryReference.js';
import { isRecord } from './shape.js';
import { baseName } from './sourcePaths.js';
import { stepAnatomyRows } from './stepAnatomyRows.js';

/** How a transcript names what differs from machine to machine. */
export interface TranscriptNames {
  /** The name of a source line, as `<store counter>`; `undefined`: its number is printed. */
  lineName(path: string, line: number): string | undefined;
  /** Texts and what is printed in their place, the longest first. */
  readonly replace: readonly (readonly [text: string, name: string])[];
  /** The text of a source line without blanks around it; `undefined` if the source is not there. */
  lineText?(path: string, line: number): string | undefined;
  /** What is printed for an address of the program, as `<increment+0x28>`; left out or `undefined`: the number. */
  addressName?(address: bigint): string | undefined;
}

/** An address, and the name that an answer may already have put behind it. */
const ADDRESS = /(?<!debug )(0x[0-9a-f]{4,16})(?:\s+<[^<>]+>)?/gi;

/** Columns of the command or event name. */
const NAME_WIDTH = 19;

/** Fields that hold handles or repeat others; a reader of a transcript has no use for them. */
const SILENT_FIELDS: ReadonlySet<string> = new Set([
  'seq',
  'variablesReference',
  'frameId',
  'namedVariables',
  'indexedVariables',
  'evaluateName',
  'allThreadsStopped',
  'description',
  'presentationHint',
  'expensive',
  'totalFrames',
  'column',
  'endColumn',
  'instructionPointerReference',
  'adapterData',
  'memoryReference',
  'mimeType',
  'id',
  'sourceReference',
  'origin',
  'hitBreakpointIds',
]);

/** Events that say nothing that the rest does not. */
const SILENT_EVENTS: ReadonlySet<string> = new Set([
  'capabilities',
  'steptrap/console',
  'steptrap/debugRegistersChanged',
  'steptrap/vcpusChanged',
  'invalidated',
  'continued',
]);

/** Answers that are only an acknowledgement are left out. */
const SILENT_ANSWERS: ReadonlySet<string> = new Set(['initialize', 'continue']);

/** Prints sessions so that people can read and compare them: handles and places of this machine appear by name or not at all. */
export class Transcript {
  /** Console output whose line has not ended: how the guest's output is cut into events depends on the host's speed. */
  #unfinished = '';
  readonly #kvm = new KvmTraceLines();

  constructor(private readonly names: TranscriptNames) {}

  /** The line of a request. */
  request(command: string, args: WireMessage): string {
    const { memoryReference } = args;
    const where = typeof memoryReference === 'string' ? `${memoryReference} ` : '';
    return this.#stable(`→ ${command.padEnd(NAME_WIDTH)} ${where}${this.#fields(args)}`.trimEnd());
  }

  /** The lines of an answer; none where it only acknowledges. */
  answer(command: string, success: boolean, sentence: string | undefined, body: WireMessage): readonly string[] {
    const begin = `← ${command.padEnd(NAME_WIDTH)} `;
    if (!success) return [this.#stable(`${begin}refused: ${sentence ?? ''}`)];
    if (SILENT_ANSWERS.has(command) || Object.keys(body).length === 0) return [];
    if (Array.isArray(body['breakpoints']) && body['breakpoints'].length === 0) return [];
    const { result } = body;
    if (command === 'readMemory') return [begin.trimEnd(), ...memoryRows(body).map(row => this.#stable(`    ${row}`))];
    const rows =
      command === 'steptrap/debugRegisters'
        ? debugRegisterRows(body, { named: text => this.#stable(text), place: breakpoint => this.#place(breakpoint) })
        : command === 'steptrap/stepAnatomy'
          ? stepAnatomyRows(body)
          : typeof result === 'string' && result.includes('\n')
            ? result.split('\n')
            : this.#rows(body);
    if (rows === undefined) return [this.#stable(begin + this.#fields(body)).trimEnd()];
    const [only] = rows;
    return rows.length === 1 && only !== undefined
      ? [this.#stable(begin + only).trimEnd()]
      : [begin.trimEnd(), ...rows.map(row => this.#stable(`    ${row}`).trimEnd())];
  }

  /** The lines of an event; none for those that only repeat. */
  event(event: WireMessage): readonly string[] {
    const name = String(event['event']);
    if (SILENT_EVENTS.has(name)) return [];
    const body = isRecord(event['body']) ? event['body'] : {};
    if (name === 'output') return this.#output(body);
    const left = this.#unfinished === '' ? [] : [this.#stable(`│ ${this.#unfinished}`)];
    this.#unfinished = '';
    return [
      ...this.#kvm.flush().map(line => this.#kvmLine(line)),
      ...left,
      this.#stable(`← ${name.padEnd(NAME_WIDTH)} ${this.#fields(body)}`.trimEnd()),
    ];
  }

  #output(body: WireMessage): readonly string[] {
    const text = String(body['output']);
    if (body['category'] !== 'stdout')
      return text
        .replace(/\n$/, '')
        .split('\n')
        .flatMap(line =>
          isKvmLine(line)
            ? this.#kvm.take(line).map(told => this.#kvmLine(told))
            : [...this.#kvm.flush().map(told => this.#kvmLine(told)), this.#stable(`· ${line}`.trimEnd())],
        );
    const lines = (this.#unfinished + text).split('\n');
    this.#unfinished = lines.pop() ?? '';
    return lines.map(line => this.#stable(`│ ${line}`.trimEnd()));
  }

  /** Under the request that made the guest run. */
  #kvmLine(line: string): string {
    return this.#stable(`    · ${line}`);
  }

  /** Where the guest stands, as said by the innermost frame: function, place and source line. */
  stopPlace(frame: WireMessage): string {
    const path = isRecord(frame['source']) ? frame['source']['path'] : undefined;
    const line = frame['line'];
    const text = typeof path === 'string' && typeof line === 'number' ? this.names.lineText?.(path, line) : undefined;
    return this.#stable(`    ${String(frame['name'])}  ${this.#place(frame)}${text === undefined ? '' : `  ${text}`}`.trimEnd());
  }

  /** The instruction at which the guest stands, as said by a row of `disassemble`. */
  stopInstruction(row: WireMessage): string {
    return this.#stable(`    => ${instructionText(row)}`.trimEnd());
  }

  /** A list in the body, one row each; `undefined` if the body is no list. */
  #rows(body: WireMessage): readonly string[] | undefined {
    const entries = Object.entries(body);
    const list = entries.find(([, value]) => Array.isArray(value) && value.length > 0 && value.every(isRecord));
    if (list === undefined || !Array.isArray(list[1])) return undefined;
    const others = this.#fields(Object.fromEntries(entries.filter(([name]) => name !== list[0])));
    const rows = list[1].filter(isRecord).map(row => this.#row(list[0], row));
    return others === '' || rows.length === 1 ? rows.map(row => (others === '' ? row : `${row} ${others}`)) : [others, ...rows];
  }

  #row(list: string, row: WireMessage): string {
    switch (list) {
      case 'stackFrames':
        return `${String(row['name']).padEnd(24)} ${this.#place(row)}`;
      case 'variables':
        return `${row['name']} = ${row['value']}${row['type'] === undefined || row['type'] === '' || String(row['type']).length > 40 ? '' : `  (${row['type']})`}`;
      case 'breakpoints':
        if (row['verified'] === undefined) return `line ${row['line']} column ${row['column'] ?? 'any'}`;
        return `${row['verified'] === true ? 'verified' : 'unverified'} ${this.#place(row)}${row['message'] === undefined ? '' : ` ${row['message']}`}`;
      case 'instructions':
        return instructionText(row);
      case 'vcpus':
        return `${row['name']}  ${row['pc']} ${row['function'] ?? ''}, interrupts ${row['interruptState']}${row['isFrozen'] === true ? ', frozen' : ''}${row['step'] === undefined ? '' : `, step ${row['step']}`}${row['stopReason'] === undefined ? '' : ` (${row['stopReason']})`}`;
      case 'entries':
        return `${row['number']}  ${row['text']}`;
      default:
        return this.#fields(row);
    }
  }

  #place(row: WireMessage): string {
    const path = isRecord(row['source']) ? row['source']['path'] : undefined;
    const line = row['line'];
    if (typeof path === 'string' && typeof line === 'number') return `${baseName(path)}:${this.names.lineName(path, line) ?? line}`;
    return String(row['instructionReference'] ?? row['instructionPointerReference'] ?? '');
  }

  #fields(body: WireMessage): string {
    return Object.entries(body)
      .filter(([name, value]) => !SILENT_FIELDS.has(name) && value !== undefined)
      .map(([name, value]) => (name === 'threadId' ? `thread=<vcpu ${Number(value) - 1}>` : `${name}=${this.#value(value, body)}`))
      .join(' ');
  }

  #value(value: unknown, within: WireMessage): string {
    if (typeof value === 'string') return /^[^\s"]+$/.test(value) || value.startsWith('<') ? value : JSON.stringify(value);
    if (Array.isArray(value))
      return value.every(isRecord) ? `[${value.map(each => `{${this.#entry(each, within)}}`).join(' ')}]` : `[${value.join(' ')}]`;
    return isRecord(value) ? this.#object(value) : String(value);
  }

  #entry(entry: WireMessage, within: WireMessage): string {
    const source = isRecord(within['source']) ? within['source']['path'] : undefined;
    const line = entry['line'];
    if (typeof source !== 'string' || typeof line !== 'number') return this.#fields(entry);
    return this.#fields({ ...entry, line: this.names.lineName(source, line) ?? line });
  }

  #object(value: WireMessage): string {
    return typeof value['path'] === 'string' ? baseName(value['path']) : `{${this.#fields(value)}}`;
  }

  #stable(line: string): string {
    const named = line.replace(ADDRESS, (whole, digits: string) => this.names.addressName?.(BigInt(digits)) ?? whole);
    return this.names.replace.reduce((text, [from, to]) => text.replaceAll(from, to), named);
  }
}

/** A row of `disassemble` with the address in as many digits as it needs. */
const instructionText = ({ address, instruction }: WireMessage): string =>
  `${String(address).replace(/^0x0+(?=.)/, '0x')} ${String(instruction)}`;

const BYTES_IN_ROW = 16;

/** An answer of `readMemory`: address, bytes, characters. */
function memoryRows({ address, data, unreadableBytes }: WireMessage): readonly string[] {
  const bytes = (typeof data === 'string' ? fromBase64(data) : undefined) ?? new Uint8Array(0);
  const start = parseMemoryReference(String(address))?.address ?? 0n;
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_IN_ROW) {
    const row = [...bytes.subarray(at, at + BYTES_IN_ROW)];
    const digits = row.map(byte => byte.toString(16).padStart(2, '0')).join(' ');
    const characters = row.map(byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    rows.push(`${hex(start + BigInt(at))}  ${digits.padEnd(3 * BYTES_IN_ROW - 1)}  ${characters}`);
  }
  return unreadableBytes === undefined ? rows : [...rows, `${String(unreadableBytes)} bytes cannot be read`];
}
