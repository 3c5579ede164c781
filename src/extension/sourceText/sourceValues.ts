// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../session/steptrapSessions.js';
import { registerAt, registersUpTo } from './assemblyRegisters.js';
import { cExpressionAt } from './cExpression.js';
import { codeOnly } from './codeOnly.js';
import type { SourceName } from './cVariables.js';
import { variablesUpTo } from './cVariables.js';

const C_SOURCES: vscode.DocumentSelector = [{ language: 'c' }, { language: 'cpp' }, { pattern: '**/*.{c,h}' }];
const ASSEMBLY_SOURCES: vscode.DocumentSelector = [{ pattern: '**/*.{s,S,asm}' }];

const isOurs = (): boolean => vscode.debug.activeDebugSession?.type === DEBUG_TYPE;

const rangeOf = ({ line, start, end }: SourceName): vscode.Range => new vscode.Range(line, start, line, end);

/** Values beside the lines of C that led to the stop: VS Code finds the variables among those that it shows. */
const cValues: vscode.InlineValuesProvider = {
  provideInlineValues: (document, viewPort, { stoppedLocation }) =>
    isOurs()
      ? variablesUpTo(document.getText(), stoppedLocation.end.line)
          .filter(({ line }) => viewPort.contains(new vscode.Position(line, 0)))
          .map(name => new vscode.InlineValueVariableLookup(rangeOf(name), name.name, true))
      : [],
};

/** Registers beside the lines of assembly that led to the stop. */
const assemblyValues: vscode.InlineValuesProvider = {
  provideInlineValues: (document, viewPort, { stoppedLocation }) =>
    isOurs()
      ? registersUpTo(document.getText(), stoppedLocation.end.line)
          .filter(({ line }) => viewPort.contains(new vscode.Position(line, 0)))
          .map(name => new vscode.InlineValueEvaluatableExpression(rangeOf(name), name.name))
      : [],
};

/** The line at `position` without comments, strings and directives; a comment may have begun lines above. */
function codeOfLine(document: vscode.TextDocument, { line }: vscode.Position): string {
  const text = document.getText(new vscode.Range(0, 0, line, document.lineAt(line).text.length));
  return codeOnly(text).split('\n').at(-1) ?? '';
}

const cHovers: vscode.EvaluatableExpressionProvider = {
  provideEvaluatableExpression: (document, position) => {
    const found = isOurs() ? cExpressionAt(codeOfLine(document, position), position.character) : undefined;
    if (found === undefined) return undefined;
    return new vscode.EvaluatableExpression(new vscode.Range(position.line, found.start, position.line, found.end), found.expression);
  },
};

const assemblyHovers: vscode.EvaluatableExpressionProvider = {
  provideEvaluatableExpression: (document, position) => {
    const found = isOurs() ? registerAt(codeOfLine(document, position), position.character) : undefined;
    return found && new vscode.EvaluatableExpression(rangeOf({ ...found, line: position.line }), found.name);
  },
};

/** Inline values and hovers for C and assembly sources. */
export const registerSourceValues = (): readonly vscode.Disposable[] => [
  vscode.languages.registerInlineValuesProvider(C_SOURCES, cValues),
  vscode.languages.registerInlineValuesProvider(ASSEMBLY_SOURCES, assemblyValues),
  vscode.languages.registerEvaluatableExpressionProvider(C_SOURCES, cHovers),
  vscode.languages.registerEvaluatableExpressionProvider(ASSEMBLY_SOURCES, assemblyHovers),
];
