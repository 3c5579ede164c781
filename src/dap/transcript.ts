// SPDX-License-Identifier: MIT
import type { WireMessage } from './adapterClient.js';
import { isRecord } from './shape.js';
import { baseName } from './sourcePaths.js';

/** How a transcript names what differs from machine to machine. */
export interface TranscriptNames {
  /** The name of a source line, as `<store counter>`; `undefined`: its number is printed. */
  lineName(path: string, line: number): string | undefined;
  /** Texts and what is printed in their place, the longest first. */
  readonly replace: readonly (readonly [text: string, name: string])[];
}

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
  'memoryReference',
  'allThreadsStopped',
  'description',
  'presentationHint',
  'expensive',
  'totalFrames',
  'column',
  'endColumn',
  'instructionPointerReference',
  'adapterData',
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

  constructor(private readonly names: TranscriptNames) {}

  /** The line of a request. */
  request(command: string, args: WireMessage): string {
    return this.#stable(`→ ${command.padEnd(NAME_WIDTH)} ${this.#fields(args)}`.trimEnd());
  }

  /** The lines of an answer; none where it only acknowledges. */
  answer(command: string, success: boolean, sentence: string | undefined, body: WireMessage): readonly string[] {
    const begin = `← ${command.padEnd(NAME_WIDTH)} `;
    if (!success) return [this.#stable(`${begin}refused: ${sentence ?? ''}`)];
    if (SILENT_ANSWERS.has(command) || Object.keys(body).length === 0) return [];
    const { result } = body;
    const rows =
      command === 'steptrap/debugRegisters'
        ? debugRegisterRows(body)
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
    return [...left, this.#stable(`← ${name.padEnd(NAME_WIDTH)} ${this.#fields(body)}`.trimEnd())];
  }

  #output(body: WireMessage): readonly string[] {
    const text = String(body['output']);
    if (body['category'] !== 'stdout')
      return text
        .replace(/\n$/, '')
        .split('\n')
        .map(line => this.#stable(`· ${line}`.trimEnd()));
    const lines = (this.#unfinished + text).split('\n');
    this.#unfinished = lines.pop() ?? '';
    return lines.map(line => this.#stable(`│ ${line}`.trimEnd()));
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
        return `${row['name']} = ${row['value']}${row['type'] === undefined || String(row['type']).length > 40 ? '' : `  (${row['type']})`}`;
      case 'breakpoints':
        return `${row['verified'] === true ? 'verified' : 'unverified'} ${this.#place(row)}${row['message'] === undefined ? '' : ` ${row['message']}`}`;
      case 'instructions':
        return `${row['address']} ${row['instruction']}`;
      case 'actions':
        return this.#action(row);
      case 'entries':
        return `${row['number']}  ${row['text']}`;
      default:
        return this.#fields(row);
    }
  }

  /** An action of a step: its kind, its values, and why. */
  #action({ kind, why, ...values }: WireMessage): string {
    return `${String(kind).padEnd(18)} ${this.#fields(values)}${why === undefined ? '' : `  (${String(why)})`}`;
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
    return this.names.replace.reduce((text, [from, to]) => text.replaceAll(from, to), line);
  }
}

/** The slots that are in use, those that are free as a number, and what KVM was told. */
function debugRegisterRows(body: WireMessage): readonly string[] {
  const { controlNames, loadedSet, slots } = body;
  const all = Array.isArray(slots) ? slots.filter(isRecord) : [];
  const used = all.filter(slot => slot['owner'] !== 'free');
  const rows = used.map(({ kind, index, owner, value, control, covers, breakpoints, fields }) => {
    const behind = Array.isArray(breakpoints) && breakpoints.length > 0 ? ` for breakpoint ${breakpoints.join(', ')}` : '';
    return `${String(kind)} ${String(index)}: ${String(owner)}'s${behind}; value ${String(value)}, control ${String(control)}: ${setFields(fields)}; covers ${String(covers)}`;
  });
  const free = (kind: string): number => all.filter(slot => slot['kind'] === kind && slot['owner'] === 'free').length;
  const names = Array.isArray(controlNames) && controlNames.length > 0 ? controlNames.join('|') : '0';
  return [
    `KVM_SET_GUEST_DEBUG ${names}, the ${String(loadedSet)}'s set is loaded`,
    ...rows,
    `free: ${free('breakpoint')} breakpoints, ${free('watchpoint')} watchpoints`,
  ];
}

/** The fields of a control register that are not zero, in the manual's words. */
function setFields(fields: unknown): string {
  const shown = (Array.isArray(fields) ? fields.filter(isRecord) : []).filter(field => field['value'] !== '0x0');
  return shown.map(field => `${String(field['name'])}=${String(field['meaning'] ?? field['value'])}`).join(' ');
}
