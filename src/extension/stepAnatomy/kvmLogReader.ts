// SPDX-License-Identifier: MIT
import type { KvmTraceEntry, KvmTraceFilter, SteptrapRequests } from '../../dap/index.js';
import type { FromStepAnatomy, LogFilter, LogPlace, LogRow, ToStepAnatomy } from '../../views/index.js';
import type { Localization } from '../localization.js';

/** What the log is asked by. */
export type AskTrace = (
  args: SteptrapRequests['steptrap/kvmTrace']['arguments'],
) => Promise<SteptrapRequests['steptrap/kvmTrace']['answer']>;

type Rows = Extract<ToStepAnatomy, { type: 'rows' }>;
type Read = Extract<FromStepAnatomy, { type: 'read' }>;
type Find = Extract<FromStepAnatomy, { type: 'find' }>;

/** Rows that an export asks for at once. */
const EXPORT_ROWS = 10_000;

/** Answers what the page asks of KVM's log. */
export class KvmLogReader {
  constructor(
    private readonly ask: AskTrace,
    private readonly l10n: Localization,
  ) {}

  /** The rows that are asked for; with `around`, those around that entry, which is gone to. */
  async read({ generation, start, count, around, filter }: Read): Promise<Rows> {
    const shown = shownFilter(filter);
    const answer = await this.ask({ start, count, filter: shown, ...(around === undefined ? {} : { around }) });
    const first = answer.start ?? start;
    const index = around === undefined ? -1 : answer.entries.findIndex(({ number }) => number >= around);
    return {
      type: 'rows',
      generation,
      start: first,
      total: answer.total ?? 0,
      rows: answer.entries.map(logRow),
      summary: this.#summary(answer.total ?? 0, answer.end),
      ...(around === undefined ? {} : { goTo: index < 0 ? Math.max(0, (answer.total ?? 0) - 1) : first + index }),
    };
  }

  /** The rows around the next entry with the text, from `from` on, round the end. `undefined` if no entry has it. */
  async find({ generation, from, isBackward, count, filter }: Find): Promise<Rows | undefined> {
    const wanted: KvmTraceFilter = { ...shownFilter({ ...filter, isFilter: true }) };
    // The row of the first entry behind `from`; the one before it is the one in front.
    const behind = await this.ask({ filter: wanted, around: isBackward ? from : from + 1, count: 1 });
    const total = behind.total ?? 0;
    if (total === 0) return undefined;
    const next = behind.start ?? 0;
    const row = isBackward ? (next + total - 1) % total : next % total;
    const { entries } = await this.ask({ filter: wanted, start: row, count: 1 });
    const number = entries[0]?.number;
    return number === undefined ? undefined : this.read({ type: 'read', generation, start: 0, count, around: number, filter });
  }

  /** The number of the entry at a place of the log; `undefined` if the log has none there. */
  async numberAt({ text, behind, threadId, first, end }: LogPlace): Promise<number | undefined> {
    const { entries } = await this.ask({ start: first, count: end - first });
    const own = entries.filter(entry => entry.number < end && (entry.threadId ?? threadId) === threadId);
    let at = 0;
    for (const before of behind) {
      const found = own.findIndex((entry, index) => index >= at && entry.text.startsWith(before));
      if (found >= 0) at = found + 1;
    }
    return own.slice(at).find(entry => entry.text.startsWith(text))?.number;
  }

  /** All rows that pass, as lines of text. */
  async text(filter: LogFilter): Promise<string> {
    const lines: string[] = [];
    for (;;) {
      const { entries, total = 0 } = await this.ask({ start: lines.length, count: EXPORT_ROWS, filter: shownFilter(filter) });
      for (const entry of entries) lines.push(logLine(entry));
      if (entries.length === 0 || lines.length >= total) return lines.map(line => `${line}\n`).join('');
    }
  }

  #summary(total: number, end: number): string {
    if (end === 0) return this.l10n.t('The log is on from now on; step once.');
    return total === end ? this.l10n.t('{0} entries', grouped(total)) : this.l10n.t('{0} of {1} entries', grouped(total), grouped(end));
  }
}

const shownFilter = ({ kinds, text, isFilter }: LogFilter): KvmTraceFilter => ({ kinds, ...(isFilter && text !== '' ? { text } : {}) });

function logRow({ number, kind, threadId, text, pc, symbol }: KvmTraceEntry): LogRow {
  return {
    number,
    kind,
    text,
    ...(threadId === undefined ? {} : { vcpu: threadId - 1 }),
    ...(pc === undefined ? {} : { address: pc }),
    ...(symbol === undefined ? {} : { symbol }),
  };
}

function logLine({ number, threadId, text, pc, symbol }: KvmTraceEntry): string {
  const place = pc === undefined ? '' : `  at ${pc}${symbol === undefined ? '' : ` ${symbol}`}`;
  return `${String(number).padStart(7)}  ${threadId === undefined ? '  ' : `v${threadId - 1}`}  ${text}${place}`;
}

/** 100000 as `100,000`, in every language alike. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
