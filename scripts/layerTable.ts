// SPDX-License-Identifier: MIT
/** Which layers each layer may import, and which modules from outside; docs/architecture.md says why. */
export interface LayerRule {
  readonly layers: readonly string[];
  /** Packages and host modules, by the prefix of their specifier. */
  readonly modules: readonly string[];
}

// biome-ignore format: a table, one row a line
export const LAYERS: Readonly<Record<string, LayerRule>> = {
  host:      { layers: [],                                                        modules: [] },
  base:      { layers: [],                                                        modules: [] },
  cpu:       { layers: ['base'],                                                  modules: [] },
  kvm:       { layers: ['base', 'cpu'],                                           modules: [] },
  vmm:       { layers: ['base', 'cpu', 'kvm'],                                    modules: [] },
  symbols:   { layers: ['base'],                                                  modules: [] },
  debug:     { layers: ['base', 'cpu', 'kvm', 'vmm', 'symbols'],                  modules: [] },
  dap:       { layers: ['base', 'debug'],                                         modules: ['@vscode/debugadapter', '@vscode/debugprotocol'] },
  views:     { layers: ['base'],                                                  modules: [] },
  extension: { layers: ['base', 'debug', 'dap', 'views'],                         modules: ['vscode'] },
  entries:   { layers: ['base', 'cpu', 'kvm', 'vmm', 'symbols', 'debug', 'dap', 'extension'], modules: ['node:', 'vscode', '@vscode/debugadapter', '@vscode/debugprotocol'] },
};

/** Longest source file that is no table, in lines. */
export const MAXIMUM_LINES = 400;

/** Files over that length, each with the reason. An entry whose file has become shorter or is gone fails the check. */
export const LONG_FILES: Readonly<Record<string, string>> = {
  'src/symbols/dwarf/constants.ts': "the DWARF standard's constants, one row each",
};

/** Folders of the tests in VS Code, which run in different programs: what each may import, by the prefix of the specifier. */
export const VSCODE_TESTS: Readonly<Record<string, readonly string[]>> = {
  // In the extension host, which may be a web worker: no Node.
  suite: ['./', 'vscode', 'mocha/'],
  // The page as a person sees it: no walk, nothing of the extension.
  workbench: ['./', 'playwright-core'],
  walks: ['./', '../workbench/index.js', 'playwright-core', 'node:'],
};
