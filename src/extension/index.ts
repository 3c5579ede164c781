// SPDX-License-Identifier: MIT
/**
 * extension: what only VS Code needs. Sessions and their adapters, launch configurations, samples, the guest's
 * console, views and commands; each in a folder of its topic.
 *
 * It does not know Node or the browser: what differs between the two comes as `ExtensionHost`. Files are read
 * through the editor, so that folders of any kind work.
 *
 * Start reading at `activate.ts` (what is registered), then `session/steptrapSessions.ts` (what everybody else
 * builds on) and `session/adapterFactory.ts` (how a session gets its worker).
 */
export { activateSteptrap } from './activate.js';
export type { ExtensionHost } from './extensionHost.js';
