// SPDX-License-Identifier: MIT

/** A manifest, as far as it is asked here. */
export type Manifest = Readonly<Record<string, unknown>>;

/** Fields that are for those who build the extension: it brings its dependencies in its bundles. */
const ONLY_FOR_BUILDING = ['private', 'scripts', 'dependencies', 'devDependencies'];

/** `manifest` as it ships. */
export const packagedManifest = (manifest: Manifest): Manifest =>
  Object.fromEntries(Object.entries(manifest).filter(([name]) => !ONLY_FOR_BUILDING.includes(name)));

/** Fields whose value is a file of the extension, wherever they stand in the manifest. */
const PATH_FIELDS = new Set(['main', 'browser', 'icon', 'configuration', 'path', 'steptrap', 'light', 'dark', 'markdown', 'image', 'svg']);

/** The files that `manifest` names, relative to its folder: codicons, `$(name)`, and colours stand in the same fields and have no ending. */
export function namedFiles(manifest: unknown): readonly string[] {
  if (Array.isArray(manifest)) return manifest.flatMap(namedFiles);
  if (typeof manifest !== 'object' || manifest === null) return [];
  return Object.entries(manifest).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== 'string') return namedFiles(value);
    return PATH_FIELDS.has(name) && /\.\w+$/.test(value) ? [value.replace(/^\.\//, '')] : [];
  });
}
