// SPDX-License-Identifier: MIT
/** Says a sentence in the editor's language: the part of `vscode.l10n` that models need. `{0}` stands for the first argument. */
export interface Localization {
  t(message: string, ...args: (string | number | boolean)[]): string;
}
