// SPDX-License-Identifier: MIT
import { byId } from './element.js';
import { LogList } from './logList.js';
import type { FromStepAnatomy, LogFilter, LogKind, ToStepAnatomy } from './messages.js';
import { StepList } from './stepList.js';
import type { StepMark, StepPicture } from './stepPicture.js';
import { ValueCard } from './valueCard.js';

/** What the editor gives to a page of ours. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromStepAnatomy): void;
  getState(): unknown;
  setState(state: PageState): void;
};

/** What is kept while the page is hidden. */
interface PageState {
  readonly filter: LogFilter;
  readonly mark: number;
  readonly top: number;
  /** Whether the explanation is open. */
  readonly isExplained: boolean;
}

const KINDS: readonly LogKind[] = ['call', 'run', 'read', 'preemption'];
/** What the debugger reads is many lines that say little. */
const SHOWN_AT_FIRST: readonly LogKind[] = ['call', 'run', 'preemption'];
/** Typing is answered when it pauses, in milliseconds. */
const TYPING = 150;

const api = acquireVsCodeApi();
const kept = api.getState() as Partial<PageState> | undefined;
let state: PageState = {
  filter: kept?.filter ?? { kinds: SHOWN_AT_FIRST, text: '', isFilter: true },
  mark: kept?.mark ?? 0,
  top: kept?.top ?? 0,
  isExplained: kept?.isExplained ?? true,
};
const keep = (change: Partial<PageState>): void => {
  state = { ...state, ...change };
  api.setState(state);
};

let picture: StepPicture | undefined;
let isRestored = kept === undefined;
let inFront: 'step' | 'log' = 'step';

const text = byId('log-text') as HTMLInputElement;
const log = new LogList({
  post: message => api.postMessage(message),
  filter: () => state.filter,
  didMove: top => {
    if (top !== state.top) keep({ top });
  },
});
const step = new StepList(new ValueCard(), {
  showDisassembly: address => api.postMessage({ type: 'showDisassembly', address }),
  showInLog,
  didSelect: mark => keep({ mark }),
});

/** Goes to the entry that the mark of the shown step has in the log. */
function showInLog({ logText, logBehind = [] }: StepMark): void {
  if (picture === undefined || logText === undefined || picture.log.end <= picture.log.first) return;
  api.postMessage({ type: 'showInLog', text: logText, behind: logBehind, threadId: picture.threadId, ...picture.log });
}

function setFilter(change: Partial<LogFilter>): void {
  const around = log.selectedNumber;
  keep({ filter: { ...state.filter, ...change } });
  showFilter();
  log.refresh(around ?? picture?.log.first);
}

function showFilter(): void {
  const { kinds, isFilter } = state.filter;
  for (const kind of KINDS) byId(`kind-${kind}`).setAttribute('aria-pressed', String(kinds.includes(kind)));
  byId('log-filter').setAttribute('aria-pressed', String(isFilter));
}

let typing: ReturnType<typeof setTimeout> | undefined;
text.value = state.filter.text;
text.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => setFilter({ text: text.value }), TYPING);
});
text.addEventListener('keydown', event => {
  if (event.key === 'Enter') log.find(event.shiftKey);
  else if (event.key === 'Escape' && text.value !== '') {
    text.value = '';
    setFilter({ text: '' });
  } else if (event.key === 'ArrowDown') log.focus();
  else return;
  event.preventDefault();
});
for (const kind of KINDS)
  byId(`kind-${kind}`).addEventListener('click', () => {
    const { kinds } = state.filter;
    setFilter({ kinds: kinds.includes(kind) ? kinds.filter(other => other !== kind) : [...kinds, kind] });
  });
byId('log-filter').addEventListener('click', () => setFilter({ isFilter: !state.filter.isFilter }));
byId('log-next').addEventListener('click', () => log.find(false));
byId('log-previous').addEventListener('click', () => log.find(true));
byId('export').addEventListener('click', () => api.postMessage({ type: 'export', filter: state.filter }));
const explained = byId('explained') as HTMLDetailsElement;
explained.open = state.isExplained;
explained.addEventListener('toggle', () => keep({ isExplained: explained.open }));
byId('marks').addEventListener('focusin', () => {
  inFront = 'step';
});
byId('log-rows').addEventListener('focusin', () => {
  inFront = 'log';
});

// The way back from the disassembly: the editor gives the page the focus, and the page gives it to where it was.
window.addEventListener('focus', () => {
  if (document.activeElement !== document.body && document.activeElement !== null) return;
  if (inFront === 'log') log.focus();
  else step.focus();
});

window.addEventListener('message', (event: MessageEvent<ToStepAnatomy>) => {
  const message = event.data;
  switch (message.type) {
    case 'picture':
      showPicture(message.picture, message.sentence);
      return;
    case 'rows':
      log.came(message);
      return;
    case 'told':
      tell(message.sentence);
      return;
    case 'goTo':
      log.refresh(message.number);
      return;
    case 'logChanged':
      // A page that comes back stands where it was; a new step is gone to.
      if (isRestored) log.refresh(picture !== undefined && picture.log.end > picture.log.first ? picture.log.first : undefined);
      else log.restore(state.top);
      isRestored = true;
  }
});

/** Tells a screen reader. */
function tell(sentence: string): void {
  byId('spoken').textContent = sentence;
}

function showPicture(shown: StepPicture | undefined, sentence: string): void {
  const isSame = picture !== undefined && JSON.stringify(picture) === JSON.stringify(shown);
  picture = shown;
  byId('step-empty').textContent = sentence;
  byId('step-empty').hidden = shown !== undefined;
  byId('step').hidden = shown === undefined;
  log.step = shown?.log ?? { first: 0, end: 0 };
  if (shown === undefined || isSame) return;
  step.show(shown, isRestored ? 0 : state.mark);
  if (isRestored) tell([shown.heading, shown.instruction, shown.place].join(', '));
}

showFilter();
api.postMessage({ type: 'ready' });
