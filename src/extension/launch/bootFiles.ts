// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { bootFileText, describeBootFile } from '../../debug/index.js';

/** A file of the workspace that can boot. */
export interface BootableFile {
  readonly uri: vscode.Uri;
  /** Machine and entry, in words. */
  readonly text: string;
}

/** Names that linkers and kernel builds give to images. */
const PATTERN = '**/{*.elf,*.axf,*.ELF,vmlinux,vmlinux-*}';
const SKIPPED = '**/{node_modules,.git}/**';
/** How many files are looked at, and how large one may be: an editor's file system reads whole files only. */
const MOST_FILES = 100;
const LARGEST_BYTES = 64 << 20;

/** The bare-metal ELF files of the workspace (or of one folder), by path. Files that cannot boot are left out and logged. */
export async function findBootFiles(log: vscode.LogOutputChannel, folder?: vscode.WorkspaceFolder): Promise<readonly BootableFile[]> {
  const pattern = folder === undefined ? PATTERN : new vscode.RelativePattern(folder, PATTERN);
  const uris = await vscode.workspace.findFiles(pattern, SKIPPED, MOST_FILES);
  const files: BootableFile[] = [];
  // One after the other: only one of them is in memory at a time.
  for (const uri of uris) {
    const file = await describe(uri, log);
    if (file !== undefined) files.push(file);
  }
  return files.sort((a, b) => (a.uri.path < b.uri.path ? -1 : 1));
}

async function describe(uri: vscode.Uri, log: vscode.LogOutputChannel): Promise<BootableFile | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > LARGEST_BYTES) return { uri, text: vscode.l10n.t('large; machine and entry are read at launch') };
    const file = describeBootFile(await vscode.workspace.fs.readFile(uri));
    if (file.ok) return { uri, text: bootFileText(file.value) };
    log.debug(`${uri.toString()} is not offered: ${file.error.message}`);
  } catch (error) {
    log.debug(`${uri.toString()} is not offered: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
}
