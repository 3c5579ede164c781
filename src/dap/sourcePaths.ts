// SPDX-License-Identifier: MIT
import { type Files, isUri, uriRoot } from '../base/index.js';

/**
 * Translates between the paths of the debug information and those of the client, which are whole URIs where
 * an editor's files are in no file system of the machine. Relative paths (builds
 * that do not name their machine) are looked for beside the program and in the folders above it.
 */
export class SourcePaths {
  readonly #toClient = new Map<string, string>();
  readonly #toDebug = new Map<string, string>();
  readonly #readable = new Map<string, boolean>();

  private constructor(private readonly files: Files) {}

  /** Finds where the sources lie. `sourceMap` is the launch attribute: beginning of a debug path to what replaces it. */
  static async find(
    files: Files,
    program: string,
    debugPaths: readonly string[],
    sourceMap: Readonly<Record<string, string>> | undefined,
  ): Promise<SourcePaths> {
    const paths = new SourcePaths(files);
    const mappings = Object.entries(sourceMap ?? {}).sort(([left], [right]) => right.length - left.length);
    const root = await findRoot(
      files,
      program,
      debugPaths.map(stripDot).filter(path => !isAbsolute(path) && !path.startsWith('<')),
    );
    for (const debugPath of debugPaths) {
      const mapped = mappings
        .flatMap(([from, to]) => [debugPath, stripDot(debugPath)].map(path => ({ from, to, path })))
        .find(({ from, path }) => isBeginning(from, path));
      const client =
        mapped !== undefined
          ? mapped.to + mapped.path.slice(mapped.from.length)
          : isAbsolute(debugPath)
            ? debugPath
            : joinPath(root, stripDot(debugPath));
      paths.#toClient.set(debugPath, client);
      if (!paths.#toDebug.has(comparable(client))) paths.#toDebug.set(comparable(client), debugPath);
    }
    return paths;
  }

  /** Where the client finds the source that the debug information calls `debugPath`. */
  toClient(debugPath: string): string {
    return this.#toClient.get(debugPath) ?? debugPath;
  }

  /** What the debug information calls the client's file: by its whole path, else by the longest common end of both. */
  toDebug(clientPath: string): string {
    const exact = this.#toDebug.get(comparable(clientPath));
    if (exact !== undefined) return exact;
    const wanted = comparable(clientPath).split('/').reverse();
    let best = clientPath;
    let longest = 0;
    for (const debugPath of this.#toClient.keys()) {
      const has = comparable(debugPath).split('/').reverse();
      let common = 0;
      while (common < wanted.length && common < has.length && wanted[common] === has[common]) common++;
      if (common > longest) {
        longest = common;
        best = debugPath;
      }
    }
    return best;
  }

  /** Whether the client's file can be read here. Asked once a file. */
  async isReadable(clientPath: string): Promise<boolean> {
    const known = this.#readable.get(clientPath);
    if (known !== undefined) return known;
    const isReadable = (await this.files.read(clientPath)).ok;
    this.#readable.set(clientPath, isReadable);
    return isReadable;
  }

  /** The text of a client's file that belongs to the program; `undefined` if it cannot be read or is none of its sources. */
  async read(clientPath: string): Promise<string | undefined> {
    if (!this.#toDebug.has(comparable(clientPath))) return undefined;
    const bytes = await this.files.read(clientPath);
    return bytes.ok ? new TextDecoder().decode(bytes.value) : undefined;
  }
}

/** How many folders above the program are searched for a relative source, and how many sources are tried. */
const SEARCHED_FOLDERS = 12;
const TRIED_SOURCES = 8;

async function findRoot(files: Files, program: string, relative: readonly string[]): Promise<string> {
  const folders: string[] = [];
  for (let folder = directoryOf(program); folders.length < SEARCHED_FOLDERS; folder = directoryOf(folder)) {
    folders.push(folder);
    if (directoryOf(folder) === folder) break;
  }
  for (const path of relative.slice(0, TRIED_SOURCES)) {
    for (const folder of folders) {
      if ((await files.read(joinPath(folder, path))).ok) return folder;
    }
  }
  return folders[0] ?? '';
}

const isAbsolute = (path: string): boolean => isUri(path) || /^([/\\]|[a-z]:[/\\])/i.test(path);

/** Whether `path` is `from` or lies below it; whole names count, as for gdb's substitute-path. */
const isBeginning = (from: string, path: string): boolean =>
  path.startsWith(from) && (from === '' || /[/\\]$/.test(from) || /^(?:[/\\]|$)/.test(path.slice(from.length)));

const stripDot = (path: string): string => path.replace(/^(\.[/\\])+/, '');

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

function directoryOf(path: string): string {
  const root = uriRoot(path);
  if (root !== '') return path.slice(0, Math.max(root.length + 1, path.lastIndexOf('/')));
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return at < 0 ? '' : at === 0 ? path.slice(0, 1) : path.slice(0, at);
}

const joinPath = (folder: string, path: string): string =>
  folder === '' ? path : /[/\\]$/.test(folder) ? folder + path : `${folder}/${path}`;

/** Paths that differ in the spelling of separators or of the drive only are one path. */
const comparable = (path: string): string => stripDot(path.replaceAll('\\', '/')).replace(/^[a-z]:/i, drive => drive.toLowerCase());
