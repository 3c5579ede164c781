// SPDX-License-Identifier: MIT
import { isUri } from '../../base/index.js';
import { LAUNCH_SETTINGS, type Setting } from '../../dap/index.js';

/** A workspace folder as launch configurations name it. */
export interface NamedFolder {
  readonly name: string;
  /** What a session is told to call the folder: a path, or a whole URI. */
  readonly path: string;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * `configuration` with `${workspaceFolder}` replaced where the folder is in no file system of the machine. The editor would replace it by
 * a path without the folder's scheme, which nobody could read.
 */
export function withFolderUris(configuration: Values, folder: NamedFolder | undefined, folders: readonly NamedFolder[]): Values {
  const replaced = (text: string): string =>
    text.replace(/\$\{workspace(?:Folder|Root)(?::([^}]+))?\}/g, (whole, name?: string) => {
      const named = name === undefined ? folder : folders.find(each => each.name === name);
      return named !== undefined && isUri(named.path) ? named.path.replace(/\/$/, '') : whole;
    });
  return mapTexts(configuration, replaced);
}

/** `configuration` with the absolute paths of its files and sources made URIs of the folder's kind. */
export function withUrisForPaths(configuration: Values, uriOfPath: (path: string) => string): Values {
  const moved = (text: string): string => (text.startsWith('/') ? uriOfPath(text) : text);
  const table: Readonly<Record<string, Setting>> = LAUNCH_SETTINGS;
  return Object.fromEntries(
    Object.entries(configuration).map(([name, value]) => {
      const kind = table[name]?.kind;
      if (kind === 'file' && typeof value === 'string') return [name, moved(value)];
      return [name, kind === 'symbolFiles' || kind === 'sourceMap' ? mapTexts(value, moved) : value];
    }),
  );
}

/** A copy of a JSON value with each text in it replaced; names of attributes stay. */
function mapTexts<T>(value: T, replaced: (text: string) => string): T;
function mapTexts(value: unknown, replaced: (text: string) => string): unknown {
  if (typeof value === 'string') return replaced(value);
  if (Array.isArray(value)) return value.map(each => mapTexts(each, replaced));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTexts(inner, replaced)]));
  return value;
}
