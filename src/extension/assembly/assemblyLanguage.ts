// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';

const AARCH64_ASSEMBLY = 'steptrap-aarch64';
const PLAIN_TEXT = 'plaintext';
/** How much of a file is looked at, in characters. */
const BEGINNING = 65_536;
/** A general-purpose register of A64 as an operand: behind white space, a comma or a bracket. No other assembler's registers are named so. */
const OPERAND = /[\s,[][xw](?:[12]?\d|30)\s*(?:[,\]!]|$)/im;

/**
 * Gives AArch64 assembly its language if nobody else has claimed it. The extension does not claim `.s` and `.S` in its manifest:
 * the editor has one owner for an ending, and who has an extension for another assembler wants that one to stay it.
 */
export function registerAssemblyLanguage(): vscode.Disposable {
  const adopt = (document: vscode.TextDocument): void => {
    if (document.languageId !== PLAIN_TEXT || !/\.[sS]$/.test(document.uri.path)) return;
    const beginning = new vscode.Range(new vscode.Position(0, 0), document.positionAt(BEGINNING));
    if (!OPERAND.test(document.getText(beginning))) return;
    // The disassembly view opens and closes documents by the moment; one that is gone needs no language.
    vscode.languages.setTextDocumentLanguage(document, AARCH64_ASSEMBLY).then(undefined, () => undefined);
  };
  vscode.workspace.textDocuments.forEach(adopt);
  return vscode.workspace.onDidOpenTextDocument(adopt);
}
