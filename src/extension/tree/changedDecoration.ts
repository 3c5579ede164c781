// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';

const SCHEME = 'steptrap-changed';

/** What a row that has changed names as its resource, which is never opened. */
export const CHANGED = vscode.Uri.from({ scheme: SCHEME, path: '/row' });

/** Marks rows that have changed since the last stop: a dot behind them and a colour of our own. */
export class ChangedDecoration implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== SCHEME) return undefined;
    return new vscode.FileDecoration(
      '●',
      vscode.l10n.t('Changed since the last stop'),
      new vscode.ThemeColor('steptrap.changedForeground'),
    );
  }
}
