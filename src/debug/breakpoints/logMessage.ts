// SPDX-License-Identifier: MIT
/** A part of a log message: text, or an expression that stood in braces. */
export type LogMessagePart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'expression'; readonly text: string };

/** Cuts `counter is {counter}` into its parts. A backslash before a brace makes it text; a brace without partner is text. */
export function parseLogMessage(message: string): readonly LogMessagePart[] {
  const parts: LogMessagePart[] = [];
  let text = '';
  for (let at = 0; at < message.length; at++) {
    const character = message[at] ?? '';
    if (character === '\\' && /[{}\\]/.test(message[at + 1] ?? '')) {
      text += message[++at];
      continue;
    }
    const end = character === '{' ? message.indexOf('}', at) : -1;
    if (end < 0) {
      text += character;
      continue;
    }
    if (text) parts.push({ kind: 'text', text });
    parts.push({ kind: 'expression', text: message.slice(at + 1, end) });
    text = '';
    at = end;
  }
  if (text) parts.push({ kind: 'text', text });
  return parts;
}
