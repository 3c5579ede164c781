// SPDX-License-Identifier: MIT
/**
 * views: what runs in a webview of the editor, and the messages between a webview and the extension.
 *
 * A view draws what it is given and asks for what it shows next; it knows neither the debugger nor the editor, and it has no words of its
 * own: texts come in the messages and in the page. What the extension imports from here are types only.
 */
export type * from './stepAnatomy/messages.js';
export type * from './stepAnatomy/stepPicture.js';
