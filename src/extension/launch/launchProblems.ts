// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { plainMessage } from '../markdownText.js';
import { placeOfSetting, settingOfSentence } from './launchFile.js';

/** The configuration that was refused: its name and folder say in which launch file it stands. */
export interface RefusedConfiguration {
  readonly name: string;
  readonly folder: vscode.WorkspaceFolder | undefined;
}

/** A place in a launch file. */
interface FilePlace {
  readonly uri: vscode.Uri;
  readonly position: vscode.Position;
}

/** Tells the user that a launch was refused: one sentence, once, with a button that opens the setting that it is about. */
export class LaunchProblems {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Shows `sentence`; does not wait until the user has read it. */
  async show(sentence: string, { name, folder }: RefusedConfiguration): Promise<void> {
    this.log.error(`The launch of "${name}" was refused: ${sentence}`);
    const place = await findPlace(name, folder, settingOfSentence(sentence));
    const button = vscode.l10n.t('Open launch.json');
    const shown = vscode.window.showErrorMessage(plainMessage(sentence), ...(place === undefined ? [] : [button]));
    void shown.then(async pressed => {
      if (pressed !== button || place === undefined) return;
      await vscode.window.showTextDocument(place.uri, { selection: new vscode.Range(place.position, place.position) });
    });
  }
}

/** Where the configuration stands: in the launch file of its folder, or in the workspace's file. Made-up ones stand nowhere. */
async function findPlace(
  name: string,
  folder: vscode.WorkspaceFolder | undefined,
  setting: string | undefined,
): Promise<FilePlace | undefined> {
  const folders = folder === undefined ? (vscode.workspace.workspaceFolders ?? []) : [folder];
  const files = folders.map(each => vscode.Uri.joinPath(each.uri, '.vscode', 'launch.json'));
  const { workspaceFile } = vscode.workspace;
  if (workspaceFile !== undefined && workspaceFile.scheme !== 'untitled') files.push(workspaceFile);
  for (const uri of files) {
    const text = await textOf(uri);
    const place = text === undefined ? undefined : placeOfSetting(text, name, setting);
    if (place !== undefined) return { uri, position: new vscode.Position(place.line, place.column) };
  }
  return undefined;
}

async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return (await vscode.workspace.openTextDocument(uri)).getText();
  } catch {
    return undefined;
  }
}
