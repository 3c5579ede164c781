// SPDX-License-Identifier: MIT
/** Scheme and authority, if there is one, before the slash that begins the path (RFC 3986). A drive letter is no scheme. */
const URI_ROOT = /^[a-z][a-z0-9+.-]+:(?:\/\/[^/]*|(?=\/))/i;

/** Whether a path is a whole URI, as editors give it for files that are in no file system of the machine. */
export const isUri = (path: string): boolean => URI_ROOT.test(path);

/** What is before the path of a URI: `vscode-vfs://github`, `vscode-userdata:`; empty for a plain path. */
export const uriRoot = (path: string): string => URI_ROOT.exec(path)?.[0] ?? '';
