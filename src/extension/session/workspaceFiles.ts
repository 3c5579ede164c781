// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { type Files, isUri, type Result, success, unreadable } from '../../base/index.js';

/** VS Code's names for what went wrong with a file, as errno's. */
const ERRNO_OF: Readonly<Record<string, string>> = {
  FileNotFound: 'ENOENT',
  NoPermissions: 'EACCES',
  FileIsADirectory: 'EISDIR',
};

/** The file that a session calls `path`: a whole URI, or a path of the machine's file system. */
export const uriOfPath = (path: string): vscode.Uri => (isUri(path) ? vscode.Uri.parse(path, true) : vscode.Uri.file(path));

/** What a session is told to call the file `uri`. */
export const pathOfUri = (uri: vscode.Uri): string => (uri.scheme === 'file' ? uri.fsPath : uri.toString());

/** Files of all the editor's file systems: local, remote, in a repository, in memory. */
export class WorkspaceFiles implements Files {
  async read(path: string): Promise<Result<Uint8Array>> {
    try {
      return success(await vscode.workspace.fs.readFile(uriOfPath(path)));
    } catch (error) {
      const code = error instanceof vscode.FileSystemError ? ERRNO_OF[error.code] : undefined;
      return unreadable(path, code ?? 'EIO');
    }
  }
}
