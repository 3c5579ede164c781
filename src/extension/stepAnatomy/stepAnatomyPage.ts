// SPDX-License-Identifier: MIT
import type { Localization } from '../localization.js';

/** Where the page's files lie, as the page may load them. */
export interface PageSources {
  readonly script: string;
  readonly style: string;
  /** The source of the page's files for its Content Security Policy. */
  readonly cspSource: string;
  /** BCP 47. */
  readonly language: string;
}

/** The page of the view. It has all words that do not depend on a guest; its script adds what it is sent. */
export function stepAnatomyPage({ script, style, cspSource, language }: PageSources, l10n: Localization): string {
  const words = {
    step: escaped(l10n.t('Step anatomy')),
    log: escaped(l10n.t('KVM log')),
    marks: escaped(l10n.t('What was done in the step, in order')),
    entries: escaped(l10n.t('Calls and exits of KVM, by number')),
    search: escaped(l10n.t('Text in the log')),
    filter: escaped(l10n.t('Filter')),
    filterHint: escaped(l10n.t('Show only entries with the text')),
    next: escaped(l10n.t('Next entry with the text')),
    previous: escaped(l10n.t('Previous entry with the text')),
    call: escaped(l10n.t('Calls')),
    run: escaped(l10n.t('Exits')),
    read: escaped(l10n.t('Reads')),
    preemption: escaped(l10n.t('Slices')),
    kinds: escaped(l10n.t('Kinds of entries')),
    exported: escaped(l10n.t('Export as Text')),
    empty: escaped(l10n.t('No entry passes the filter.')),
    how: escaped(l10n.t('How it works')),
    recorded: escaped(l10n.t('recorded by the debugger')),
    derived: escaped(l10n.t('follows from how processor and KVM work')),
    borrowed: escaped(l10n.t("not the guest's own")),
    begins: escaped(l10n.t("not the guest's own from here on")),
    ends: escaped(l10n.t("the guest's own again")),
    disassembly: escaped(l10n.t('Enter: show in the disassembly')),
    inLog: escaped(l10n.t('L: show in the KVM log')),
    facts: escaped(l10n.t('Why')),
  };
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${cspSource}; script-src ${cspSource}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escaped(style)}">
<title>${words.step}</title>
</head>
<body>
<main>
<section class="side" aria-label="${words.step}">
<p id="step-empty" class="empty"></p>
<div id="step" hidden>
<header>
<h1 id="step-instruction"></h1>
<span id="step-place"></span>
<div id="step-heading"></div>
</header>
<div class="scroll">
<details id="explained" open>
<summary>${words.how}</summary>
<div class="explanation">
<ol id="story"></ol>
<div id="facts" role="group" aria-label="${words.facts}"></div>
</div>
</details>
<div class="score">
<div id="lanes" class="row lanes" aria-hidden="true"></div>
<div id="marks" role="listbox" aria-label="${words.marks}" data-derived="${words.derived}" data-begins="${words.begins}" data-ends="${words.ends}"></div>
</div>
<div class="legend" aria-hidden="true"><span class="sign recorded"></span>${words.recorded}<span class="sign derived"></span>${words.derived}<span class="sign borrowed"></span>${words.borrowed}</div>
</div>
</div>
</section>
<section class="side log" aria-label="${words.log}">
<header>
<h2>${words.log}</h2>
<span id="log-summary" role="status"></span>
<button id="export" type="button">${words.exported}</button>
</header>
<div class="tools">
<div class="search">
<input id="log-text" type="search" placeholder="${words.search}" aria-label="${words.search}" spellcheck="false">
<button id="log-filter" type="button" title="${words.filterHint}">${words.filter}</button>
<button id="log-previous" type="button" title="${words.previous}" aria-label="${words.previous}">↑</button>
<button id="log-next" type="button" title="${words.next}" aria-label="${words.next}">↓</button>
</div>
<div class="kinds" role="group" aria-label="${words.kinds}">
<button id="kind-call" type="button">${words.call}</button>
<button id="kind-run" type="button">${words.run}</button>
<button id="kind-read" type="button">${words.read}</button>
<button id="kind-preemption" type="button">${words.preemption}</button>
</div>
</div>
<div id="log-rows" role="listbox" tabindex="0" aria-label="${words.entries}"><p id="log-empty" class="empty" role="option" aria-disabled="true" hidden>${words.empty}</p><div id="log-sizer" role="presentation"></div></div>
</section>
</main>
<div id="spoken" class="spoken" role="status" aria-live="polite"></div>
<div id="card" role="tooltip" hidden data-show-disassembly="${words.disassembly}" data-show-in-log="${words.inLog}"></div>
<script src="${escaped(script)}"></script>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for the inside of an element or an attribute. */
const escaped = (text: string): string => text.replace(/[&<>"']/g, character => ENTITIES[character] ?? character);
