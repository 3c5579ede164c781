// SPDX-License-Identifier: MIT
import { isRecord, type WireMessage } from '../../dap/index.js';
import { plainMessage } from '../markdownText.js';

/** A progress event as the editor may show it, in a notification: the name of a file in its title must not become a link. */
export function plainProgress(event: WireMessage): WireMessage {
  const body = isRecord(event['body']) ? event['body'] : {};
  const texts = Object.entries(body).filter((entry): entry is [string, string] => SHOWN.includes(entry[0]) && typeof entry[1] === 'string');
  return { ...event, body: { ...body, ...Object.fromEntries(texts.map(([name, text]) => [name, plainMessage(text)])) } };
}

/** Texts of progress events that people see. */
const SHOWN: readonly string[] = ['title', 'message'];
