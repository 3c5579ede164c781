// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Files, isUri, type Result, success, unreadable } from '../base/index.js';
import { MessageHost } from './messageHost.js';

/** Files of Node's file system, by path or `file:` URI. Other URIs are read by `others`, where there is somebody who can. */
export class NodeFiles implements Files {
  constructor(private readonly others: Files | undefined = undefined) {}

  async read(path: string): Promise<Result<Uint8Array>> {
    if (isUri(path) && !path.startsWith('file:') && this.others !== undefined) return this.others.read(path);
    try {
      return success(new Uint8Array(await readFile(path.startsWith('file:') ? fileURLToPath(path) : path)));
    } catch (error) {
      return unreadable(path, error instanceof Error && 'code' in error ? String(error.code) : 'EIO');
    }
  }
}

/** A process or worker of Node's. */
export class NodeHost extends MessageHost {
  constructor(files: Files = new NodeFiles()) {
    super(files);
  }
}
