// SPDX-License-Identifier: MIT
import type { Localization } from '../localization.js';

const NUMBER = /^(?:0x[0-9a-f_]{1,16}|[0-9]+)$/i;
/** A symbol with an offset, `file.c:12`, or an expression behind `*`. */
const PLACE = /^(?:[A-Za-z_.$][\w.$]*(?:\s*[+-]\s*(?:0x[0-9a-f]+|[0-9]+))?|[^\s:*]+:[1-9][0-9]*|\*\s*\S.*|\$\w+)$/;

/** What is wrong with `text` as an address, in a sentence; `undefined` if the debugger can be asked for it. */
export function addressProblem(text: string, l10n: Localization): string | undefined {
  const wanted = text.trim();
  if (wanted === '') return l10n.t('Type an address, a symbol such as main+0x10, or a place such as counter.c:42.');
  if (/^0x/i.test(wanted) && !NUMBER.test(wanted)) return l10n.t('"{0}" is not a hexadecimal number of at most 64 bits.', wanted);
  if (NUMBER.test(wanted) || PLACE.test(wanted)) return undefined;
  return l10n.t('"{0}" is neither an address nor a symbol nor a place such as counter.c:42.', wanted);
}
