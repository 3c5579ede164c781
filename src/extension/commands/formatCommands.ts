// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { ValueFormat } from '../../debug/index.js';
import { plainMessage } from '../markdownText.js';
import { orShowRefusal } from '../session/focusedThread.js';
import type { SteptrapSessions } from '../session/steptrapSessions.js';

/** What VS Code gives to a command of the context menu of a variable; a watch expression has only its text. */
interface MenuArgument {
  readonly sessionId?: string;
  readonly variable?: { readonly evaluateName?: string; readonly name?: string };
}

/** The formats that menus offer, in their order; `natural` takes a choice back. */
const OFFERED = ['natural', 'hexadecimal', 'decimal', 'binary', 'character'] as const satisfies readonly ValueFormat[];

type OfferedFormat = (typeof OFFERED)[number];

/** Commands that choose how a variable, a register or one of its fields is written, or all values that have no format of their own. */
export function registerFormatCommands(sessions: SteptrapSessions): readonly vscode.Disposable[] {
  const set = async (format: ValueFormat, argument: MenuArgument | undefined): Promise<void> => {
    const session = sessions.active.find(each => each.session.id === argument?.sessionId) ?? sessions.focused;
    const name = argument?.variable?.evaluateName;
    if (session === undefined) return;
    if (argument?.variable !== undefined && name === undefined) {
      void vscode.window.showInformationMessage(
        plainMessage(
          vscode.l10n.t('{0} has no expression of its own, so it is written as what it is part of.', argument.variable.name ?? ''),
        ),
      );
      return;
    }
    await orShowRefusal(() => session.request('steptrap/setFormat', { format, ...(name === undefined ? {} : { name }) }));
  };
  return [
    ...OFFERED.map(format =>
      vscode.commands.registerCommand(`steptrap.showAs.${format}`, (argument?: MenuArgument) => set(format, argument)),
    ),
    vscode.commands.registerCommand('steptrap.setFormat', async () => {
      const format = await chooseFormat();
      if (format !== undefined) await set(format, undefined);
    }),
  ];
}

async function chooseFormat(): Promise<OfferedFormat | undefined> {
  const { l10n } = vscode;
  const labels: Readonly<Record<OfferedFormat, string>> = {
    natural: l10n.t('By type'),
    hexadecimal: l10n.t('Hexadecimal'),
    decimal: l10n.t('Decimal'),
    binary: l10n.t('Binary'),
    character: l10n.t('Character'),
  };
  const items = OFFERED.map(format => ({ format, label: labels[format] }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: l10n.t('How values are written'),
    placeHolder: l10n.t('For all values that have no format of their own'),
  });
  return chosen?.format;
}
