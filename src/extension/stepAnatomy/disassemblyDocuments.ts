// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { Owner } from '../../base/index.js';
import { isRecord } from '../../dap/index.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';

/** Instructions in front of the wanted one, and in all. */
const ROWS_BEFORE = 24;
const ROWS = 80;

const SCHEME = 'steptrap-disassembly';

/** Disassembly around any address, as a text that is only read. The editor's own view goes to a frame's address and nowhere else. */
export class DisassemblyDocuments extends Owner implements vscode.TextDocumentContentProvider {
  readonly #didChange = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#didChange.event;
  readonly #texts = new Map<string, string>();
  readonly #line = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    borderColor: new vscode.ThemeColor('contrastActiveBorder'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
  });

  constructor(sessions: SteptrapSessions) {
    super();
    this.own(this.#didChange);
    this.own(this.#line);
    this.own(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
    this.own(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())));
    this.own(sessions.onDidEnd(() => this.#texts.clear()));
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? vscode.l10n.t('The debug session has ended.');
  }

  /** Shows the instructions around `address`, beside the column that it is asked from. */
  async show(session: SteptrapSession, address: string, from: vscode.ViewColumn | undefined): Promise<void> {
    const answer: unknown = await session.session.customRequest('disassemble', {
      memoryReference: address,
      instructionOffset: -ROWS_BEFORE,
      instructionCount: ROWS,
    });
    const rows = isRecord(answer) && Array.isArray(answer['instructions']) ? answer['instructions'].filter(isRecord) : [];
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${vscode.l10n.t('Disassembly')}`, query: session.session.id });
    this.#texts.set(uri.toString(), rows.map(disassemblyLine).join(''));
    this.#didChange.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const at = Math.max(
      0,
      rows.findIndex(row => isAt(row, address)),
    );
    const line = new vscode.Range(at, 0, at, 0);
    const viewColumn = from === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One;
    const editor = await vscode.window.showTextDocument(document, { viewColumn, preview: true, selection: line });
    editor.setDecorations(this.#line, [line]);
    editor.revealRange(line, vscode.TextEditorRevealType.InCenter);
  }
}

type Row = Readonly<Record<string, unknown>>;

const isAt = ({ address }: Row, wanted: string): boolean => {
  const [one, other] = [String(address), wanted].map(text => text.replace(/^0x0*/, ''));
  return one === other;
};

const disassemblyLine = ({ address, instructionBytes, instruction }: Row): string =>
  `${String(address)}  ${String(instructionBytes ?? '').padEnd(8)}  ${String(instruction)}\n`;
