// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { assemblyLanguageOf } from './assemblyForms.js';

const PLAIN_TEXT = 'plaintext';
/** How much of a file is looked at, in characters. */
const BEGINNING = 65_536;

/**
 * Gives AArch64 and POWER assembly its language if nobody else has claimed it. The extension does not claim `.s` and `.S` in its manifest:
 * the editor has one owner for an ending, and who has an extension for another assembler wants that one to stay it.
 */
export function registerAssemblyLanguage(): vscode.Disposable {
  const adopt = (document: vscode.TextDocument): void => {
    if (document.languageId !== PLAIN_TEXT || !/\.[sS]$/.test(document.uri.path)) return;
    const beginning = new vscode.Range(new vscode.Position(0, 0), document.positionAt(BEGINNING));
    const language = assemblyLanguageOf(document.getText(beginning));
    if (language === undefined) return;
    // The disassembly view opens and closes documents by the moment; one that is gone needs no language.
    vscode.languages.setTextDocumentLanguage(document, language).then(undefined, () => undefined);
  };
  vscode.workspace.textDocuments.forEach(adopt);
  return vscode.workspace.onDidOpenTextDocument(adopt);
}
